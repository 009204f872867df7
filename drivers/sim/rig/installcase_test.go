//go:build install

package rig

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/ui/play"
)

// slowly is how much longer the player takes at the machine, whose panel is asked less often than an X server of this PC.
const slowly = 5

// citizen has a person apply at the installed kiosk, by touch and with a card, from its first screen until the paper is
// taken and the next one may come; and looks for the person afterwards. It returns what the machine said.
func (i *installing) citizen(ctx context.Context) string {
	t := i.t
	t.Helper()
	i.port = freePort(t)
	m := i.boot("case")
	defer m.Stop()
	i.stage(ctx, m, "case")
	i.stage(ctx, m, "open")
	outside := t.TempDir()
	i.rig.Stand.Forget()
	result, err := play.Play(ctx, play.Options{
		Journey: unhurried(canaryJourney(t, outside)), Probe: fmt.Sprintf("tcp:127.0.0.1:%d", i.port), Hand: m.Finger(), Bench: i.rig.Stand.Socket(),
		Shots: filepath.Join(i.out, "case"), Now: time.Now,
		Pause: func(ctx context.Context, d time.Duration) error { pause(ctx, slowly*d); return ctx.Err() },
		Step:  func(n int, what string) { t.Logf("%3d  %s", n, what) },
	})
	if err != nil {
		i.picture(m, "8-case-stopped")
		t.Fatal(err)
	}
	result.Entered["card"], result.Entered["phone"] = filepath.Join(outside, "canary.yaml"), canaryPhone
	i.filed(ctx, casefile.Number(fmt.Sprint(result.Seen["number"])), Played{Entered: result.Entered, Seen: result.Seen})
	if err := m.PlugStick("stick", i.stick); err != nil {
		t.Fatal(err)
	}
	i.stage(ctx, m, "searched")
	return m.Console()
}

// freePort is one that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().(*net.TCPAddr).Port
}

// filed checks that the case came to the platform as it was entered, and that its receipt came out of the printer.
func (i *installing) filed(ctx context.Context, number casefile.Number, played Played) {
	i.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	arrived, err := i.rig.waitAccepted(ctx, number, 2)
	if err != nil {
		i.t.Fatal(err)
	}
	slips := receipts(i.rig.Stand.Printed())
	if len(slips) != 1 {
		i.t.Fatalf("%d receipts came out of the printer", len(slips))
	}
	code, err := receipt.DecodeCode(slips[0].code)
	if err != nil || code.Case != number {
		i.t.Fatalf("the receipt names case %s, not %s: %v", code.Case, number, err)
	}
	if err := compare(*arrived, code, played); err != nil {
		i.t.Errorf("the platform's case %s is not what was entered: %v", number, err)
	}
	i.t.Logf("case %s is at the platform as %s, its receipt is printed", number, arrived.Official)
}

// unhurried is a journey that gives a machine in software its time, and taps once: what a tap did may be seen late. It
// takes no pictures of screens that count seconds down: they never stand still between two looks.
func unhurried(journey *play.Journey) *play.Journey {
	journey.Timeout = 10 * time.Minute
	done := slices.IndexFunc(journey.Steps, func(s play.Step) bool { return s.Wait != nil && s.Wait.Screen == "done" })
	var steps []play.Step
	for n, step := range journey.Steps {
		if n > done && step.Shot != "" {
			continue
		}
		if step.Tap != "" {
			step.Choose, step.Tap = step.Tap, ""
		}
		if step.Expect != nil {
			step.Wait, step.Expect = step.Expect, nil
		}
		steps = append(steps, step)
	}
	journey.Steps = steps
	return journey
}
