package drivertest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/sim/printer"
)

// jamSeenTo: a jammed printer waits for leave to go on. It gets that after somebody had the cover open, not before, and the jammed job stays what it was.
func (r *printerRig) jamSeenTo() {
	r.sim.SetCutterJams(true)
	r.expect(Note("HA"), drivers.Unconfirmed, drivers.FaultCutter)
	asks := func(want drivers.Fault) {
		r.Helper()
		if s, err := r.printer.Status(r.ctx); err != nil || s.Fault != want {
			r.Fatalf("fault %q, %v; want %q", s.Fault, err, want)
		}
	}
	asks(drivers.FaultCutter)
	asks(drivers.FaultCutter)
	r.sim.SetCover(true)
	asks(drivers.FaultCoverOpen)
	r.sim.SetCover(false)
	asks(drivers.FaultNone)
	r.expect(Note("HB"), drivers.Printed, drivers.FaultNone)
	said := 0
	for _, s := range r.sim.Strips() {
		said += strings.Count(Words(s), "HB")
		if strings.Contains(Words(s), "HA") && strings.Contains(Words(s), "HB") {
			r.Errorf("two jobs on one strip: %q", Words(s))
		}
	}
	if said == 0 {
		r.Error("the job after the jam is not on paper")
	}
	r.sim.SetCutterJams(true)
	r.expect(Note("HC"), drivers.Unconfirmed, drivers.FaultCutter)
	asks(drivers.FaultCutter) // nobody has been there since
}

// A head that is too hot in the middle of a job: nothing of it stands on the next person's strip, and it is not printed twice.
func (r *printerRig) overheatsDuring() {
	r.sim.After(60, func() { r.sim.SetOverheated(true) })
	r.expect(Note("HOT"), drivers.Unconfirmed, drivers.FaultOverheated)
	if s, err := r.printer.Status(r.ctx); err != nil || s.Fault != drivers.FaultOverheated {
		r.Errorf("status %+v, %v", s, err)
	}
	r.sim.SetOverheated(false)
	r.expect(Note("COOL"), drivers.Printed, drivers.FaultNone)
	hot := 0
	for _, s := range r.sim.Strips() {
		if strings.Contains(Words(s), "HOT") {
			hot++
			if strings.Contains(Words(s), "COOL") {
				r.Errorf("one strip for two: %q", Words(s))
			}
		}
	}
	if hot > 1 {
		r.Errorf("the job of unknown outcome stands on %d strips", hot)
	}
}

func (r *printerRig) breaksDuring() {
	r.sim.After(60, func() { r.sim.SetBroken(true) })
	r.expect(Note("BREAKS"), drivers.Unconfirmed, drivers.FaultDevice)
	r.expect(Note("NO"), drivers.NotPrinted, drivers.FaultDevice)
}

// Somebody who presses the feed button takes the printer offline: a job is not begun then, one that is under way goes on when they let go, and ends when
// they do not.
func (r *printerRig) buttonHeld() {
	r.sim.SetHeld(true)
	if report := r.expect(Note("HELD"), drivers.NotPrinted, drivers.FaultBusy); report.Before.Condition != drivers.Busy {
		r.Errorf("before: %+v", report.Before)
	}
	r.sim.SetHeld(false)
	r.sim.After(60, func() {
		r.sim.SetHeld(true)
		time.AfterFunc(r.pace*100*time.Millisecond, func() { r.sim.SetHeld(false) })
	})
	r.expect(Note("FREE"), drivers.Printed, drivers.FaultNone)
	r.sim.After(60, func() { r.sim.SetHeld(true) })
	r.expect(Note("STUCK"), drivers.Unconfirmed, drivers.FaultBusy)
}

func (r *printerRig) silentBefore() {
	r.sim.SetSilent(true)
	report := r.expect(Note("K"), drivers.NotPrinted, drivers.FaultSilent)
	if report.Before.Condition != drivers.Offline {
		r.Errorf("before: %+v", report.Before)
	}
	if s, err := r.printer.Status(r.ctx); drivers.FaultOf(err) != drivers.FaultSilent || s.Condition != drivers.Offline {
		r.Errorf("status %+v, %v", s, err)
	}
	r.sim.SetSilent(false)
	r.expect(Note("K2"), drivers.Printed, drivers.FaultNone)
}

func (r *printerRig) silentDuring() {
	r.sim.After(60, func() { r.sim.SetSilent(true) })
	r.expect(Note("L"), drivers.Unconfirmed, drivers.FaultSilent)
}

// A printer that takes no bytes must not hold the program.
func (r *printerRig) stalled() {
	r.sim.SetStalled(true)
	r.expect(Note("M"), drivers.NotPrinted, drivers.FaultSilent)
	r.sim.SetStalled(false)
	r.reopen()
	r.expect(Note("M2"), drivers.Printed, drivers.FaultNone)
}

