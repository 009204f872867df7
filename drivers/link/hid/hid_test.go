package hid

import "testing"

// TestNames: usage pages are found by their items, and never in an item's data.
func TestNames(t *testing.T) {
	for name, c := range map[string]struct {
		descriptor []byte
		page       uint16
		want       bool
	}{
		"code reader":           {[]byte{0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0xC0}, PageBarCode, true},
		"second page":           {[]byte{0x05, 0x01, 0x09, 0x06, 0x05, 0x07}, PageKeyboard, true},
		"two bytes":             {[]byte{0x06, 0x8C, 0x00}, PageBarCode, true},
		"in another's data":     {[]byte{0x26, 0x05, 0x8C, 0xC0}, PageBarCode, false},
		"after a long item":     {[]byte{0xFE, 0x02, 0x10, 0x05, 0x8C, 0x05, 0x07}, PageBarCode, false},
		"behind the long item":  {[]byte{0xFE, 0x02, 0x10, 0x05, 0x8C, 0x05, 0x07}, PageKeyboard, true},
		"cut short":             {[]byte{0x05}, PageBarCode, false},
		"a long item cut short": {[]byte{0xFE}, PageBarCode, false},
		"nothing":               {nil, PageBarCode, false},
	} {
		if got := Names(c.descriptor, c.page); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestHasFeature: a feature report is known by the number before it, not by that of another report.
func TestHasFeature(t *testing.T) {
	for name, c := range map[string]struct {
		descriptor []byte
		want       bool
	}{
		"named":             {[]byte{0x85, 0x02, 0x81, 0x02, 0x85, 0xFE, 0x09, 0x11, 0x75, 0x08, 0x95, 0x01, 0xB1, 0x02}, true},
		"another number":    {[]byte{0x85, 0x02, 0x81, 0x02, 0x85, 0x03, 0xB1, 0x02}, false},
		"an output report":  {[]byte{0x85, 0xFE, 0x91, 0x02, 0x85, 0x02, 0xB1, 0x02}, false},
		"in another's data": {[]byte{0x26, 0x85, 0xFE, 0xB1, 0x02}, false},
		"without numbers":   {[]byte{0xB1, 0x02}, false},
	} {
		if got := HasFeature(c.descriptor, 0xFE); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzNames: no descriptor leads astray.
func FuzzNames(f *testing.F) {
	f.Add([]byte{0x05, 0x8C, 0xFE, 0xFF, 0x00})
	f.Add([]byte{0x85, 0x02, 0x75, 0x08, 0x95, 0x3F, 0x81, 0x02, 0x85, 0x04, 0x91, 0x02})             // reports with numbers
	f.Add([]byte{0x77, 0xFF, 0xFF, 0xFF, 0xFF, 0x97, 0xFF, 0xFF, 0xFF, 0xFF, 0x91, 0x02, 0x91, 0x02}) // beyond all sense
	f.Fuzz(func(t *testing.T, descriptor []byte) {
		Names(descriptor, PageBarCode)
		HasFeature(descriptor, 0xFE)
		if f := formOf(descriptor); f.size < 0 || f.size >= longestReport {
			t.Fatal(f)
		}
	})
}

// TestForm: how long output reports are, and whether reports have numbers.
func TestForm(t *testing.T) {
	for name, c := range map[string]struct {
		descriptor []byte
		want       form
	}{
		"64 bytes both ways": {[]byte{0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x40, 0x81, 0x02, 0x09, 0x02, 0x91, 0x02, 0xC0}, form{size: 64}},
		"with numbers":       {[]byte{0x85, 0x02, 0x75, 0x08, 0x95, 0x3F, 0x81, 0x02, 0x85, 0x04, 0x91, 0x02}, form{number: 4, size: 63, numbered: true}},
		"in two parts":       {[]byte{0x75, 0x01, 0x95, 0x05, 0x91, 0x02, 0x95, 0x03, 0x91, 0x01}, form{size: 1}},
		"nothing to send":    {[]byte{0x75, 0x08, 0x95, 0x3F, 0x81, 0x02}, form{}},
		"beyond all sense":   {[]byte{0x77, 0xFF, 0xFF, 0xFF, 0xFF, 0x97, 0xFF, 0xFF, 0xFF, 0xFF, 0x91, 0x02}, form{size: longestReport - 1}},
		"nothing":            {nil, form{}},
	} {
		if got := formOf(c.descriptor); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
