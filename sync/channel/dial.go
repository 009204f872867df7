package channel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// dialer bounds dialling by the measured round trip.
type dialer struct {
	options  Options
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	sessions tls.ClientSessionCache

	mu    sync.Mutex
	rtt   time.Duration // smoothed round trip of new connections, 0 while unknown
	base  time.Duration // the shortest of late, which no full queue on the way has lengthened
	grown time.Duration // longer timeout after dials that timed out
}

func newDialer(o Options) *dialer {
	d := &dialer{options: o, dial: o.Dial, sessions: tls.NewLRUClientSessionCache(4)}
	if d.dial == nil {
		d.dial = (&net.Dialer{
			KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3},
			Control:         limitSendBuffer,
		}).DialContext
	}
	return d
}

// secure dials and shakes hands.
func (d *dialer) secure(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	plain, err := d.connect(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := plain.(*net.TCPConn); ok {
		plain = watch(tcp, d.user())
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeLimit)
	defer cancel()
	connection := tls.Client(plain, d.options.tls(host, d.sessions))
	if err := connection.HandshakeContext(ctx); err != nil {
		_ = plain.Close() // the handshake's trouble is what counts
		return nil, err
	}
	return connection, nil
}

func (d *dialer) connect(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout())
	defer cancel()
	start := time.Now()
	connection, err := d.race(ctx, network, address)
	if err != nil {
		if ctx.Err() != nil {
			d.failed()
		}
		return nil, err
	}
	tcp, ok := connection.(*net.TCPConn)
	if !ok {
		d.measured(time.Since(start))
		return connection, nil
	}
	// What the system measured counts neither the search for a name nor first packets that got lost.
	if rtt, err := roundTrip(tcp); err == nil && rtt > 0 {
		d.measured(rtt)
	} else {
		d.reached()
	}
	if err := setUserTimeout(tcp, d.user()); err != nil {
		return nil, errors.Join(fmt.Errorf("bound the connection: %w", err), tcp.Close())
	}
	return connection, nil
}

// race dials, and dials once more whenever that takes longer than it should: the system itself repeats a lost first packet
// after one second, then two, then four, and a line that is back just after one would stand idle until the next.
func (d *dialer) race(ctx context.Context, network, address string) (net.Conn, error) {
	type outcome struct {
		connection net.Conn
		err        error
	}
	ctx, cancel := context.WithCancel(ctx)
	outcomes := make(chan outcome)
	running := 0
	begin := func() {
		running++
		go func() {
			connection, err := d.dial(ctx, network, address)
			outcomes <- outcome{connection, err}
		}()
	}
	begin()
	again := time.NewTicker(d.again())
	defer again.Stop()
	var won outcome
	for won = (outcome{}); won.connection == nil && won.err == nil; {
		select {
		case won = <-outcomes:
			running--
		case <-again.C:
			begin()
		}
	}
	cancel()
	for ; running > 0; running-- {
		if late := <-outcomes; late.connection != nil {
			_ = late.connection.Close() // nobody has written to it
		}
	}
	return won.connection, won.err
}

// again is after how long one more first packet is sent.
func (d *dialer) again() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rtt == 0 {
		return time.Second
	}
	return clamp(2*d.rtt, 500*time.Millisecond, 2*time.Second)
}

func (d *dialer) timeout() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rtt == 0 {
		return max(firstDial, d.grown)
	}
	return max(clamp(8*d.rtt, minDial, maxDial), d.grown)
}

// user is how long sent bytes may stay unacknowledged. A queue on the way that our own bytes fill makes the round trip
// long for a while; ten of those would be far too late to notice a dead line.
func (d *dialer) user() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rtt == 0 {
		return clamp(firstDial, minUser, maxUser)
	}
	return clamp(max(10*d.base, 3*d.rtt), minUser, maxUser)
}

// failed lets the next dial wait longer: on a lossy link several first packets get lost.
func (d *dialer) failed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	base := firstDial
	if d.rtt > 0 {
		base = clamp(8*d.rtt, minDial, maxDial)
	}
	d.grown = min(2*max(base, d.grown), maxDial)
}

// reached notes a connection whose round trip nobody could measure.
func (d *dialer) reached() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.grown = 0
}

func (d *dialer) measured(rtt time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.grown = 0
	if d.rtt == 0 {
		d.rtt, d.base = rtt, rtt
		return
	}
	d.rtt += (rtt - d.rtt) / 4
	d.base = min(rtt, d.base+(d.rtt-d.base)/16) // a way that has become longer is believed in the end
}

func clamp(d, low, high time.Duration) time.Duration { return min(max(d, low), high) }
