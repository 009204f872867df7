package ipp_test

import (
	"testing"

	"github.com/OpenPrinting/goipp"

	"bianmin/drivers"
	"bianmin/drivers/ipp"
)

func integers(name string, all ...int) goipp.Attribute {
	a := goipp.MakeAttribute(name, goipp.TagInteger, goipp.Integer(all[0]))
	for _, n := range all[1:] {
		a.Values.Add(goipp.TagInteger, goipp.Integer(n))
	}
	return a
}

func octets(name string, all ...string) goipp.Attribute {
	a := goipp.MakeAttribute(name, goipp.TagString, goipp.Binary(all[0]))
	for _, one := range all[1:] {
		a.Values.Add(goipp.TagString, goipp.Binary(one))
	}
	return a
}

func words(name, text string) goipp.Attribute {
	return goipp.MakeAttribute(name, goipp.TagText, goipp.String(text))
}

// TestSupplies: what a printer tells of itself and of its toner; what it does not tell is "".
func TestSupplies(t *testing.T) {
	f := newFake(t)
	p := open(t, f.link(), quick())
	colours := keywords("marker-types", []string{"toner", "toner-cartridge", "waste-toner"})
	for name, c := range map[string]struct {
		reasons string
		more    []goipp.Attribute
		want    drivers.Status
	}{
		"tells nothing": {"none", nil, drivers.Status{}},
		"everything": {
			"none",
			[]goipp.Attribute{words("printer-serial-number", " CN42 "), words("printer-firmware-string-version", "2.10\x1b[1m"), integers("marker-levels", 80, 55, 3), colours},
			drivers.Status{Serial: "CN42", Firmware: "2.10", Toner: drivers.TonerFull},
		},
		"serial number in the device id": {"none", []goipp.Attribute{words("printer-device-id", "MFG:X;MDL:Y;SN:A77;CMD:PDF;")}, drivers.Status{Serial: "A77"}},
		"one colour low":                 {"none", []goipp.Attribute{integers("marker-levels", 80, 10, 90), colours}, drivers.Status{Toner: drivers.TonerLow}},
		"one colour out":                 {"none", []goipp.Attribute{integers("marker-levels", 0, 50, 90), colours}, drivers.Status{Toner: drivers.TonerOut}},
		"levels unknown":                 {"none", []goipp.Attribute{integers("marker-levels", -2, -3, 40), colours}, drivers.Status{}},
		"fewer levels than supplies":     {"none", []goipp.Attribute{integers("marker-levels", 90), colours}, drivers.Status{Toner: drivers.TonerFull}},
		"supplies of the other kind":     {"none", []goipp.Attribute{octets("printer-supply", "index=1;type=wasteToner;maxcapacity=100;level=1;", "index=2;type=toner;maxcapacity=500;level=40;")}, drivers.Status{Toner: drivers.TonerLow}},
		"a supply without sense":         {"none", []goipp.Attribute{octets("printer-supply", "type=toner;maxcapacity=-2;level=40", "level=7", ";;=", "type=ink;maxcapacity=10;level=11")}, drivers.Status{}},
		"it says low itself":             {"toner-low-report", []goipp.Attribute{integers("marker-levels", 20, 90, 0), colours}, drivers.Status{Toner: drivers.TonerLow}},
		"it says empty itself":           {"marker-supply-empty-warning", nil, drivers.Status{Toner: drivers.TonerOut}},
	} {
		f.set(func() { f.reasons, f.more = []string{c.reasons}, c.more })
		got, err := p.Status(t.Context())
		if err != nil || got.Serial != c.want.Serial || got.Toner != c.want.Toner || got.Fault != drivers.FaultNone {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if c.want.Firmware != "" && (len(got.Firmware) < 4 || got.Firmware[:4] != c.want.Firmware) {
			t.Errorf("%s: firmware %q", name, got.Firmware)
		}
	}
}

// TestRealPrinterTells: CUPS's own printer says what it is.
func TestRealPrinterTells(t *testing.T) {
	far := plugIn(t)
	status, err := open(t, far.Link(), ipp.Options{}).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if status.Toner != drivers.TonerFull { // 75 of 100, and a tank for what is left over that is nearly empty
		t.Errorf("its supplies: %+v", status)
	}
}
