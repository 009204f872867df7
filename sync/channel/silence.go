package channel

import (
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// watched is a connection that ends when nothing it sent is acknowledged for too long. TCP's own timeout begins to count
// with the first repetition only, and where a queue on the way is full of our own bytes that comes seconds too late.
type watched struct {
	*net.TCPConn
	stop, done chan struct{}
	stopping   sync.Once
	queue      queue
}

// lookEvery is how often a connection is looked at.
const lookEvery = 250 * time.Millisecond

// watch begins to watch; most is the longest silence.
func watch(connection *net.TCPConn, most time.Duration) *watched {
	w := &watched{TCPConn: connection, stop: make(chan struct{}), done: make(chan struct{}), queue: queue{told: firstBuffer}}
	go func() {
		defer close(w.done)
		w.run(most)
	}()
	return w
}

// Close ends connection and watch.
func (w *watched) Close() error {
	w.stopping.Do(func() { close(w.stop) })
	err := w.TCPConn.Close()
	<-w.done
	return err
}

func (w *watched) run(most time.Duration) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	heard := time.Now() // since when something may have been due
	for {
		select {
		case <-w.stop:
			return
		case <-tick.C:
		}
		info, err := tcpInfo(w.TCPConn)
		if err != nil {
			return // it is closed
		}
		w.refit(info)
		heard = answered(heard, time.Now(), info)
		if time.Since(heard) > most {
			_ = w.SetLinger(0) // what lies in buffers is not worth waiting for
			_ = w.TCPConn.Close()
			return
		}
	}
}

// answered moves heard to when the other end last acknowledged something, or to now while nothing is due.
func answered(heard, now time.Time, info *unix.TCPInfo) time.Time {
	if info.Unacked == 0 {
		return now
	}
	if last := now.Add(-time.Duration(info.Last_ack_recv) * time.Millisecond); last.After(heard) {
		return last
	}
	return heard
}

func tcpInfo(connection *net.TCPConn) (*unix.TCPInfo, error) {
	raw, err := connection.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("look at a connection: %w", err)
	}
	var info *unix.TCPInfo
	var got error
	if err := raw.Control(func(fd uintptr) { info, got = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) }); err != nil {
		return nil, fmt.Errorf("look at a connection: %w", err)
	}
	return info, got
}
