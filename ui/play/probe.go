package play

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"bianmin/ui"
)

// Source is what the probe looks at. All functions are called on the UI thread.
type Source struct {
	Window func() fyne.Window          // nil window: not open yet
	Screen func() (name string, n int) // the screen's name and its serial number
	Wait   func(func())                // runs on the UI thread and waits: onui.DoAndWait
}

// Probe answers, on a unix socket, what the window shows. A program opens it
// only when it is told to.
type Probe struct {
	source   Source
	listener net.Listener
	mu       sync.Mutex
	open     map[net.Conn]bool
	group    sync.WaitGroup
	done     chan struct{}
	window   uint32 // the X identifier, once known; only on the UI thread
}

// ListenProbe opens the socket, taking the place of a stale one that an earlier
// process of the same program left. Close ends it.
func ListenProbe(path string, source Source) (*Probe, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the probe: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the probe: %w", err)
	}
	p := &Probe{source: source, listener: listener, open: map[net.Conn]bool{}, done: make(chan struct{})}
	p.group.Go(p.accept)
	return p, nil
}

// Close ends the probe and waits for its goroutines. It is called once, not on
// the UI thread; the toolkit may have ended already.
func (p *Probe) Close() error {
	close(p.done)
	err := p.listener.Close()
	p.mu.Lock()
	for conn := range p.open {
		_ = conn.Close()
	}
	p.mu.Unlock()
	p.group.Wait()
	return err
}

func (p *Probe) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.open[conn] = true
		p.mu.Unlock()
		p.group.Go(func() {
			p.serve(conn)
			p.mu.Lock()
			delete(p.open, conn)
			p.mu.Unlock()
		})
	}
}

// serve answers each line with one line.
func (p *Probe) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewScanner(conn)
	out := json.NewEncoder(conn)
	for lines.Scan() {
		sight, ok := p.ask()
		if !ok {
			return
		}
		if err := out.Encode(sight); err != nil {
			return
		}
	}
}

// ask has the UI thread look. A toolkit that is just ending never answers: then
// the question is left behind, for the process ends too.
func (p *Probe) ask() (Sight, bool) {
	answer := make(chan Sight, 1)
	go p.source.Wait(func() { answer <- p.see() })
	select {
	case sight := <-answer:
		return sight, true
	case <-p.done:
		return Sight{}, false
	}
}

// see looks at the window, on the UI thread.
func (p *Probe) see() Sight {
	window := p.source.Window()
	if window == nil || window.Content() == nil {
		return Sight{Process: os.Getpid(), Things: []Thing{}, Words: []Words{}}
	}
	sight := sightOf(ui.Look(window.Content()), window.Canvas().Scale())
	sight.Process = os.Getpid()
	sight.Screen, sight.Serial = p.source.Screen()
	sight.Window = p.identify(window)
	return sight
}

// identify asks the toolkit for the window's X identifier once: it stays the
// same, and at its end the toolkit must not be asked any more.
func (p *Probe) identify(window fyne.Window) uint32 {
	if native, ok := window.(driver.NativeWindow); ok && p.window == 0 {
		native.RunNative(func(context any) {
			if x11, ok := context.(driver.X11WindowContext); ok {
				p.window = uint32(x11.WindowHandle) //nolint:gosec // X identifiers have 29 bits
			}
		})
	}
	return p.window
}

// eyes asks a probe, and asks again after the program replaced its process.
type eyes struct {
	path string
	conn net.Conn
	in   *bufio.Reader
}

// see returns what the window shows now. Any error means: try again later.
func (e *eyes) see(ctx context.Context) (Sight, error) {
	if e.conn == nil {
		var dialer net.Dialer
		network, address := "unix", e.path
		if distant, ok := strings.CutPrefix(e.path, "tcp:"); ok {
			network, address = "tcp", distant
		}
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return Sight{}, fmt.Errorf("reach the probe: %w", err)
		}
		e.conn, e.in = conn, bufio.NewReader(conn)
	}
	sight, err := e.ask(ctx)
	if err != nil {
		e.close()
	}
	return sight, err
}

func (e *eyes) ask(ctx context.Context) (Sight, error) {
	var sight Sight
	if deadline, ok := ctx.Deadline(); ok {
		if err := e.conn.SetDeadline(deadline); err != nil {
			return sight, fmt.Errorf("ask the probe: %w", err)
		}
	}
	stop := context.AfterFunc(ctx, e.interrupt(e.conn))
	defer stop()
	if _, err := e.conn.Write([]byte("see\n")); err != nil {
		return sight, fmt.Errorf("ask the probe: %w", err)
	}
	line, err := e.in.ReadBytes('\n')
	if err != nil {
		return sight, fmt.Errorf("ask the probe: %w", err)
	}
	if err := json.Unmarshal(line, &sight); err != nil {
		return sight, fmt.Errorf("read the probe's answer: %w", err)
	}
	return sight, nil
}

func (e *eyes) interrupt(conn net.Conn) func() { return func() { _ = conn.Close() } }

func (e *eyes) close() {
	if e.conn != nil {
		_ = e.conn.Close()
		e.conn, e.in = nil, nil
	}
}
