package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/platform/casebook"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// The tests run the real programs, built with commit points.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sender-test")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-tags", "commitpoints", "-o", dir+"/", "bianmin/sync/sender", "bianmin/platform").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := programs(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

// world is a platform and a terminal as processes.
type world struct {
	t        *testing.T
	bin      string
	platform string // folder
	terminal string // folder
	address  string
	desk     *filing.Filing
	all      []casefile.Filed
	earlier  map[casefile.Number]bool // filed before the desk was opened anew
	persons  int
	unsealed bool // the desk keeps plain copies, for a test that must see them
}

func newWorld(t *testing.T) *world {
	t.Helper()
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, bin: bin, platform: t.TempDir(), terminal: t.TempDir(), address: listener.Addr().String()}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

// process is a running program.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	err  said
	done chan struct{}
}

// said is what a program writes, to be read meanwhile.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes what the program writes.
func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (w *world) start(cutAt, program string, args ...string) *process {
	w.t.Helper()
	p := &process{t: w.t, cmd: exec.Command(filepath.Join(w.bin, program), args...), done: make(chan struct{})}
	if cutAt != "" {
		p.cmd.Env = append(os.Environ(), "BIANMIN_CUT_AT="+cutAt)
	}
	p.cmd.Stderr = &p.err
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	w.t.Cleanup(p.kill)
	return p
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// wait waits for the program's own end and gives its status.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.t.Fatal("the program did not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

func (w *world) startPlatform(cutAt string) *process {
	w.t.Helper()
	p := w.start(cutAt, "platform", "-listen", w.address, "-data", w.platform)
	await(w.t, "the platform to listen", func() bool {
		connection, err := net.Dial("tcp", w.address)
		if err != nil {
			return false
		}
		return connection.Close() == nil
	})
	return p
}

func (w *world) startSender(cutAt string) *process {
	return w.start(cutAt, "sender", "-data", w.terminal)
}

func (w *world) run(args ...string) []byte {
	w.t.Helper()
	out, err := exec.Command(filepath.Join(w.bin, "platform"), append(args, "--data", w.platform)...).Output()
	if err != nil {
		w.t.Fatalf("platform %v: %v", args, err)
	}
	return out
}

func (w *world) enrol() { w.t.Helper(); w.enrolAs("") }

// enrolAs enrols the terminal; with "--replace" over its present enrolment.
func (w *world) enrolAs(how string) {
	w.t.Helper()
	var made struct{ Enrolment string }
	out := w.run("enrol", "new", "--url", "https://"+w.address, "--terminal", "QH0301", "--point", "柳树沟村便民服务点", "--region", "990301001201")
	if err := json.Unmarshal(out, &made); err != nil {
		w.t.Fatal(err)
	}
	w.enrolWith(made.Enrolment, how)
}

// enrolWith enrols the terminal with an enrolment string and opens its desk.
func (w *world) enrolWith(enrolment, how string) {
	w.t.Helper()
	ticket, err := wire.ParseTicket(enrolment)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := enrol.Enrol(w.t.Context(), enrol.Options{Ticket: ticket, Data: w.terminal, Software: "test", Replace: how != "", Now: time.Now}); err != nil {
		w.t.Fatal(err)
	}
	if w.desk != nil { // the kiosk replaces its process after each session
		if err := w.desk.Close(); err != nil {
			w.t.Fatal(err)
		}
		w.earlier = map[casefile.Number]bool{}
		for _, f := range w.all {
			w.earlier[f.Number] = true
		}
	}
	w.open()
}

// open opens the enrolled terminal's desk.
func (w *world) open() {
	w.t.Helper()
	var err error
	w.desk, err = filing.Open(w.t.Context(), filing.Options{Folder: w.terminal, Software: "test", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1, Unsealed: w.unsealed})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = w.desk.Close() })
}

func (w *world) file(size int) casefile.Filed {
	w.t.Helper()
	w.persons++
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: fmt.Sprintf("9901021945%08d", w.persons), Issuer: "望河县公安局", LongTerm: true}
	a, err := w.desk.Attach(w.t.Context(), "image/jpeg", bytes.Repeat([]byte{7}, size))
	if err != nil {
		w.t.Fatal(err)
	}
	filed, err := w.desk.Submit(w.t.Context(), casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{}`),
		Materials: []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: a.Digest, MediaType: a.MediaType}}}},
	}, []casefile.Attachment{a}, who)
	if err != nil {
		w.t.Fatal(err)
	}
	return filed
}

func (w *world) counts() store.Counts {
	w.t.Helper()
	c, err := w.desk.Store().Counts(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) drained() bool { c := w.counts(); return c.Waiting == 0 && c.Refused == 0 }

// mustHold checks that the platform holds exactly these cases, whole, and that the terminal knows it.
func (w *world) mustHold(filed []casefile.Filed) {
	w.t.Helper()
	var cases []casebook.Case
	if err := json.Unmarshal(w.run("cases", "--json"), &cases); err != nil {
		w.t.Fatal(err)
	}
	held := map[string]casebook.Case{}
	for _, c := range cases {
		held[c.Case] = c
	}
	if len(cases) != len(filed) || len(held) != len(filed) {
		w.t.Errorf("the platform holds %d cases, %d were filed", len(cases), len(filed))
	}
	for _, f := range filed {
		c := held[string(f.Number)]
		if c.State != "accepted" || len(c.Events) != 1 || c.Events[0].EventDigest != f.Digest || !c.Events[0].Attachments[0].Verified {
			w.t.Errorf("case %s at the platform: %+v", f.Number, c)
		}
		s, err := w.desk.Summary(w.t.Context(), f)
		if w.earlier[f.Number] {
			continue // filed by a process that is gone: the terminal opens it with the card only
		}
		if err != nil || s.State != "accepted" || s.Official != c.Official {
			w.t.Errorf("case %s at the terminal: %q %q (platform %q), %v", f.Number, s.State, s.Official, c.Official, err)
		}
	}
}

func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}
