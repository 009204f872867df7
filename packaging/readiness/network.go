package readiness

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

const (
	questions = 5
	perAnswer = 8 * time.Second
	slowTrip  = 1500 * time.Millisecond
)

// network asks the platform for its signed time a few times, over one connection as the programs use it.
func (l *look) network(ctx context.Context) {
	if l.identity == nil {
		return
	}
	url := l.Settings.Platform
	if url == "" {
		url = l.identity.Platform
	}
	times := []time.Time{l.Now()}
	if l.clock != nil {
		times = append(times, l.clock.Judgement.Now, l.clock.Mark.Time)
	}
	client := channel.New(channel.Options{Root: l.identity.Trust.TLSRoot, Certificate: &l.identity.TLSCert, Times: func() []time.Time { return times }})
	defer client.CloseIdleConnections()
	var trips []time.Duration
	var last error
	for range questions {
		trip, err := l.askTime(ctx, client, url)
		if err == nil {
			trips = append(trips, trip)
			continue
		}
		last = err
		if len(trips) == 0 {
			break // nobody there: the others would only wait as long
		}
	}
	if len(trips) == 0 {
		l.Log.Warn("the platform is not reached", "error", last)
		l.say("network", Warn, reason(last), nil)
		return
	}
	slices.Sort(trips)
	median := trips[len(trips)/2]
	a := args{"ms": median.Milliseconds(), "lost": questions - len(trips), "asked": questions}
	switch {
	case len(trips) < questions:
		l.say("network", Warn, "lossy", a)
	case median > slowTrip:
		l.say("network", Warn, "slow", a)
	default:
		l.say("network", OK, "ok", a)
	}
}

// reason is what the technician should look at.
func reason(err error) string {
	switch {
	case errors.Is(err, channel.ErrStranger):
		return "stranger"
	case errors.Is(err, channel.ErrClock):
		return "clock"
	}
	return "away"
}

func (l *look) askTime(ctx context.Context, client *http.Client, url string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, perAnswer)
	defer cancel()
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return 0, fmt.Errorf("ask for the time: %w", err)
	}
	nonce := hex.EncodeToString(random[:])
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/time?nonce="+nonce, nil)
	if err != nil {
		return 0, fmt.Errorf("ask for the time: %w", err)
	}
	begun := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("ask for the time: %w", err)
	}
	signed, err := channel.ReadSigned(response, l.identity.Believed())
	if err != nil {
		return 0, fmt.Errorf("ask for the time: %w", err)
	}
	if signed.Kind != wire.Time || signed.Nonce != nonce {
		return 0, fmt.Errorf("ask for the time: %w: an answer to another question", channel.ErrStranger)
	}
	return time.Since(begun), nil
}
