package point_test

import (
	"path/filepath"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/button"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
)

// TestFind: each device is known by its answer, in whatever order, and no printer is made to print or to keep a byte.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	r, err := reader.Start(t.Context(), at("a"), reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := printer.New(t.Context(), at("b"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := button.New(t.Context(), at("c"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := printer.New(t.Context(), at("d"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out.SetPaper(false)
	t.Cleanup(func() {
		for _, device := range []interface{ Close() error }{r, p, b, out} {
			if err := device.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	found := point.Find(t.Context(), []string{"serial:" + at("a"), "serial:" + at("b"), "serial:" + at("c"), "serial:" + at("d"), "serial:" + at("none")}, time.Now)
	for i, want := range []drivers.Role{drivers.RoleReader, drivers.RolePrinter, "", drivers.RolePrinter, ""} {
		if found[i].Role != want || (found[i].Err != nil) != (i == 4) {
			t.Errorf("%d: %v, %v", i, found[i], found[i].Err)
		}
	}
	if found[0].Status.Serial == "" || found[1].Baud != 115200 {
		t.Errorf("the reader says %+v, the printer talks at %d", found[0].Status, found[1].Baud)
	}
	if s := p.State(); s.Received != 3 || s.Strips != 0 || p.Picture() != nil {
		t.Errorf("the printer got %d bytes and holds %d strips", s.Received, s.Strips)
	}
}
