package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/ui/play"
)

// TestDeskWindow plays a short journey with keyboard and mouse on the desk's real window.
func TestDeskWindow(t *testing.T) {
	t.Parallel()
	desk := onWindow(t, "window.yaml")
	if opened := strings.Count(desk.Agent.Tail(1000), "role=reader condition=online"); opened < 2 {
		t.Errorf("the reader was opened %d times: the process was not replaced at the sign-off", opened)
	}
}

// TestKeyboard walks every page by keys alone, in both languages, with the help of each; a click fails the journey.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	onWindow(t, "keyboard.yaml")
}

// onWindow plays a journey on the real window of a desk without sender; BIANMIN_SHOTS keeps its pictures.
func onWindow(t *testing.T, name string) *Playing {
	t.Helper()
	r := started(t, Options{Bin: built(t, "x11,gles", "./agent", "./packaging/provision", "./platform"), Role: RoleAgent})
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(display.Close)
	journey, err := r.DeskJourney(filepath.Join(root(t), "agent/testdata/journeys", name))
	if err != nil {
		t.Fatal(err)
	}
	desk, err := r.OpenDesk(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(desk.Close)
	shots := os.Getenv("BIANMIN_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	result, err := desk.Play(t.Context(), journey, shots, func(n int, what string) { fmt.Printf("%3d  %s\n", n, what) })
	if err != nil {
		t.Fatalf("%v\n%s", err, desk.Agent.Tail(20))
	}
	if len(result.Shots) == 0 {
		t.Error("no picture was taken")
	}
	return desk
}

// TestDeskIsNoKiosk starts the desk on a PC that was enrolled as a kiosk: it says why it cannot work, and nothing else is there.
func TestDeskIsNoKiosk(t *testing.T) {
	t.Parallel()
	r := started(t, Options{Bin: built(t, "x11,gles", "./agent", "./packaging/provision", "./platform")})
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(display.Close)
	desk, err := r.OpenDesk(display)
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	journey, err := play.ParseJourney(strings.NewReader("steps: [{wait: {screen: out-of-service, text: 维护人员}}, {expect: {gone: 登录}}]"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Play(t.Context(), journey, t.TempDir(), nil); err != nil {
		t.Fatalf("%v\n%s", err, desk.Agent.Tail(20))
	}
}

// played plays a journey of the desk on its real window, with everything that belongs to a desk behind it.
func played(t *testing.T, name string) (r *Rig, out string) {
	t.Helper()
	r = started(t, Options{Bin: built(t, "x11,gles", "./agent", "./sync/sender", "./packaging/provision", "./platform"), Role: RoleAgent})
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(display.Close)
	if err := r.StartSender(); err != nil {
		t.Fatal(err)
	}
	out = t.TempDir()
	if err := r.PlayDesk(t.Context(), display, filepath.Join(root(t), "agent/testdata/journeys", name), out); err != nil {
		t.Fatal(err)
	}
	return r, out
}

// TestDeskDay plays a village agent's whole day and compares what the platform opens with what was entered.
func TestDeskDay(t *testing.T) {
	t.Parallel()
	r, out := played(t, "day.yaml")
	outcome, err := r.CheckDesk(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("case %s, platform number %s", outcome.Number, outcome.Official)
}

// TestKnownPerson files a common case for a known person: the journey itself fails above 60 keys or with a click.
func TestKnownPerson(t *testing.T) {
	t.Parallel()
	_, out := played(t, "known-person.yaml")
	content, err := os.ReadFile(filepath.Join(out, "journey.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), "keys at most 60") {
		t.Error("the journey counted no keys")
	}
}
