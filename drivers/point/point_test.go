package point_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/point"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/button"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(benchVariable); dir != "" {
		os.Exit(onBench(dir))
	}
	goleak.VerifyTestMain(m)
}

// rig is a whole terminal's devices, simulated, with the manager on them.
type rig struct {
	*testing.T
	dir     string
	reader  *reader.Device
	printer *printer.Printer
	button  *button.Button
	point   *point.Point
	ctx     context.Context
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	r := &rig{T: t, dir: t.TempDir(), ctx: ctx}
	var errs [3]error
	r.reader, errs[0] = reader.Start(ctx, filepath.Join(r.dir, "reader"), reader.Options{})
	r.printer, errs[1] = printer.New(ctx, filepath.Join(r.dir, "printer"), printer.Options{})
	r.button, errs[2] = button.New(ctx, filepath.Join(r.dir, "button"))
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r.point != nil {
			if err := r.point.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
		if err := errors.Join(r.reader.Close(), r.printer.Close(), r.button.Close()); err != nil {
			t.Error(err)
		}
		cancel()
	})
	return r
}

func (r *rig) start() {
	r.Helper()
	var err error
	r.point, err = point.Start(r.ctx, point.Config{
		Reader:  &point.Reader{Link: "serial:" + r.dir + "/reader"},
		Printer: &point.Printer{Link: "serial:" + r.dir + "/printer"},
		Scanner: &point.Scanner{SANE: "test:0", DPI: 75, Env: saneTest(r, r.dir)},
		Button:  &point.Button{Link: "serial:" + r.dir + "/button"},
	}, point.Options{Watch: 100 * time.Millisecond, Retry: 50 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		r.Fatal(err)
	}
}

// until waits for a change that brings the device into the condition.
func (r *rig) until(role drivers.Role, what string, right func(drivers.Status) bool) drivers.Status {
	r.Helper()
	for {
		for _, s := range r.point.Statuses() {
			if s.Role == role && right(s) {
				return s
			}
		}
		select {
		case <-r.point.Changes():
		case <-r.ctx.Done():
			r.Fatalf("%s never became %s: %+v", role, what, r.point.Statuses())
		}
	}
}

func (r *rig) condition(role drivers.Role, want drivers.Condition) drivers.Status {
	r.Helper()
	return r.until(role, string(want), func(s drivers.Status) bool { return s.Condition == want })
}

var roles = []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleScanner, drivers.RoleButton}

func (r *rig) allOnline() {
	r.Helper()
	for _, role := range roles {
		r.condition(role, drivers.Online)
	}
}

func card(t *testing.T, which string) sim.Card {
	t.Helper()
	c, err := sim.LoadCard(which)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAllDevices(t *testing.T) {
	r := newRig(t)
	r.start()
	r.allOnline()
	var order []drivers.Role
	for _, s := range r.point.Check(r.ctx) {
		order = append(order, s.Role)
	}
	if !slices.Equal(order, roles) {
		t.Errorf("statuses of %v, want %v", order, roles)
	}
	r.reader.Place(card(t, "3"))
	if present, err := r.point.Reader().Present(r.ctx); err != nil || present != drivers.CardLies {
		t.Errorf("present %v, %v", present, err)
	}
	if got, err := r.point.Reader().Read(r.ctx); err != nil || got.Number != card(t, "3").Number {
		t.Errorf("read: %v", err)
	}
	if report, err := r.point.Printer().Print(r.ctx, drivertest.Note("P1")); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("print: %+v, %v", report, err)
	}
	if page, err := r.point.Scanner().Scan(r.ctx, drivers.ScanOptions{}); err != nil || page.Width < 600 {
		t.Errorf("scan: %d wide, %v", page.Width, err)
	}
	pressed := make(chan error, 1)
	go func() { pressed <- r.point.Button().Wait(r.ctx) }()
	if err := r.button.Press(); err != nil {
		t.Fatal(err)
	}
	if err := <-pressed; err != nil {
		t.Errorf("button: %v", err)
	}
}

