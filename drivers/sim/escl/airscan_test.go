package escl_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sim "bianmin/drivers/sim/escl"
)

// scanimage runs SANE's tool with its backend for driverless scanners, which knows of the simulated one and of no other.
func scanimage(t *testing.T, far *sim.Scanner, args ...string) ([]byte, string, int) {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"dll.conf":     "airscan\n",
		"airscan.conf": "[devices]\n\"Simulated\" = http://" + far.Address() + "/eSCL, eSCL\n[options]\ndiscovery = disable\nws-discovery = off\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "scanimage", args...)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + folder, "SANE_CONFIG_DIR=" + folder}
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	_ = command.Run() // the status tells
	return out.Bytes(), complaints.String(), command.ProcessState.ExitCode()
}

// TestAnotherClient has SANE's driverless backend, written by others, use the simulated scanner: glass, feeder, faults.
func TestAnotherClient(t *testing.T) {
	far, err := sim.Start(t.Context(), sim.Options{Door: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	})
	far.Lay(sim.Sheet{Bars: 3})
	listing, said, status := scanimage(t, far, "-f", "%d|%m%n")
	name, _, found := strings.Cut(string(listing), "|")
	if status != 0 || !found || !strings.Contains(string(listing), "Simulated") {
		t.Fatalf("list: status %d, %q, %s", status, listing, said)
	}
	scan := func(args ...string) ([]byte, string, int) {
		return scanimage(t, far, append([]string{"-d", name, "--resolution", "100", "--format=pnm"}, args...)...)
	}
	if page, said, status := scan("--source", "Flatbed", "--mode", "Gray"); status != 0 || !bytes.HasPrefix(page, []byte("P5")) || len(page) < 800*1100 {
		t.Errorf("glass: status %d, %d bytes, %s", status, len(page), said)
	}
	batch := filepath.Join(t.TempDir(), "p%d.pnm")
	far.Feed(sim.Sheet{Bars: 1}, sim.Sheet{Bars: 2}, sim.Sheet{Bars: 3})
	_, said, status = scan("--source", "ADF", "--mode", "Color", "--batch="+batch)
	pages, err := filepath.Glob(strings.ReplaceAll(batch, "%d", "*"))
	if err != nil || len(pages) != 3 || far.Left() != 0 || far.Jobs() != 0 {
		t.Errorf("feeder: status %d, %d pages, %d sheets and %d jobs left, %s", status, len(pages), far.Left(), far.Jobs(), said)
	}
	for word, trouble := range map[string]sim.Trouble{"jammed": {Jam: true}, "open": {Hatch: true}, "out of documents": {}} {
		far.Have(trouble)
		far.Feed()
		if word != "out of documents" {
			far.Feed(sim.Sheet{Bars: 1})
		}
		if _, said, status := scan("--source", "ADF"); status == 0 || !strings.Contains(said, word) {
			t.Errorf("%s: status %d, said %q", word, status, said)
		}
	}
}
