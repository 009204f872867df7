package drivertest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/sim/printer"
)

// OpenPrinter opens the driver under test on the serial line at path, impatient
// enough for tests: a silent printer must be known within about a second. again
// says that the printer was away: something of an earlier job may hang in it.
type OpenPrinter func(ctx context.Context, path string, again bool) (drivers.ReceiptPrinter, error)

// ReceiptPrinter checks that a driver keeps the contract of drivers.ReceiptPrinter
// against a simulated printer over a real pseudo terminal.
func ReceiptPrinter(t *testing.T, open OpenPrinter) { ReceiptPrinterAt(t, open, 1) }

// ReceiptPrinterAt is ReceiptPrinter on a machine that is so many times slower: what is left in the middle of a job is
// left so much later, and the slow printers are so much slower.
func ReceiptPrinterAt(t *testing.T, open OpenPrinter, pace time.Duration) {
	for name, check := range map[string]func(*printerRig){
		"prints":                  (*printerRig).prints,
		"two jobs":                (*printerRig).twoJobs,
		"paper out before":        (*printerRig).paperOutBefore,
		"paper out during":        (*printerRig).paperOutDuring,
		"paper out after":         (*printerRig).paperOutAfter,
		"paper low":               (*printerRig).paperLow,
		"cover open before":       (*printerRig).coverOpenBefore,
		"cover opened during":     (*printerRig).coverOpenedDuring,
		"cutter jams":             (*printerRig).cutterJams,
		"jam is seen to":          (*printerRig).jamSeenTo,
		"overheated and broken":   (*printerRig).overheatedAndBroken,
		"overheats during":        (*printerRig).overheatsDuring,
		"breaks during":           (*printerRig).breaksDuring,
		"feed button held":        (*printerRig).buttonHeld,
		"silent before":           (*printerRig).silentBefore,
		"silent during":           (*printerRig).silentDuring,
		"stalled":                 (*printerRig).stalled,
		"unplugged before":        (*printerRig).unpluggedBefore,
		"unplugged during":        (*printerRig).unpluggedDuring,
		"no repetition":           (*printerRig).noRepetition,
		"nobody gets another's":   (*printerRig).nobodyGetsAnothers,
		"cancelled":               (*printerRig).cancelled,
		"half command before":     (*printerRig).halfCommandBefore,
		"unprintable document":    (*printerRig).unprintable,
		"long document is whole":  (*printerRig).longDocument,
		"late answer is no proof": (*printerRig).lateAnswer,
		"busy with another's":     (*printerRig).busyWithAnothers,
		"no acknowledgement":      (*printerRig).noAcknowledgement,
		"no flow control":         (*printerRig).noFlowControl,
		"says who it is":          (*printerRig).saysWhoItIs,
		"nameless":                (*printerRig).nameless,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPrinterRig(t, open, printer.Options{})
			r.pace = pace
			check(r)
		})
	}
}

// rigLimit ends a check that hangs; the long run under faults needs most of it.
const rigLimit = 20 * time.Minute

// printerRig is one simulated printer with the driver under test on its line.
type printerRig struct {
	*testing.T
	ctx     context.Context
	sim     *printer.Printer
	open    OpenPrinter
	printer drivers.ReceiptPrinter
	pace    time.Duration // how many times slower the machine is
}

func newPrinterRig(t *testing.T, open OpenPrinter, options printer.Options) *printerRig {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), rigLimit)
	sim, err := printer.New(ctx, filepath.Join(t.TempDir(), "printer"), options)
	if err != nil {
		t.Fatal(err)
	}
	r := &printerRig{T: t, ctx: ctx, sim: sim, open: open}
	t.Cleanup(func() {
		if r.printer != nil {
			_ = r.printer.Close()
		}
		if err := sim.Close(); err != nil {
			t.Errorf("simulated printer: %v", err)
		}
		cancel()
	})
	r.reopen()
	return r
}

func (r *printerRig) reopen() {
	r.Helper()
	again := r.printer != nil
	if again {
		_ = r.printer.Close()
	}
	var err error
	if r.printer, err = r.open(r.ctx, r.sim.Path(), again); err != nil {
		r.Fatalf("open: %v", err)
	}
}

// Note is a short document with one line that names it.
func Note(name string) receipt.Document {
	return receipt.Document{Title: "note", Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: name, Bold: true},
		{Kind: receipt.Text, Text: strings.Repeat("便民服务点 ", 20)},
		{Kind: receipt.Pair, Label: "编号", Text: name},
	}}
}

// expect prints and checks outcome, fault and the rule that err is nil only beside "printed".
func (r *printerRig) expect(document receipt.Document, outcome drivers.Outcome, faults ...drivers.Fault) drivers.PrintReport {
	r.Helper()
	report, err := r.printer.Print(r.ctx, document)
	if report.Outcome != outcome || !slices.Contains(faults, report.Fault) {
		r.Fatalf("%s, fault %q, %v; want %s with one of %q", report.Outcome, report.Fault, err, outcome, faults)
	}
	if (err == nil) != (outcome == drivers.Printed) {
		r.Errorf("%s with error %v", outcome, err)
	}
	var device *drivers.Error
	if err != nil && (!errors.As(err, &device) || device.Fault != report.Fault || device.Role != drivers.RolePrinter) {
		r.Errorf("error %v does not carry fault %q", err, report.Fault)
	}
	if (report.Bytes == 0) != (outcome == drivers.NotPrinted) {
		r.Errorf("%s after %d bytes", outcome, report.Bytes)
	}
	return report
}

