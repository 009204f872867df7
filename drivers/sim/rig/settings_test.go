package rig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/agent/desk"
	"bianmin/sync/standing"
	"bianmin/ui/play"
)

// set lets the province set a value for all, and waits until a fresh sender has brought it.
func (r *Rig) set(t *testing.T, key, value string) {
	t.Helper()
	file := filepath.Join(r.TerminalData(), "keys", standing.File)
	before, _ := os.ReadFile(file)
	if _, err := r.Run(t.Context(), "platform", "settings", "set", key, value, "--all", "--lock", "--data", r.PlatformData()); err != nil {
		t.Fatal(err)
	}
	r.Sender.Stop() // the next one's first heartbeat comes at once
	if err := r.StartSender(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if after, err := os.ReadFile(file); err == nil && string(after) != string(before) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the sender brought no settings: %s", r.Sender.Tail(20))
		}
	}
}

// TestSettingsBetweenSessions: the kiosk goes on with what counted when somebody began, takes what the province set when
// that session is over, and by itself when nobody is there. A real window, platform and sender.
func TestSettingsBetweenSessions(t *testing.T) {
	t.Parallel()
	r := started(t, Options{Bin: shipped(t)})
	display := opened(t)
	probe := filepath.Join(t.TempDir(), "probe.sock")
	kiosk, err := r.StartKiosk(append(display.Env(), "TMPDIR="+r.path("terminal")), "-probe", probe)
	if err != nil {
		t.Fatal(err)
	}
	defer kiosk.Stop()
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer hand.Close()
	steps := func(lines ...string) {
		t.Helper()
		journey, err := play.ParseJourney(strings.NewReader("name: settings\ntimeout: 40s\nsteps:\n  - " + strings.Join(lines, "\n  - ") + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := play.Play(t.Context(), play.Options{Journey: journey, Probe: probe, Hand: hand, Shots: t.TempDir(), Now: time.Now}); err != nil {
			t.Fatalf("%v\n%s", err, kiosk.Tail(20))
		}
	}
	calls := func(phone string) []string {
		return []string{"wait: {screen: home}", "tap: 求助", "wait: {text: " + phone + "}", "tap: 知道了，接着办"}
	}
	begin := []string{"wait: {screen: attract}", "tap: 点这里开始"}
	steps(append(begin, calls("0999-12345")...)...)

	r.set(t, "phone", "0999-66666")
	steps(append([]string{"sleep: 20s"}, calls("0999-12345")...)...) // somebody is in the middle
	steps("tap: 离开", "wait: {screen: attract}")
	steps(append(begin, calls("0999-66666")...)...)
	steps("tap: 离开", "wait: {screen: attract}")

	pid := kiosk.PID()
	r.set(t, "phone", "0999-77777")
	if _, err := kiosk.WaitLine(t.Context(), "stepping aside"); err != nil {
		t.Fatal(err)
	}
	steps(append(begin, calls("0999-77777")...)...)
	if kiosk.running() != nil || kiosk.PID() != pid {
		t.Error("the kiosk had to be started again")
	}
}

// TestSettingsAtSignOn: a desk where nobody is signed on takes what the province set by itself.
func TestSettingsAtSignOn(t *testing.T) {
	t.Parallel()
	bin := built(t, "x11,gles", "./agent", "./sync/sender", "./packaging/provision", "./platform")
	r := started(t, Options{Bin: bin, Role: RoleAgent})
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	defer display.Close()
	s := &supervised{Rig: r, t: t, probe: r.path("desk.sock")}
	p, err := r.OpenDesk(display)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	signOn := func() bool { name, _ := s.screen(); return name == string(desk.SignOn) }
	wait := func(what string, so func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !so(); time.Sleep(200 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s did not come\n%s", what, p.Agent.Tail(20))
			}
		}
	}
	told := func() int { return strings.Count(p.Agent.Tail(1000), "level=INFO") }
	wait("the sign-on page", func() bool { return signOn() && told() > 0 })
	r.set(t, "log", "error")
	if _, err := p.Agent.WaitLine(t.Context(), "stepping aside"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second) // the next one begins within
	wait("the sign-on page", signOn)
	before := told()
	do(t, r, "printer paper out") // what it would tell at the level that counted before
	time.Sleep(5 * time.Second)
	if after := told(); after != before || p.Agent.running() != nil {
		t.Errorf("it goes on telling: %d lines, then %d\n%s", before, after, p.Agent.Tail(20))
	}
}
