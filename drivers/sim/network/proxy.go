// Package network is a switch in a terminal's network line: a TCP proxy that
// can be cut, slowed, or swallow everything. It looks at no bytes.
package network

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy forwards connections to one target. All methods are safe for use by several goroutines.
type Proxy struct {
	target   string
	listener net.Listener
	cancel   context.CancelFunc
	work     sync.WaitGroup

	mutex sync.Mutex
	up    bool
	hole  bool  // connections stay, bytes vanish
	rate  int   // bytes a second each way, 0 without limit
	limit int64 // bytes upwards until the next cut, 0 for none
	gate  bool  // a portal answers in the target's place
	lossy bool  // now and then a piece comes a second late, as after a lost packet
	open  map[net.Conn]struct{}
	sent  atomic.Int64 // bytes forwarded upwards
}

// Listen opens the proxy at address ("127.0.0.1:0") towards target, with the line up.
func Listen(ctx context.Context, address, target string) (*Proxy, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("open the network switch: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Proxy{target: target, listener: listener, cancel: cancel, up: true, open: map[net.Conn]struct{}{}}
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		p.accept(ctx)
	}()
	return p, nil
}

// Addr is host:port of the terminal's side.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Up tells whether the line is whole.
func (p *Proxy) Up() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.up && !p.hole && !p.gate
}

// Sent counts the bytes forwarded towards the target so far.
func (p *Proxy) Sent() int64 { return p.sent.Load() }

// Cut breaks all connections with a reset and refuses new ones.
func (p *Proxy) Cut() { p.set(func() { p.up = false }, true) }

// Restore makes the line whole and fast again; connections that hung in a black hole are broken.
func (p *Proxy) Restore() {
	p.mutex.Lock()
	hung := p.hole || p.gate
	p.mutex.Unlock()
	p.set(func() { p.up, p.hole, p.gate, p.lossy, p.rate, p.limit = true, false, false, false, 0, 0 }, hung)
}

// Slow limits each direction of each connection to so many bytes a second.
func (p *Proxy) Slow(bytesPerSecond int) { p.set(func() { p.rate = bytesPerSecond }, false) }

// BlackHole keeps connections open and lets every byte vanish, as a lost NAT entry does.
func (p *Proxy) BlackHole() { p.set(func() { p.hole = true }, false) }

// Portal puts a page "please log in first" in the target's place, as a public network does, and breaks what is open.
func (p *Proxy) Portal() { p.set(func() { p.gate = true }, true) }

// Lossy lets a piece in four come a second late, as it does when its packet was lost and is sent again.
func (p *Proxy) Lossy() { p.set(func() { p.lossy = true }, false) }

// Line is how the line stands.
type Line struct {
	Cut, Hole, Portal, Lossy, Slow bool
	WillCut                        bool // once some more bytes went upwards
}

// Line tells how the line stands.
func (p *Proxy) Line() Line {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return Line{Cut: !p.up, Hole: p.hole, Portal: p.gate, Lossy: p.lossy, Slow: p.rate > 0, WillCut: p.limit > 0}
}

// CutAfter breaks all connections once so many more bytes went upwards; the line stays usable for new ones.
func (p *Proxy) CutAfter(bytes int64) { p.set(func() { p.limit = p.sent.Load() + bytes }, false) }

func (p *Proxy) set(change func(), sever bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	change()
	if sever {
		p.sever()
	}
}

// sever resets every connection; the mutex is held.
func (p *Proxy) sever() {
	for conn := range p.open {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

// Close ends the proxy and waits for its connections.
func (p *Proxy) Close() error {
	p.cancel()
	err := p.listener.Close()
	p.set(func() { p.up = false }, true)
	p.work.Wait()
	return err
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mutex.Lock()
		down, gate := !p.up && !p.hole, p.gate
		p.mutex.Unlock()
		if down {
			if tcp, ok := near.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = near.Close()
			continue
		}
		p.work.Add(1)
		go func() {
			defer p.work.Done()
			if gate {
				p.welcome(near)
				return
			}
			p.join(ctx, near)
		}()
	}
}

// welcome answers whatever is asked like a portal: a login page in plain HTTP.
func (p *Proxy) welcome(near net.Conn) {
	p.mutex.Lock()
	p.open[near] = struct{}{}
	p.mutex.Unlock()
	defer func() {
		p.mutex.Lock()
		delete(p.open, near)
		p.mutex.Unlock()
		_ = near.Close()
	}()
	if _, err := near.Read(make([]byte, 4<<10)); err != nil {
		return
	}
	const page = "<html>please log in</html>"
	_, _ = fmt.Fprintf(near, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(page), page)
}

func (p *Proxy) join(ctx context.Context, near net.Conn) {
	var dialer net.Dialer
	far, err := dialer.DialContext(ctx, "tcp", p.target)
	if err != nil {
		_ = near.Close()
		return
	}
	p.mutex.Lock()
	p.open[near], p.open[far] = struct{}{}, struct{}{}
	p.mutex.Unlock()
	var both sync.WaitGroup
	both.Add(2)
	go func() { defer both.Done(); p.carry(ctx, far, near, true) }()
	go func() { defer both.Done(); p.carry(ctx, near, far, false) }()
	both.Wait()
	p.mutex.Lock()
	delete(p.open, near)
	delete(p.open, far)
	p.mutex.Unlock()
	_, _ = near.Close(), far.Close()
}

// carry copies one direction until either side ends.
func (p *Proxy) carry(ctx context.Context, to, from net.Conn, upwards bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 4<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !p.pass(ctx, to, buffer[:n], upwards) {
			return
		}
		if err != nil {
			return
		}
	}
}

// pass forwards a piece as the switch stands now; false ends the connection.
func (p *Proxy) pass(ctx context.Context, to net.Conn, piece []byte, upwards bool) bool {
	p.mutex.Lock()
	hole, rate, limit, lossy := p.hole, p.rate, p.limit, p.lossy
	p.mutex.Unlock()
	if hole {
		return true
	}
	var late time.Duration
	if rate > 0 {
		late = time.Duration(len(piece)) * time.Second / time.Duration(rate)
	}
	if lossy && rand.IntN(4) == 0 {
		late += time.Second
	}
	if late > 0 {
		wait := time.NewTimer(late)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-ctx.Done():
			return false
		}
	}
	if upwards {
		if sent := p.sent.Add(int64(len(piece))); limit > 0 && sent >= limit {
			p.set(func() { p.limit = 0 }, true)
			return false
		}
	}
	_, err := to.Write(piece)
	return err == nil
}
