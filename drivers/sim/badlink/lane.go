package badlink

import (
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// lane is one direction: a queue in front of a line that takes its time.
type lane struct {
	link *Link
	out  io.Writer

	mu      sync.Mutex
	queue   []queued
	waiting int // bytes in the queue
	news    chan struct{}

	flying  chan flying
	carried atomic.Int64
}

// queued is a packet in front of the line, and since when.
type queued struct {
	came   time.Time
	packet []byte
}

// flying is a packet on the line and when it is there.
type flying struct {
	there  time.Time
	packet []byte
}

// far is how many packets may be on the line at once: more than any line of these tests holds.
const far = 1 << 14

func newLane(l *Link, out io.Writer) *lane {
	return &lane{link: l, out: out, news: make(chan struct{}, 1), flying: make(chan flying, far)}
}

// push queues a packet; a full queue drops it.
func (l *lane) push(packet []byte) {
	most := l.link.conditions().Queue
	l.mu.Lock()
	defer l.mu.Unlock()
	if most > 0 && l.waiting+len(packet) > most {
		return
	}
	l.queue, l.waiting = append(l.queue, queued{time.Now(), packet}), l.waiting+len(packet)
	select {
	case l.news <- struct{}{}:
	default:
	}
}

func (l *lane) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue, l.waiting = nil, 0
}

func (l *lane) first() queued {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return queued{}
	}
	return l.queue[0]
}

// leave takes the first packet out of the queue, unless a cut has emptied it.
func (l *lane) leave(packet []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 || &l.queue[0].packet[0] != &packet[0] {
		return false
	}
	l.queue, l.waiting = l.queue[1:], l.waiting-len(packet)
	return true
}

// shape puts packets on the line at its rate.
func (l *lane) shape(ctx context.Context) {
	free := time.Now() // when the line has taken what it was given
	for {
		next := l.first()
		packet := next.packet
		if packet == nil {
			select {
			case <-ctx.Done():
				return
			case <-l.news:
			}
			continue
		}
		c := l.link.conditions()
		if free.Before(next.came) { // what waited does not pay for this program's own being late
			free = next.came
		}
		if c.Rate > 0 {
			free = free.Add(time.Duration(len(packet)*8) * time.Second / time.Duration(c.Rate))
		}
		if !pause(ctx, time.Until(free)) {
			return
		}
		if !l.leave(packet) {
			continue
		}
		l.carried.Add(int64(len(packet)))
		if rand.Float64() < c.Loss {
			continue
		}
		select {
		case l.flying <- flying{free.Add(c.Trip / 2), packet}:
		case <-ctx.Done():
			return
		}
	}
}

// deliver hands over what has arrived.
func (l *lane) deliver(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-l.flying:
			if !pause(ctx, time.Until(f.there)) {
				return
			}
			if !l.link.broken.Load() {
				_, _ = l.out.Write(f.packet) // an end that takes no packet has lost it
			}
		}
	}
}
