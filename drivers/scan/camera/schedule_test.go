//go:build !usb

package camera_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest/faulttest"
	"bianmin/drivers/scan/camera"
	sim "bianmin/drivers/sim/camera"
	"bianmin/drivers/sim/camera/node"
)

// Schedules: how many CI tries, and make long, and how many at once.
const (
	some     = 240
	all      = 10_000
	together = 40
)

// builds are the cameras; their pictures are small, so that many can be taken.
var builds = []sim.Options{
	{Sizes: []image.Point{{X: 400, Y: 300}}}, {Sizes: []image.Point{{X: 400, Y: 300}}, Plain: true}, {Sizes: []image.Point{{X: 400, Y: 300}, {X: 640, Y: 480}}, Dim: 2},
}

// TestSchedules: whatever goes wrong on the cable, in the kernel's answers and before the lens, a page is the sheet that lies there or an error with a
// code, in time; the camera is off afterwards, nothing of it is left, and when the trouble is over it takes pages again.
func TestSchedules(t *testing.T) {
	far := cameras(t)
	free := make([]chan *node.Distant, len(builds))
	for i, build := range builds {
		free[i] = make(chan *node.Distant, together)
		for n := range together {
			one, err := far.Plug(fmt.Sprintf("video%d-%d", i, n), sim.Sheet{Bars: 1}, build)
			if err != nil {
				t.Fatal(err)
			}
			free[i] <- one
		}
	}
	faulttest.Role{
		Devices: len(builds), Steps: 3, Out: 40, Both: 40,
		Kinds: []faulttest.Kind{
			faulttest.Cut, faulttest.Noise, faulttest.Late, faulttest.Lie, faulttest.Lie, faulttest.Silent, faulttest.Unplug, faulttest.Hand,
		},
		Try: func(s faulttest.Schedule, w *faulttest.World) error {
			far := <-free[s.Device]
			defer func() { free[s.Device] <- far }()
			return (&shoot{Distant: far, schedule: s, world: w}).run()
		},
	}.RunReal(t, some, all, together, "page", "view", string(drivers.FaultSilent), string(drivers.FaultProtocol), string(drivers.FaultUnplugged), string(drivers.FaultBusy), string(drivers.FaultDevice))
	if maps, err := os.ReadFile("/proc/self/maps"); err != nil || strings.Contains(string(maps), "bianmin-camera") {
		t.Errorf("pictures' memory is left: %v", err)
	}
}

// shoot is one schedule's camera and who looks through it.
type shoot struct {
	*node.Distant
	schedule faulttest.Schedule
	world    *faulttest.World
	near     *camera.Camera
	bars     int
	changed  bool // somebody covers the lens, or moves it
}

// limits are short, so that silence is told soon.
var brief = camera.Options{First: 1500 * time.Millisecond, Next: 700 * time.Millisecond, Settle: 150 * time.Millisecond, Pace: 10 * time.Millisecond}

func (k *shoot) run() error {
	if err := k.schedule.Each(k.step); err != nil {
		return err
	}
	return k.afterwards()
}

// strikes are a step's faults as the camera does them.
func (k *shoot) strikes(step int) (all []node.Strike) {
	for kind, what := range map[faulttest.Kind][]string{
		faulttest.Cut: {"cut"}, faulttest.Noise: {"noise", "shift"}, faulttest.Late: {"late"}, faulttest.Lie: {"refuse", "refuse", "strange"},
		faulttest.Silent: {"freeze"}, faulttest.Unplug: {"pull"},
	} {
		for _, f := range k.schedule.In(step, kind) {
			n := max(f.N, -f.N)
			all = append(all, node.Strike{At: f.At, What: what[n%len(what)], N: n})
		}
	}
	return all
}

