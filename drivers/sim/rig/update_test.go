package rig

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/agent/desk"
	"bianmin/kiosk/journey"
	"bianmin/packaging/update"
	"bianmin/packaging/update/trial"
)

// supervised is a terminal as systemd keeps it: the next step of a change before each start of the kiosk, everything started
// again whenever it ends.
type supervised struct {
	*Rig
	t      *testing.T
	prefix string
	probe  string
	env    []string

	mu     sync.Mutex
	launch []string // what the launches said
}

// versions makes the installed layout with the first version, and a repository with the others.
func versions(t *testing.T, r *Rig, display *Display, numbers ...string) *supervised {
	t.Helper()
	s := &supervised{Rig: r, t: t, prefix: r.path("lib"), probe: r.path("kiosk.sock"), env: append(r.Env(), append(display.Env(), "TMPDIR="+r.path("terminal"), "LANG=en")...)}
	stick, keys := r.path("stick"), r.path("signing")
	s.run("platform", "publish", "keys", "--keys", keys)
	s.run("platform", "publish", "new", "--repository", stick, "--keys", keys)
	for i, number := range numbers {
		folder := r.path("lib", "versions", number)
		if i > 0 {
			folder = r.path("released", number)
		}
		s.release(folder, number)
		if i > 0 {
			s.run("platform", "publish", "add", "--repository", stick, "--keys", keys, "--version", number, "--arch", runtime.GOARCH, "--programs", folder)
		}
	}
	for _, name := range []string{"current", "keeper"} {
		if err := os.Symlink(filepath.Join("versions", numbers[0]), r.path("lib", name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(r.path("updater"), 0o755); err != nil {
		t.Fatal(err)
	}
	config, err := os.OpenFile(r.Config(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(config, "update: {state: %q, prefix: %q, root: %q, trial: 8s}\n", r.path("updater"), s.prefix, filepath.Join(stick, "metadata", "1.root.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := config.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

// release puts the programs of a version into a folder. They are the same but for the tool, which says its version.
func (s *supervised) release(folder, version string) {
	s.t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"kiosk", "sender"} {
		if out, err := exec.Command("cp", s.bin(name), folder).CombinedOutput(); err != nil {
			s.t.Fatalf("%v: %s", err, out)
		}
	}
	build := exec.CommandContext(s.t.Context(), "go", "build", "-tags", "x11,gles", "-ldflags", "-X bianmin/packaging/version.Version="+version, "-o", filepath.Join(folder, "provision"), "./packaging/provision")
	build.Dir = root(s.t)
	if out, err := build.CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
}

func (s *supervised) run(program string, args ...string) string {
	s.t.Helper()
	out, err := s.Run(s.t.Context(), program, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(out)
}

// tool runs the technician's tool of a version.
func (s *supervised) tool(link string, args ...string) (string, error) {
	cmd := exec.CommandContext(s.t.Context(), filepath.Join(s.prefix, link, "provision"), append([]string{"update", "--config", s.Config()}, args...)...)
	cmd.Env = append(os.Environ(), s.env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// keep starts a program again whenever it ends, until ctx ends.
func (s *supervised) keep(ctx context.Context, name string, before func(), args ...string) {
	for ctx.Err() == nil {
		before()
		options := s.options
		options.Bin = filepath.Join(s.prefix, "current")
		p, err := options.launch(name, s.env, append([]string{"-config", s.Config()}, args...)...)
		if err != nil {
			s.t.Error(err)
			return
		}
		select {
		case <-p.Done():
		case <-ctx.Done():
			p.Stop()
		}
	}
}

// supervise keeps kiosk and sender alive until the returned function is called.
func (s *supervised) supervise() (stop func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	var kept sync.WaitGroup
	kept.Go(func() {
		s.keep(ctx, "kiosk", func() {
			out, err := s.tool("keeper", "launch")
			s.mu.Lock()
			defer s.mu.Unlock()
			s.launch = append(s.launch, out)
			if err != nil && ctx.Err() == nil {
				s.t.Errorf("a launch: %v: %s", err, out)
			}
		}, "-probe", s.probe)
	})
	kept.Go(func() { s.keep(ctx, "sender", func() {}) })
	return func() { cancel(); kept.Wait() }
}

// screen is what the window shows, and its first words; "" while there is none.
func (s *supervised) screen() (name, words string) {
	conn, err := net.DialTimeout("unix", s.probe, time.Second)
	if err != nil {
		return "", ""
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := conn.Write([]byte("see\n")); err != nil {
		return "", ""
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "", ""
	}
	var sight struct{ Screen string }
	if json.Unmarshal([]byte(line), &sight) != nil {
		return "", ""
	}
	return sight.Screen, line
}

func (s *supervised) status() (status update.Status) {
	out, err := s.tool("keeper", "status", "--json")
	if err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	if err := json.Unmarshal([]byte(out), &status); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	return status
}

// await waits for a state and looks at the screen meanwhile: a version that is not decided never shows anything but that.
func (s *supervised) await(what string, so func() bool) {
	s.t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if so() {
			return
		}
		if s.t.Failed() {
			s.t.FailNow()
		}
	}
	name, _ := s.screen()
	s.t.Fatalf("%s did not come: screen %q, status %+v, launches %q", what, name, s.status(), s.launch)
}

// TestUpdate: a terminal that nobody uses goes to a new version and serves with it; from one whose window does not come it
// goes back to the version before. Real programs, a real window.
func TestUpdate(t *testing.T) {
	t.Parallel()
	r := started(t, Options{Bin: shipped(t), Screen: Screen{Width: 1080, Height: 1920}})
	display, err := OpenDisplay(t.Context(), 1080, 1920)
	if err != nil {
		t.Fatal(err)
	}
	defer display.Close()
	s := versions(t, r, display, "1.0.0", "1.1.0")
	stop := s.supervise()
	defer stop()
	open := func() bool { name, _ := s.screen(); return name == string(journey.Attract) }
	s.await("the first version's window", open)

	s.bring("1.1.0")
	checked := false
	s.await("the second version", func() bool {
		name, words := s.screen()
		checked = checked || (name == string(journey.OutOfService) && strings.Contains(words, "正在检查"))
		status := s.status()
		return status.Running == "1.1.0" && (status.Trial == nil || status.Passed) && name == string(journey.Attract)
	})
	if !checked {
		t.Error("the window never said that the new version is being checked")
	}
	if out, err := s.tool("keeper", "confirm"); err != nil || !strings.Contains(out, "1.1.0 is healthy") {
		t.Errorf("%v: %s", err, out)
	}
	s.await("the sender of the second version", func() bool {
		out, err := exec.Command("pgrep", "-f", s.prefix+"/current/sender").Output()
		if err != nil {
			return false
		}
		path, err := os.Readlink("/proc/" + strings.Fields(string(out))[0] + "/exe")
		return err == nil && strings.Contains(path, "1.1.0")
	})

	s.publishSick("1.2.0")
	s.bring("1.2.0")
	s.await("the way back", func() bool {
		status := s.status()
		return len(status.Failures) == 1 && status.Trial == nil && open()
	})
	status := s.status()
	if status.Running != "1.1.0" || status.Keeper != "1.1.0" || !strings.Contains(status.Failures[0].Why, "3 starts") {
		t.Errorf("status %+v", status)
	}
}

// publishSick publishes a version whose kiosk ends at once.
func (s *supervised) publishSick(version string) {
	s.t.Helper()
	folder := s.path("released", version)
	s.release(folder, version)
	if err := os.WriteFile(filepath.Join(folder, "kiosk"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.run("platform", "publish", "add", "--repository", s.path("stick"), "--keys", s.path("signing"), "--version", version, "--arch", runtime.GOARCH, "--programs", folder)
}

// bring fetches from the stick and asks for the change while the kiosk runs.
func (s *supervised) bring(version string) {
	s.t.Helper()
	if out, err := s.tool("current", "fetch", "--from", s.path("stick")); err != nil || !strings.Contains(out, version) {
		s.t.Fatalf("%v: %s", err, out)
	}
	out, err := s.tool("current", "apply")
	if later := strings.Contains(out, "when nobody is served"); err != nil || (!later && !strings.Contains(out, "Changed to "+version)) { // the kiosk was quicker
		s.t.Fatalf("%v: %s", err, out)
	}
}

// TestDeskOnTrial: a desk's version on trial shows only that it is being checked; healthy, it opens the sign-on, and when
// its card reader does not answer it ends, with nothing written.
func TestDeskOnTrial(t *testing.T) {
	t.Parallel()
	bin := built(t, "x11,gles", "./agent", "./sync/sender", "./packaging/provision", "./platform")
	r := started(t, Options{Bin: bin, Role: RoleAgent, Screen: Screen{Width: DeskWidth, Height: DeskHeight}})
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	defer display.Close()
	s := &supervised{Rig: r, t: t, prefix: bin, probe: r.path("desk.sock")}
	state := r.path("updater")
	if err := os.MkdirAll(state, 0o755); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(r.Config())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.Config(), fmt.Appendf(config, "update: {state: %q, trial: 5s}\n", state), 0o644); err != nil {
		t.Fatal(err)
	}
	start := func() (*trial.Trial, *Program) {
		t.Helper()
		tried := &trial.Trial{ID: trial.NewID(), From: "1", To: "2", Programs: bin, Stage: trial.Running}
		if err := errors.Join(trial.Prepare(state, r.TerminalData()), tried.Write(state)); err != nil {
			t.Fatal(err)
		}
		p, err := r.StartAgent(append(display.Env(), "TMPDIR="+r.path("terminal")), "-probe", s.probe)
		if err != nil {
			t.Fatal(err)
		}
		return tried, p
	}
	if _, err := r.Stand.Do(t.Context(), "reader silent"); err != nil {
		t.Fatal(err)
	}
	tried, agent := start()
	shown := false
	for agent.running() == nil {
		name, words := s.screen()
		shown = shown || (name == string(desk.OutOfService) && strings.Contains(words, "正在检查"))
		if name != "" && name != string(desk.OutOfService) {
			t.Fatalf("on trial the desk shows %s", name)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if agent.endError() == nil || !shown || tried.Passed(state) || !strings.Contains(tried.Complaint(state), "card reader") {
		t.Fatalf("shown %t, passed %t, %q: %v", shown, tried.Passed(state), tried.Complaint(state), agent.endError())
	}
	if _, err := r.Stand.Do(t.Context(), "reader ok"); err != nil {
		t.Fatal(err)
	}
	tried, agent = start()
	defer agent.Stop()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if name, _ := s.screen(); name == string(desk.SignOn) {
			break
		}
		if time.Now().After(end) || agent.running() != nil {
			t.Fatalf("no sign-on came: %s", agent.Tail(20))
		}
	}
	if !tried.Passed(state) {
		t.Error("the desk serves before it passed")
	}
}
