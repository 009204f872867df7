package scan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest/faulttest"
	"bianmin/drivers/scan"
	sim "bianmin/drivers/sim/escl"
)

// Schedules: how many CI tries, and make long, and how many at once. Each starts SANE's tool some times.
const (
	some     = 60
	all      = 10_000
	together = 30
)

var builds = []sim.Options{{}, {Ahead: 2}, {Duplex: true, Ahead: 1}, {Mute: true}}

// TestSchedules: the real scanimage with SANE's driverless backend before a simulated scanner, and whatever goes wrong on the way between them and in the
// feeder: a page is the sheet whose turn it was, nobody gets a sheet of the person before, every scan ends within its time, no tool and no pipe is left,
// and when the trouble is over the scanner scans again.
func TestSchedules(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	faulttest.Role{
		Devices: len(builds), Steps: 3, Out: 4000, Both: 6000,
		Kinds: []faulttest.Kind{
			faulttest.Cut, faulttest.Cut, faulttest.Late, faulttest.Late, faulttest.Noise, faulttest.Lie, faulttest.Silent, faulttest.Unplug, faulttest.Hand,
		},
		Try: func(s faulttest.Schedule, w *faulttest.World) error { return (&stackwork{schedule: s, world: w}).run() },
	}.RunReal(t, some, all, together, "page", "glass", "end", string(drivers.FaultUnplugged))
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if running(folder) {
		t.Error("a tool still runs")
	}
}

// stackwork is one schedule's scanner and the people who come to it.
type stackwork struct {
	schedule faulttest.Schedule
	world    *faulttest.World
	device   *sim.Scanner
	network  *faulttest.Network
	scanner  *scan.Scanner
	config   string // folder of SANE's configuration
	person   int
	over     bool // the trouble is
}

// most is how many sheets a stack has at most; a person's are told from the person's before by their bars.
const most = 2

func (k *stackwork) run() (err error) {
	build := builds[k.schedule.Device]
	build.MostWidth, build.Patience = 400, time.Second // narrow sheets are scanned sooner
	k.device = sim.New(build)
	answers := k.device.Handler()
	k.network, err = k.world.Network(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lie, due := k.network.TakeLie(); due && lied(w, lie) {
			return
		}
		answers.ServeHTTP(w, r)
	}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.close(), k.network.Close(), os.RemoveAll(k.config)) }()
	if k.config, err = configured(k.network.Host()); err != nil {
		return err
	}
	if err := k.schedule.Each(k.step); err != nil {
		return err
	}
	k.network.Heal()
	k.device.Have(sim.Trouble{})
	return k.afterwards()
}

// configured writes a configuration of SANE's that knows one driverless scanner.
func configured(host string) (string, error) {
	folder, err := os.MkdirTemp("", "sane-")
	if err != nil {
		return "", err
	}
	for name, content := range map[string]string{
		"dll.conf":     "airscan\n",
		"airscan.conf": "[devices]\n\"Simulated\" = http://" + host + "/eSCL, eSCL\n[options]\ndiscovery = disable\nws-discovery = off\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			return folder, err
		}
	}
	return folder, nil
}

func (k *stackwork) close() (err error) {
	if k.scanner != nil {
		err = k.scanner.Close()
	}
	k.scanner = nil
	return err
}

// limit is how long a page may take.
func (k *stackwork) limit() time.Duration {
	if k.over {
		return 30 * time.Second // a busy machine is no trouble of the scanner's
	}
	return 4 * time.Second
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

// step is one person with a stack, or with a sheet on the glass.
func (k *stackwork) step(step int) error {
	k.network.Arm(step)
	var trouble sim.Trouble
	for _, f := range k.schedule.In(step, faulttest.Hand) {
		trouble = []sim.Trouble{{Jam: true}, {Hatch: true}, {Busy: true}, {NotYet: f.N % 3}, {JamAfterPage: true}, {Garbage: true}, {Cut: true}}[f.N%7]
	}
	k.device.Have(trouble)
	var err error
	if k.schedule.Seed>>step&1 == 0 {
		err = k.glass()
	} else {
		err = k.stack(1 + int(k.schedule.Seed>>(2+step))%most)
	}
	var typed *drivers.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &typed) || typed.Fault == drivers.FaultNone:
		return fmt.Errorf("an error without a code: %w", err)
	}
	k.world.Count(string(typed.Fault))
	if k.schedule.Seed>>(8+step)&1 == 0 { // the manager opens it anew, or not
		return k.close()
	}
	return nil
}