// step is one page, or a look, while what the schedule says goes wrong.
func (k *shoot) step(step int) error {
	k.bars, k.changed = 1+int(k.schedule.Seed>>step)%7, false
	sheet, trouble := sim.Sheet{Bars: k.bars, Degrees: float64(step) - 1}, node.Trouble{}
	if err := k.Arm(k.schedule.Seed, k.strikes(step)); err != nil {
		return err
	}
	for _, f := range k.schedule.In(step, faulttest.Hand) {
		k.changed = true
		switch f.N % 4 {
		case 0:
			trouble.Black = true
		case 1:
			sheet.Blurred = true
		case 2:
			trouble.Busy = true
		case 3:
			trouble.Denied = true
		}
	}
	if err := errors.Join(k.Have(trouble), k.Lay(sheet)); err != nil {
		return err
	}
	look := k.page
	if k.schedule.Seed>>(4+step)&3 == 0 {
		look = k.view
	}
	err := k.inTime(look)
	var typed *drivers.Error
	switch {
	case err == nil:
	case !errors.As(err, &typed) || typed.Fault == drivers.FaultNone:
		return fmt.Errorf("an error without a code: %w", err)
	default:
		k.world.Count(string(typed.Fault))
		if struck, err := k.Look(); err != nil || struck.Struck == 0 && !k.changed && typed.Fault != drivers.FaultSilent { // a busy machine is late
			return errors.Join(fmt.Errorf("nothing went wrong, and yet: %w", typed), err)
		}
	}
	if k.schedule.Seed>>(8+step)&1 == 0 { // the manager opens it anew, or not
		k.near = nil
	}
	return k.off()
}

// inTime opens the camera where it is not, and looks.
func (k *shoot) inTime(look func(context.Context) error) (err error) {
	const limit = 20 * time.Second // every picture may be the last of twenty broken ones
	ctx, cancel := context.WithTimeout(k.world, 2*limit)
	defer cancel()
	begun := time.Now()
	if k.near == nil {
		if k.near, err = camera.Open(ctx, k.Link(), brief); err != nil {
			k.near = nil
			return err
		}
	}
	err = look(ctx)
	if took := time.Since(begun); took > limit+k.world.Slack {
		return fmt.Errorf("it took %v: %v", took, err) //nolint:errorlint // it must not pass for an error with a code
	}
	return err
}

// page takes one and looks whether it is the sheet that lies there.
func (k *shoot) page(ctx context.Context) error {
	page, err := k.near.Scan(ctx, drivers.ScanOptions{DPI: 40})
	if err != nil {
		return err
	}
	k.world.Count("page")
	picture, _, err := image.Decode(bytes.NewReader(page.Image))
	if err != nil {
		return fmt.Errorf("the page: %v", err) //nolint:errorlint // it must not pass for an error with a code
	}
	if page.Quality == drivers.QualityDark && builds[k.schedule.Device].Dim > 0 { // it had no time to get used to the light, and that is said
		k.world.Count("dark")
		return nil
	}
	if bars := sim.BarsOn(picture); !k.changed && bars != k.bars {
		return fmt.Errorf("a page with %d bars of a sheet with %d (%s)", bars, k.bars, page.Quality)
	}
	return nil
}

// view looks for some pictures.
func (k *shoot) view(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n, wrong := 0, image.Point{}
	err := k.near.View(ctx, func(picture image.Image) {
		if size := picture.Bounds().Size(); size.X*3 != size.Y*4 {
			wrong = size
		}
		if n++; n == 4 {
			cancel()
		}
	})
	if wrong != (image.Point{}) {
		return fmt.Errorf("a picture of %v", wrong)
	}
	if n == 4 && drivers.FaultOf(err) == drivers.FaultCancelled {
		k.world.Count("view")
		return nil
	}
	return err
}

// off looks whether the camera is.
func (k *shoot) off() error {
	for range 100 {
		look, err := k.Look()
		if err != nil || !look.On {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("the camera stays on")
}

// afterwards all is well again: a page comes. A busy machine may need some tries.
func (k *shoot) afterwards() (err error) {
	k.bars, k.changed = 3, false
	if err := errors.Join(k.Arm(0, nil), k.Lay(sim.Sheet{Bars: k.bars})); err != nil {
		return err
	}
	for range 5 {
		if err = k.inTime(k.page); drivers.FaultOf(err) != drivers.FaultSilent {
			break
		}
		k.near = nil
	}
	if err != nil {
		return fmt.Errorf("afterwards: %w", err)
	}
	return k.off()
}
