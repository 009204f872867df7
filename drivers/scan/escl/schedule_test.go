package escl_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"net/http"
	"slices"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest/faulttest"
	"bianmin/drivers/scan/escl"
	sim "bianmin/drivers/sim/escl"
)

// TestSchedules: whatever goes wrong on the way and in the feeder, a page is the sheet that was its turn, none is given twice or in
// silence left out, nobody gets a sheet of the person before, every scan ends within its time, and when the trouble is over the
// scanner scans again.
func TestSchedules(t *testing.T) {
	faulttest.Role{
		Devices: len(builds), Steps: 4, Out: 4000, Both: 6000,
		Kinds: []faulttest.Kind{
			faulttest.Cut, faulttest.Cut, faulttest.Late, faulttest.Late, faulttest.Noise, faulttest.Lie, faulttest.Silent, faulttest.Unplug, faulttest.Hand,
		},
		Kept: []faulttest.Schedule{
			// A page that was no picture left its stack open, and the next began with what had been drawn in ahead.
			{Device: 3, Seed: 2936039207, Steps: 1, Faults: []faulttest.Fault{{Step: 0, Kind: "hand", At: 0, N: 5388}}},
		},
		Try: func(s faulttest.Schedule, w *faulttest.World) error { return (&stackwork{schedule: s, world: w}).run() },
	}.Run(t, "page", "end", string(drivers.FaultSilent), string(drivers.FaultBusy), string(drivers.FaultProtocol))
}

var builds = []sim.Options{
	{}, {Ahead: 2}, {Mute: true}, {NoGlass: true, Ahead: 1, Door: true}, {Duplex: true}, {Duplex: true, Ahead: 2}, {TLS: shown}, {TLS: shown, Duplex: true, Ahead: 1},
}

// shown is the certificate of all scanners over TLS.
var shown = must(sim.Certificate())

func must(c *tls.Certificate, err error) *tls.Certificate {
	if err != nil {
		panic(err)
	}
	return c
}

// kept is its fingerprint.
func kept() string {
	sum := sha256.Sum256(shown.Certificate[0])
	return "sha256:" + hex.EncodeToString(sum[:])
}

// stackwork is one schedule's scanner and the people who come to it.
type stackwork struct {
	schedule faulttest.Schedule
	world    *faulttest.World
	device   *sim.Scanner
	network  *faulttest.Network
	scanner  *escl.Scanner
	person   int
	over     bool // the trouble is
}

// most is how many sheets a stack has at most; a person's are told from the person's before by their bars.
const most = 4

func (k *stackwork) options() escl.Options {
	options := escl.Options{Dial: k.network.Dial, DPI: 75}
	if k.world.Real {
		options.Answer, options.Page, options.Poll = 2*time.Second, 5*time.Second, 10*time.Millisecond
		if k.over {
			options.Answer, options.Page = 20*time.Second, 20*time.Second // a busy machine is no trouble of the scanner's
		}
	}
	if k.secure() {
		options.Certificate = kept()
	}
	return options
}

func (k *stackwork) secure() bool { return builds[k.schedule.Device].TLS != nil }

// link is where the scanner is.
func (k *stackwork) link() string {
	if k.secure() {
		return "escls://" + k.network.Host() + "/eSCL"
	}
	return "escl://" + k.network.Host() + "/eSCL"
}

// patience is how long one scan may take: the page, and the end of what was before it.
func (k *stackwork) patience() time.Duration {
	switch {
	case k.world.Real && k.over:
		return time.Minute
	case k.world.Real:
		return 9 * time.Second
	}
	return 75 * time.Second
}

func (k *stackwork) run() (err error) {
	build := builds[k.schedule.Device]
	build.MostWidth = 400 // narrow sheets are scanned sooner
	if k.world.Real {
		build.Patience = time.Second
	}
	k.device = sim.New(build)
	answers := k.device.Handler()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lie, due := k.network.TakeLie(); due && lied(w, lie) {
			return
		}
		answers.ServeHTTP(w, r)
	})
	if k.secure() {
		k.network, err = k.world.Encrypted(handler, *shown)
	} else {
		k.network, err = k.world.Network(handler)
	}
	if err != nil {
		return err
	}
	defer func() {
		if k.scanner != nil {
			err = errors.Join(err, k.scanner.Close())
		}
		err = errors.Join(err, k.network.Close())
	}()
	if err := k.schedule.Each(k.step); err != nil {
		return err
	}
	k.network.Heal()
	k.device.Have(sim.Trouble{})
	return k.afterwards()
}

// lied answers something else than the device would.
func lied(w http.ResponseWriter, n int) bool {
	switch n % 4 {
	case 0:
		w.WriteHeader(http.StatusInternalServerError)
	case 1:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>please log in</html>"))
	case 2:
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write([]byte{0xFF, 0xD8, 0xFF, 0xE0})
	}
	return true
}