func (r *printerRig) unpluggedBefore() {
	if err := r.sim.Unplug(); err != nil {
		r.Fatal(err)
	}
	report := r.expect(Note("N"), drivers.NotPrinted, drivers.FaultUnplugged)
	if report.Before.Condition != drivers.NoDevice {
		r.Errorf("before: %+v", report.Before)
	}
	if _, err := r.open(r.ctx, r.sim.Path(), true); drivers.FaultOf(err) != drivers.FaultUnplugged {
		r.Errorf("open without a printer: %v", err)
	}
	if err := r.sim.Plug(); err != nil {
		r.Fatal(err)
	}
	r.reopen()
	r.expect(Note("N2"), drivers.Printed, drivers.FaultNone)
}

func (r *printerRig) unpluggedDuring() {
	r.sim.PullAfter(60)
	r.expect(Note("O"), drivers.Unconfirmed, drivers.FaultUnplugged)
	r.wait("unplugged", func(s printer.State) bool { return !s.Plugged })
	if err := r.sim.Plug(); err != nil {
		r.Fatal(err)
	}
	r.reopen()
	r.expect(Note("O2"), drivers.Printed, drivers.FaultNone)
	if last := lastOf(r.sim.Strips()); !strings.HasPrefix(Words(last), "O2") {
		r.Errorf("last strip says %q", Words(last))
	}
}

func lastOf(strips []printer.Strip) printer.Strip {
	if len(strips) == 0 {
		return printer.Strip{}
	}
	return strips[len(strips)-1]
}

// A job of unknown outcome is sent once, whatever happens later.
func (r *printerRig) noRepetition() {
	r.sim.SetRows(70)
	r.expect(Note("PP"), drivers.Unconfirmed, drivers.FaultPaperOut)
	r.sim.SetPaper(true)
	for range 3 {
		if _, err := r.printer.Status(r.ctx); err != nil {
			r.Fatal(err)
		}
	}
	r.expect(Note("QQ"), drivers.Printed, drivers.FaultNone)
	var all strings.Builder
	for _, s := range r.sim.Strips() {
		all.WriteString(Words(s))
	}
	if n := strings.Count(all.String(), "PP"); n > 2 { // a note names itself twice
		r.Errorf("the job of unknown outcome stands %d times on paper: %q", n/2, all.String())
	}
}

// What is left of one person's job never stands on the next person's strip,
// whatever stopped it: the paper, the cover, or a caller who gave up half way.
func (r *printerRig) nobodyGetsAnothers() {
	long := Note("SECRET")
	for range 80 {
		long.Blocks = append(long.Blocks, receipt.Block{Kind: receipt.Text, Text: strings.Repeat("SECRET ", 6)})
	}
	for name, stop := range map[string]func(cancel context.CancelFunc){
		"paper": func(context.CancelFunc) { r.sim.SetRows(70) },
		"cover": func(context.CancelFunc) { r.sim.After(1500, func() { r.sim.SetCover(true) }) },
		"caller": func(cancel context.CancelFunc) {
			r.sim.After(2500, func() {
				r.sim.SetStalled(true)
				cancel()
			})
		},
	} {
		ctx, cancel := context.WithCancel(r.ctx)
		stop(cancel)
		if report, err := r.printer.Print(ctx, long); report.Outcome != drivers.Unconfirmed {
			r.Fatalf("%s: %+v, %v", name, report, err)
		}
		cancel()
		r.sim.SetPaper(true)
		r.sim.SetCover(false)
		r.sim.SetStalled(false)
		r.expect(Note("PUBLIC"), drivers.Printed, drivers.FaultNone)
		strips := r.sim.Tear()
		for _, s := range strips {
			if strings.Contains(Words(s), "SECRET") && strings.Contains(Words(s), "PUBLIC") {
				r.Errorf("%s: one strip for two: %q", name, Words(s))
			}
		}
		if last := lastOf(strips); !strings.Contains(Words(last), "PUBLIC") {
			r.Errorf("%s: last strip says %q", name, Words(last))
		}
	}
}

func (r *printerRig) cancelled() {
	ctx, cancel := context.WithCancel(r.ctx)
	r.sim.After(60, func() {
		r.sim.SetStalled(true)
		cancel()
	})
	report, err := r.printer.Print(ctx, Note("R"))
	if report.Outcome != drivers.Unconfirmed || report.Fault != drivers.FaultCancelled || err == nil {
		r.Errorf("%+v, %v", report, err)
	}
	done, cancel := context.WithCancel(r.ctx)
	cancel()
	if report, err := r.printer.Print(done, Note("R2")); report.Outcome != drivers.NotPrinted || err == nil {
		r.Errorf("with an ended context: %+v, %v", report, err)
	}
}

