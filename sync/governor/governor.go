// Package governor says when this terminal may speak to the platform again: one
// rule for all that speaks to it, for retries, for a wait the platform orders,
// and for the first words after a start. It must not know what is said.
package governor

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

// Backoff never ends and draws from zero to twice an interval that doubles: with 70 000 terminals coming back at once that
// halves the calls of a backoff around its interval.
func Backoff(first, most time.Duration) *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(first),
		backoff.WithMultiplier(2),
		backoff.WithRandomizationFactor(1),
		backoff.WithMaxInterval(most),
		backoff.WithMaxElapsedTime(0),
	)
}

// Spread spreads a whole fleet that was told the same: d to 1.25 d.
func Spread(d time.Duration) time.Duration {
	return d + time.Duration(rand.Float64()*float64(d)/4)
}

// First is how long a terminal holds its first words back after its machine has started: when power comes back to a whole
// county, its terminals come one after the other, each at its own place. A machine that has run for longer holds back nothing.
func First(terminal string, over, running time.Duration) time.Duration {
	h := sha256.Sum256([]byte(terminal))
	place := time.Duration(float64(over) * float64(binary.BigEndian.Uint32(h[:])) / (1 << 32))
	return max(0, place-running)
}

// Governor keeps the quiet that the platform ordered. Whoever was told, everybody obeys. The zero value is ready.
type Governor struct {
	mu     sync.Mutex
	until  time.Time
	status int
	slot   bool // until is a moment of this terminal's own
}

// Left is how much of an ordered quiet is left.
func (g *Governor) Left() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, time.Until(g.until))
}

// order makes the quiet longer, never shorter. A moment of this terminal's own is not spread: the platform has done that.
func (g *Governor) order(wait time.Duration, slot bool, status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slot {
		wait = Spread(wait)
	}
	if until := time.Now().Add(wait); until.After(g.until) {
		g.until, g.status, g.slot = until, status, slot
	}
}

// Over gives a transport that lets nothing out while the platform has ordered quiet; who asks gets the platform's own
// word again, with what is left of the wait.
func (g *Governor) Over(next http.RoundTripper) http.RoundTripper { return &governed{g, next} }

type governed struct {
	governor *Governor
	next     http.RoundTripper
}

// RoundTrip asks next, except in an ordered quiet.
func (t *governed) RoundTrip(request *http.Request) (*http.Response, error) {
	if left := t.governor.Left(); left > 0 {
		if request.Body != nil {
			_ = request.Body.Close() // nothing of it is sent
		}
		status, slot := t.governor.ordered()
		return nil, &channel.Problem{Status: status, Wait: left, Slot: slot, Problem: wire.Problem{Code: wire.ProblemBusy}}
	}
	response, err := t.next.RoundTrip(request)
	if err == nil {
		if wait, slot := channel.Quiet(response); wait > 0 {
			t.governor.order(wait, slot, response.StatusCode)
		}
	}
	return response, err
}

func (g *Governor) ordered() (status int, slot bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.status, g.slot
}

// CloseIdleConnections closes next's.
func (t *governed) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
