//go:build usb

package camera_test

import (
	"context"
	"errors"
	"image"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/video"
	"bianmin/drivers/scan/camera"
	sim "bianmin/drivers/sim/camera"
)

const link = "video:1b17:0211"

// sheet is what lies before the lens, turned as a hand lays it.
func sheet(bars int) *image.Gray { return sim.Sheet{Bars: bars, Degrees: 4}.Lens() }

func plug(t *testing.T, options sim.Options) *sim.Camera {
	t.Helper()
	c, err := sim.Plug(t.Context(), sheet(3), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	there(t, link)
	return c
}

// there waits until the kernel has made the camera's file.
func there(t *testing.T, link string) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		c, err := video.Open(link)
		if err == nil {
			err = c.Close()
		}
		if err == nil || errors.Is(err, channel.ErrAmbiguous) {
			return
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatal(err)
		}
	}
}

// limits are those of a machine as slow as the virtual one.
var limits = camera.Options{First: 8 * time.Second, Next: 5 * time.Second}

func open(t *testing.T, link string) *camera.Camera {
	t.Helper()
	c, err := camera.Open(t.Context(), link, limits)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func replug(t *testing.T, far *sim.Camera) {
	t.Helper()
	if err := far.Replug(t.Context()); err != nil {
		t.Fatal(err)
	}
	there(t, link)
}

func unplug(t *testing.T, far *sim.Camera) {
	t.Helper()
	if err := far.Unplug(); err != nil {
		t.Error(err)
	}
}

// isOff waits until the camera is off: its light is.
func isOff(t *testing.T, far *sim.Camera) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if on, _, _ := far.On(); !on {
			return
		}
		if time.Since(begun) > 5*time.Second {
			t.Fatal("the camera stays on")
		}
	}
}

// TestScanner is the scanners' contract with a camera that sends JPEG and begins too dark, and with one that sends YUYV only.
func TestScanner(t *testing.T) {
	for name, build := range map[string]sim.Options{"JPEG": {Dim: 2}, "YUYV": {Plain: true}} {
		t.Run(name, func(t *testing.T) {
			drivertest.Scanner(t, func(t *testing.T) drivertest.ScannerRig {
				far := plug(t, build)
				return drivertest.ScannerRig{
					Scanner: open(t, link), Lay: func(bars int) { far.Lay(sheet(bars)) }, BarsOn: sim.BarsOn,
					Silence: func() { far.Have(sim.Trouble{Frozen: true}) }, Slow: func() {},
					Unplug: func() { unplug(t, far) }, Plug: func() { replug(t, far) }, Limit: 30 * time.Second,
				}
			})
		})
	}
}

// TestChoice: a page is taken in the largest picture, the view is small; it is off before and after.
func TestChoice(t *testing.T) {
	far := plug(t, sim.Options{})
	c := open(t, link)
	if _, times, _ := far.On(); times != 0 {
		t.Errorf("switched on %d times to be looked at", times)
	}
	if _, err := c.Scan(t.Context(), drivers.ScanOptions{}); err != nil {
		t.Fatal(err)
	}
	isOff(t, far)
	if _, _, last := far.On(); last != (sim.Mode{JPEG: true, Size: image.Pt(1024, 768)}) {
		t.Errorf("page: %+v", last)
	}
	seen := view(t, c, 5)
	isOff(t, far)
	if _, _, last := far.On(); last != (sim.Mode{JPEG: true, Size: image.Pt(640, 480)}) || seen != image.Pt(640, 480) {
		t.Errorf("view: %+v, %v", last, seen)
	}
}

// view looks until n pictures were seen, and gives their size.
func view(t *testing.T, c drivers.Viewer, n int) (size image.Point) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := c.View(ctx, func(picture image.Image) {
		size = picture.Bounds().Size()
		if n--; n == 0 {
			cancel()
		}
	})
	if drivers.FaultOf(err) != drivers.FaultCancelled || n > 0 {
		t.Errorf("%d pictures were wanted still: %v", n, err)
	}
	return size
}

// TestTroubles: each trouble is told by its name, in a scan and in a view, and is over when it is over.
func TestTroubles(t *testing.T) {
	far := plug(t, sim.Options{})
	c := open(t, link)
	for name, one := range map[string]struct {
		trouble sim.Trouble
		want    drivers.Fault
	}{
		"ends in the middle": {sim.Trouble{Cut: true}, drivers.FaultProtocol}, "no pictures": {sim.Trouble{Garbage: true}, drivers.FaultProtocol},
		"frozen": {sim.Trouble{Frozen: true}, drivers.FaultSilent}, "will not be switched on": {sim.Trouble{Refuse: true}, drivers.FaultDevice},
	} {
		far.Have(one.trouble)
		if page, err := c.Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != one.want || page.Image != nil {
			t.Errorf("%s: scan: %v", name, err)
		}
		if err := c.View(t.Context(), func(image.Image) { t.Errorf("%s: it was shown", name) }); drivers.FaultOf(err) != one.want {
			t.Errorf("%s: view: %v", name, err)
		}
		isOff(t, far)
	}
	far.Have(sim.Trouble{Black: true})
	if page, err := c.Scan(t.Context(), drivers.ScanOptions{}); err != nil || page.Quality != drivers.QualityDark {
		t.Errorf("covered: %s, %v", page.Quality, err)
	}
	far.Have(sim.Trouble{})
	if page, err := c.Scan(t.Context(), drivers.ScanOptions{}); err != nil || page.Quality != drivers.QualityGood {
		t.Errorf("well again: %s, %v", page.Quality, err)
	}
}

