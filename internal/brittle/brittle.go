// Package brittle is a network line that breaks at each record of TLS in turn, so that a test can show what an interruption
// at any byte that matters leaves. For tests of any package; no program may hold it.
package brittle

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"bianmin/internal/chance"
)

// Line is a line that breaks once, at a record of TLS: before it, so that whoever should get it gets nothing of it,
// or in its middle. Then it stays broken until it is mended. What comes from the target was done there, so the place
// before an answer is that of a request which was accepted and not answered. All methods are safe for several goroutines.
type Line struct {
	target   string
	listener net.Listener
	cancel   context.CancelFunc
	work     sync.WaitGroup

	mutex  sync.Mutex
	place  Place
	passed int
	broken bool
	open   map[net.Conn]struct{}
}

// Place is where a line breaks.
type Place struct {
	Record int  // counted from 0, in both directions and over all connections, as they pass
	Half   bool // half of it gets through
}

// Nowhere is the place of a line that holds.
var Nowhere = Place{Record: -1}

// String names a place for a test's name.
func (p Place) String() string {
	if p.Half {
		return fmt.Sprintf("in-record-%d", p.Record)
	}
	return fmt.Sprintf("before-record-%d", p.Record)
}

// Places are all where a line can break while so many records pass; without BIANMIN_LONG only short of them, by chance,
// among them the first and the last ones.
func Places(t testing.TB, records, short int) []Place {
	t.Helper()
	all := make([]Place, 0, 2*records)
	for i := range records {
		all = append(all, Place{Record: i}, Place{Record: i, Half: true})
	}
	if chance.Long() || len(all) <= short {
		return all
	}
	const last = 4
	ends := slices.Concat(all[:1], all[len(all)-last:])
	middle := all[1 : len(all)-last]
	chance.Random(t).Shuffle(len(middle), func(i, j int) { middle[i], middle[j] = middle[j], middle[i] })
	return slices.Concat(ends, middle[:max(0, short-len(ends))])
}

// Listen opens such a line to a target; it holds.
func Listen(ctx context.Context, target string) (*Line, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a brittle line: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &Line{target: target, listener: listener, cancel: cancel, place: Nowhere, open: map[net.Conn]struct{}{}}
	l.work.Go(func() { l.accept(ctx) })
	return l, nil
}

// Addr is host:port of the near side.
func (l *Line) Addr() string { return l.listener.Addr().String() }

// Break mends the line and says where it breaks next; records are counted from now on.
func (l *Line) Break(at Place) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.place, l.passed, l.broken = at, 0, false
}

// Broken tells whether the line broke and was not mended.
func (l *Line) Broken() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.broken
}

// Mend ends the wait for a break, and tells whether there was one and how many records passed whole.
func (l *Line) Mend() (broke bool, passed int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	broke, passed = l.broken, l.passed
	l.place, l.broken = Nowhere, false
	return broke, passed
}

// Close ends the line and waits for its connections.
func (l *Line) Close() error {
	l.cancel()
	err := l.listener.Close()
	l.mutex.Lock()
	l.sever()
	l.mutex.Unlock()
	l.work.Wait()
	return err
}

// sever resets every connection; the mutex is held.
func (l *Line) sever() {
	l.broken = true
	for conn := range l.open {
		reset(conn)
	}
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// keep notes a connection while the line holds.
func (l *Line) keep(conns ...net.Conn) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, conn := range conns {
		if l.broken {
			reset(conn)
			continue
		}
		l.open[conn] = struct{}{}
	}
	return !l.broken
}

func (l *Line) accept(ctx context.Context) {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.work.Go(func() { l.join(ctx, near) })
	}
}

func (l *Line) join(ctx context.Context, near net.Conn) {
	if !l.keep(near) {
		return
	}
	var dialer net.Dialer
	far, err := dialer.DialContext(ctx, "tcp", l.target)
	if err == nil && l.keep(far) {
		var both sync.WaitGroup
		both.Go(func() { l.carry(far, near) })
		both.Go(func() { l.carry(near, far) })
		both.Wait()
	}
	l.mutex.Lock()
	delete(l.open, near)
	delete(l.open, far)
	l.mutex.Unlock()
	_ = near.Close()
}

// carry forwards one direction, record by record, until either side ends.
func (l *Line) carry(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	for {
		record, err := readRecord(from)
		if err != nil || !l.pass(to, record) {
			return
		}
	}
}

func (l *Line) pass(to net.Conn, record []byte) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.broken {
		return false
	}
	if l.passed == l.place.Record {
		if l.place.Half {
			_, _ = to.Write(record[:len(record)/2])
			if tcp, ok := to.(*net.TCPConn); ok {
				_ = tcp.CloseWrite() // a reset would take the half back
			}
		}
		l.sever()
		return false
	}
	if _, err := to.Write(record); err != nil {
		return false
	}
	l.passed++
	return true
}

// readRecord reads one record of TLS: type, version, length of two bytes, content.
func readRecord(from io.Reader) ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint16(head[3:]))
	if head[0] < 20 || head[0] > 23 || length > 1<<14+256 {
		return nil, errors.New("this is no record of TLS")
	}
	record := append(head, make([]byte, length)...)
	_, err := io.ReadFull(from, record[5:])
	return record, err
}
