package social

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Apart is the real PC/SC service with Debian's virtual reader for programs of this machine: they find the service where it always is, while the
// reader's port, which would listen to everybody, is in a network of its own. One at a time on a machine.
type Apart struct {
	mutex   sync.Mutex
	service *Service // nil while it is unplugged
	card    *inserted
	hangs   bool

	running context.Context // of the cards, ends with it
	end     context.CancelFunc
}

// inserted is a card in the reader with the hand that pulls it.
type inserted struct {
	pull context.CancelFunc
	done chan struct{}
	ends bool // it goes by itself in the middle of a read
}

// ErrNotHere says why Apart cannot be had on this machine.
var ErrNotHere = errors.New("a reader of chip cards needs root, Debian's pcscd and vsmartcard-vpcd, and that no other pcscd runs")

// socket is where programs find the service.
const socket = "/run/pcscd/pcscd.comm"

// OpenApart starts it, or gives ErrNotHere.
func OpenApart(ctx context.Context) (*Apart, error) {
	drivers, err := filepath.Glob("/usr/lib/pcsc/drivers/serial/libifdvpcd.so*")
	_, missing := exec.LookPath("pcscd")
	if err != nil || len(drivers) == 0 || missing != nil || os.Geteuid() != 0 || listens() {
		return nil, ErrNotHere
	}
	a := &Apart{}
	a.running, a.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.start(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// listens tells whether somebody's service answers.
func listens() bool {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// Plug plugs the reader in, with its service.
func (a *Apart) Plug() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.start()
}

// start starts the service; the mutex is held.
func (a *Apart) start() error {
	if a.service != nil {
		return nil
	}
	if !listens() { // what one that was killed has left would keep the next from starting
		_ = os.Remove(socket)
		_ = os.Remove(filepath.Join(filepath.Dir(socket), "pcscd.pid"))
	}
	s, err := startBound(exec.Command("unshare", "--net", "sh", "-c", "ip link set lo up && exec pcscd --foreground"))
	if err != nil {
		return err
	}
	a.service = s
	for begun := time.Now(); !listens(); {
		if time.Since(begun) > 10*time.Second {
			return errors.New("start the PC/SC service: it never answered")
		}
		wait()
	}
	return nil
}

// wait lets a moment pass.
func wait() { <-time.After(20 * time.Millisecond) }

// Unplug pulls the reader, and its service with it.
func (a *Apart) Unplug() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.pull()
	a.stop()
	return nil
}

// stop ends the service; the mutex is held.
func (a *Apart) stop() {
	if a.service != nil {
		a.service.Stop()
	}
	a.service, a.hangs = nil, false
}

// Plugged tells whether the reader is plugged in.
func (a *Apart) Plugged() bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.service != nil
}

// Hang lets the service answer nobody, or go on again.
func (a *Apart) Hang(is bool) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.service == nil || a.hangs == is {
		return nil
	}
	a.hangs = is
	return a.service.Hang(is)
}

// Insert puts a card in; nil pulls the one that is in.
func (a *Apart) Insert(card *Card) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if broken := a.pull(); broken && a.service != nil {
		// After a card that went in the middle of an answer the virtual reader takes no other.
		a.stop()
		if err := a.start(); err != nil {
			return err
		}
	}
	if card == nil {
		return nil
	}
	if a.service == nil {
		return errors.New("the reader is not plugged in")
	}
	conn, err := a.dial()
	if err != nil {
		return fmt.Errorf("insert card: %w", err)
	}
	ctx, cancel := context.WithCancel(a.running)
	in := &inserted{pull: cancel, done: make(chan struct{}), ends: card.Pulled > 0}
	a.card = in
	go func() {
		defer close(in.done)
		_ = card.play(ctx, conn) // a card that is gone tells nothing
	}()
	return nil
}

// pull takes the card out, and tells whether it was one that goes by itself; the mutex is held.
func (a *Apart) pull() (ended bool) {
	if a.card == nil {
		return false
	}
	ended = a.card.ends
	a.card.pull()
	<-a.card.done
	a.card = nil
	return ended
}

// dial reaches the virtual reader in the service's network.
func (a *Apart) dial() (conn net.Conn, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread, which is in another network, ends with this goroutine
		space, opened := os.Open("/proc/" + strconv.Itoa(a.service.command.Process.Pid) + "/ns/net")
		if err = opened; err != nil {
			return
		}
		defer func() { _ = space.Close() }()
		if err = unix.Setns(int(space.Fd()), unix.CLONE_NEWNET); err != nil {
			return
		}
		for range 100 { // the reader may be just starting
			if conn, err = net.Dial("tcp", Virtual); err == nil {
				return
			}
			wait()
		}
	}()
	<-done
	return conn, err
}

// Close ends everything.
func (a *Apart) Close() error {
	err := a.Unplug()
	a.end()
	return err
}
