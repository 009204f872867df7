package uplink

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"bianmin/sync/channel"
	"bianmin/sync/governor"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Waits of a probe; a dead line is noticed within their sum.
const (
	probeEvery   = 6 * time.Second
	probeTimeout = 4 * time.Second
)

// Probe asks the platform for its signed time again and again while nothing
// else proves the link, so that a dead line is noticed within ten seconds. It
// takes nothing home. All fields but Every, Timeout, After and Slower are required.
type Probe struct {
	Client  *http.Client
	URL     string
	Key     seal.Signers
	Every   time.Duration // between two probes, default 6 s
	Timeout time.Duration // of one probe, default 4 s
	After   time.Duration // the first one comes so much later
	Slower  func() int    // how many times as long Every is at present; nil is 1
	// Proven is when the link was last proven without this probe; now while
	// bytes are on their way, because the uplink watches those itself.
	Proven func() time.Time
	// Probed is called after each probe; nil when the platform answered.
	Probed func(ctx context.Context, err error)
}

// Run probes until ctx ends.
func (p Probe) Run(ctx context.Context) {
	if p.Every == 0 {
		p.Every = probeEvery
	}
	if p.Timeout == 0 {
		p.Timeout = probeTimeout
	}
	timer := time.NewTimer(p.After + p.Every)
	defer timer.Stop()
	var lost time.Time // since when nobody answers
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if left := p.Every*times(p.Slower) - time.Since(p.Proven()); left > 0 {
			timer.Reset(left)
			continue
		}
		_, _, err := p.ask(ctx)
		if ctx.Err() != nil {
			return
		}
		p.Probed(ctx, err)
		switch {
		case err == nil:
			lost = time.Time{}
		case lost.IsZero():
			lost = time.Now()
		}
		timer.Reset(p.next(lost))
	}
}

// next is when to probe again: often while somebody may have pulled a plug, and seldom on a link that has been dead for long.
func (p Probe) next(lost time.Time) time.Duration {
	if lost.IsZero() || time.Since(lost) < flicker {
		return p.Every * times(p.Slower)
	}
	return governor.Spread(max(4, times(p.Slower)) * p.Every)
}

func times(slower func() int) time.Duration {
	if slower == nil {
		return 1
	}
	return time.Duration(slower())
}

// ask asks once, over a connection that is open already where there is one.
func (p Probe) ask(ctx context.Context) (channel.Signed, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return channel.Signed{}, 0, fmt.Errorf("probe: %w", err)
	}
	nonce := hex.EncodeToString(random[:])
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/v1/time?nonce="+nonce, nil)
	if err != nil {
		return channel.Signed{}, 0, fmt.Errorf("probe: %w", err)
	}
	request, on := timed(request)
	response, err := p.Client.Do(request)
	if err != nil {
		return channel.Signed{}, 0, fmt.Errorf("probe: %w", err)
	}
	took := on.took()
	signed, err := channel.ReadSigned(response, p.Key)
	if err != nil {
		return channel.Signed{}, 0, fmt.Errorf("probe: %w", err)
	}
	if signed.Kind != wire.Time || signed.Nonce != nonce {
		return channel.Signed{}, 0, fmt.Errorf("probe: %w: an answer to another question", channel.ErrStranger)
	}
	return signed, took, nil
}
