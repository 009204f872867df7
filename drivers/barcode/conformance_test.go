package barcode_test

import (
	"path/filepath"
	"testing"
	"time"

	"bianmin/drivers/barcode"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/link"
	"bianmin/drivers/sim/button"
)

// TestContractOnALine: the contract of code readers, on a serial line.
func TestContractOnALine(t *testing.T) {
	drivertest.CodeReader(t, func(t *testing.T) drivertest.CodeRig {
		line, err := button.New(t.Context(), filepath.Join(t.TempDir(), "reader"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := link.Open(t.Context(), "serial:"+line.Path(), link.Options{Baud: 9600})
		if err != nil {
			t.Fatal(err)
		}
		r := barcode.New(l)
		t.Cleanup(func() { _, _ = r.Close(), line.Close() })
		return drivertest.CodeRig{
			Reader: r, Limit: 5 * time.Second,
			Shoot:    func(text string) { send(t, line, text+"\r") },
			Start:    func(text string) { send(t, line, text) },
			End:      func(text string) { send(t, line, text+"\r") },
			Nonsense: func() { send(t, line, "\xff\xff1\r") },
			Unplug: func() {
				if err := line.Unplug(); err != nil {
					t.Error(err)
				}
			},
		}
	})
}
