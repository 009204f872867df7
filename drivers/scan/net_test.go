package scan_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/scan"
)

// share puts SANE's own server in front of a test backend and gives the options of a scanner on the network: everything goes through
// its net backend. That knows one port only, so each server has a loopback address of its own.
func share(t *testing.T, lines ...string) scan.Options {
	t.Helper()
	far := sane(t, lines...)
	var dir string
	for _, v := range far.Env {
		if d, ok := strings.CutPrefix(v, "SANE_CONFIG_DIR="); ok {
			dir = d
		}
	}
	pid := os.Getpid()
	address := fmt.Sprintf("127.%d.%d.%d", 1+pid>>14&127, 1+pid>>7&127, 1+pid&127)
	near := t.TempDir()
	for name, content := range map[string]string{
		filepath.Join(dir, "saned.conf"): "127.0.0.0/8\n", filepath.Join(near, "dll.conf"): "net\n",
		filepath.Join(near, "net.conf"): "connect_timeout = 5\n" + address + "\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.Command("/usr/sbin/saned", "-l", "-b", address, "-e")
	server.Env = far.Env
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		connection, err := net.Dial("tcp", address+":6566")
		if err == nil {
			_ = connection.Close()
			break
		}
		if time.Since(begin) > 10*time.Second {
			t.Fatal(err)
		}
	}
	return scan.Options{Device: "net:" + address + ":test:0", Env: []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "SANE_CONFIG_DIR=" + near}}
}

// TestScannerOfAnotherMachine: a page from the glass and one from the feeder, over the network.
func TestScannerOfAnotherMachine(t *testing.T) {
	options := share(t, `test-picture "Grid"`)
	listed, err := scan.List(t.Context(), options)
	if err != nil || len(listed) != 1 || listed[0] != options.Device {
		t.Errorf("listed %q, %v", listed, err)
	}
	s := open(t, options)
	for _, feeder := range []bool{false, true} {
		page, err := s.Scan(t.Context(), drivers.ScanOptions{DPI: 100, Color: feeder, Feeder: feeder})
		if err != nil || page.Width < 824 || page.Width > 828 || page.Glass == feeder || page.Quality != drivers.QualityGood {
			t.Errorf("feeder %v: %d×%d, glass %v, %s, %v", feeder, page.Width, page.Height, page.Glass, page.Quality, err)
		}
	}
	if status, err := s.Status(t.Context()); err != nil || status.Condition != drivers.Online {
		t.Errorf("%+v, %v", status, err)
	}
}

// TestFaultsOfAnotherMachine: SANE's statuses come through its network protocol as they are.
func TestFaultsOfAnotherMachine(t *testing.T) {
	for status, fault := range map[string]drivers.Fault{
		"SANE_STATUS_DEVICE_BUSY": drivers.FaultBusy, "SANE_STATUS_JAMMED": drivers.FaultJam, "SANE_STATUS_NO_DOCS": drivers.FaultNoDocument,
		"SANE_STATUS_COVER_OPEN": drivers.FaultCoverOpen, "SANE_STATUS_IO_ERROR": drivers.FaultDevice,
	} {
		t.Run(status, func(t *testing.T) {
			page, err := open(t, share(t, `read-status-code "`+status+`"`)).Scan(t.Context(), drivers.ScanOptions{DPI: 75})
			if drivers.FaultOf(err) != fault || page.Image != nil {
				t.Errorf("%d bytes, %v; want fault %q", len(page.Image), err, fault)
			}
		})
	}
}
