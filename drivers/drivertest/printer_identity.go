package drivertest

import (
	"strings"

	"bianmin/drivers"
	"bianmin/drivers/sim/printer"
)

// saysWhoItIs: maker, model, serial number and firmware, also where it could not be asked at first, and nothing of the questions on paper.
func (r *printerRig) saysWhoItIs() {
	r.sim.SetCover(true)
	if s, err := r.printer.Status(r.ctx); err != nil || s.Fault != drivers.FaultCoverOpen || s.Serial != "" {
		r.Errorf("with its cover open: %+v, %v", s, err)
	}
	r.sim.SetCover(false)
	for range 2 {
		s, err := r.printer.Status(r.ctx)
		if err != nil || s.Model != "BIANMIN SIM-80" || s.Serial != "SIM0000042" || s.Firmware != "1.04" {
			r.Errorf("%+v, %v", s, err)
		}
	}
	if report := r.expect(Note("NAMED"), drivers.Printed, drivers.FaultNone); report.After.Serial != "SIM0000042" {
		r.Errorf("%+v", report)
	}
	r.holdsOnly("NAMED")
}

// nameless: a clone that would print the questions it does not know.
func (r *printerRig) nameless() {
	clone := newPrinterRig(r.T, r.open, printer.Options{Nameless: true})
	for range 2 {
		if s, err := clone.printer.Status(r.ctx); err != nil || s.Condition != drivers.Online || s.Model+s.Serial+s.Firmware != "" {
			r.Errorf("%+v, %v", s, err)
		}
	}
	clone.expect(Note("NAMELESS"), drivers.Printed, drivers.FaultNone)
	clone.holdsOnly("NAMELESS")
}

// holdsOnly fails unless all paper together says what the note does.
func (r *printerRig) holdsOnly(name string) {
	r.Helper()
	var lines []string
	for _, s := range r.sim.Strips() {
		lines = append(lines, s.Lines...)
	}
	if text := strings.Join(lines, ""); !strings.HasPrefix(text, name+"便民服务点") || !strings.HasSuffix(text, name) || strings.Count(text, name) != 2 {
		r.Errorf("the paper says %q", lines)
	}
}
