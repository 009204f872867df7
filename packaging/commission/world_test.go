package commission_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/sim/stand"
	"bianmin/internal/smalldisk"
	"bianmin/packaging/commission"
	"bianmin/platform/platformtest"
	"bianmin/sync/wire"
)

// Of the child: the test program again, which a step kills.
const (
	childPlan = "BIANMIN_TEST_SETUP_PLAN"
	childStep = "BIANMIN_TEST_SETUP_STEP"
)

func TestMain(m *testing.M) {
	if plan := os.Getenv(childPlan); plan != "" {
		if err := child(plan, os.Getenv(childStep)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if !atOnceSaid() {
		_ = flag.Set("test.parallel", strconv.Itoa(atOnce)) // the flag is there
	}
	goleak.VerifyTestMain(m)
}

// atOnce is how many setups run at once: each waits for serial ports on which nobody answers, most of its time.
const atOnce = 8

func atOnceSaid() (said bool) {
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	return said
}

// plan is what a setup gets, in a file for the child.
type plan struct {
	Root    string
	Answers commission.Answers
	Stick   string // of TestFullStick and TestSpoiledStick
	Bundle  []byte
	Spoil   string // how, of TestSpoiledStick
	Disk    string // of TestFullDisk
}

// child runs a setup and kills itself at a step.
func child(path, step string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var p plan
	if err := json.Unmarshal(content, &p); err != nil {
		return err
	}
	words, err := text.Load(assets.Words())
	if err != nil {
		return err
	}
	o := options(words, p.Root, p.Answers)
	o.Step = func(name string) {
		if name == step {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	run := func(ctx context.Context) error {
		_, err := commission.Run(ctx, o)
		return err
	}
	switch {
	case p.Spoil != "":
		return spoil(o, p)
	case p.Disk != "":
		return fullDisk(o, p.Disk)
	}
	if p.Stick != "" {
		return full(p.Stick, p.Bundle, run)
	}
	return run(context.Background())
}

func options(words *text.Catalog, root string, answers commission.Answers) commission.Options {
	return commission.Options{
		Answers: answers, Technician: &person{answers: answers}, Words: words, Root: root, Config: filepath.Join(root, "etc/bianmin/terminal.yaml"),
		Data: filepath.Join(root, "var/lib/bianmin"), Software: "test", Now: time.Now,
	}
}

// person is a technician who does what the answers say.
type person struct {
	answers commission.Answers
	change  map[string]string
	said    []string
	told    []string // with what was filled in
	found   []commission.Finding
	onSay   func(key string)
	unseen  []drivers.Role
	papers  commission.Result
}

func (p *person) Say(key string, args map[string]any) {
	p.said = append(p.said, key)
	p.told = append(p.told, fmt.Sprint(key, " ", args))
	if p.onSay != nil {
		p.onSay(key)
	}
}

func (p *person) Enrolment() (string, error) {
	if p.answers.Said() == "" {
		return "", errors.New("nobody has a code")
	}
	return p.answers.Said(), nil
}

func (p *person) Devices(found []commission.Finding) (map[string]string, error) {
	p.found = found
	return p.change, nil
}

func (p *person) Accept(_ []wire.Staff, unseen []drivers.Role) (commission.Signer, error) {
	p.unseen = unseen
	return commission.Signer{ID: p.answers.Technician, Papers: p.papers}, nil
}
func (p *person) Tests() []string { return p.answers.Test }

// world is a new machine with its devices plugged in, and a county.
type world struct {
	t        *testing.T
	platform *platformtest.Platform
	stand    *stand.Stand
	root     string
	words    *text.Catalog
	staff    string // a technician's number
}

func newWorld(t *testing.T, p *platformtest.Platform) *world {
	t.Helper()
	w := &world{t: t, platform: p, root: t.TempDir()}
	var err error
	if w.words, err = text.Load(assets.Words()); err != nil {
		t.Fatal(err)
	}
	bench, err := os.MkdirTemp("", "setup") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	if w.stand, err = stand.Open(t.Context(), stand.Options{Dir: bench, Document: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.stand.Close(), os.RemoveAll(bench)); err != nil {
			t.Error(err)
		}
	})
	ports := filepath.Join(w.root, "dev/serial/by-id")
	if err := os.MkdirAll(ports, 0o755); err != nil {
		t.Fatal(err)
	}
	reader, printer, button := w.stand.Links()
	for name, link := range map[string]string{"usb-1a86-port0": printer, "usb-FTDI-port1": reader, "usb-FTDI-port2": button} {
		if err := os.Symlink(strings.TrimPrefix(link, "serial:"), filepath.Join(ports, name)); err != nil {
			t.Fatal(err)
		}
	}
	var made struct{ ID string }
	if err := json.Unmarshal(p.Run("staff", "new", "--name", "陈师傅"), &made); err != nil {
		t.Fatal(err)
	}
	w.staff = made.ID
	return w
}

func (w *world) in(parts ...string) string {
	return filepath.Join(append([]string{w.root}, parts...)...)
}

// answers are those of a kiosk with a fresh code.
func (w *world) answers(terminal string, more ...string) commission.Answers {
	w.t.Helper()
	return commission.Answers{
		Enrolment: w.platform.Ticket(terminal, w.platform.URL, more...).String(), Technician: w.staff, Test: []string{"receipt"},
		Terminal: map[string]any{
			"phone": "0999-12345", "devices": map[string]any{"document": map[string]any{"link": w.stand.DocumentLink()}},
			"update": map[string]any{"state": w.in("var/lib/bianmin-update")},
		},
	}
}

// child is this test program as a process of its own that runs a plan.
func (w *world) child(p plan, step string) *exec.Cmd {
	w.t.Helper()
	content, err := json.Marshal(p)
	if err != nil {
		w.t.Fatal(err)
	}
	path := filepath.Join(w.t.TempDir(), "plan.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		w.t.Fatal(err)
	}
	command := exec.CommandContext(w.t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childPlan+"="+path, childStep+"="+step)
	return command
}

// inNamespace runs a setup where the stick is a small one of its own.
func (w *world) inNamespace(p plan) error {
	w.t.Helper()
	p.Root = w.root
	command := w.child(p, "none")
	smalldisk.Alone(command)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// kill runs a setup in a process of its own, which ends at a step; it tells whether it came so far.
func (w *world) kill(answers commission.Answers, step string) (killed bool) {
	w.t.Helper()
	command := w.child(plan{Root: w.root, Answers: answers}, step)
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL {
			return true
		}
	}
	if err != nil {
		w.t.Fatalf("the setup failed: %v\n%s", err, out)
	}
	return false
}

const (
	noteAbove  = "# 柳树沟村 kiosk\n"
	noteBeside = "  # behind the shelf\n"
)

// annotate lets a technician write comments into the configuration.
func (w *world) annotate() {
	w.t.Helper()
	path := w.in("etc/bianmin/terminal.yaml")
	content, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	text := strings.Replace(noteAbove+string(content), "  reader:\n", "  reader:"+noteBeside, 1)
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil || !strings.Contains(text, noteBeside) {
		w.t.Fatal(err, text)
	}
}

func (w *world) mustBeAnnotated() {
	w.t.Helper()
	content, err := os.ReadFile(w.in("etc/bianmin/terminal.yaml"))
	if text := string(content); err != nil || !strings.HasPrefix(text, noteAbove) || !strings.Contains(text, "reader:"+noteBeside) {
		w.t.Errorf("comments are gone: %v\n%s", err, text)
	}
}
