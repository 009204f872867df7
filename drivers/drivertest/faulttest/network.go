package faulttest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Network is a device that speaks HTTP, and the way to it on which a schedule's faults happen: over pipes in memory, or over
// the loopback. What is lost there breaks the connection, and so do bytes that nobody sent, after they came; a Lie is the device's to
// tell, see TakeLie. Nothing in the middle is changed: checksums below HTTP see that.
type Network struct {
	schedule Schedule
	real     bool
	listener net.Listener
	server   *http.Server
	work     sync.WaitGroup

	mutex     sync.Mutex
	random    *rand.Rand
	armed     []Fault
	out, both int
	silent    bool
	unplugged bool
	lies      []int
	happened  []Fault
	open      map[*faultyConn]bool
}

// Network serves a device's handler.
func (w *World) Network(device http.Handler) (*Network, error) { return w.network(device, nil) }

// Encrypted is Network over TLS: the faults happen below it.
func (w *World) Encrypted(device http.Handler, certificate tls.Certificate) (*Network, error) {
	return w.network(device, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
}

func (w *World) network(device http.Handler, secure *tls.Config) (*Network, error) {
	n := &Network{schedule: w.schedule, real: w.Real, random: w.schedule.Random(), open: map[*faultyConn]bool{}}
	if w.Real {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		n.listener = listener
	} else {
		n.listener = &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	}
	// What breaks is the schedule's doing, and no news.
	n.server = &http.Server{Handler: device, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	var listener net.Listener = faultyListener{n.listener, n}
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	n.work.Go(func() { _ = n.server.Serve(listener) })
	return n, nil
}

// Host is where the device is, HOST:PORT.
func (n *Network) Host() string { return n.listener.Addr().String() }

// Dial reaches the device; it is what a driver's HTTP client is given.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mutex.Lock()
	away := n.unplugged
	n.mutex.Unlock()
	if away {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	if n.real {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	near, far := net.Pipe()
	select {
	case n.listener.(*pipes).conns <- far: //nolint:forcetypeassert // made so above
		return near, nil
	case <-n.listener.(*pipes).closed: //nolint:forcetypeassert // made so above
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Arm begins a step: the device is plugged in, what hung in a silent connection is gone, and the step's faults happen from now on.
func (n *Network) Arm(step int) {
	n.mutex.Lock()
	if n.silent || n.unplugged {
		n.sever()
	}
	n.armed, n.out, n.both, n.silent, n.unplugged, n.lies, n.happened = nil, 0, 0, false, false, nil, nil
	for _, f := range n.schedule.Faults {
		if f.Step == step && f.Kind != Hand {
			n.armed = append(n.armed, f)
		}
	}
	n.mutex.Unlock()
}

// Heal is Arm without faults.
func (n *Network) Heal() { n.Arm(n.schedule.Steps) }

// TakeLie gives what a lie that is due picks; false when the device should say the truth.
func (n *Network) TakeLie() (which int, due bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if len(n.lies) == 0 {
		return 0, false
	}
	which = n.lies[0]
	n.lies = n.lies[1:]
	return which, true
}

// Happened tells whether a fault of one of the kinds has come to pass in this step, any when none is named.
func (n *Network) Happened(kinds ...Kind) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return slices.ContainsFunc(n.happened, func(f Fault) bool { return len(kinds) == 0 || slices.Contains(kinds, f.Kind) })
}

// Close ends the device and waits for it.
func (n *Network) Close() error {
	n.mutex.Lock()
	n.sever()
	n.mutex.Unlock()
	err := n.server.Close()
	n.work.Wait()
	return err
}

// sever breaks all connections; the mutex is held.
func (n *Network) sever() {
	for c := range n.open {
		c.end()
	}
	clear(n.open)
}

// next takes the next fault that the coming bytes meet, and says how many of them come before it.
func (n *Network) next(count int, outwards bool) (fault Fault, before int, ok bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	at, before := nearest(n.armed, count, n.out, n.both, func(Kind) bool { return outwards })
	n.both += before
	if outwards {
		n.out += before
	}
	if at < 0 {
		return Fault{}, count, false
	}
	fault = n.armed[at]
	n.armed = slices.Delete(n.armed, at, at+1)
	n.happened = append(n.happened, fault)
	switch fault.Kind {
	case Silent:
		n.silent = true
	case Unplug:
		n.unplugged = true
		n.sever()
	case Lie:
		n.lies = append(n.lies, fault.N)
	}
	return fault, before, true
}

func (n *Network) mute() bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.silent
}

func (n *Network) noise(count int) []byte {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	made := make([]byte, max(count, -count))
	for i := range made {
		made[i] = byte(n.random.Uint32())
	}
	return made
}

// faultyConn is the device's end of one connection.
type faultyConn struct {
	net.Conn
	network *Network
	once    sync.Once
	ended   chan struct{}
}

var errSevered = errors.New("the connection is broken")

func (c *faultyConn) end() { c.once.Do(func() { close(c.ended); _ = c.Conn.Close() }) }

func (c *faultyConn) Close() error {
	c.network.mutex.Lock()
	delete(c.network.open, c)
	c.network.mutex.Unlock()
	c.end()
	return nil
}

// Read gives what comes from the driver, as far as it comes through. Bytes behind a fault in the same gulp come with it.
func (c *faultyConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if c.network.mute() {
			if err != nil {
				return 0, err
			}
			continue // it came, and was not heard
		}
		for left := n; left > 0; {
			fault, before, ok := c.network.next(left, false)
			if !ok {
				break
			}
			if left -= before; fault.Kind == Unplug {
				return 0, errSevered
			}
			if fault.Kind == Silent {
				n -= left
				break
			}
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (c *faultyConn) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		fault, before, ok := c.network.next(len(rest), true)
		if err := c.put(rest[:before]); err != nil {
			return 0, err
		}
		rest = rest[before:]
		if !ok {
			continue
		}
		switch fault.Kind {
		case Cut, Unplug:
			c.end()
			return 0, errSevered
		case Late:
			if !c.pause(time.Duration(fault.N) * time.Millisecond) {
				return 0, errSevered
			}
		case Noise:
			_ = c.put(c.network.noise(fault.N)) // whoever reads it may be gone
			c.end()
			return 0, errSevered
		}
	}
	return len(p), nil
}

func (c *faultyConn) put(p []byte) error {
	if len(p) == 0 || c.network.mute() {
		return nil
	}
	_, err := c.Conn.Write(p)
	return err
}

func (c *faultyConn) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ended:
		return false
	}
}

type faultyListener struct {
	net.Listener
	network *Network
}

func (l faultyListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &faultyConn{Conn: conn, network: l.network, ended: make(chan struct{})}
		if l.network.admit(c) {
			return c, nil
		}
		_ = conn.Close() // of a program that dials by itself: the device is away
	}
}

func (n *Network) admit(c *faultyConn) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if !n.unplugged {
		n.open[c] = true
	}
	return !n.unplugged
}

// pipes is a listener in memory.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, io.EOF
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 631} }
