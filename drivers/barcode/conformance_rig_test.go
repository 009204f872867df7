//go:build usb

package barcode_test

import (
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/drivers/barcode"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/sim/typing"
	"bianmin/drivers/sim/uhid"
)

func gb18030Bytes(t *testing.T, text string) []byte {
	t.Helper()
	data, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func unplugs(t *testing.T, d *uhid.Device) func() {
	return func() {
		if err := d.Unplug(); err != nil {
			t.Error(err)
		}
	}
}

// TestContractOfPOS: the contract of code readers, in reports of the point-of-sale class.
func TestContractOfPOS(t *testing.T) {
	drivertest.CodeReader(t, func(t *testing.T) drivertest.CodeRig {
		d := plugHID(t, "Simulated code reader", pos)
		r, err := barcode.OpenHID(d.Node())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		sends := func(text string, last byte) {
			symbology := "\x00\x00\x00"
			if len(text) > 3 && text[0] == ']' {
				symbology, text = text[:3], text[3:]
			}
			for more := byte(1); more != 0; {
				part := text[:min(len(text), 56)]
				if text = text[len(part):]; text == "" {
					more = last
				}
				report := make([]byte, 64)
				report[0], report[1] = 2, byte(len(part))
				copy(report[2:], symbology+part)
				report[63] = more
				types(t, d, report)
				if text == "" {
					return
				}
			}
		}
		return drivertest.CodeRig{
			Reader: r, Limit: 5 * time.Second,
			Shoot: func(text string) { sends(text, 0) }, Start: func(text string) { sends(text, 1) }, End: func(text string) { sends(text, 0) },
			Nonsense: func() { types(t, d, append([]byte{2, 57, ']', 'Q', '1'}, make([]byte, 59)...)) },
			Unplug:   unplugs(t, d),
		}
	})
}

// TestContractOfWedge: the contract of code readers, through the keys of one that plays keyboard.
func TestContractOfWedge(t *testing.T) {
	drivertest.CodeReader(t, func(t *testing.T) drivertest.CodeRig {
		d := plugKeyboard(t, "Simulated wedge", "W1", typing.Descriptor)
		r := wedge(t, "05e0:1200:W1")
		shoot := func(reports [][]byte) { types(t, d, reports...) }
		return drivertest.CodeRig{
			Reader: r, Limit: 10 * time.Second, ASCII: true,
			Shoot: func(text string) { shoot(keys(t, text+"\r")) },
			Start: func(text string) { shoot(keys(t, text)) }, End: func(text string) { shoot(keys(t, text+"\r")) },
			Nonsense: func() {
				shoot([][]byte{{0, 0, 0x3A, 0, 0, 0, 0, 0}, make([]byte, 8), {0, 0, 0x28, 0, 0, 0, 0, 0}, make([]byte, 8)})
			}, // F1
			Unplug: unplugs(t, d),
		}
	})
}