func TestNoDevices(t *testing.T) {
	p, err := point.Start(t.Context(), point.Config{}, point.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Reader() != nil || p.Printer() != nil || p.Scanner() != nil || p.Button() != nil || len(p.Statuses()) != 0 {
		t.Error("a point without devices has some")
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := point.Start(t.Context(), point.Config{Printer: &point.Printer{Paper: 70}}, point.Options{}); err == nil {
		t.Error("70 mm paper was accepted")
	}
}

func TestUnplugAndReplug(t *testing.T) {
	r := newRig(t)
	r.start()
	r.allOnline()
	for round := range 2 {
		if err := errors.Join(r.reader.Unplug(), r.printer.Unplug(), r.button.Unplug()); err != nil {
			t.Fatal(err)
		}
		for _, role := range []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleButton} {
			if s := r.condition(role, drivers.NoDevice); s.Fault != drivers.FaultUnplugged {
				t.Errorf("%s: %+v", role, s)
			}
		}
		if _, err := r.point.Reader().Read(r.ctx); drivers.FaultOf(err) != drivers.FaultUnplugged {
			t.Errorf("read without a reader: %v", err)
		}
		report, err := r.point.Printer().Print(r.ctx, drivertest.Note("NO"))
		if report.Outcome != drivers.NotPrinted || report.Fault != drivers.FaultUnplugged || err == nil {
			t.Errorf("print without a printer: %+v, %v", report, err)
		}
		if err := errors.Join(r.reader.Plug(), r.printer.Plug(), r.button.Plug()); err != nil {
			t.Fatal(err)
		}
		r.allOnline()
		r.reader.Place(card(t, "1"))
		if _, err := r.point.Reader().Read(r.ctx); err != nil {
			t.Errorf("round %d: read: %v", round, err)
		}
		name := fmt.Sprint("ROUND", round)
		if report, err := r.point.Printer().Print(r.ctx, drivertest.Note(name)); err != nil {
			t.Errorf("round %d: %+v, %v", round, report, err)
		}
		strips := r.printer.Strips()
		if last := strips[len(strips)-1]; !strings.Contains(drivertest.Words(last), name) || strings.Contains(drivertest.Words(last), "NO") {
			t.Errorf("last strip: %q", drivertest.Words(last))
		}
	}
}

// A terminal whose devices are all absent at the start serves as soon as they come.
func TestDevicesComeLate(t *testing.T) {
	r := newRig(t)
	if err := errors.Join(r.reader.Unplug(), r.printer.Unplug(), r.button.Unplug()); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.condition(drivers.RolePrinter, drivers.NoDevice)
	r.condition(drivers.RoleButton, drivers.NoDevice)
	if err := errors.Join(r.reader.Plug(), r.printer.Plug(), r.button.Plug()); err != nil {
		t.Fatal(err)
	}
	r.allOnline()
}

func TestWatchSeesPaperAndCover(t *testing.T) {
	r := newRig(t)
	r.start()
	r.allOnline()
	r.printer.SetPaper(false)
	r.until(drivers.RolePrinter, "out of paper", func(s drivers.Status) bool { return s.Fault == drivers.FaultPaperOut })
	r.printer.SetCover(true)
	r.until(drivers.RolePrinter, "open", func(s drivers.Status) bool { return s.Fault == drivers.FaultCoverOpen && s.CoverOpen })
	r.printer.SetCover(false)
	r.printer.SetRows(5000)
	r.until(drivers.RolePrinter, "low on paper", func(s drivers.Status) bool { return s.Fault == drivers.FaultNone && s.Paper == drivers.PaperLow })
	r.printer.SetSilent(true)
	r.until(drivers.RolePrinter, "silent", func(s drivers.Status) bool { return s.Fault == drivers.FaultSilent })
	r.printer.SetSilent(false)
	r.condition(drivers.RolePrinter, drivers.Online)
}

// What is left of a job the paper ended in is cut off as soon as there is paper, before the next person comes.
func TestRemainsAreCutOff(t *testing.T) {
	r := newRig(t)
	r.start()
	r.allOnline()
	r.printer.SetRows(70)
	if report, _ := r.point.Printer().Print(r.ctx, drivertest.Note("SECRET")); report.Outcome != drivers.Unconfirmed {
		t.Fatalf("%+v", report)
	}
	r.printer.SetPaper(true)
	if err := r.printer.Wait(r.ctx, "the remains cut off", func(s printer.State) bool { return s.Strips > 0 && s.Waiting == 0 }); err != nil {
		t.Fatal(err)
	}
	r.until(drivers.RolePrinter, "well", func(s drivers.Status) bool { return s.Fault == drivers.FaultNone && s.Condition == drivers.Online })
	if hanging := r.printer.Hanging(); len(hanging.Lines) != 0 {
		t.Errorf("still in the printer: %q", hanging.Lines)
	}
}

func TestRequestsKeepTheirOrder(t *testing.T) {
	r := newRig(t)
	r.start()
	r.allOnline()
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			if _, err := r.point.Printer().Print(r.ctx, drivertest.Note(fmt.Sprint("N", i))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	strips := r.printer.Strips()
	if len(strips) != 6 {
		t.Fatalf("%d strips", len(strips))
	}
	for _, s := range strips {
		if strings.Count(drivertest.Words(s), "N") != 2 {
			t.Errorf("two jobs are mixed: %q", drivertest.Words(s))
		}
	}
}

func TestLeavingTheQueue(t *testing.T) {
	r := newRig(t)
	r.start()
	r.allOnline()
	r.printer.SetStalled(true)
	slow := make(chan drivers.PrintReport, 1)
	ctx, cancel := context.WithTimeout(r.ctx, 3*time.Second)
	defer cancel()
	go func() {
		report, _ := r.point.Printer().Print(ctx, drivertest.Note("SLOW"))
		slow <- report
	}()
	short, stop := context.WithTimeout(r.ctx, 50*time.Millisecond)
	defer stop()
	time.Sleep(20 * time.Millisecond)
	report, err := r.point.Printer().Print(short, drivertest.Note("SHORT"))
	if report.Outcome != drivers.NotPrinted || drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("%+v, %v", report, err)
	}
	<-slow
	r.printer.SetStalled(false)
	r.condition(drivers.RolePrinter, drivers.Online)
	for _, s := range append(r.printer.Strips(), r.printer.Hanging()) {
		if strings.Contains(drivertest.Words(s), "SHORT") {
			t.Error("a job was printed whose caller had left the queue")
		}
	}
}

func TestUseAfterClose(t *testing.T) {
	r := newRig(t)
	r.start()
	r.allOnline()
	printerHandle := r.point.Printer()
	if err := r.point.Close(); err != nil {
		t.Error(err)
	}
	report, err := printerHandle.Print(r.ctx, drivertest.Note("LATE"))
	if report.Outcome != drivers.NotPrinted || err == nil {
		t.Errorf("%+v, %v", report, err)
	}
	r.point = nil
}
