package commission_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/drivers/sim/printer"
	"bianmin/packaging/commission"
	"bianmin/packaging/tested"
	"bianmin/platform/platformtest"
)

// TestUnseenPaper: a printer of the cheap kind cannot say that a receipt came out. Whoever signs says it, and nobody is asked
// before; without anybody who looked it counts as not tried, never as passed.
func TestUnseenPaper(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	cheap, err := printer.New(t.Context(), filepath.Join(t.TempDir(), "cheap"), printer.Options{NoAnswer: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cheap.Close() })
	port := w.in("dev/serial/by-id/usb-1a86-port0")
	if err := errors.Join(os.Remove(port), os.Symlink(cheap.Path(), port)); err != nil {
		t.Fatal(err)
	}
	answers := w.answers("QH0301")
	answers.Print = new(false)
	for papers, want := range map[commission.Result]commission.Result{commission.Failed: commission.Failed, "": commission.Skipped} {
		before := time.Now()
		o := options(w.words, w.root, answers)
		technician := &person{answers: answers, papers: papers}
		o.Technician = technician
		outcome, err := commission.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(outcome.Devices, func(d commission.Tried) bool { return d.Test == commission.TestReceipt })
		if i < 0 || outcome.Devices[i].Result != want || outcome.Passed != (want != commission.Failed) || !slices.Equal(technician.unseen, []drivers.Role{drivers.RolePrinter}) {
			t.Errorf("papers %q: %+v, passed %v, asked about %v", papers, outcome.Devices, outcome.Passed, technician.unseen)
		}
		kept, err := tested.All(o.Data)
		last := selftest.Last(kept, drivers.Status{Role: drivers.RolePrinter})
		end := last[len(last)-1]
		told := string(end.Level) + " " + string(end.Outcome) + " " + string(end.Code)
		if wanted := map[commission.Result]string{commission.Failed: "interactive failed not-right", "": "external not-confirmed no-sign"}[papers]; err != nil || end.At.Before(before.Add(-time.Second)) || told != wanted {
			t.Errorf("papers %q are kept as %q, want %q: %v", papers, told, wanted, err)
		}
		if err := os.Remove(filepath.Join(o.Data, "selftest.jsonl")); err != nil {
			t.Error(err)
		}
		answers.Enrolment = ""
	}
}
