package service

import (
	"net"
	"sync"
	"time"
)

// Attempts at enrolment: few per address, so that codes cannot be guessed, and
// a bound on all, so that many addresses cannot either.
const (
	perAddress = 10
	inAll      = 300
	window     = 10 * time.Minute
)

// limiter counts attempts in fixed windows.
type limiter struct {
	now   func() time.Time
	mu    sync.Mutex
	since time.Time
	all   int
	by    map[string]int
}

func newLimiter(now func() time.Time) *limiter { return &limiter{now: now, by: map[string]int{}} }

// allow counts one attempt from an address and tells how long to wait when it is one too many.
func (l *limiter) allow(address string) (wait time.Duration) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if passed := now.Sub(l.since); passed >= window || passed < 0 {
		l.since, l.all = now, 0
		clear(l.by)
	}
	if l.all >= inAll || l.by[host] >= perAddress {
		return window - now.Sub(l.since)
	}
	l.all++
	l.by[host]++
	return 0
}

// forgive takes an attempt back that turned out right.
func (l *limiter) forgive(address string) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[host] > 0 {
		l.by[host]--
		l.all--
	}
}
