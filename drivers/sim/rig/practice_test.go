package rig

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/ui/play"
)

// TestPractice plays practice mode on the real window of a PC that nobody enrolled: in by the button, a case filed and returned by the
// invented department, out by the button. No device, sender or platform is there.
func TestPractice(t *testing.T) {
	t.Parallel()
	dir := practises(t, "practice.yaml", "")
	if _, err := os.Stat(filepath.Join(dir, "data", "bianmin.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a real store was made: %v", err)
	}
	papers, err := filepath.Glob(filepath.Join(dir, "data", "practice", "papers", "*.pdf"))
	if err != nil || len(papers) < 2 {
		t.Errorf("%d papers came out, %v", len(papers), err)
	}
}

// TestCameraPractice is a desk whose scanner is a document camera: practice has one too, and its window shows what lies there.
func TestCameraPractice(t *testing.T) {
	t.Parallel()
	practises(t, "practice-camera.yaml", "devices: {scanner: {link: \"video:1b17:0211\"}}\n")
}

// practises plays a journey of practice mode on a PC with that in its configuration, and gives its folder.
func practises(t *testing.T, name, devices string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	o := Options{Dir: dir, Bin: built(t, "x11,gles", "./agent")}
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(display.Close)
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hand.Close)
	config, probe := filepath.Join(dir, "terminal.yaml"), filepath.Join(dir, "desk.sock")
	if err := os.WriteFile(config, []byte("data: data\nscreen: {width: 1366, height: 768, fullscreen: true}\n"+devices), 0o600); err != nil {
		t.Fatal(err)
	}
	agent, err := o.launch("agent", append(display.Env(), "TMPDIR="+dir), "-config", config, "-probe", probe)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(agent.Stop)
	file, err := os.Open(filepath.Join(root(t), "agent/testdata/journeys", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	journey, err := play.ParseJourney(file)
	if err != nil {
		t.Fatal(err)
	}
	shots := os.Getenv("BIANMIN_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	begun := time.Now()
	step := func(n int, what string) { t.Logf("%6.1f s  %3d  %s", time.Since(begun).Seconds(), n, what) }
	if _, err := play.Play(t.Context(), play.Options{Journey: journey, Probe: probe, Hand: hand, Shots: shots, Now: time.Now, Step: step}); err != nil {
		t.Fatalf("%v\n%s", err, agent.Tail(20))
	}
	return dir
}
