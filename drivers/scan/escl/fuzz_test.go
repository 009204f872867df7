package escl

import (
	"strings"
	"testing"

	"bianmin/drivers"
)

// FuzzAnswers has a scanner say anything: it is refused, or what is kept of it can stand in a line and in an order.
func FuzzAnswers(f *testing.F) {
	const caps = `<scan:ScannerCapabilities xmlns:scan="s" xmlns:pwg="p"><pwg:Version>2.6</pwg:Version><pwg:MakeAndModel>A B</pwg:MakeAndModel><scan:Platen><scan:PlatenInputCaps><scan:MaxWidth>2550</scan:MaxWidth><scan:SettingProfiles><scan:SettingProfile><scan:ColorModes><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes><scan:SupportedResolutions><scan:ResolutionRange><scan:XResolutionRange><scan:Min>75</scan:Min><scan:Max>600</scan:Max></scan:XResolutionRange></scan:ResolutionRange></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles></scan:PlatenInputCaps></scan:Platen></scan:ScannerCapabilities>`
	const status = `<scan:ScannerStatus xmlns:scan="s" xmlns:pwg="p"><pwg:State>Idle</pwg:State><scan:AdfState>ScannerAdfJam</scan:AdfState></scan:ScannerStatus>`
	const duplex = `<scan:ScannerCapabilities xmlns:scan="s" xmlns:pwg="p"><scan:Adf><scan:AdfDuplexInputCaps><scan:MaxWidth>2550</scan:MaxWidth></scan:AdfDuplexInputCaps></scan:Adf></scan:ScannerCapabilities>`
	for _, seed := range []string{duplex, strings.ReplaceAll(duplex, "Duplex", "Simplex"), strings.ReplaceAll(caps, "Platen", "Adf"), caps, status, strings.Replace(caps, "A B", "A\n\x1b[31mB&#7;", 1), strings.Replace(caps, "75", "-75", 1), caps[:len(caps)/2], status[:60], "<html/>", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if said, err := parseState(data); err == nil {
			line(t, said.said())
			_ = said.fault(true)
		}
		can, err := parseCapabilities(data)
		if err != nil {
			return
		}
		line(t, can.model)
		line(t, can.serial)
		for _, feeder := range []bool{false, true} {
			if feeder && can.feeder == nil || !feeder && can.glass == nil {
				continue
			}
			for _, both := range []bool{false, true} {
				options := drivers.ScanOptions{DPI: 200, Duplex: both}
				order, err := can.settings(options, feeder)
				if asked := strings.Contains(string(order), "Duplex>true<"); err != nil || len(order) == 0 || asked != can.both(options, feeder) || asked && can.duplex == nil {
					t.Errorf("no order, or one that it cannot do: %v\n%s", err, order)
				}
			}
		}
	})
}

func line(t *testing.T, word string) {
	t.Helper()
	if strings.ContainsAny(word, "\n\r\x1b\x07") || len(word) > 400 {
		t.Errorf("%q cannot stand in a line", word)
	}
}
