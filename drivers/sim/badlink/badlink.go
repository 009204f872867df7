// Package badlink is a slow, long, lossy line that breaks, between two network
// namespaces of its own: real TCP of the kernel runs through two TUN devices,
// and every packet through here. For tests and measurements; it needs root and
// /dev/net/tun, and touches no address outside its own namespaces.
package badlink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// Addresses of the two ends, each in its own namespace.
const (
	Client = "10.99.0.2"
	Server = "10.99.0.1"
)

// How a cut ends the connections that were open.
const (
	Reset = "reset" // their next packet is answered with a reset
	Hole  = "hole"  // nobody answers, as after a lost entry of a box that translates addresses
)

// Conditions of a line. The zero value is as fast as the machine.
type Conditions struct {
	Rate  int           // bits a second each way, 0 without limit
	Trip  time.Duration // there and back
	Queue int           // bytes that wait for the line, each way; 0 without limit
	Loss  float64       // of packets, each way
	Every time.Duration // how long the line holds between two cuts, 0 for ever
	For   time.Duration // how long a cut lasts
	Cut   string        // Reset or Hole
}

// Link is an open line. Close ends it.
type Link struct {
	client, server *side
	up, down       *lane // client to server, and back
	flows          flows
	broken         atomic.Bool

	mu    sync.Mutex
	now   Conditions
	began time.Time     // since when these conditions hold
	dark  time.Duration // of that, in cuts that are over
	fell  time.Time     // of the cut now, zero while the line holds
	cuts  int

	stop   context.CancelFunc
	weave  context.CancelFunc // of the present conditions' cuts
	work   sync.WaitGroup
	cutter sync.WaitGroup
}

// Open makes the namespaces and the line.
func Open(ctx context.Context) (*Link, error) {
	ctx, stop := context.WithCancel(ctx)
	l := &Link{stop: stop, weave: func() {}, began: time.Now()}
	l.flows.open = map[uint32]int{}
	var err error
	if l.client, err = newSide(Client); err != nil {
		stop()
		return nil, err
	}
	if l.server, err = newSide(Server); err != nil {
		stop()
		return nil, errors.Join(err, l.client.close())
	}
	l.up, l.down = newLane(l, l.server.tun), newLane(l, l.client.tun)
	for _, run := range []func(){
		func() { l.up.shape(ctx) }, func() { l.down.shape(ctx) }, func() { l.up.deliver(ctx) }, func() { l.down.deliver(ctx) },
		func() { l.read(l.client.tun, l.up, l.down) }, func() { l.read(l.server.tun, l.down, l.up) },
	} {
		l.work.Go(run)
	}
	return l, nil
}

// Close takes the line away and waits for its goroutines.
func (l *Link) Close() error {
	l.weave()
	l.stop()
	err := errors.Join(l.client.close(), l.server.close())
	l.cutter.Wait()
	l.work.Wait()
	return err
}

// Start starts a program at one end: Client or Server.
func (l *Link) Start(end string, program *exec.Cmd) error {
	at := l.client
	if end == Server {
		at = l.server
	}
	return at.do(program.Start)
}

// Set makes other conditions hold from now on, and counts anew.
func (l *Link) Set(ctx context.Context, c Conditions) {
	l.weave()
	l.cutter.Wait()
	ctx, l.weave = context.WithCancel(ctx)
	l.mu.Lock()
	l.now, l.began, l.dark, l.fell, l.cuts = c, time.Now(), 0, time.Time{}, 0
	l.mu.Unlock()
	l.broken.Store(false)
	for _, lane := range []*lane{l.up, l.down} {
		lane.carried.Store(0)
	}
	if c.Every > 0 {
		l.cutter.Go(func() { l.cut(ctx, c) })
	}
}

// cut breaks the line again and again.
func (l *Link) cut(ctx context.Context, c Conditions) {
	for pause(ctx, c.Every) {
		l.broken.Store(true)
		l.note(func() { l.fell = time.Now() })
		l.up.flush()
		l.down.flush()
		if !pause(ctx, c.For) {
			return
		}
		l.flows.end()
		l.note(func() { l.cuts, l.dark, l.fell = l.cuts+1, l.dark+time.Since(l.fell), time.Time{} })
		l.broken.Store(false)
	}
}

func (l *Link) note(what func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	what()
}

func (l *Link) conditions() Conditions {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// Count is what went over the line since Set.
type Count struct {
	Up, Down int64         // bytes of packets that were put on the line
	Took     time.Duration // since Set
	Held     time.Duration // of that, without the cuts
	Cuts     int
}

// Count counts.
func (l *Link) Count() Count {
	l.mu.Lock()
	defer l.mu.Unlock()
	took, dark := time.Since(l.began), l.dark
	if !l.fell.IsZero() {
		dark += time.Since(l.fell)
	}
	return Count{Up: l.up.carried.Load(), Down: l.down.carried.Load(), Took: took, Held: took - dark, Cuts: l.cuts}
}

// read takes what one end sends.
func (l *Link) read(from io.Reader, lane, back *lane) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		packet := append([]byte(nil), buffer[:n]...)
		if l.broken.Load() || !tcp(packet) {
			continue
		}
		if l.flows.over(packet) {
			if l.conditions().Cut == Reset && worthReset(packet) {
				back.push(reset(packet))
			}
			continue
		}
		lane.push(packet)
	}
}

// pause waits; false when ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// String says the conditions in short.
func (c Conditions) String() string {
	text := fmt.Sprintf("%d kbit/s, %v", c.Rate/1000, c.Trip)
	if c.Loss > 0 {
		text += fmt.Sprintf(", %.0f %% lost", c.Loss*100)
	}
	if c.Every > 0 {
		text += fmt.Sprintf(", cut every %v for %v (%s)", c.Every, c.For, c.Cut)
	}
	return text
}
