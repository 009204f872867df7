package drivertest

import (
	"bytes"
	"cmp"
	"context"
	"image"
	_ "image/jpeg" // pages come as JPEG or PNG
	_ "image/png"
	"testing"
	"time"

	"bianmin/drivers"
)

// ScannerRig is one scanner under test and the hand that lays sheets before it.
type ScannerRig struct {
	Scanner drivers.Scanner
	// Lay puts a sheet with so many bars on the glass or before the lens; BarsOn counts them on a page.
	Lay    func(bars int)
	BarsOn func(page image.Image) int
	// Silence makes it say nothing more; Unplug takes it away, Plug puts it back.
	Silence, Unplug, Plug func()
	// Hung is what is told of a silent one; "" is FaultSilent.
	Hung drivers.Fault
	// Slow makes the next page take longer than half a second.
	Slow func()
	// Limit is the longest that a page takes, or a fault.
	Limit time.Duration
}

// Scanner runs every rule of the contract drivers.Scanner for a sheet on the glass. open is called once for each rule and closes what it opened by t.Cleanup.
func Scanner(t *testing.T, open func(t *testing.T) ScannerRig) {
	for _, rule := range []struct {
		name  string
		check func(t *testing.T, rig ScannerRig)
	}{
		{"scans what lies there", scansSheets},
		{"scans grey and in colour", scansColours},
		{"tells how it is", scannerTells},
		{"obeys its context", scannerObeys},
		{"tells silence", scannerSilent},
		{"tells unplugging and scans again when it is back", scannerUnplugged},
		{"closes twice", scannerCloses},
	} {
		t.Run(rule.name, func(t *testing.T) { rule.check(t, open(t)) })
	}
}

// Page scans and opens a page, whose promises must be true.
func (rig ScannerRig) Page(t *testing.T, options drivers.ScanOptions) image.Image {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), rig.Limit)
	defer cancel()
	page, err := rig.Scanner.Scan(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	picture, kind, err := image.Decode(bytes.NewReader(page.Image))
	if err != nil {
		t.Fatalf("the page: %v", err)
	}
	if size := picture.Bounds().Size(); "image/"+kind != page.MediaType || size.X != page.Width || size.Y != page.Height {
		t.Errorf("said %s %d×%d, is %s %v", page.MediaType, page.Width, page.Height, kind, size)
	}
	if !page.Glass {
		t.Error("a sheet that lies there does not say so")
	}
	if page.Quality == "" {
		t.Error("nothing is said of its quality")
	}
	return picture
}

func scansSheets(t *testing.T, rig ScannerRig) {
	for _, bars := range []int{2, 5, 5} {
		rig.Lay(bars)
		if got := rig.BarsOn(rig.Page(t, drivers.ScanOptions{})); got != bars {
			t.Errorf("%d bars on a sheet with %d", got, bars)
		}
	}
}

func scansColours(t *testing.T, rig ScannerRig) {
	rig.Lay(3)
	for _, colour := range []bool{true, false} {
		picture := rig.Page(t, drivers.ScanOptions{Color: colour})
		if got := rig.BarsOn(picture); got != 3 {
			t.Errorf("colour %v: %d bars", colour, got)
		}
		if _, grey := picture.(*image.Gray); grey == colour {
			t.Errorf("colour %v: %T", colour, picture)
		}
	}
}

func scannerTells(t *testing.T, rig ScannerRig) {
	status, err := rig.Scanner.Status(t.Context())
	if err != nil || status.Role != drivers.RoleScanner || status.Condition != drivers.Online || status.Fault != "" || status.Model == "" || status.At.IsZero() {
		t.Errorf("%+v, %v", status, err)
	}
}

func scannerObeys(t *testing.T, rig ScannerRig) {
	rig.Lay(4)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rig.Scanner.Scan(ctx, drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("cancelled before: %v", err)
	}
	rig.Slow()
	ctx, cancel = context.WithCancel(t.Context())
	timer := time.AfterFunc(300*time.Millisecond, cancel)
	defer timer.Stop()
	if _, err := rig.Scanner.Scan(ctx, drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("cancelled: %v", err)
	}
	if got := rig.BarsOn(rig.Page(t, drivers.ScanOptions{})); got != 4 {
		t.Errorf("after it: %d bars", got)
	}
}

func (rig ScannerRig) fails(t *testing.T, what string, want drivers.Fault) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), rig.Limit)
	defer cancel()
	if page, err := rig.Scanner.Scan(ctx, drivers.ScanOptions{}); drivers.FaultOf(err) != want || page.Image != nil {
		t.Errorf("%s: %d bytes, %v", what, len(page.Image), err)
	}
	if ctx.Err() != nil {
		t.Errorf("%s: it has no limit of its own", what)
	}
}

func scannerSilent(t *testing.T, rig ScannerRig) {
	rig.Silence()
	rig.fails(t, "silent", cmp.Or(rig.Hung, drivers.FaultSilent))
}

func scannerUnplugged(t *testing.T, rig ScannerRig) {
	rig.Unplug()
	rig.fails(t, "unplugged", drivers.FaultUnplugged)
	status, err := rig.Scanner.Status(t.Context())
	if drivers.FaultOf(err) != drivers.FaultUnplugged || status.Condition != drivers.NoDevice || status.Fault != drivers.FaultUnplugged {
		t.Errorf("unplugged: %+v, %v", status, err)
	}
	rig.Plug()
	rig.Lay(2)
	if got := rig.BarsOn(rig.Page(t, drivers.ScanOptions{})); got != 2 {
		t.Errorf("back: %d bars", got)
	}
}

func scannerCloses(t *testing.T, rig ScannerRig) {
	for range 2 {
		if err := rig.Scanner.Close(); err != nil {
			t.Error(err)
		}
	}
}