// step is one person with a stack, or a sheet on the glass.
func (k *stackwork) step(step int) error {
	k.network.Arm(step)
	k.device.Have(sim.Trouble{})
	var trouble sim.Trouble
	for _, f := range k.schedule.In(step, faulttest.Hand) {
		trouble = []sim.Trouble{{Jam: true}, {Hatch: true}, {Busy: true}, {NotYet: f.N % 5}, {JamAfterPage: true}, {Garbage: true}, {Cut: true}}[f.N%7]
	}
	k.device.Have(trouble)
	sheets := k.feed(1 + int(k.schedule.Seed>>step)%most)
	last := 0
	for range sheets + 1 {
		sides, err := k.scan()
		if err != nil {
			return k.failed(step, sheets*k.sides()-last, trouble, err)
		}
		if len(sides) != k.sides() {
			return fmt.Errorf("a sheet with %d sides", len(sides))
		}
		for _, bars := range sides {
			k.world.Count("page")
			if bars = bars - k.first(); bars != last+1 {
				return fmt.Errorf("page %d of the stack came after page %d", bars, last)
			}
			last = bars
		}
	}
	return fmt.Errorf("%d pages of %d sheets", last, sheets)
}

// first is how many bars the sheets of the person before have at most.
func (k *stackwork) first() int { return (k.person % 2) * most * k.sides() }

// sides is how many pages a sheet has.
func (k *stackwork) sides() int {
	if builds[k.schedule.Device].Duplex {
		return 2
	}
	return 1
}

func (k *stackwork) feed(n int) int {
	k.person++
	var sheets []sim.Sheet
	for i := range n {
		first := k.first() + i*k.sides() + 1
		sheets = append(sheets, sim.Sheet{Bars: first, Back: first + 1})
	}
	k.device.Feed(sheets...)
	return n
}

// failed checks an error against what has happened; the person takes what is left out of the feeder and goes.
func (k *stackwork) failed(step, left int, trouble sim.Trouble, err error) error {
	var typed *drivers.Error
	if !errors.As(err, &typed) || typed.Fault == drivers.FaultNone {
		return fmt.Errorf("an error without a code: %w", err)
	}
	end := typed.Fault == drivers.FaultNoDocument
	if end {
		k.world.Count("end")
	} else {
		k.world.Count(string(typed.Fault))
	}
	switch {
	case end && left > 0 && trouble == (sim.Trouble{}) && !k.network.Happened() && !k.schedule.Before(step-1):
		return fmt.Errorf("an end, and %d sheets are left", left)
	case !end && !k.world.Real && trouble == (sim.Trouble{}) && !k.schedule.Before(step):
		return fmt.Errorf("nothing went wrong, and yet: %w", err)
	}
	if k.schedule.Seed>>(8+step)&1 == 0 && k.scanner != nil { // the manager opens it anew, or not
		closing := k.scanner.Close()
		k.scanner = nil
		return closing
	}
	return nil
}

// scan gives the bars of the next sheet's sides, and opens the scanner first where it is not.
func (k *stackwork) scan() (sides []int, err error) {
	ctx, cancel := context.WithTimeout(k.world, k.patience())
	defer cancel()
	start := time.Now()
	defer func() {
		if took := time.Since(start); took > k.patience()+k.world.Slack {
			err = fmt.Errorf("the scan took %v", took)
		}
	}()
	if k.scanner == nil {
		if k.scanner, err = escl.Open(ctx, k.link(), k.options()); err != nil {
			k.scanner = nil
			return nil, err
		}
	}
	page, err := k.scanner.Scan(ctx, drivers.ScanOptions{DPI: 75, Feeder: true, Duplex: k.sides() == 2})
	if err != nil {
		return nil, err
	}
	for side := &page; side != nil; side = side.Back {
		picture, _, err := image.Decode(bytes.NewReader(side.Image))
		if err != nil {
			return nil, err
		}
		sides = append(sides, darkRuns(picture))
	}
	return sides, nil
}

// darkRuns counts the bars on a line across the middle.
func darkRuns(picture image.Image) (n int) {
	bounds := picture.Bounds()
	dark := false
	for x := bounds.Min.X; x < bounds.Max.X; x++ {
		r, _, _, _ := picture.At(x, (bounds.Min.Y+bounds.Max.Y)/2).RGBA()
		if now := r < 0x8000; now != dark {
			if dark = now; now {
				n++
			}
		}
	}
	return n
}

// rest waits until the scanner has given up a job whose number was lost on the way.
func (k *stackwork) rest() {
	patience := 61 * time.Second
	if k.world.Real {
		patience = 1100 * time.Millisecond
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-k.world.Done():
	}
}

// afterwards all is well again: a stack of two comes whole.
func (k *stackwork) afterwards() (err error) {
	k.over = true
	if k.world.Real && k.scanner != nil {
		err, k.scanner = k.scanner.Close(), nil
		if err != nil {
			return err
		}
	}
	for range 5 {
		k.feed(2)
		var got []int
		for range 3 {
			sides, failed := k.scan()
			if failed != nil {
				err = failed
				break
			}
			for _, bars := range sides {
				got = append(got, bars-k.first())
			}
		}
		if slices.Equal(got, []int{1, 2, 3, 4}[:2*k.sides()]) && drivers.FaultOf(err) == drivers.FaultNoDocument {
			return nil
		}
		if len(got) > 0 && got[0] != 1 {
			return fmt.Errorf("a new stack begins with its page %d", got[0])
		}
		if k.scanner != nil {
			if closing := k.scanner.Close(); closing != nil {
				return closing
			}
			k.scanner = nil
		}
		k.rest()
	}
	return fmt.Errorf("afterwards the scanner does not get well: %w", err)
}
