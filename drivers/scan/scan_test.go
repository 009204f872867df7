package scan_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/scan"
)

// sane makes a SANE configuration with the test backend, SANE's own simulated scanner.
func sane(t testing.TB, lines ...string) scan.Options {
	t.Helper()
	dir := t.TempDir()
	config := "number_of_devices 1\ngeometry_max 300.0\n" + strings.Join(lines, "\n") + "\n"
	for name, content := range map[string]string{"dll.conf": "test\n", "test.conf": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return scan.Options{
		Device: "test:0", Env: []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "SANE_CONFIG_DIR=" + dir},
		Now: func() time.Time { return time.Unix(1, 0) },
	}
}

func open(t testing.TB, options scan.Options) *scan.Scanner {
	t.Helper()
	s, err := scan.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestScanPage(t *testing.T) {
	for name, c := range map[string]struct {
		picture string
		options drivers.ScanOptions
		width   int
		quality drivers.Quality
	}{
		"grid":         {"Grid", drivers.ScanOptions{DPI: 150}, 1240, drivers.QualityGood},
		"colour":       {"Grid", drivers.ScanOptions{DPI: 100, Color: true}, 826, drivers.QualityGood},
		"white":        {"Solid white", drivers.ScanOptions{}, 1653, drivers.QualityBlank},
		"black":        {"Solid black", drivers.ScanOptions{DPI: 75}, 620, drivers.QualityDark},
		"grid at 300":  {"Grid", drivers.ScanOptions{DPI: 300}, 2480, drivers.QualityGood},
		"black colour": {"Solid black", drivers.ScanOptions{DPI: 75, Color: true}, 620, drivers.QualityDark},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, sane(t, `test-picture "`+c.picture+`"`))
			page, err := s.Scan(t.Context(), c.options)
			if err != nil {
				t.Fatal(err)
			}
			config, format, err := image.DecodeConfig(bytes.NewReader(page.Image))
			if err != nil || "image/"+format != page.MediaType || config.Width != page.Width || config.Height != page.Height {
				t.Errorf("page says %s %d×%d, holds %s %d×%d (%v)", page.MediaType, page.Width, page.Height, format, config.Width, config.Height, err)
			}
			if d := page.Width - c.width; d < -2 || d > 2 {
				t.Errorf("width %d, want about %d", page.Width, c.width)
			}
			if page.Quality != c.quality {
				t.Errorf("quality %s, want %s", page.Quality, c.quality)
			}
			if len(page.Image) > 300_000 {
				t.Errorf("%d bytes exceed the budget", len(page.Image))
			}
		})
	}
}

func TestScanFaults(t *testing.T) {
	for status, fault := range map[string]drivers.Fault{
		"SANE_STATUS_JAMMED": drivers.FaultJam, "SANE_STATUS_NO_DOCS": drivers.FaultNoDocument,
		"SANE_STATUS_COVER_OPEN": drivers.FaultCoverOpen, "SANE_STATUS_IO_ERROR": drivers.FaultDevice,
		"SANE_STATUS_DEVICE_BUSY": drivers.FaultBusy, "SANE_STATUS_ACCESS_DENIED": drivers.FaultNotPermitted,
		"SANE_STATUS_CANCELLED": drivers.FaultCancelled, "SANE_STATUS_NO_MEM": drivers.FaultDevice,
		"SANE_STATUS_EOF": drivers.FaultProtocol, "SANE_STATUS_INVAL": drivers.FaultProtocol,
	} {
		t.Run(status, func(t *testing.T) {
			s := open(t, sane(t, `read-status-code "`+status+`"`))
			page, err := s.Scan(t.Context(), drivers.ScanOptions{DPI: 75})
			var device *drivers.Error
			if !errors.As(err, &device) || device.Fault != fault || device.Role != drivers.RoleScanner || page.Image != nil {
				t.Errorf("%d bytes, %v; want fault %q", len(page.Image), err, fault)
			}
		})
	}
}

func TestHandScannerWithoutHeight(t *testing.T) {
	s := open(t, sane(t, "hand-scanner true", `test-picture "Grid"`))
	page, err := s.Scan(t.Context(), drivers.ScanOptions{DPI: 75})
	if err != nil || page.Height < 10 {
		t.Errorf("%d×%d, %v", page.Width, page.Height, err)
	}
}

