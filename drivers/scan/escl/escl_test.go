package escl_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/drivers"
	"bianmin/drivers/scan/escl"
	sim "bianmin/drivers/sim/escl"
)

// rig is a simulated scanner and the driver before it.
type rig struct {
	far     *sim.Scanner
	scanner *escl.Scanner
	mutex   sync.Mutex
	now     time.Time
}

func (r *rig) clock() time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.now
}

func (r *rig) wait(d time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.now = r.now.Add(d)
}

func start(t *testing.T, options sim.Options) *rig {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t) })
	far, err := sim.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{far: far, now: time.Unix(1_800_000_000, 0)}
	r.scanner, err = escl.Open(t.Context(), "escl://"+far.Address(), escl.Options{
		DPI: 75, Now: r.clock, Answer: 2 * time.Second, Page: 3 * time.Second, Poll: 10 * time.Millisecond, Keep: 30 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(r.scanner.Close(), far.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// bars counts what is drawn on a page.
func bars(t *testing.T, page drivers.ScannedPage) int {
	t.Helper()
	picture, _, err := image.Decode(bytes.NewReader(page.Image))
	if err != nil {
		t.Fatal(err)
	}
	return barsOn(picture)
}

func (r *rig) scan(t *testing.T, options drivers.ScanOptions) int {
	t.Helper()
	page, err := r.scanner.Scan(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return bars(t, page)
}

var feeder = drivers.ScanOptions{Feeder: true}

func TestGlass(t *testing.T) {
	r := start(t, sim.Options{Host: "printer.local:1"})
	r.far.Lay(sim.Sheet{Bars: 3})
	for range 2 {
		page, err := r.scanner.Scan(t.Context(), drivers.ScanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := bars(t, page); got != 3 || !page.Glass || page.Width < 600 || page.Width > 640 {
			t.Errorf("%d bars, glass %v, %d px wide", got, page.Glass, page.Width)
		}
	}
	if n := r.far.Jobs(); n != 0 {
		t.Errorf("%d jobs left", n)
	}
	if _, err := r.scanner.Scan(t.Context(), drivers.ScanOptions{DPI: 150, Color: true}); err != nil {
		t.Fatal(err)
	}
	orders := r.far.Orders()
	if got, want := orders[2], (sim.Order{Source: "Platen", Mode: "RGB24", Format: "image/jpeg", Dots: 200, Width: 2480, Height: 3508}); got != want {
		t.Errorf("ordered %+v, want %+v", got, want)
	}
	if status, err := r.scanner.Status(t.Context()); err != nil || status.Model != "Simulated Scanner" || status.Serial != "SIM-0001" || status.Condition != drivers.Online {
		t.Errorf("status %+v, %v", status, err)
	}
}

func TestStack(t *testing.T) {
	for name, options := range map[string]sim.Options{"plain": {}, "draws in ahead": {Ahead: 2}, "feeder only": {NoGlass: true}, "tells nothing": {Mute: true}, "narrow and grey": {MostWidth: 2400, OneMode: "Grayscale8"}} {
		t.Run(name, func(t *testing.T) {
			r := start(t, options)
			r.far.Feed(sim.Sheet{Bars: 1}, sim.Sheet{Bars: 2}, sim.Sheet{Bars: 3})
			for want := 1; want <= 3; want++ {
				if got := r.scan(t, feeder); got != want {
					t.Errorf("sheet %d came as %d", want, got)
				}
				if status, err := r.scanner.Status(t.Context()); err != nil {
					t.Errorf("status between sheets %+v, %v", status, err)
				}
			}
			if _, err := r.scanner.Scan(t.Context(), feeder); drivers.FaultOf(err) != drivers.FaultNoDocument {
				t.Errorf("after the last sheet: %v", err)
			}
			if n := r.far.Jobs(); n != 0 {
				t.Errorf("%d jobs left", n)
			}
			r.far.Feed(sim.Sheet{Bars: 7})
			if got := r.scan(t, feeder); got != 7 {
				t.Errorf("the next stack came as %d", got)
			}
		})
	}
}

// TestSomebodyElsesSheet: what a scanner has drawn in ahead must not come out as a page of whoever scans later.
func TestSomebodyElsesSheet(t *testing.T) {
	r := start(t, sim.Options{Ahead: 5})
	r.far.Feed(sim.Sheet{Bars: 1}, sim.Sheet{Bars: 2})
	if got := r.scan(t, feeder); got != 1 {
		t.Fatalf("the first sheet came as %d", got)
	}
	r.wait(31 * time.Second)
	r.far.Feed(sim.Sheet{Bars: 8})
	if got := r.scan(t, feeder); got != 8 {
		t.Errorf("sheet %d came, want the one that lies there now", got)
	}
	// The same when the glass is scanned in between.
	r.far.Feed(sim.Sheet{Bars: 3}, sim.Sheet{Bars: 4})
	r.wait(31 * time.Second)
	if got := r.scan(t, feeder); got != 3 {
		t.Fatalf("sheet %d came", got)
	}
	r.far.Lay(sim.Sheet{Bars: 6})
	if got := r.scan(t, drivers.ScanOptions{}); got != 6 {
		t.Errorf("the glass came as %d", got)
	}
}

func TestTroubles(t *testing.T) {
	for name, c := range map[string]struct {
		trouble sim.Trouble
		options drivers.ScanOptions
		fault   drivers.Fault
		status  drivers.Fault
	}{
		"jam":             {sim.Trouble{Jam: true}, feeder, drivers.FaultJam, drivers.FaultJam},
		"hatch":           {sim.Trouble{Hatch: true}, feeder, drivers.FaultCoverOpen, drivers.FaultCoverOpen},
		"busy":            {sim.Trouble{Busy: true}, drivers.ScanOptions{}, drivers.FaultBusy, drivers.FaultBusy},
		"down":            {sim.Trouble{Down: true}, drivers.ScanOptions{}, drivers.FaultDevice, drivers.FaultDevice},
		"password":        {sim.Trouble{Closed: true}, drivers.ScanOptions{}, drivers.FaultNotPermitted, drivers.FaultNotPermitted},
		"page cut short":  {sim.Trouble{Cut: true}, drivers.ScanOptions{}, drivers.FaultProtocol, drivers.FaultNone},
		"no picture":      {sim.Trouble{Garbage: true}, drivers.ScanOptions{}, drivers.FaultProtocol, drivers.FaultNone},
		"a portal's page": {sim.Trouble{Nonsense: true}, drivers.ScanOptions{}, drivers.FaultProtocol, drivers.FaultProtocol},
		"silent":          {sim.Trouble{Hang: time.Minute}, drivers.ScanOptions{}, drivers.FaultSilent, drivers.FaultSilent},
		"never ready":     {sim.Trouble{NotYet: 1 << 20}, drivers.ScanOptions{}, drivers.FaultSilent, drivers.FaultNone},
		"ready later":     {sim.Trouble{NotYet: 3, RetryAfter: "0"}, drivers.ScanOptions{}, drivers.FaultNone, drivers.FaultNone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start2(t)
			r.far.Feed(sim.Sheet{Bars: 1})
			r.far.Have(c.trouble)
			_, err := r.scanner.Scan(t.Context(), c.options)
			if got := drivers.FaultOf(err); got != c.fault {
				t.Errorf("fault %q, want %q: %v", got, c.fault, err)
			}
			status, err := r.scanner.Status(t.Context())
			if status.Fault != c.status || (err == nil) != (c.status == drivers.FaultNone) {
				t.Errorf("status fault %q, want %q: %v", status.Fault, c.status, err)
			}
			r.far.Have(sim.Trouble{})
			if _, err := r.scanner.Scan(t.Context(), drivers.ScanOptions{}); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestHugePage: a page whose header promises 60 000 by 60 000 px is refused before memory is taken for it.
func TestHugePage(t *testing.T) {
	r := start2(t)
	r.far.Have(sim.Trouble{Huge: true})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := r.scanner.Scan(t.Context(), drivers.ScanOptions{})
	runtime.ReadMemStats(&after)
	if drivers.FaultOf(err) != drivers.FaultProtocol {
		t.Errorf("%v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 256<<20 {
		t.Errorf("refusing it took %d MB", took>>20)
	}
}

// start2 is start for tests that run side by side, where leaks cannot be told apart.
func start2(t *testing.T) *rig {
	t.Helper()
	far, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	scanner, err := escl.Open(t.Context(), "escl://"+far.Address(), escl.Options{DPI: 75, Answer: time.Second, Page: 2 * time.Second, Poll: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(scanner.Close(), far.Close()); err != nil {
			t.Error(err)
		}
	})
	return &rig{far: far, scanner: scanner}
}

// TestJamInTheStack: the sheets before the jam stand, the jam is told, and the stack goes on where it was mended.
func TestJamInTheStack(t *testing.T) {
	r := start(t, sim.Options{})
	r.far.Feed(sim.Sheet{Bars: 1}, sim.Sheet{Bars: 2})
	r.far.Have(sim.Trouble{JamAfterPage: true})
	if got := r.scan(t, feeder); got != 1 {
		t.Fatalf("the first sheet came as %d", got)
	}
	if _, err := r.scanner.Scan(t.Context(), feeder); drivers.FaultOf(err) != drivers.FaultJam {
		t.Errorf("at the jam: %v", err)
	}
	r.far.Have(sim.Trouble{})
	if got := r.scan(t, feeder); got != 2 {
		t.Errorf("after the jam sheet %d came", got)
	}
}

// TestEmptyFeeder: some scanners refuse the order, others take it and have no page.
func TestEmptyFeeder(t *testing.T) {
	for name, options := range map[string]sim.Options{"refused": {}, "taken": {Mute: true}} {
		t.Run(name, func(t *testing.T) {
			r := start(t, options)
			if _, err := r.scanner.Scan(t.Context(), feeder); drivers.FaultOf(err) != drivers.FaultNoDocument {
				t.Error(err)
			}
		})
	}
}

// TestDoor: makers have two words for an open cover.
func TestDoor(t *testing.T) {
	for name, door := range map[string]bool{"hatch": false, "door": true} {
		t.Run(name, func(t *testing.T) {
			r := start(t, sim.Options{Door: door})
			r.far.Feed(sim.Sheet{Bars: 1})
			r.far.Have(sim.Trouble{Hatch: true})
			if _, err := r.scanner.Scan(t.Context(), feeder); drivers.FaultOf(err) != drivers.FaultCoverOpen {
				t.Error(err)
			}
		})
	}
}

// TestCancelled: a person who goes away leaves the scanner free.
func TestCancelled(t *testing.T) {
	r := start(t, sim.Options{})
	r.far.Have(sim.Trouble{NotYet: 1 << 20})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := r.scanner.Scan(ctx, drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("cancelled: %v", err)
	}
	if n := r.far.Jobs(); n != 0 {
		t.Errorf("%d jobs left", n)
	}
}

func TestUnplugged(t *testing.T) {
	r := start2(t)
	if err := r.far.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := r.scanner.Scan(t.Context(), drivers.ScanOptions{})
	if drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("scan: %v", err)
	}
	if status, err := r.scanner.Status(t.Context()); status.Condition != drivers.NoDevice || err == nil {
		t.Errorf("status %+v, %v", status, err)
	}
	if _, err := escl.Open(t.Context(), "escl://"+r.far.Address()+"/eSCL", escl.Options{}); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("open: %v", err)
	}
}

func TestLinks(t *testing.T) {
	for link, good := range map[string]bool{
		"escl://127.0.0.1:60000": true, "escl://scanner/eSCL": true, "escl://[::1]:80/eSCL/": true, "escls://scanner:443": true, "escls://user@host": false, "https://host/eSCL": false,
		"http://127.0.0.1/eSCL": false, "escl:///eSCL": false, "escl://user@host/eSCL": false, "escl://host/eSCL?x": false, "test:0": false, "": false,
	} {
		if err := escl.CheckLink(link, ""); (err == nil) != good {
			t.Errorf("%q: %v", link, err)
		}
	}
}

func TestErrorsHoldNoPicture(t *testing.T) {
	r := start(t, sim.Options{})
	r.far.Have(sim.Trouble{Garbage: true})
	_, err := r.scanner.Scan(t.Context(), drivers.ScanOptions{})
	if err == nil || strings.Contains(err.Error(), "this is not") {
		t.Errorf("error %v", err)
	}
	var format jpeg.FormatError
	if !errors.As(err, &format) {
		t.Errorf("the cause is lost: %v", err)
	}
}