// glass is a sheet on the glass.
func (k *stackwork) glass() error {
	bars := 1 + k.person%7
	k.person++
	k.device.Lay(sim.Sheet{Bars: bars})
	sides, err := k.scan(drivers.ScanOptions{DPI: 75})
	if err != nil {
		return err
	}
	k.world.Count("glass")
	if len(sides) != 1 || sides[0] != bars {
		return fmt.Errorf("the sheet with %d bars came as %d", bars, sides)
	}
	return nil
}

// stack takes a stack's sheets, and the end of it.
func (k *stackwork) stack(sheets int) error {
	k.person++
	sides, first := 1, k.person%2*most*2
	if builds[k.schedule.Device].Duplex {
		sides = 2
	}
	var stack []sim.Sheet
	for i := range sheets {
		stack = append(stack, sim.Sheet{Bars: first + i*sides + 1, Back: first + i*sides + 2})
	}
	k.device.Feed(stack...)
	for last := 0; ; {
		got, err := k.scan(drivers.ScanOptions{DPI: 75, Feeder: true, Duplex: sides == 2})
		switch {
		case drivers.FaultOf(err) == drivers.FaultNoDocument && last == sheets*sides:
			k.world.Count("end")
			return nil
		case err != nil:
			return err
		case len(got) != sides:
			return fmt.Errorf("a sheet with %d sides", len(got))
		}
		for _, bars := range got {
			k.world.Count("page")
			if bars -= first; bars != last+1 {
				return fmt.Errorf("page %d of the stack came after page %d", bars, last)
			}
			last = bars
		}
	}
}

// scan gives the bars of the next sheet's sides, and opens the scanner first where it is not.
func (k *stackwork) scan(options drivers.ScanOptions) (sides []int, err error) {
	ctx, cancel := context.WithTimeout(k.world, 4*k.limit())
	defer cancel()
	begun := time.Now()
	defer func() { // to open it, to let go of a stack, to scan; each may end with a tool that is killed
		if took := time.Since(begun); took > 3*(k.limit()+6*time.Second)+k.world.Slack {
			err = fmt.Errorf("the scan took %v", took)
		}
	}()
	if k.scanner == nil {
		k.scanner, err = scan.Open(ctx, scan.Options{
			Device: "airscan:e0:Simulated", DPI: 75, Timeout: k.limit(),
			Env: []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + k.config, "SANE_CONFIG_DIR=" + k.config},
		})
		if err != nil {
			k.scanner = nil
			return nil, err
		}
	}
	page, err := k.scanner.Scan(ctx, options)
	if err != nil {
		return nil, err
	}
	for side := &page; side != nil; side = side.Back {
		picture, _, err := image.Decode(bytes.NewReader(side.Image))
		if err != nil {
			return nil, fmt.Errorf("the page: %s", strings.TrimSpace(err.Error()))
		}
		sides = append(sides, barsOn(picture))
	}
	return sides, nil
}

// afterwards all is well again: a stack of two comes whole. The scanner may need a moment to give up a job whose number was lost.
func (k *stackwork) afterwards() (err error) {
	k.over = true
	for range 5 {
		if err = k.close(); err != nil {
			return err
		}
		if err = k.stack(most); err == nil {
			return nil
		}
		if drivers.FaultOf(err) == drivers.FaultNone {
			return err
		}
		time.Sleep(1100 * time.Millisecond)
	}
	return fmt.Errorf("afterwards the scanner does not get well: %w", err)
}
