package point_test

import (
	"strings"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/point"
	sim "bianmin/drivers/sim/escl"
)

// TestDriverlessScanner: a scanner without SANE is watched and found again like every other device.
func TestDriverlessScanner(t *testing.T) {
	far, err := sim.Start(t.Context(), sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	}()
	w := watch(t, point.Config{Scanner: &point.Scanner{Link: "escl://" + far.Address(), DPI: 100}})
	ctx, p, until := w.ctx, w.Point, w.until
	until("online", func(s drivers.Status) bool {
		return s.Condition == drivers.Online && s.Model == "Simulated Scanner" && s.Serial == "SIM-0001"
	})
	far.Feed(sim.Sheet{Bars: 1})
	if page, err := p.Scanner().Scan(ctx, drivers.ScanOptions{Feeder: true}); err != nil || page.Width < 800 || page.Glass {
		t.Errorf("%d px wide, glass %v, %v", page.Width, page.Glass, err)
	}
	if _, err := p.Scanner().Scan(ctx, drivers.ScanOptions{Feeder: true}); drivers.FaultOf(err) != drivers.FaultNoDocument {
		t.Errorf("empty feeder: %v", err)
	}
	far.Have(sim.Trouble{Jam: true})
	until("jammed", func(s drivers.Status) bool { return s.Fault == drivers.FaultJam && s.Condition == drivers.UserError })
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	until("away", func(s drivers.Status) bool { return s.Condition == drivers.NoDevice })
	far, err = sim.Start(ctx, sim.Options{At: far.Address()})
	if err != nil {
		t.Fatal(err)
	}
	until("back", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	if _, err := p.Scanner().Scan(ctx, drivers.ScanOptions{}); err != nil {
		t.Errorf("back: %v", err)
	}
}

func TestScannerLinkIsChecked(t *testing.T) {
	_, err := point.Start(t.Context(), point.Config{Scanner: &point.Scanner{Link: "http://scanner/eSCL"}}, point.Options{})
	if err == nil || !strings.Contains(err.Error(), "escl://HOST") {
		t.Errorf("%v", err)
	}
}
