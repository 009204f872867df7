package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadFillsDefaults(t *testing.T) {
	path := write(t, "data: data\ndevices:\n  reader: {link: \"serial:/dev/ttyS1\"}\n  printer: {link: \"serial:/dev/ttyS2\"}\n  document: {link: \"ipp://127.0.0.1:631/printers/desk\"}\nsession: {idle: 45s}\n")
	s, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(path), "data"); s.Data != want {
		t.Errorf("data is %q, want it beside the file: %q", s.Data, want)
	}
	if s.Devices.Reader.Baud != 115200 || s.Devices.Printer.Paper != 80 || s.Devices.Scanner != nil || s.Devices.Document.Link != "ipp://127.0.0.1:631/printers/desk" {
		t.Errorf("device defaults are wrong: %+v", s.Devices)
	}
	if s.Session.Idle != 45*time.Second || s.Session.Warn != 30*time.Second {
		t.Errorf("session times are wrong: %+v", s.Session)
	}
	if s.Screen.Width != 1080 || s.Screen.Height != 1920 || s.Screen.Scale != 1 {
		t.Errorf("screen defaults are wrong: %+v", s.Screen)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ content, says string }{
		"no data":      {"phone: \"1\"\n", "data"},
		"typing slip":  {"data: d\nscren: {width: 3}\n", "terminal.yaml, line 2: the key \"scren\" is not known"},
		"nested slip":  {"data: d\nsession:\n  idel: 3s\n", "terminal.yaml, line 3: the key \"idel\" is not known"},
		"wrong kind":   {"data: d\nscreen: {width: wide}\n", "terminal.yaml, line 2: "},
		"key twice":    {"data: d\ndata: e\n", "terminal.yaml, line 2: "},
		"odd paper":    {"data: d\ndevices: {printer: {link: x, paper: 70}}\n", "70 mm"},
		"no scanner":   {"data: d\ndevices: {scanner: {dpi: 200}}\n", "devices.scanner"},
		"two scanners": {"data: d\ndevices: {scanner: {sane: \"test:0\", link: \"escl://scanner\"}}\n", "devices.scanner"},
		"odd scanner":  {"data: d\ndevices: {scanner: {link: \"http://scanner/eSCL\"}}\n", "escl://HOST"},
		"odd decoder":  {"data: d\nphoto: {decoder: vendor/wlt}\n", "photo.decoder"},
		"odd limit":    {"data: d\nphoto: {decoder: /opt/vendor/wlt, limit: 10m}\n", "photo.limit"},
		"odd reader":   {"data: d\ndevices: {social: {link: \"serial:/dev/ttyS1\"}}\n", "devices.social.link"},
		"odd link":     {"data: d\ndevices: {document: {link: \"serial:/dev/lp0\"}}\n", "devices.document.link"},
		"tiny panel":   {"data: d\nscreen: {width: 10, height: 10}\n", "no usable panel"},
		"too short":    {"data: d\nsession: {idle: 2ms}\n", "too short"},
		"not yaml":     {"data: [\n", "configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(write(t, c.content))
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want one line that says %q", err, c.says)
			}
		})
	}
	if _, err := Read("/nowhere/terminal.yaml"); err == nil {
		t.Fatal("a missing file gave no error")
	}
}

// TestPanelsOwnSize: a screen that fills a panel of which nothing is said is as large as the panel; one of which something is said is not.
func TestPanelsOwnSize(t *testing.T) {
	for said, want := range map[string]Screen{
		"{fullscreen: true}":             {Scale: 1, Fullscreen: true},
		"{fullscreen: true, scale: 0.5}": {Scale: 0.5, Fullscreen: true},
		"{fullscreen: true, width: 800}": {Width: 800, Height: 1920, Scale: 1, Fullscreen: true},
		"{scale: 0.5}":                   {Width: 1080, Height: 1920, Scale: 0.5},
		"{width: 768, height: 1366}":     {Width: 768, Height: 1366, Scale: 1},
	} {
		path := filepath.Join(t.TempDir(), "terminal.yaml")
		if err := os.WriteFile(path, []byte("data: .\nscreen: "+said+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Read(path)
		if err != nil || s.Screen != want || s.Screen.Own() != (want.Width == 0) {
			t.Errorf("%s: %+v, %v", said, s.Screen, err)
		}
	}
}
