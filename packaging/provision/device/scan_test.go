package device_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sim "bianmin/drivers/sim/escl"
)

// TestScan: a feeder's sheets, trouble with them, and SANE's own test scanner.
func TestScan(t *testing.T) {
	far, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{Duplex: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	})
	link, folder := "escl://"+far.Address(), t.TempDir()
	far.Feed(sim.Sheet{Bars: 1}, sim.Sheet{Bars: 2})
	out, err := run(t, "scan", "--link", link, "--feeder", "--dpi", "100", "--out", folder, "--json")
	var said struct {
		Pages []struct {
			Width, Height, Bytes int
			File                 string
			Glass                bool
		}
		Fault string
	}
	err = errors.Join(err, json.Unmarshal([]byte(out), &said))
	pages := said.Pages
	if err != nil || said.Fault != "" || len(pages) != 2 || pages[0].Glass || pages[0].Width < 800 {
		t.Fatalf("%v\n%s", err, out)
	}
	if content, err := os.ReadFile(filepath.Join(folder, filepath.Base(pages[1].File))); err != nil || len(content) != pages[1].Bytes {
		t.Errorf("kept: %v, %d bytes", err, len(content))
	}
	far.Feed(sim.Sheet{Bars: 1}, sim.Sheet{Bars: 2, Back: 3})
	if out, err := run(t, "scan", "--link", link, "--both", "--dpi", "100"); err != nil || strings.Count(out, "\n") != 4 || !strings.Contains(out, "page 2 (back): image/png") || !strings.Contains(out, "page 4 (back)") {
		t.Errorf("both sides: %v\n%s", err, out)
	}
	if out, err := run(t, "scan", "--link", link, "--feeder"); err == nil || !strings.Contains(err.Error(), "nothing lies in the feeder") || out != "" {
		t.Errorf("empty: %v\n%s", err, out)
	}
	far.Have(sim.Trouble{Jam: true})
	if out, err := run(t, "scan", "--link", link, "--feeder", "--json"); err == nil || !strings.Contains(err.Error(), "jammed") || !strings.Contains(out, `"fault": "jam"`) || !strings.Contains(out, `"pages": []`) {
		t.Errorf("jam: %v\n%s", err, out)
	}
	if out, err := run(t, "status", "--role", "scanner", "--link", link, "--json"); err == nil || !strings.Contains(out, `"fault": "jam"`) || !strings.Contains(out, "SIM-0001") {
		t.Errorf("status: %v\n%s", err, out)
	}
	config := t.TempDir()
	for name, content := range map[string]string{"dll.conf": "test\n", "test.conf": "number_of_devices 1\ngeometry_max 300.0\ntest-picture \"Grid\"\n"} {
		if err := os.WriteFile(filepath.Join(config, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SANE_CONFIG_DIR", config)
	if out, err := run(t, "scan", "--link", "sane:test:0", "--dpi", "75"); err != nil || !strings.Contains(out, "page 1: image/") || strings.Contains(out, "page 2") {
		t.Errorf("SANE: %v\n%s", err, out)
	}
	if _, err := run(t, "scan", "--link", "serial:/dev/ttyS0"); err == nil || !strings.Contains(err.Error(), "names no scanner") {
		t.Errorf("another link: %v", err)
	}
}

// TestScanOverTLS: a scanner over TLS wants its fingerprint, and says which one it shows; another one is refused.
func TestScanOverTLS(t *testing.T) {
	certificate, err := sim.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	far, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{TLS: certificate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	link := "escls://" + far.Address() + "/eSCL"
	_, err = run(t, "scan", "--link", link, "--dpi", "100")
	if err == nil || !strings.Contains(err.Error(), "--certificate") {
		t.Fatalf("nothing kept: %v", err)
	}
	shown := "sha256:" + fmt.Sprintf("%x", sha256.Sum256(certificate.Certificate[0]))
	if !strings.Contains(err.Error(), shown) {
		t.Errorf("it is not said what the scanner shows: %v", err)
	}
	if out, err := run(t, "scan", "--link", link, "--dpi", "100", "--certificate", shown); err != nil || !strings.Contains(out, "page 1: image/") {
		t.Errorf("kept: %v\n%s", err, out)
	}
	if _, err := run(t, "scan", "--link", link, "--certificate", "sha256:"+strings.Repeat("ab", 32)); err == nil || !strings.Contains(err.Error(), "is not the one that is kept") {
		t.Errorf("another: %v", err)
	}
	if out, err := run(t, "status", "--role", "scanner", "--link", link, "--certificate", shown, "--json"); err != nil || !strings.Contains(out, "SIM-0001") {
		t.Errorf("status: %v\n%s", err, out)
	}
}
