package drivertest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/sim/printer"
	"bianmin/internal/chance"
)

// ReceiptPrinterUnderFaults sends document after document while the printer meets
// a random fault at a random byte, and checks after each that the paper agrees
// with what was reported. The number of rounds and the seed come from package chance.
func ReceiptPrinterUnderFaults(t *testing.T, open OpenPrinter) {
	random := chance.Random(t)
	r := newPrinterRig(t, open, printer.Options{})
	outcomes := map[string]drivers.Outcome{}
	tally := map[drivers.Outcome]int{}
	var paper []printer.Strip
	for round := range chance.Count(t, 40, 2000) {
		id := fmt.Sprintf("D%05d", round)
		fault := trouble(random.IntN(8))
		ctx, cancel := context.WithCancel(r.ctx)
		at := random.IntN(700)
		r.inject(fault, at, cancel)
		report, err := r.printer.Print(ctx, numbered(id))
		cancel()
		if (err == nil) != (report.Outcome == drivers.Printed) {
			t.Fatalf("%s, %s at %d: %+v with error %v", id, fault, at, report, err)
		}
		outcomes[id] = report.Outcome
		tally[report.Outcome]++
		if report.Outcome == drivers.Printed && !slices.Equal(lastOf(r.sim.Strips()).Lines, lines(id)) {
			t.Fatalf("%s, %s at %d: reported as printed, but the last strip is %q", id, fault, at, lastOf(r.sim.Strips()).Lines)
		}
		r.heal()
		paper = append(paper, r.cutOff()...)
	}
	t.Logf("outcomes: %v", tally)
	r.check(paper, outcomes)
	if tally[drivers.Printed] == 0 || tally[drivers.Unconfirmed] == 0 {
		t.Errorf("the faults are not what the test means: %v", tally)
	}
}

// trouble is one kind of fault.
type trouble int

func (f trouble) String() string {
	return [...]string{"nothing", "paper end", "cover", "silence", "cable", "cutter", "stall", "no patience"}[f]
}

// inject lets the fault happen n bytes (or rows of paper) from now.
func (r *printerRig) inject(f trouble, n int, cancel context.CancelFunc) {
	switch f {
	case 1:
		r.sim.SetRows(n)
	case 2:
		r.sim.After(n, func() { r.sim.SetCover(true) })
	case 3:
		r.sim.After(n, func() { r.sim.SetSilent(true) })
	case 4:
		r.sim.PullAfter(n)
	case 5:
		r.sim.SetCutterJams(true)
	case 6:
		r.sim.After(n, func() {
			r.sim.SetStalled(true)
			cancel()
		})
	case 7:
		r.sim.After(n, cancel)
	}
}

// heal puts everything right, as a technician would, and opens the printer anew if its cable was out.
func (r *printerRig) heal() {
	r.Helper()
	r.sim.Disarm()
	r.sim.SetPaper(true)
	r.sim.SetCover(false)
	r.sim.SetSilent(false)
	r.sim.SetCutterJams(false)
	r.sim.SetStalled(false)
	if r.sim.Severed() {
		r.wait("unplugged", func(s printer.State) bool { return !s.Plugged })
		if err := r.sim.Plug(); err != nil {
			r.Fatal(err)
		}
		r.reopen()
	}
}

// cutOff asks for the status, at which the driver cuts off what hangs in the printer, and takes all paper.
func (r *printerRig) cutOff() []printer.Strip {
	r.Helper()
	for range 5 {
		if s, err := r.printer.Status(r.ctx); err == nil && s.Fault == drivers.FaultNone {
			r.wait("printed out", func(s printer.State) bool { return s.Waiting == 0 })
			return r.sim.Tear()
		}
		r.reopen()
	}
	r.Fatal("the printer does not get well")
	return nil
}

func lines(id string) []string {
	return []string{id, strings.Repeat("民", 20), "第二行 " + id[1:], strings.Repeat("x", 40)}
}

func numbered(id string) receipt.Document {
	var d receipt.Document
	for _, line := range lines(id) {
		d.Blocks = append(d.Blocks, receipt.Block{Kind: receipt.Text, Text: line})
	}
	return d
}

var idPattern = regexp.MustCompile(`D\d{5}`)

// check compares all paper with all reports.
func (r *printerRig) check(paper []printer.Strip, outcomes map[string]drivers.Outcome) {
	seen := map[string]int{}
	for _, strip := range paper {
		ids := idPattern.FindAllString(Words(strip), -1)
		if len(ids) > 1 {
			r.Errorf("one strip for %v", ids)
		}
		for _, id := range ids {
			seen[id]++
		}
	}
	for id, outcome := range outcomes {
		switch n := seen[id]; {
		case outcome == drivers.Printed && n != 1:
			r.Errorf("%s was printed, but stands on paper %d times", id, n)
		case outcome == drivers.NotPrinted && n != 0:
			r.Errorf("%s was not printed, but stands on paper %d times", id, n)
		case n > 1:
			r.Errorf("%s (%s) stands on paper %d times", id, outcome, n)
		}
	}
}
