package uplink_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"testing"
	"time"
)

// Where on a connection, and what: every pair is a harm.
var (
	places = []string{"handshake", "before", "header", "body", "accepted", "answer"}
	blows  = []string{"cut", "reset", "stall", "stall-cut", "corrupt"}
)

// blow is one harm to one connection, at a place in hundredths.
type blow struct {
	where, what string
	at, size    int // size of the request's body
	struck      func()
}

// rough sizes of what goes over the line beside the body, in bytes.
const (
	greetingSize = 1500
	headerSize   = 700
	answerSize   = 700
)

// gate is a TCP proxy that strikes where it is told: below TLS, at a byte.
type gate struct {
	listener net.Listener
	target   string
	running  sync.WaitGroup

	mu    sync.Mutex
	lines map[string]*gated // by the client's address
	next  *blow             // for the next connection
}

func newGate(t *testing.T, target string) *gate {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{listener: listener, target: target, lines: map[string]*gated{}}
	g.running.Go(g.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		g.mu.Lock()
		for _, line := range g.lines {
			line.end(false)
		}
		g.mu.Unlock()
		g.running.Wait()
	})
	return g
}

// dial is for the client, whatever host it wants.
func (g *gate) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", g.listener.Addr().String())
}

func (g *gate) accept() {
	for {
		client, err := g.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", g.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		line := &gated{client: client, server: server}
		g.mu.Lock()
		line.blow, g.next = g.next, nil
		g.lines[client.RemoteAddr().String()] = line
		g.mu.Unlock()
		g.running.Go(func() { line.pump(server, client, true) })
		g.running.Go(func() { line.pump(client, server, false) })
	}
}

// watch gives a request that is struck on its way.
func (g *gate) watch(request *http.Request, b *blow) *http.Request {
	if b.where == "handshake" {
		g.mu.Lock()
		g.next = b
		g.mu.Unlock()
		return request
	}
	var line *gated
	mark := func(f func(*gated)) {
		if line != nil {
			line.mu.Lock()
			defer line.mu.Unlock()
			f(line)
		}
	}
	return request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			g.mu.Lock()
			line = g.lines[info.Conn.LocalAddr().String()]
			g.mu.Unlock()
			mark(func(l *gated) { l.blow, l.headed, l.sent, l.up, l.down = b, false, false, 0, 0 })
		},
		WroteHeaders: func() {
			if b.where == "body" {
				mark(func(l *gated) { l.headed, l.up = true, 0 })
			}
		},
		WroteRequest: func(httptrace.WroteRequestInfo) { mark(func(l *gated) { l.sent, l.down = true, 0 }) },
	}))
}

// gated is one connection through the gate.
type gated struct {
	client, server net.Conn

	mu           sync.Mutex
	blow         *blow
	headed, sent bool
	up, down     int // bytes since the last mark
}

// due tells after how many of n bytes the blow falls; nil when it does not.
func (l *gated) due(up bool, n int) (int, *blow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	passed := &l.down
	if up {
		passed = &l.up
	}
	before := *passed
	*passed += n
	b := l.blow
	if b == nil {
		return n, nil
	}
	at := -1
	switch {
	case b.where == "handshake" && up == (b.at%2 == 0):
		at = greetingSize * b.at / 100
	case b.where == "before" && up:
		at = 0
	case b.where == "header" && up:
		at = 1 + headerSize*b.at/100
	case b.where == "body" && up && l.headed:
		at = b.size * b.at / 100
	case b.where == "accepted" && !up && l.sent:
		at = 0
	case b.where == "answer" && !up && l.sent:
		at = 1 + answerSize*b.at/100
	}
	if at < 0 || at-before >= n {
		return n, nil
	}
	*passed = max(at, before)
	l.blow = nil
	b.struck()
	return max(at-before, 0), b
}

func (l *gated) pump(to io.Writer, from io.Reader, up bool) {
	defer l.end(false)
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		for data := buffer[:n]; len(data) > 0; {
			k, b := l.due(up, len(data))
			if _, err := to.Write(data[:k]); err != nil {
				return
			}
			data = data[k:]
			if b != nil && !l.strike(b, data) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// strike does what the blow says; false ends the connection.
func (l *gated) strike(b *blow, rest []byte) bool {
	switch b.what {
	case "cut":
		return false
	case "reset":
		l.end(true)
		return false
	case "corrupt":
		rest[0] ^= 0x40
		// Where the byte was a length, both ends may wait for what never comes: the client for as long as a handshake may take.
		soon := time.Now().Add(300 * time.Millisecond)
		if errors.Join(l.client.SetReadDeadline(soon), l.server.SetReadDeadline(soon)) != nil {
			return false
		}
	case "stall", "stall-cut":
		time.Sleep(5 * time.Millisecond)
	}
	return b.what != "stall-cut"
}

// end closes both ends; hard throws away what is under way and resets.
func (l *gated) end(hard bool) {
	for _, c := range []net.Conn{l.client, l.server} {
		if tcp, is := c.(*net.TCPConn); is && hard {
			_ = tcp.SetLinger(0)
		}
		if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			continue // gone already
		}
	}
}
