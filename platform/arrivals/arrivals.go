// Package arrivals lets terminals in one after the other when many come at once, as after a long outage: whoever is one too many gets a place in
// the line, a moment of its own. Who is in stays in while it is heard. It must not know what is asked.
package arrivals

import (
	"sync"
	"time"
)

const (
	// early is how much before its moment somebody may come, and what a gate that was idle lets through at once.
	early = 250 * time.Millisecond
	// Stay is how long a terminal that is not heard stays in.
	Stay = 10 * time.Minute
	// keep is how long a place in the line outlives its moment.
	keep = 10 * time.Minute
	// most is the longest that somebody is sent away; a place further back is told in parts.
	most = time.Hour
	// slack is the part of the places that are handed out: the rest is for those who come late to theirs.
	slack = 0.9
)

// Line is the line before the platform. None, and the zero value, lets everybody in.
type Line struct {
	every, step time.Duration // between two that are let in, and between two places
	now         func() time.Time

	mu     sync.Mutex
	guests map[string]*guest
	free   time.Time // the next place at the end of the line
	front  time.Time // the last place given anew to somebody who came late
	served time.Time // the gate is free from then on
	swept  time.Time
}

// guest is a terminal that is in, or has a place.
type guest struct {
	in   bool
	slot time.Time // its place
	seen time.Time
}

// New makes a line that lets so many terminals in per second; none or fewer lets everybody in.
func New(perSecond float64, now func() time.Time) *Line {
	if perSecond <= 0 {
		return &Line{}
	}
	every := time.Duration(float64(time.Second) / perSecond)
	return &Line{every: every, step: time.Duration(float64(every) / slack), now: now, guests: map[string]*guest{}}
}

// Enter tells how long a terminal has to wait, 0 when it is in. Asked again before its moment it hears of the same moment.
func (l *Line) Enter(who string) time.Duration {
	if l == nil || l.every == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	g := l.guests[who]
	switch {
	case g == nil:
		g = &guest{}
		l.guests[who] = g
		g.slot = later(l.free, now)
		l.free = g.slot.Add(l.step)
	case g.in:
		g.seen = now
		return 0
	}
	if g.slot.Sub(now) <= early {
		if l.pass(now) {
			*g = guest{in: true, seen: now}
			return 0
		}
		l.front = later(l.front, l.served).Add(l.every) // it came late, and others are at the gate: it goes first behind them
		g.slot = l.front
	}
	return min(g.slot.Sub(now), most)
}

// pass lets one through the gate, unless too many went through just before.
func (l *Line) pass(now time.Time) bool {
	if l.served.Sub(now) > early {
		return false
	}
	l.served = later(l.served, now).Add(l.every)
	return true
}

// sweep forgets who was not heard for long, and places that nobody came to.
func (l *Line) sweep(now time.Time) {
	if since := now.Sub(l.swept); since >= 0 && since < time.Minute {
		return
	}
	l.swept = now
	for who, g := range l.guests {
		if (g.in && now.Sub(g.seen) > Stay) || (!g.in && now.Sub(g.slot) > keep) {
			delete(l.guests, who)
		}
	}
	if l.free.Sub(now) > l.step*time.Duration(len(l.guests)+1) { // the clock was put back: nobody stands so far behind
		l.free, l.front, l.served = now, now, now
		for _, g := range l.guests {
			if !g.in {
				g.slot = l.free
				l.free = l.free.Add(l.step)
			}
		}
	}
}

// Waiting is how many have a place in the line.
func (l *Line) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, g := range l.guests {
		if !g.in {
			n++
		}
	}
	return n
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
