package escl_test

import (
	"image"
	"testing"
	"time"

	"bianmin/drivers/drivertest"
	sim "bianmin/drivers/sim/escl"
)

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

// TestContract is the scanners' contract with a driverless one.
func TestContract(t *testing.T) {
	drivertest.Scanner(t, func(t *testing.T) drivertest.ScannerRig {
		r := start(t, sim.Options{})
		address := r.far.Address()
		return drivertest.ScannerRig{
			Scanner: r.scanner, Lay: func(bars int) { r.far.Lay(sim.Sheet{Bars: bars}) }, BarsOn: barsOn, Limit: 10 * time.Second,
			Silence: func() { r.far.Have(sim.Trouble{Hang: 20 * time.Second}) },
			Slow:    func() { r.far.Have(sim.Trouble{NotYet: 60}) },
			Unplug: func() {
				if err := r.far.Close(); err != nil {
					t.Error(err)
				}
			},
			Plug: func() {
				far, err := sim.Start(t.Context(), sim.Options{At: address})
				if err != nil {
					t.Fatal(err)
				}
				r.far = far
				t.Cleanup(func() {
					if err := far.Close(); err != nil {
						t.Error(err)
					}
				})
			},
		}
	})
}
