package scan_test

import (
	"image"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	sim "bianmin/drivers/sim/escl"
)

// TestContract is the scanners' contract through SANE: the real scanimage with the backend for driverless scanners before the simulated one.
func TestContract(t *testing.T) {
	drivertest.Scanner(t, func(t *testing.T) drivertest.ScannerRig {
		far, options := behindSANE(t, sim.Options{})
		address := far.Address()
		return drivertest.ScannerRig{
			Scanner: opened(t, options), Lay: func(bars int) { far.Lay(sim.Sheet{Bars: bars}) }, BarsOn: barsOn, Limit: 20 * time.Second,
			Silence: func() { far.Have(sim.Trouble{Hang: 20 * time.Second}) },
			Hung:    drivers.FaultUnplugged, // its backend says the same of one that is silent and of one that is not there
			Slow:    func() { far.Have(sim.Trouble{NotYet: 2}) },
			Unplug: func() {
				if err := far.Close(); err != nil {
					t.Error(err)
				}
			},
			Plug: func() {
				again, err := sim.Start(t.Context(), sim.Options{At: address})
				if err != nil {
					t.Fatal(err)
				}
				far = again
				t.Cleanup(func() {
					if err := again.Close(); err != nil {
						t.Error(err)
					}
				})
			},
		}
	})
}

// barsOn counts the bars along the middle of a page.
func barsOn(page image.Image) (count int) {
	dark := false
	for x := range page.Bounds().Dx() {
		r, _, _, _ := page.At(x, page.Bounds().Dy()/2).RGBA()
		if now := r < 0x8000; now != dark {
			if dark = now; dark {
				count++
			}
		}
	}
	return count
}
