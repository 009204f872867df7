package bus

import "testing"

func TestPlace(t *testing.T) {
	for name, want := range map[string]Place{
		"0400:c35a":          {Vendor: 0x0400, Product: 0xC35A},
		"0400:C35A:A 1":      {},
		"0400:c35a:A1":       {Vendor: 0x0400, Product: 0xC35A, Serial: "A1"},
		"0400:c35a@1-1.2":    {Vendor: 0x0400, Product: 0xC35A, Port: "1-1.2"},
		"0400:c35a@1-1.2:A1": {},
		"0400":               {},
		"400:c35a":           {},
		"0400:c35a:":         {},
		"0400:c35a@":         {},
		"":                   {},
		"printer":            {Printer: true},
		"printer:A1":         {Printer: true, Serial: "A1"},
		"printer@2-4":        {Printer: true, Port: "2-4"},
		"printer:":           {},
		"printers":           {},
	} {
		got, err := ParsePlace(name)
		if got != want || (err == nil) != (want != Place{}) {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
		if err == nil {
			if again, err := ParsePlace(got.String()); err != nil || again != got {
				t.Errorf("%q: written %q, read %+v, %v", name, got, again, err)
			}
		}
	}
}

func TestPort(t *testing.T) {
	if got := Port(3, []int{1, 4, 2}); got != "3-1.4.2" {
		t.Error(got)
	}
}