func TestNoScanner(t *testing.T) {
	missing := sane(t)
	missing.Device = "test:7"
	if _, err := scan.Open(t.Context(), missing); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("missing device: %v", err)
	}
	noTool := sane(t)
	noTool.Tool = filepath.Join(t.TempDir(), "scanimage")
	if _, err := scan.Open(t.Context(), noTool); drivers.FaultOf(err) != drivers.FaultMissingTool {
		t.Errorf("missing tool: %v", err)
	}
	gone := sane(t, "number_of_devices 2")
	gone.Device = "test:1"
	s := open(t, gone)
	if status, err := s.Status(t.Context()); err != nil || status.Condition != drivers.Online || status.At.Unix() != 1 {
		t.Errorf("status %+v, %v", status, err)
	}
	for _, v := range gone.Env {
		if dir, ok := strings.CutPrefix(v, "SANE_CONFIG_DIR="); ok {
			if err := os.WriteFile(filepath.Join(dir, "test.conf"), []byte("number_of_devices 1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if status, err := s.Status(t.Context()); err == nil || status.Condition != drivers.NoDevice || status.Fault != drivers.FaultUnplugged {
		t.Errorf("status of an unplugged scanner %+v, %v", status, err)
	}
}

// tool writes a stand-in for a scan tool that went wrong in ways the test backend cannot.
func tool(t *testing.T, script string) scan.Options {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scanimage")
	if err := os.WriteFile(path, []byte("#!/bin/sh\ncase \"$*\" in *-A*) exit 0;; esac\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	o := sane(t)
	o.Tool = path
	return o
}

// A backend that spins for ever, with a child of its own, is killed with everything it started.
func TestSpinningBackendIsKilled(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	o := tool(t, "trap '' TERM INT HUP\nsh -c 'trap \"\" TERM HUP; echo $$ >> "+pids+"; while :; do sleep 1; done' &\necho $$ >> "+pids+"\nwhile :; do sleep 1; done\n")
	o.Timeout = 700 * time.Millisecond
	s := open(t, o)
	done := make(chan error, 1)
	go func() {
		_, err := s.Scan(context.WithoutCancel(t.Context()), drivers.ScanOptions{})
		done <- err
	}()
	select {
	case err := <-done:
		if drivers.FaultOf(err) != drivers.FaultSilent {
			t.Errorf("%v, want the fault silent", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the scan hangs")
	}
	content, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(content))
	if len(fields) != 2 {
		t.Fatalf("the stand-in started %d processes, want 2", len(fields))
	}
	for _, field := range fields {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		if alive(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}

// alive tells a running process from one that is gone or only waits to be collected.
func alive(pid int) bool {
	for range 50 {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return false
		}
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}

func TestCancelledScan(t *testing.T) {
	s := open(t, sane(t, "read-delay true", "read-delay-duration 200000", "read-limit true", "read-limit-size 64"))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	if _, err := s.Scan(ctx, drivers.ScanOptions{DPI: 75}); drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("%v, want the fault cancelled", err)
	}
}

func TestNonsenseFromTheTool(t *testing.T) {
	for name, script := range map[string]string{
		"nothing": "exit 0\n", "no picture": "echo hello\n", "cut short": "printf 'P5\\n100 100\\n255\\nabc'\n",
		"absurd size": "printf 'P6\\n99999 99999\\n255\\n'\n", "too long": "printf 'P5\\n1 1\\n255\\nabc'\n", "sixteen bits": "printf 'P5\\n1 1\\n65535\\nab'\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, tool(t, script)).Scan(t.Context(), drivers.ScanOptions{})
			if drivers.FaultOf(err) != drivers.FaultProtocol {
				t.Errorf("%v, want the fault protocol", err)
			}
		})
	}
	if _, err := open(t, tool(t, "kill -ABRT $$\n")).Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultDevice {
		t.Errorf("tool that aborts: %v", err)
	}
	if _, err := open(t, tool(t, "echo 'scanimage: sane_read: Document feeder jammed' >&2\nkill -SEGV $$\n")).Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultJam {
		t.Errorf("tool that crashes after its word: %v", err)
	}
}

// The page goes through a pipe: a tool that may not write one byte to any file still scans.
func TestNothingOnDisk(t *testing.T) {
	o := sane(t, `test-picture "Grid"`)
	o.Tool = filepath.Join(t.TempDir(), "scanimage")
	if err := os.WriteFile(o.Tool, []byte("#!/bin/sh\nulimit -f 0\nexec scanimage \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, o).Scan(t.Context(), drivers.ScanOptions{DPI: 75, Color: true}); err != nil {
		t.Error(err)
	}
}

// TestFeeder: the feeder is taken when asked for, and the page says where it lay.
func TestFeeder(t *testing.T) {
	s := open(t, sane(t, `test-picture "Grid"`))
	for _, feeder := range []bool{false, true} {
		page, err := s.Scan(t.Context(), drivers.ScanOptions{DPI: 75, Feeder: feeder})
		if err != nil {
			t.Fatal(err)
		}
		if page.Glass == feeder {
			t.Errorf("asked for the feeder %v, came from the glass %v", feeder, page.Glass)
		}
	}
}

// TestToolThatNeverEnds: once the page is whole the tool's end is not waited for. Real scanimage hangs so now and then.
func TestToolThatNeverEnds(t *testing.T) {
	s := open(t, tool(t, "printf 'P5\\n4 2\\n255\\nabcdefgh'\nexec sleep 600\n"))
	begun := time.Now()
	page, err := s.Scan(t.Context(), drivers.ScanOptions{})
	if err != nil || page.Width != 4 || page.Height != 2 {
		t.Fatalf("%d×%d, %v", page.Width, page.Height, err)
	}
	t.Logf("%v", time.Since(begun))
}

// TestToolThatNeverEndsAfterItsFault: neither is it when the tool has said what is wrong.
func TestToolThatNeverEndsAfterItsFault(t *testing.T) {
	o := tool(t, "echo 'scanimage: sane_start: Document feeder jammed' >&2\nexec sleep 600\n")
	o.Timeout = 20 * time.Second
	if _, err := open(t, o).Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultJam {
		t.Errorf("%v", err)
	}
}

// TestEndlessOutput: a tool that never stops writing is stopped at the limit, not at the end of memory.
func TestEndlessOutput(t *testing.T) {
	s := open(t, tool(t, "exec cat /dev/zero\n"))
	if _, err := s.Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultDevice && drivers.FaultOf(err) != drivers.FaultProtocol {
		t.Errorf("%v", err)
	}
}
