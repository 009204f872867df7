package rig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/ui/play"
)

// journeyTime is about how long the pension journey takes on the real window.
const journeyTime = 26 * time.Second

// TestMainJob plays the pension journey on the real window with network and
// without, the network coming back afterwards, and compares what the platform
// opens with what was entered: the demo, as a test.
func TestMainJob(t *testing.T) {
	t.Parallel()
	r := started(t, Options{Bin: shipped(t)})
	display := opened(t)
	if err := r.StartSender(); err != nil {
		t.Fatal(err)
	}
	journey := filepath.Join(root(t), "kiosk/testdata/journeys/pension.yaml")
	online, offline := filepath.Join(t.TempDir(), "online"), filepath.Join(t.TempDir(), "offline")
	if err := r.PlayJourney(t.Context(), display.Env(), journey, online); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckJourney(t.Context(), online); err != nil {
		t.Fatal(err)
	}
	do(t, r, "network cut")
	if err := r.PlayJourney(t.Context(), display.Env(), journey, offline); err != nil {
		t.Fatal(err)
	}
	if err := r.ExpectNothingNew(t.Context(), offline); err != nil {
		t.Fatal(err)
	}
	do(t, r, "network restore")
	if _, err := r.CheckJourney(t.Context(), offline); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T) *Display {
	t.Helper()
	display, err := OpenDisplay(t.Context(), 1080, 1920)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(display.Close)
	return display
}

func do(t *testing.T, r *Rig, line string) {
	t.Helper()
	if _, err := r.Stand.Do(t.Context(), line); err != nil {
		t.Fatal(err)
	}
}

// TestWindowKilledAtAnyMoment kills the kiosk with its real window at random
// moments of the journey, ten times, and the sender now and then.
func TestWindowKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	random := seeded(t)
	r := started(t, Options{Bin: shipped(t)})
	display := opened(t)
	held, printed := map[casefile.Number]bool{}, map[casefile.Number]bool{}
	n := rounds(t, 10, 200)
	for round := range n {
		if err := r.Sender.running(); err != nil {
			if err := r.StartSender(); err != nil {
				t.Fatal(err)
			}
		}
		moment := time.Duration(random.Int64N(int64(journeyTime)))
		killWindow(t, r, display, moment)
		if round%3 == 2 {
			r.Sender.Kill()
		}
		before := len(held)
		held = casesOf(t, r)
		if grown := len(held) - before; grown > 1 {
			t.Errorf("killed after %s: one journey filed %d cases", moment, grown)
		}
		codes, err := r.Receipts()
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			printed[code.Case] = true
			if !held[code.Case] {
				t.Errorf("killed after %s: the receipt of %s was printed, the store has no such case", moment, code.Case)
			}
		}
		r.Stand.Forget()
	}
	if err := r.Sender.running(); err != nil {
		if err := r.StartSender(); err != nil {
			t.Fatal(err)
		}
	}
	bothSides(t, r, held, printed)
	t.Logf("%d kills, %d cases filed, %d receipts printed, all at the platform once", n, len(held), len(printed))
}

// killWindow plays the journey on a fresh kiosk and kills it after the moment.
func killWindow(t *testing.T, r *Rig, display *Display, moment time.Duration) {
	t.Helper()
	do(t, r, "card remove")
	dir := t.TempDir()
	probe := filepath.Join(dir, "probe.sock")
	kiosk, err := r.StartKiosk(display.Env(), "-probe", probe)
	if err != nil {
		t.Fatal(err)
	}
	defer kiosk.Kill()
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer hand.Close()
	file, err := os.Open(filepath.Join(root(t), "kiosk/testdata/journeys/pension.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	journey, err := play.ParseJourney(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), moment)
	defer cancel()
	_, err = play.Play(ctx, play.Options{Journey: journey, Probe: probe, Hand: hand, Bench: r.Stand.Socket(), Shots: dir, Now: time.Now})
	if err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatalf("the journey failed before the kill: %v\n%s", err, kiosk.Tail(10))
	}
	if kiosk.running() != nil && !kiosk.killed() {
		t.Fatalf("the kiosk ended by itself: %s", kiosk.Tail(10))
	}
}

func casesOf(t *testing.T, r *Rig) map[casefile.Number]bool {
	t.Helper()
	k := &killing{t: t, rig: r}
	return k.cases()
}
