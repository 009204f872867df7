package commission

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/drivers/sim/button"
	"bianmin/packaging/settings"
)

// TestCodeReaderIsLeftAlone: the port of a code reader that the configuration names is neither asked as a printer or card
// reader nor taken for one where a button may be.
func TestCodeReaderIsLeftAlone(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "dev/serial/by-id")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	line, err := button.New(t.Context(), filepath.Join(folder, "usb-Scanner-port0"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }()
	s := &search{root: root, now: time.Now}
	s.serial(t.Context())
	if len(s.silent) != 1 {
		t.Fatalf("the port is not seen: %q", s.silent)
	}
	s = &search{root: root, now: time.Now, settings: settings.Settings{Devices: settings.Devices{Code: &settings.Code{Link: "serial:" + line.Path()}}}}
	s.serial(t.Context())
	if len(s.silent) != 0 || len(s.found) != 0 {
		t.Errorf("the code reader's port was asked: %q, %+v", s.silent, s.found)
	}
}
