package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/ui/play"
)

// TestMainJob plays the pension journey on the real window with network and
// without, the network coming back afterwards, and compares what the platform
// opens with what was entered: the demo, as a test. Between the two the office wants a correction of the first.
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
	filed, err := r.CheckJourney(t.Context(), online)
	if err != nil {
		t.Fatal(err)
	}
	correctOnWindow(t, r, display, filed.Number)
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
	random := chance.Random(t)
	r := started(t, Options{Bin: shipped(t)})
	display := opened(t)
	held, printed := map[casefile.Number]bool{}, map[casefile.Number]bool{}
	n := chance.Count(t, 10, 40)
	for round := range n {
		if err := r.Sender.running(); err != nil {
			if err := r.StartSender(); err != nil {
				t.Fatal(err)
			}
		}
		moment := killWindow(t, r, display, random, round%2 == 1)
		if round%3 == 2 {
			r.Sender.Kill()
		}
		before := len(held)
		held = casesOf(t, r)
		if grown := len(held) - before; grown > 1 {
			t.Errorf("killed %s: one journey filed %d cases", moment, grown)
		}
		codes, err := r.Receipts()
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			printed[code.Case] = true
			if !held[code.Case] {
				t.Errorf("killed %s: the receipt of %s was printed, the store has no such case", moment, code.Case)
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

// killWindow plays the journey on a fresh kiosk and kills it up to a second and
// a half after the beginning of a random step, or of one from the submitting on; it says when.
func killWindow(t *testing.T, r *Rig, display *Display, random *rand.Rand, late bool) (moment string) {
	t.Helper()
	journey := journeyOf(t, "pension.yaml")
	first := 0
	if late {
		first = stepOf(journey, submitting)
	}
	return killAt(t, r, display, journey, 1+first+random.IntN(len(journey.Steps)-first), time.Duration(random.Int64N(int64(1500*time.Millisecond))))
}

// submitting is the button that files.
const submitting = "签好了，提交"

func stepOf(journey *play.Journey, tap string) int {
	return slices.IndexFunc(journey.Steps, func(s play.Step) bool { return s.Tap == tap })
}

func journeyOf(t *testing.T, name string) *play.Journey {
	t.Helper()
	file, err := os.Open(filepath.Join(root(t), "kiosk/testdata/journeys", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	journey, err := play.ParseJourney(file)
	if err != nil {
		t.Fatal(err)
	}
	return journey
}

// killAt plays a journey on a fresh kiosk and kills it that long after the beginning of a step, counted from 1; it says when.
func killAt(t *testing.T, r *Rig, display *Display, journey *play.Journey, step int, after time.Duration) (moment string) {
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
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = play.Play(ctx, play.Options{
		Journey: journey, Probe: probe, Hand: hand, Bench: r.Stand.Socket(), Shots: dir, Now: time.Now,
		Step: func(n int, what string) {
			if n == step {
				moment = fmt.Sprintf("%s after the beginning of step %d (%s)", after, n, what)
				time.AfterFunc(after, func() {
					kiosk.Kill()
					cancel()
				})
			}
		},
	})
	if err != nil && ctx.Err() == nil && !kiosk.killed() {
		t.Fatalf("the journey failed before the kill: %v\n%s", err, kiosk.Tail(10))
	}
	kiosk.Kill()
	return moment
}

func casesOf(t *testing.T, r *Rig) map[casefile.Number]bool {
	t.Helper()
	k := &killing{t: t, rig: r}
	return k.cases()
}
