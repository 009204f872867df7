// Package plug is the far end of a simulated device's cable: a pseudo terminal
// behind a stable name, that can be pulled out and put back. It knows no
// protocol.
package plug

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Cable is one device's serial cable. Its name stays; the pseudo terminal behind
// it is a new one each time it is plugged in, as with a real adapter.
type Cable struct {
	path string
	talk func(ctx context.Context, end *os.File)

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mutex   sync.Mutex
	master  *os.File
	slave   *os.File // held open, or the master would read errors while no program has the line open
	unplug  context.CancelFunc
	talking chan struct{} // closed when talk has returned
}

// New makes the cable's name at path, a symbolic link, and plugs it in. talk
// speaks the device's protocol on the far end; it must return when a read or
// write on the end fails or ctx ends.
func New(ctx context.Context, path string, talk func(ctx context.Context, end *os.File)) (*Cable, error) {
	ctx, cancel := context.WithCancel(ctx)
	c := &Cable{path: path, talk: talk, ctx: ctx, cancel: cancel}
	if err := c.Plug(); err != nil {
		cancel()
		return nil, err
	}
	return c, nil
}

// Path is the stable name programs open.
func (c *Cable) Path() string { return c.path }

// Plugged tells whether the cable is plugged in.
func (c *Cable) Plugged() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.master != nil
}

// Plug puts the cable back; nothing happens when it is plugged in.
func (c *Cable) Plug() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.master != nil {
		return nil
	}
	master, slave, err := open()
	if err != nil {
		return fmt.Errorf("open pseudo terminal: %w", err)
	}
	if err := errors.Join(raw(slave), c.link(slave.Name())); err != nil {
		return errors.Join(err, master.Close(), slave.Close())
	}
	ctx, unplug := context.WithCancel(c.ctx)
	c.master, c.slave, c.unplug, c.talking = master, slave, unplug, make(chan struct{})
	c.work.Add(1)
	go func(done chan struct{}) {
		defer c.work.Done()
		defer close(done)
		c.talk(ctx, master)
	}(c.talking)
	return nil
}

// Write sends bytes to the program at the near end; it fails while the cable is out.
func (c *Cable) Write(data []byte) (int, error) {
	c.mutex.Lock()
	master := c.master
	c.mutex.Unlock()
	if master == nil {
		return 0, errors.New("the cable is not plugged in")
	}
	return master.Write(data)
}

// Unplug pulls the cable: whoever holds the line sees it hang up, bytes on the
// way are lost, the name is gone. It returns when talk has ended.
func (c *Cable) Unplug() error {
	c.mutex.Lock()
	master, slave, unplug, talking := c.master, c.slave, c.unplug, c.talking
	c.master, c.slave = nil, nil
	c.mutex.Unlock()
	if master == nil {
		return nil
	}
	unplug()
	err := errors.Join(os.Remove(c.path), master.Close(), slave.Close())
	<-talking
	if err != nil {
		return fmt.Errorf("unplug: %w", err)
	}
	return nil
}

// Close pulls the cable for good and waits for everything it started.
func (c *Cable) Close() error {
	err := c.Unplug()
	c.cancel()
	c.work.Wait()
	return err
}

// open opens a pseudo terminal whose master obeys Close: package pty leaves it
// in blocking mode, where a waiting read would never end.
func open() (master, slave *os.File, err error) {
	blocking, slave, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	fd, err := unix.FcntlInt(blocking.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	err = errors.Join(err, blocking.Close())
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return nil, nil, errors.Join(err, slave.Close())
	}
	return os.NewFile(uintptr(fd), "simulated device"), slave, nil
}

// link points the stable name at the terminal in one step.
func (c *Cable) link(target string) error {
	next := c.path + ".next"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("link %s: %w", filepath.Base(c.path), err)
	}
	if err := os.Symlink(target, next); err != nil {
		return fmt.Errorf("link %s: %w", filepath.Base(c.path), err)
	}
	if err := os.Rename(next, c.path); err != nil {
		return fmt.Errorf("link %s: %w", filepath.Base(c.path), err)
	}
	return nil
}

// raw switches off echo and every translation, before any program opens the line.
func raw(slave *os.File) error {
	conn, err := slave.SyscallConn()
	if err != nil {
		return fmt.Errorf("set line raw: %w", err)
	}
	var inner error
	err = conn.Control(func(fd uintptr) {
		settings, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		if err != nil {
			inner = err
			return
		}
		settings.Iflag, settings.Oflag, settings.Lflag = 0, 0, 0
		settings.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL | unix.B115200
		settings.Cc[unix.VMIN], settings.Cc[unix.VTIME] = 1, 0
		inner = unix.IoctlSetTermios(int(fd), unix.TCSETS, settings)
	})
	if err := errors.Join(err, inner); err != nil {
		return fmt.Errorf("set line raw: %w", err)
	}
	return nil
}