// A command an earlier program left half sent swallows questions; opening must get through.
func (r *printerRig) halfCommandBefore() {
	r.sim.PullAfter(60)
	big := receipt.Document{Blocks: []receipt.Block{{Kind: receipt.QR, Data: strings.Repeat("A", 400)}}}
	if report, _ := r.printer.Print(r.ctx, big); report.Outcome != drivers.Unconfirmed {
		r.Fatalf("%+v", report)
	}
	r.wait("unplugged", func(s printer.State) bool { return !s.Plugged })
	if err := r.sim.Plug(); err != nil {
		r.Fatal(err)
	}
	r.reopen()
	r.expect(Note("AFTER"), drivers.Printed, drivers.FaultNone)
	if last := lastOf(r.sim.Strips()); !strings.Contains(Words(last), "AFTER") {
		r.Errorf("last strip says %q", Words(last))
	}
}

func (r *printerRig) unprintable() {
	for _, b := range []receipt.Block{{Kind: "picture"}, {Kind: receipt.QR, Data: strings.Repeat("A", 5000)}} {
		report, err := r.printer.Print(r.ctx, receipt.Document{Blocks: []receipt.Block{b}})
		if report.Outcome != drivers.NotPrinted || err == nil || report.Bytes != 0 {
			r.Errorf("%s: %+v, %v", b.Kind, report, err)
		}
	}
	r.expect(Note("S"), drivers.Printed, drivers.FaultNone)
}

// A document far longer than the printer's buffer arrives whole and in order.
func (r *printerRig) longDocument() {
	var d receipt.Document
	var want []string
	for i := range 400 {
		line := strings.Repeat(string(rune('A'+i%26)), 1+i%40)
		want = append(want, line)
		d.Blocks = append(d.Blocks, receipt.Block{Kind: receipt.Text, Text: line})
	}
	r.expect(d, drivers.Printed, drivers.FaultNone)
	if got := r.strips(1)[0].Lines; !slices.Equal(got, want) {
		r.Errorf("%d lines came out, want %d", len(got), len(want))
	}
}

// slower is another printer at this machine's pace.
func (r *printerRig) slower(options printer.Options) *printerRig {
	r.Helper()
	options.RowTime *= r.pace
	other := newPrinterRig(r.T, r.open, options)
	other.pace = r.pace
	return other
}

// giveUp prints on a slow printer and leaves it while it is still at work.
func (r *printerRig) giveUp(name string) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, r.pace*150*time.Millisecond)
	defer cancel()
	if report, _ := r.printer.Print(ctx, Note(name)); report.Outcome != drivers.Unconfirmed {
		r.Fatalf("%+v: the simulated printer is too fast for this test", report)
	}
}

// The answer to an earlier job's last question must not count for the next job,
// neither for the program that asked it nor for the one that comes after.
func (r *printerRig) lateAnswer() {
	for _, restart := range []bool{false, true} {
		slow := r.slower(printer.Options{RowTime: time.Millisecond})
		slow.giveUp("SLOW")
		if restart {
			slow.reopen()
		}
		for range 3 { // a printer that is still at work is no error, the person just waits
			if report, _ := slow.printer.Print(slow.ctx, Note("NEXT")); report.Outcome == drivers.Printed {
				break
			}
		}
		if last := lastOf(slow.sim.Strips()); !bytes.Contains(last.Raw, []byte("NEXT")) || !last.Cut {
			r.Errorf("restart %v: acknowledged, but the last strip says %q", restart, Words(last))
		}
	}
}

// A printer that is long at work on an earlier job gets nothing of the next one.
func (r *printerRig) busyWithAnothers() {
	slow := r.slower(printer.Options{RowTime: 20 * time.Millisecond})
	first := receipt.Document{Blocks: []receipt.Block{{Kind: receipt.Rule}}}
	slow.expect(first, drivers.Printed, drivers.FaultNone)
	slow.giveUp("SLOW")
	slow.expect(Note("NEXT"), drivers.NotPrinted, drivers.FaultSilent)
}

// A printer that knows no acknowledgement prints, but nothing proves it.
func (r *printerRig) noAcknowledgement() {
	mute := newPrinterRig(r.T, r.open, printer.Options{NoAnswer: true})
	for i := range 2 {
		mute.expect(Note(strings.Repeat("X", i+1)), drivers.Unconfirmed, drivers.FaultSilent)
	}
	mute.wait("everything printed", func(s printer.State) bool { return s.Waiting == 0 && s.Strips >= 2 })
	mute.strips(2)
	mute.sim.SetRows(70)
	mute.expect(Note("Y"), drivers.Unconfirmed, drivers.FaultPaperOut)
}

// On a line without flow control a document longer than the buffer loses nothing.
func (r *printerRig) noFlowControl() {
	lossy := newPrinterRig(r.T, r.open, printer.Options{RowTime: 20 * time.Microsecond, Overrun: true})
	lossy.longDocument()
	if lost := lossy.sim.State().Lost; lost != 0 {
		r.Errorf("%d bytes were lost", lost)
	}
}
