package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/internal/chance"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
	"bianmin/store/cut"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// Of the child: this test program again as "provision", with the words of its command, one a line, and the point at which
// it kills itself.
const (
	childWords = "BIANMIN_TEST_PROVISION"
	childPoint = "BIANMIN_TEST_PROVISION_POINT"
)

func TestMain(m *testing.M) {
	words := os.Getenv(childWords)
	if words == "" {
		goleak.VerifyTestMain(m)
		return
	}
	at := os.Getenv(childPoint)
	cut.Point = func(name string) {
		if name == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // it is on its way
		}
	}
	c := Command(time.Now)
	c.SilenceUsage = true
	c.SetArgs(strings.Split(words, "\n"))
	if err := c.ExecuteContext(context.Background()); err != nil && !errors.Is(err, ErrNotPassed) { // a machine without devices
		os.Exit(1)
	}
	os.Exit(0)
}

// points are those of a first enrolment: there is nothing to set aside.
func points() (all []string) {
	for _, point := range enrol.Points {
		if point != enrol.PointAside {
			all = append(all, point)
		}
	}
	return all
}

// machine is a new one without devices, in a folder.
type machine struct {
	t    *testing.T
	root string
}

// provision runs "provision setup --answers" until its end or a point.
func (m machine) provision(code, point string) (killed bool) {
	m.t.Helper()
	answers := filepath.Join(m.root, "answers.yaml")
	content := fmt.Sprintf("find: false\nbutton: none\nprint: false\nterminal:\n  update: {state: %q}\n", filepath.Join(m.root, "update"))
	if code != "" {
		content += fmt.Sprintf("enrolment: %q\n", code)
	}
	if err := os.WriteFile(answers, []byte(content), 0o600); err != nil {
		m.t.Fatal(err)
	}
	command := exec.CommandContext(m.t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childWords+"="+strings.Join([]string{"--answers", answers, "--root", m.root}, "\n"), childPoint+"="+point)
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return true
		}
	}
	if err != nil {
		m.t.Fatalf("setup until %s: %v\n%s", point, err, out)
	}
	return false
}

// mustBeWhole: the machine is the first generation of its number, and nothing is left of what was begun.
func (m machine) mustBeWhole(terminal string) {
	m.t.Helper()
	s, err := settings.Read(filepath.Join(m.root, "etc/bianmin/terminal.yaml"))
	if err != nil {
		m.t.Fatal(err)
	}
	if i, err := seal.LoadIdentity(filepath.Join(s.Data, "keys")); err != nil || i.Number+i.Generation != terminal {
		m.t.Errorf("it became %+v: %v", i, err)
	}
	for _, left := range []string{"keys.next", "keys.old"} {
		if _, err := os.Stat(filepath.Join(s.Data, left)); !errors.Is(err, fs.ErrNotExist) {
			m.t.Errorf("%s is left: %v", left, err)
		}
	}
	content, err := os.ReadFile(filepath.Join(s.Data, "setup.json"))
	var progress struct{ Done *time.Time }
	if err = errors.Join(err, json.Unmarshal(content, &progress)); err != nil || progress.Done == nil {
		m.t.Errorf("the setup is not done: %s, %v", content, err)
	}
}

// notHalf: after a kill the machine is no terminal, or wholly one; no configuration is written before it is one.
func (m machine) notHalf() (enrolled bool) {
	m.t.Helper()
	i, err := seal.LoadIdentity(filepath.Join(m.root, "var/lib/bianmin/keys"))
	if err != nil && !errors.Is(err, seal.ErrNotEnrolled) {
		m.t.Errorf("half an enrolment counts: %v", err)
	}
	if _, err := os.Stat(filepath.Join(m.root, "etc/bianmin/terminal.yaml")); !errors.Is(err, fs.ErrNotExist) {
		m.t.Errorf("there is a configuration: %v", err)
	}
	return i != nil
}

// TestKilledEnrolling kills "provision setup --answers" at each point of its enrolment, and, in long runs, the next one at
// each point too. The run after that ends it, with the same code, or with none where the platform's answer was kept; the platform
// knows one terminal of one generation.
func TestKilledEnrolling(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	seconds := []string{""}
	if chance.Long() {
		seconds = append(seconds, points()...)
	}
	count := 0
	t.Run("points", func(t *testing.T) {
		for _, first := range points() {
			for _, second := range seconds {
				terminal := fmt.Sprintf("QH%04d", 5000+count)
				count++
				t.Run(first+","+second, func(t *testing.T) {
					t.Parallel()
					m := machine{t, t.TempDir()}
					code := p.Ticket(terminal, p.URL).String()
					if !m.provision(code, first) {
						t.Fatal("it was not met")
					}
					enrolled, next := m.notHalf(), code
					if first == enrol.PointKept || first == enrol.PointPlaced {
						next = ""
					}
					if enrolled != (first == enrol.PointPlaced) {
						t.Errorf("it is a terminal: %t", enrolled)
					}
					if second != "" && m.provision(next, second) {
						m.notHalf()
					}
					m.provision(next, "")
					m.mustBeWhole(terminal + "A")
				})
			}
		}
	})
	var known []struct{ Terminal, Number, Generation string }
	if err := json.Unmarshal(p.Run("terminal", "list"), &known); err != nil {
		t.Fatal(err)
	}
	if len(known) != count {
		t.Errorf("the platform knows %d terminals of %d", len(known), count)
	}
	for _, k := range known {
		if k.Generation != "A" {
			t.Errorf("the platform knows %+v", k)
		}
	}
}
