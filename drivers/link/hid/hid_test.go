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
		if got := names(c.descriptor, c.page); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzNames: no descriptor leads astray.
func FuzzNames(f *testing.F) {
	f.Add([]byte{0x05, 0x8C, 0xFE, 0xFF, 0x00})
	f.Fuzz(func(_ *testing.T, descriptor []byte) { names(descriptor, PageBarCode) })
}