// TestBusy: while another program looks through it, that is said, and nothing of that program's view is disturbed.
func TestBusy(t *testing.T) {
	plug(t, sim.Options{})
	c := open(t, link)
	other, err := video.Open(link)
	if err != nil {
		t.Fatal(err)
	}
	mode := other.Modes()[0]
	if err := errors.Join(other.Prepare(mode), other.Start()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultBusy {
		t.Errorf("scan: %v", err)
	}
	if err := c.View(t.Context(), func(image.Image) {}); drivers.FaultOf(err) != drivers.FaultBusy {
		t.Errorf("view: %v", err)
	}
	if status, err := c.Status(t.Context()); drivers.FaultOf(err) != drivers.FaultBusy || status.Condition != drivers.Busy {
		t.Errorf("status: %+v, %v", status, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if frame, err := other.Frame(ctx); err != nil || len(frame) == 0 {
		t.Errorf("the other: %d bytes, %v", len(frame), err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
	if status, err := c.Status(t.Context()); err != nil || status.Condition != drivers.Online {
		t.Errorf("after it: %+v, %v", status, err)
	}
}

// TestPulledAndPutBack: pulled in the middle of a view and of a scan it is told at once; put back it goes on; and whatever has
// happened nothing is left: no goroutine, no file, no picture's memory.
func TestPulledAndPutBack(t *testing.T) {
	far := plug(t, sim.Options{})
	c := open(t, link)
	view(t, c, 2)
	before := held(t)
	for range 3 {
		n := 0
		err := c.View(t.Context(), func(image.Image) {
			if n++; n == 2 {
				unplug(t, far)
			}
		})
		if drivers.FaultOf(err) != drivers.FaultUnplugged {
			t.Errorf("pulled in a view: %v", err)
		}
		replug(t, far)
		far.Have(sim.Trouble{Frozen: true})
		timer := time.AfterFunc(300*time.Millisecond, func() { unplug(t, far) })
		if _, err := c.Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultUnplugged {
			t.Errorf("pulled in a scan: %v", err)
		}
		timer.Stop()
		far.Have(sim.Trouble{})
		replug(t, far)
		far.Have(sim.Trouble{Refuse: true})
		if _, err := c.Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultDevice {
			t.Errorf("refused: %v", err)
		}
		far.Have(sim.Trouble{})
		view(t, c, 2)
	}
	unplug(t, far)
	replug(t, far)
	isOff(t, far)
	for begun := time.Now(); held(t) != before; time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 5*time.Second {
			t.Fatalf("left behind: %+v, before %+v", held(t), before)
		}
	}
}

// holding is what the program holds of cameras, and its goroutines.
type holding struct{ goroutines, files, mapped int }

func held(t *testing.T) (h holding) {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && strings.HasPrefix(to, "/dev/video") {
			h.files++
		}
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	h.goroutines, h.mapped = runtime.NumGoroutine(), strings.Count(string(maps), "/dev/video")
	return h
}

// TestNotInherited: a program that is started while the camera is on has none of it.
func TestNotInherited(t *testing.T) {
	plug(t, sim.Options{})
	c := open(t, link)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := c.View(ctx, func(image.Image) {
		if h := held(t); h.files != 1 || h.mapped == 0 {
			t.Errorf("a view holds %+v: this test sees nothing", h)
		}
		out, err := exec.CommandContext(t.Context(), "ls", "-l", "/proc/self/fd").Output()
		if err != nil || strings.Contains(string(out), "/dev/video") {
			t.Errorf("%v\n%s", err, out)
		}
		cancel()
	})
	if drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Error(err)
	}
}

// TestTwo: which of two is said by serial number or socket and never guessed; a camera's second node is no camera.
func TestTwo(t *testing.T) {
	first := plug(t, sim.Options{Serial: "A001"})
	second := plug(t, sim.Options{Serial: "B002"})
	there(t, link+":B002")
	first.Lay(sheet(1))
	second.Lay(sheet(6))
	if _, err := camera.Open(t.Context(), link, limits); drivers.FaultOf(err) != drivers.FaultAmbiguous {
		t.Errorf("either of two: %v", err)
	}
	nodes, err := video.List("/")
	if err != nil || len(nodes) != 2 {
		t.Fatalf("%+v, %v", nodes, err)
	}
	if all, err := os.ReadDir("/sys/class/video4linux"); err != nil || len(all) != 4 {
		t.Errorf("the kernel has made %d nodes, %v: this test sees no second ones", len(all), err)
	}
	for _, n := range nodes {
		bars := map[string]int{"A001": 1, "B002": 6}[n.Serial]
		names := []string{link + ":" + n.Serial}
		if bars == 6 {
			names = []string{link + "@" + n.Port, "video:" + n.Path}
		}
		for _, name := range names {
			rig := drivertest.ScannerRig{Scanner: open(t, name), BarsOn: sim.BarsOn, Limit: 30 * time.Second}
			if got := rig.BarsOn(rig.Page(t, drivers.ScanOptions{})); got != bars {
				t.Errorf("%s: %d bars, not %d", name, got, bars)
			}
		}
	}
	if _, err := camera.Open(t.Context(), link+":C003", limits); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("none: %v", err)
	}
}
