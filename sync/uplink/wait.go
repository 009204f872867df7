package uplink

import (
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/sync/governor"
)

// wait is one thing's waiting: the link's, or one packet's. Times are monotonic.
type wait struct {
	backoff *backoff.ExponentialBackOff
	until   time.Time
	ordered bool          // the platform asked for this wait: it is not cut short
	long    time.Duration // the backoff's most once the trouble is no flicker any more, 0 for no change
	began   time.Time     // of the trouble
}

// flicker is how long trouble with a link counts as a cut that will be over soon. In that time trying often is what makes
// use of a bad link; later it is only a burden for a platform that comes back.
const flicker = 2 * time.Minute

func newWait(first, most time.Duration) *wait { return &wait{backoff: governor.Backoff(first, most)} }

// more waits longer than the last time, and at least so long as was asked for; no trouble makes a wait shorter that the
// platform asked for earlier.
func (w *wait) more(atLeast time.Duration) time.Duration {
	if w.began.IsZero() {
		w.began = time.Now()
	}
	if w.long > 0 && time.Since(w.began) > flicker {
		w.backoff.MaxInterval = w.long
	}
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
func (w *wait) reset(most time.Duration) {
	w.backoff.MaxInterval, w.began = most, time.Time{}
	w.backoff.Reset()
	w.cut()
}

// cut ends a wait that nobody asked for.
func (w *wait) cut() {
	if !w.ordered || time.Now().After(w.until) {
		w.until, w.ordered = time.Time{}, false
	}
}
