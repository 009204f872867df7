// Package platformtest runs the real platform inside a test: its own folder, its
// own authority, a port of its own, faults at will. It must never be imported by
// a program that is shipped.
package platformtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/platform/casebook"
	"bianmin/platform/command"
	"bianmin/sync/wire"
)

// Platform is a running platform.
type Platform struct {
	URL  string // https://127.0.0.1:port
	Addr string
	Dir  string

	t      testing.TB
	socket string
	rules  string
	more   []string
	now    func() time.Time
	stop   context.CancelFunc
	done   chan error
}

// Contract reads platform/openapi.yaml.
func Contract(t testing.TB) []byte {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	content, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Options change a platform; the zero value will do.
type Options struct {
	Rules string           // rules of items, YAML
	More  []string         // flags of the program besides
	Now   func() time.Time // nil is the machine's clock
}

// Start starts a platform that ends with the test.
func Start(t testing.TB, o Options) *Platform {
	t.Helper()
	p := &Platform{t: t, Dir: t.TempDir(), now: o.Now, more: o.More}
	if p.now == nil {
		p.now = time.Now
	}
	if o.Rules != "" {
		p.rules = filepath.Join(p.Dir, "rules.yaml")
		if err := os.WriteFile(p.rules, []byte(o.Rules), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// A unix socket's path has to be short.
	short, err := os.MkdirTemp("", "plt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	p.socket = filepath.Join(short, "s")
	p.Serve("127.0.0.1:0")
	t.Cleanup(p.Stop)
	return p
}

// Serve starts serving at an address; after Stop it may be called again with Addr.
func (p *Platform) Serve(address string) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.t.Context())) // it ends with the clean-up, after what uses it
	p.stop, p.done = cancel, make(chan error, 1)
	said := &firstLine{found: make(chan string, 1)}
	root := command.New(command.Options{Contract: Contract(p.t), Now: p.now})
	root.SetArgs(append([]string{"--listen", address, "--data", p.Dir, "--control", p.socket}, p.more...))
	root.SetOut(said)
	root.SetErr(io.Discard)
	go func() { p.done <- root.ExecuteContext(ctx) }()
	select {
	case line := <-said.found:
		p.URL = strings.TrimPrefix(line, "listening ")
		p.Addr = strings.TrimPrefix(p.URL, "https://")
	case err := <-p.done:
		p.t.Fatalf("the platform did not start: %v", err)
	}
}

// Stop ends the platform; it may be called twice.
func (p *Platform) Stop() {
	if p.stop == nil {
		return
	}
	p.stop()
	p.stop = nil
	if err := <-p.done; err != nil {
		p.t.Errorf("the platform ended with %v", err)
	}
}

// Run runs one of the platform's commands and gives its output.
func (p *Platform) Run(args ...string) []byte {
	p.t.Helper()
	out, err := p.run(args)
	if err != nil {
		p.t.Fatalf("platform %s: %v", args[0], err)
	}
	return out
}

// Try runs one of the platform's commands that may fail and gives its error.
func (p *Platform) Try(args ...string) error {
	p.t.Helper()
	_, err := p.run(args)
	return err
}

func (p *Platform) run(args []string) ([]byte, error) {
	var out bytes.Buffer
	root := command.New(command.Options{Contract: Contract(p.t), Now: p.now})
	root.SetArgs(append(args, "--data", p.Dir))
	root.SetOut(&out)
	err := root.ExecuteContext(p.t.Context())
	return out.Bytes(), err
}

// Ticket makes an enrolment code for a terminal that reaches the platform at url.
func (p *Platform) Ticket(terminal, url string, more ...string) wire.Ticket {
	p.t.Helper()
	var made struct{ Enrolment string }
	out := p.Run(append([]string{
		"enrol", "new", "--url", url, "--terminal", terminal, "--point", "柳树沟村便民服务点", "--region", "990301001201",
	}, more...)...)
	if err := json.Unmarshal(out, &made); err != nil {
		p.t.Fatal(err)
	}
	ticket, err := wire.ParseTicket(made.Enrolment)
	if err != nil {
		p.t.Fatal(err)
	}
	return ticket
}

// Cases opens what the platform holds.
func (p *Platform) Cases() []casebook.Case {
	p.t.Helper()
	var cases []casebook.Case
	if err := json.Unmarshal(p.Run("cases", "--json"), &cases); err != nil {
		p.t.Fatal(err)
	}
	return cases
}

// Faults replaces the fault script by rules in YAML's one-line form; none for a platform that behaves.
func (p *Platform) Faults(rules ...string) {
	p.t.Helper()
	p.Control("faults clear")
	for _, rule := range rules {
		p.Control("faults add " + rule)
	}
}

// Control sends one line to the control socket and gives the answer behind "ok".
func (p *Platform) Control(line string) string {
	p.t.Helper()
	connection := p.dialControl()
	defer connection.Close()
	if _, err := fmt.Fprintln(connection, line); err != nil {
		p.t.Fatal(err)
	}
	answer := make([]byte, 4096)
	n, err := connection.Read(answer)
	if err != nil {
		p.t.Fatal(err)
	}
	text := strings.TrimSpace(string(answer[:n]))
	if !strings.HasPrefix(text, "ok") {
		p.t.Fatalf("platform control %q: %s", line, text)
	}
	return strings.TrimSpace(strings.TrimPrefix(text, "ok"))
}

// dialControl waits for the control socket, which opens a moment after the port.
func (p *Platform) dialControl() net.Conn {
	p.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		connection, err := net.Dial("unix", p.socket)
		if err == nil {
			return connection
		}
		<-tick.C
	}
	p.t.Fatal("the platform's control socket did not open")
	return nil
}

// firstLine gives the first line written to it.
type firstLine struct {
	mu    sync.Mutex
	text  []byte
	found chan string
	done  bool
}

func (w *firstLine) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	if line, _, ok := bytes.Cut(w.text, []byte("\n")); ok && !w.done {
		w.done = true
		w.found <- string(line)
	}
	return len(p), nil
}
