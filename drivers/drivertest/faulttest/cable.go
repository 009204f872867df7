package faulttest

import (
	"context"
	"io"
	"os"
	"sync"

	"bianmin/drivers/drivertest"
	"bianmin/drivers/link"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/sim/plug"
)

// terminal is a cable with a pseudo terminal in it.
type terminal struct{ *plug.Cable }

func newTerminal(ctx context.Context, path string, talk Talk) (terminal, error) {
	c, err := plug.New(ctx, path, func(ctx context.Context, end *os.File) { talk(ctx, end) })
	return terminal{c}, err
}

func (t terminal) open(ctx context.Context) (channel.Link, error) {
	return link.Open(ctx, "serial:"+t.Path(), link.Options{})
}

// memory is a cable without an operating system. Each opening is a new link: what was on its way in the old one is lost.
type memory struct {
	talk Talk

	mutex   sync.Mutex
	plugged bool
	far     *drivertest.FarEnd
	cancel  context.CancelFunc
	done    chan struct{}
}

func newMemory(talk Talk) *memory { return &memory{talk: talk, plugged: true} }

func (m *memory) Path() string { return "memory" }

func (m *memory) Plugged() bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.plugged
}

func (m *memory) Plug() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.plugged = true
	return nil
}

func (m *memory) Unplug() error {
	m.mutex.Lock()
	m.plugged = false
	m.mutex.Unlock()
	return m.end()
}

func (m *memory) Close() error { return m.Unplug() }

// end ends the link there is and waits until the device has let go of it.
func (m *memory) end() error {
	m.mutex.Lock()
	far, cancel, done := m.far, m.cancel, m.done
	m.far = nil
	m.mutex.Unlock()
	if far == nil {
		return nil
	}
	cancel()
	err := far.Close()
	<-done
	return err
}

func (m *memory) open(ctx context.Context) (channel.Link, error) {
	if !m.Plugged() {
		return nil, channel.ErrUnplugged
	}
	if err := m.end(); err != nil {
		return nil, err
	}
	near, far := drivertest.Pipe()
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	m.mutex.Lock()
	m.far, m.cancel, m.done = far, cancel, done
	m.mutex.Unlock()
	go func() {
		defer close(done)
		m.talk(own, io.ReadWriter(far))
	}()
	return near, nil
}
