package uplink

import (
	"time"

	"github.com/cenkalti/backoff/v4"
)

// wait is one thing's waiting: the link's, or one packet's. Times are monotonic.
type wait struct {
	backoff *backoff.ExponentialBackOff
	until   time.Time
	ordered bool // the platform asked for this wait: it is not cut short
}

// backoff never ends and draws from zero to twice the interval: with 70 000
// terminals coming back at once that halves the calls of a backoff around its interval.
func (t Timing) backoff(most time.Duration) *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(t.First),
		backoff.WithMultiplier(2),
		backoff.WithRandomizationFactor(1),
		backoff.WithMaxInterval(most),
		backoff.WithMaxElapsedTime(0),
	)
}

// more waits longer than the last time, and at least so long as was asked for; no trouble makes a wait shorter that the
// platform asked for earlier.
func (w *wait) more(atLeast time.Duration) time.Duration {
	d := w.backoff.NextBackOff()
	if atLeast > 0 {
		// A whole fleet was told the same: spread a little behind what was asked.
		d = atLeast + min(d, atLeast/4)
	}
	until := time.Now().Add(d)
	if w.ordered && w.until.After(until) {
		return time.Until(w.until)
	}
	w.until, w.ordered = until, atLeast > 0
	return d
}

// reset begins anew after progress; what the platform asked for stays.
func (w *wait) reset() {
	w.backoff.Reset()
	w.cut()
}

// cut ends a wait that nobody asked for.
func (w *wait) cut() {
	if !w.ordered || time.Now().After(w.until) {
		w.until, w.ordered = time.Time{}, false
	}
}