func (r *printerRig) strips(want int) []printer.Strip {
	r.Helper()
	strips := r.sim.Strips()
	if len(strips) != want {
		r.Fatalf("%d strips, want %d: %q", len(strips), want, texts(strips))
	}
	return strips
}

// Words are all text lines of a strip, joined.
func Words(s printer.Strip) string { return strings.Join(s.Lines, "\n") }

func texts(strips []printer.Strip) []string {
	var out []string
	for _, s := range strips {
		out = append(out, Words(s))
	}
	return out
}

func (r *printerRig) wait(what string, condition func(printer.State) bool) {
	r.Helper()
	if err := r.sim.Wait(r.ctx, what, condition); err != nil {
		r.Fatal(err)
	}
}

func (r *printerRig) prints() {
	report := r.expect(Note("A1"), drivers.Printed, drivers.FaultNone)
	for name, s := range map[string]drivers.Status{"before": report.Before, "after": report.After} {
		if s.Condition != drivers.Online || s.Paper != drivers.PaperFull || s.Role != drivers.RolePrinter || s.At.IsZero() {
			r.Errorf("status %s: %+v", name, s)
		}
	}
	if strip := r.strips(1)[0]; !strings.Contains(Words(strip), "A1") || !strip.Cut {
		r.Errorf("strip says %q, cut %v", Words(strip), strip.Cut)
	}
	if n := r.sim.State().Unknown; n != 0 {
		r.Errorf("%d commands no printer knows", n)
	}
}

func (r *printerRig) twoJobs() {
	for i := range 5 {
		r.expect(Note(fmt.Sprint("JOB", i)), drivers.Printed, drivers.FaultNone)
	}
	for i, s := range r.strips(5) {
		if want := fmt.Sprint("JOB", i); strings.Count(Words(s), "JOB") != 2 || !strings.Contains(Words(s), want) {
			r.Errorf("strip %d says %q", i, Words(s))
		}
	}
}

func (r *printerRig) paperOutBefore() {
	r.sim.SetPaper(false)
	before := r.sim.State().Received
	report := r.expect(Note("B"), drivers.NotPrinted, drivers.FaultPaperOut)
	if report.Before.Paper != drivers.PaperOut || report.Before.Condition != drivers.UserError {
		r.Errorf("before: %+v", report.Before)
	}
	if got := r.sim.State().Received - before; got > 64 {
		r.Errorf("%d bytes sent to a printer without paper", got)
	}
	r.sim.SetPaper(true)
	r.expect(Note("B2"), drivers.Printed, drivers.FaultNone)
	for _, s := range r.sim.Strips() {
		for _, line := range s.Lines {
			if line == "B" {
				r.Error("the refused job was printed after all")
			}
		}
	}
}

func (r *printerRig) paperOutDuring() {
	r.sim.SetRows(70)
	report := r.expect(Note("C"), drivers.Unconfirmed, drivers.FaultPaperOut)
	if report.After.Paper != drivers.PaperOut {
		r.Errorf("after: %+v", report.After)
	}
}

func (r *printerRig) paperOutAfter() {
	r.expect(Note("D"), drivers.Printed, drivers.FaultNone)
	r.sim.SetPaper(false)
	s, err := r.printer.Status(r.ctx)
	if err != nil || s.Fault != drivers.FaultPaperOut || s.Paper != drivers.PaperOut {
		r.Errorf("status %+v, %v", s, err)
	}
	r.expect(Note("D2"), drivers.NotPrinted, drivers.FaultPaperOut)
}

func (r *printerRig) paperLow() {
	r.sim.SetRows(4000)
	report := r.expect(Note("E"), drivers.Printed, drivers.FaultNone)
	if report.Before.Paper != drivers.PaperLow || report.After.Condition != drivers.Online {
		r.Errorf("before %+v, after %+v", report.Before, report.After)
	}
}

func (r *printerRig) coverOpenBefore() {
	r.sim.SetCover(true)
	if report := r.expect(Note("F"), drivers.NotPrinted, drivers.FaultCoverOpen); !report.Before.CoverOpen {
		r.Errorf("before: %+v", report.Before)
	}
	r.sim.SetCover(false)
	r.expect(Note("F2"), drivers.Printed, drivers.FaultNone)
}

func (r *printerRig) coverOpenedDuring() {
	r.sim.After(60, func() { r.sim.SetCover(true) })
	r.expect(Note("G"), drivers.Unconfirmed, drivers.FaultCoverOpen)
}

func (r *printerRig) cutterJams() {
	r.sim.SetCutterJams(true)
	r.expect(Note("H"), drivers.Unconfirmed, drivers.FaultCutter)
	r.expect(Note("H2"), drivers.NotPrinted, drivers.FaultCutter)
}

func (r *printerRig) overheatedAndBroken() {
	r.sim.SetOverheated(true)
	r.expect(Note("I"), drivers.NotPrinted, drivers.FaultOverheated)
	r.sim.SetOverheated(false)
	r.sim.SetBroken(true)
	r.expect(Note("I2"), drivers.NotPrinted, drivers.FaultDevice)
}
