package readiness_test

import (
	"slices"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
)

// TestConfiguredChipReader: a chip card reader that the configuration names and that was tested stands in the report once, with its link and its tests.
func TestConfiguredChipReader(t *testing.T) {
	m := newMachine(t)
	m.enrol()
	m.settings.Devices.Social = &settings.Social{Link: "pcsc:ACS"}
	err := tested.Keep(m.settings.Data, selftest.Result{Role: drivers.RoleSocial, Level: selftest.External, Outcome: selftest.Passed, At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	r := m.holds(drivers.Status{Role: drivers.RoleSocial, Condition: drivers.Online, Model: "ACS ACR39U"})
	if len(r.Devices) != 1 || r.Devices[0].Link != "pcsc:ACS" || r.Devices[0].Source != "kiosk" || len(r.Devices[0].Tests) != 1 {
		t.Errorf("%+v", r.Devices)
	}
}

// TestLowSupplies: what is nearly used up is said while there is time to bring some.
func TestLowSupplies(t *testing.T) {
	m := newMachine(t)
	m.enrol()
	for want, s := range map[string]drivers.Status{
		"device.printer warn paper-low":  {Role: drivers.RolePrinter, Condition: drivers.Online, Paper: drivers.PaperLow},
		"device.document warn paper-low": {Role: drivers.RoleDocument, Condition: drivers.Online, Paper: drivers.PaperLow, Toner: drivers.TonerLow},
		"device.document warn toner-low": {Role: drivers.RoleDocument, Condition: drivers.Online, Paper: drivers.PaperFull, Toner: drivers.TonerLow},
		"device.document ok ok":          {Role: drivers.RoleDocument, Condition: drivers.Online, Paper: drivers.PaperFull, Toner: drivers.TonerFull},
		"device.printer fail cutter":     {Role: drivers.RolePrinter, Condition: drivers.HardwareError, Fault: drivers.FaultCutter},
	} {
		r := m.holds(s)
		if !slices.Contains(codes(r), want) {
			t.Errorf("%s: %q", want, codes(r))
		}
		for _, c := range r.Checks {
			if c.ID == "device."+string(s.Role) && (c.Text == "" || c.English.Text == "" || c.State != readiness.OK && (c.Do == "" || c.English.Do == "")) {
				t.Errorf("%s: says %+v", want, c)
			}
		}
	}
	if missing := m.words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

// holds is a look by the program that holds the devices.
func (m *machine) holds(all ...drivers.Status) readiness.Report {
	return readiness.Look(m.t.Context(), readiness.Options{
		Settings: m.settings, Words: m.words, Program: "kiosk", Held: func() []drivers.Status { return all },
	})
}
