package commission_test

import (
	"os"
	"path/filepath"
	"testing"

	"bianmin/drivers/sim/reader"
	"bianmin/packaging/commission"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
)

// TestReaderAtItsSpeed: a card reader that is set to another speed than the usual one is found, and the configuration says which.
func TestReaderAtItsSpeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	path := w.in("dev/serial/by-id/a-reader") // before the one at the usual speed
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	device, err := reader.Start(t.Context(), path, reader.Options{Speed: 9600, Baud: 9600})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := device.Close(); err != nil {
			t.Error(err)
		}
	})
	answers := w.answers("QH0301")
	delete(answers.Terminal, "devices")
	answers.Test = nil
	o := options(w.words, w.root, answers)
	o.Technician = &person{answers: answers}
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Read(w.in("etc/bianmin/terminal.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Devices.Reader; r == nil || r.Link != "serial:"+path || r.Baud != 9600 {
		t.Errorf("the configuration says %+v", r)
	}
}
