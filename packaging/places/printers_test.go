package places

import (
	"os"
	"path/filepath"
	"testing"
)

// TestPlaces: where CUPS and ipp-usb listen is what their configuration says; what is not there is not asked.
func TestPlaces(t *testing.T) {
	for content, want := range map[string]uint16{
		"": 0,
		"Listen localhost:631\nListen /run/cups/cups.sock": 631,
		"Listen /run/cups/cups.sock\n":                     0,
		"# Listen localhost:631\nPort 8631\n":              8631,
		"listen 127.0.0.1:8632":                            8632,
		"Listen localhost":                                 631,
		"Listen 0.0.0.0:632":                               632,
		"Listen 192.0.2.7:631\nListen *:633":               633,
		"Listen 634":                                       634,
		"Listen 127.0.0.1:x\nListen [::1]:635\n":           0,
	} {
		if got := cupsPort([]byte(content)); got != want {
			t.Errorf("%q: %d, want %d", content, got, want)
		}
	}
	root := t.TempDir()
	if p := Printers(root); p.CUPS.IsValid() || p.USB != nil {
		t.Errorf("nothing installed: %+v", p)
	}
	for path, content := range map[string]string{"etc/cups/cupsd.conf": "Listen localhost:631\n", "etc/ipp-usb/ipp-usb.conf": "[network]\n# http-min-port = 1\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, path), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if p := Printers(root); p.CUPS.String() != "127.0.0.1:631" || len(p.USB) != usbPorts || p.USB[0].String() != "127.0.0.1:60000" {
		t.Errorf("as Debian has it: %+v", p)
	}
}
