package escpos_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/escpos"
	"bianmin/drivers/link"
	"bianmin/drivers/sim/printer"
)

// BenchmarkReceiptTime measures from the order to print a typical receipt to the printer's word that it is out, status
// before and after included, over a pseudo terminal that is paced like a line of each speed, beside the time that the
// receipt's bytes need on that line. The paper itself takes no time here.
func BenchmarkReceiptTime(b *testing.B) {
	for _, baud := range []int{115200, 19200, 9600} {
		b.Run(fmt.Sprint(baud), func(b *testing.B) { receiptTime(b, baud) })
	}
}

func receiptTime(b *testing.B, baud int) {
	path := filepath.Join(b.TempDir(), "printer")
	sim, err := printer.New(b.Context(), path, printer.Options{Baud: baud})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	l, err := link.Open(b.Context(), "serial:"+path, link.Options{Baud: baud})
	if err != nil {
		b.Fatal(err)
	}
	p, err := escpos.Open(b.Context(), l, escpos.Options{Raster: face(b), Baud: baud})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	var total, wire time.Duration
	for b.Loop() {
		begun := time.Now()
		report, err := p.Print(b.Context(), escpos.Typical())
		total += time.Since(begun)
		if err != nil || report.Outcome != drivers.Printed {
			b.Fatal(report.Outcome, err)
		}
		wire += time.Duration(report.Bytes) * 10 * time.Second / time.Duration(baud)
	}
	b.ReportMetric(float64(total)/float64(wire), "x-wire")
	b.ReportMetric(float64(total.Microseconds())/float64(b.N)/1000, "ms/receipt")
	b.ReportMetric(float64(wire.Microseconds())/float64(b.N)/1000, "ms-wire")
}

// TestNoQuestionBehindOwnBytes: on the slowest line too a printer that works is asked how it is before and after a receipt only, and not while the
// bytes sent are still under way: the answer would be late, and all be asked again.
func TestNoQuestionBehindOwnBytes(t *testing.T) {
	const baud = 9600
	path := filepath.Join(t.TempDir(), "printer")
	sim, err := printer.New(t.Context(), path, printer.Options{Baud: baud})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	l, err := link.Open(t.Context(), "serial:"+path, link.Options{Baud: baud})
	if err != nil {
		t.Fatal(err)
	}
	seen := drivertest.Record(l)
	p, err := escpos.Open(t.Context(), seen, escpos.Options{Raster: face(t), Baud: baud})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	asked := func() (n int) {
		for _, step := range seen.Steps() {
			if step.Write {
				n += bytes.Count(step.Bytes, []byte{0x10, 0x04})
			}
		}
		return n
	}
	before := asked()
	if report, err := p.Print(t.Context(), escpos.Typical()); err != nil || report.Outcome != drivers.Printed {
		t.Fatal(report.Outcome, err)
	}
	if n := asked() - before; n < 4 || n > 8 {
		t.Errorf("%d questions for one receipt, not the four before and the four behind it", n)
	}
}
