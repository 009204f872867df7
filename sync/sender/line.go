package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/governor"
	"bianmin/sync/renew"
	"bianmin/sync/seal"
	"bianmin/sync/uplink"
)

// firstWithin is the time within which the terminals of a fleet speak first after power has come back to all of them.
const firstWithin = time.Minute

// behind is how long updates are not asked for while the first heartbeat, which has them asked for, may open the connection that serves both.
const behind = 10 * time.Second

// line is what all traffic of one session shares: the connections, the quiet the platform orders, the way out of a wrong clock.
type line struct {
	client, lost *http.Client
	first        time.Duration // the first words wait so long
	clock        clock
}

func newLine(ctx context.Context, url string, outbox *store.Store, identity *seal.Identity, signers *renew.Signers, log *slog.Logger) (*line, error) {
	now, err := store.SystemClock()
	if err != nil {
		return nil, err
	}
	quiet := new(governor.Governor)
	governed := func(own *tls.Certificate, times func() []time.Time) *http.Client {
		client := channel.New(channel.Options{Root: identity.Trust.TLSRoot, Certificate: own, Times: times})
		client.Transport = quiet.Over(client.Transport)
		return client
	}
	months := channel.Months(identity.Trust.TLSRoot)
	l := &line{
		client: governed(&identity.TLSCert, func() []time.Time { return times(ctx, outbox) }),
		lost:   governed(nil, func() []time.Time { return months }), // anybody may ask for the time, and an own certificate may be over
		first:  governor.First(identity.Number, firstWithin, now.Monotonic),
	}
	mend := uplink.Clockless{Client: l.lost, URL: url, Key: identity.Believed(), Memory: outbox}
	l.clock = clock{log: log, ask: func(ctx context.Context) error {
		err := mend.Mend(ctx)
		if channel.Name(err) == channel.Unsigned { // its key was rotated while this machine had no clock
			signers.Unknown(ctx, l.lost)
		}
		return err
	}}
	return l, nil
}

func (l *line) close() {
	l.client.CloseIdleConnections()
	l.lost.CloseIdleConnections()
}

// times are what this terminal believes about the present: the judged clock, the time mark, the wall clock.
func times(ctx context.Context, outbox *store.Store) []time.Time {
	clock, err := outbox.Clock(ctx)
	if err != nil {
		return []time.Time{time.Now()}
	}
	return []time.Time{clock.Judgement.Now, clock.Mark.Time, time.Now()}
}

// clock mends what this terminal knows of the time when the platform's certificate fits none of it. Probes notice it first, and on a line where connecting
// takes longer than a probe may, heartbeats.
type clock struct {
	ask    func(ctx context.Context) error
	log    *slog.Logger
	mu     sync.Mutex
	mended bool // the time is the platform's own since the certificate first did not fit
}

// see looks at what a probe or a heartbeat came to, and says better what is wrong where that is known.
func (c *clock) see(ctx context.Context, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !errors.Is(err, channel.ErrClock) {
		c.mended = c.mended && err != nil
		return err
	}
	if c.mended {
		return fmt.Errorf("%w: %w", channel.ErrExpired, err)
	}
	if trouble := c.ask(ctx); trouble != nil {
		return errors.Join(err, trouble)
	}
	c.mended = true
	c.log.Warn("the clock here was wrong: the time is now the platform's")
	return err
}
