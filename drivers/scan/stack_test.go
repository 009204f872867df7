package scan_test

import (
	"bytes"
	"context"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/scan"
	sim "bianmin/drivers/sim/escl"
)

// behindSANE is a scanner that SANE's own driverless backend drives: real scanimage, a real backend with a source for both sides.
func behindSANE(t *testing.T, build sim.Options) (*sim.Scanner, scan.Options) {
	t.Helper()
	far, err := sim.Start(context.WithoutCancel(t.Context()), build)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	})
	folder := t.TempDir()
	for name, content := range map[string]string{
		"dll.conf":     "airscan\n",
		"airscan.conf": "[devices]\n\"Simulated\" = http://" + far.Address() + "/eSCL, eSCL\n[options]\ndiscovery = disable\nws-discovery = off\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	options := scan.Options{DPI: 100, Env: []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + folder, "SANE_CONFIG_DIR=" + folder}}
	listed, err := scan.List(t.Context(), options)
	if err != nil || len(listed) == 0 {
		t.Fatalf("listed %q, %v", listed, err)
	}
	options.Device = "airscan:e0:Simulated"
	return far, options
}

// opened is a scanner that leaves no pipe and no stack behind.
func opened(t *testing.T, options scan.Options) *scan.Scanner {
	t.Helper()
	pipes := t.TempDir()
	t.Setenv("TMPDIR", pipes)
	s := open(t, options)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(pipes); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	return s
}

func bars(t *testing.T, page *drivers.ScannedPage) int {
	t.Helper()
	if page == nil {
		return -1
	}
	picture, _, err := image.Decode(bytes.NewReader(page.Image))
	if err != nil {
		t.Fatal(err)
	}
	return barsOn(picture)
}

// TestStackThroughSANE: sheets come in their order, one side or both, though the scanner draws them in ahead; a stack that was left
// is given up, and nobody gets its rest.
func TestStackThroughSANE(t *testing.T) {
	far, options := behindSANE(t, sim.Options{Duplex: true, Ahead: 2})
	now := time.Unix(1_800_000_000, 0)
	options.Now = func() time.Time { return now }
	s := opened(t, options)
	if status, err := s.Status(t.Context()); err != nil || !status.Duplex {
		t.Fatalf("status %+v, %v", status, err)
	}
	sheets := []sim.Sheet{{Bars: 1, Back: 2}, {Bars: 3}, {Bars: 4, Back: 5}}
	for _, both := range []bool{false, true} {
		far.Feed(sheets...)
		for n, sheet := range sheets {
			page, err := s.Scan(t.Context(), drivers.ScanOptions{Feeder: true, Duplex: both})
			if err != nil {
				t.Fatalf("both sides %v, sheet %d: %v", both, n, err)
			}
			want := -1
			if both {
				want = sheet.Back
			}
			if front, back := bars(t, &page), bars(t, page.Back); front != sheet.Bars || back != want || page.Glass || back == 0 != (page.Back != nil && page.Back.Empty) {
				t.Errorf("both sides %v: sheet %d came as %d and %d", both, n, front, back)
			}
			if status, err := s.Status(t.Context()); err != nil || status.Condition != drivers.Online {
				t.Errorf("status between sheets %+v, %v", status, err)
			}
		}
		if _, err := s.Scan(t.Context(), drivers.ScanOptions{Feeder: true, Duplex: both}); drivers.FaultOf(err) != drivers.FaultNoDocument {
			t.Errorf("after the last sheet: %v", err)
		}
		if far.Jobs() != 0 {
			t.Errorf("%d jobs left", far.Jobs())
		}
	}
	far.Feed(sheets...)
	if page, err := s.Scan(t.Context(), drivers.ScanOptions{Feeder: true}); err != nil || bars(t, &page) != 1 {
		t.Fatalf("%v", err)
	}
	// In half a minute the tool has long drawn in what lay there, and heard that there is no more; here that must be waited for, or it takes the sheet that is laid next.
	for begun := time.Now(); far.Jobs() > 0; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("%d sheets are not drawn in", far.Left())
		}
	}
	now = now.Add(31 * time.Second)
	far.Feed(sim.Sheet{Bars: 8})
	page, err := s.Scan(t.Context(), drivers.ScanOptions{Feeder: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := bars(t, &page); n != 8 {
		t.Errorf("sheet %d came, want the one that lies there now", n)
	}
}

// TestFaultsOfAStack: the sheets before a jam stand, an empty feeder and an open cover are told, and the stack goes on when it is mended.
func TestFaultsOfAStack(t *testing.T) {
	far, options := behindSANE(t, sim.Options{Duplex: true, Door: true})
	s := opened(t, options)
	both := drivers.ScanOptions{Feeder: true, Duplex: true}
	fault := func(want drivers.Fault) {
		t.Helper()
		if _, err := s.Scan(t.Context(), both); drivers.FaultOf(err) != want {
			t.Errorf("%v, want the fault %s", err, want)
		}
	}
	fault(drivers.FaultNoDocument)
	far.Feed(sim.Sheet{Bars: 1, Back: 2})
	far.Have(sim.Trouble{Hatch: true})
	fault(drivers.FaultCoverOpen)
	far.Have(sim.Trouble{JamAfterPage: true})
	far.Feed(sim.Sheet{Bars: 1, Back: 2}, sim.Sheet{Bars: 3, Back: 4})
	fault(drivers.FaultJam)
	far.Have(sim.Trouble{})
	far.Feed(sim.Sheet{Bars: 1, Back: 2})
	if page, err := s.Scan(t.Context(), both); err != nil || bars(t, &page) != 1 || bars(t, page.Back) != 2 {
		t.Errorf("mended: %v", err)
	}
	fault(drivers.FaultNoDocument)
}

// TestStackOfAnyTool: what SANE's tool may do wrong in the middle of a stack is a fault in time, and nothing of it is left.
func TestStackOfAnyTool(t *testing.T) {
	const take = "for a; do case $a in --batch=*) f=${a#--batch=}; d=${f%/*};; esac; done\nread go\n"
	for name, c := range map[string]struct {
		script string
		want   drivers.Fault
	}{
		"nothing":         {"exit 0\n", drivers.FaultProtocol},
		"reads nothing":   {"exec <&-\nexit 0\n", drivers.FaultProtocol},
		"a bad status":    {take + "exit 6\n", drivers.FaultJam},
		"crashes":         {take + "kill -SEGV $$\n", drivers.FaultDevice},
		"its last word":   {take + "echo 'scanimage: sane_start: Document feeder jammed' >&2\nkill -SEGV $$\n", drivers.FaultJam},
		"does not end":    {take + "echo 'scanimage: sane_start: Document feeder out of documents' >&2\nexec sleep 60\n", drivers.FaultNoDocument},
		"never comes":     {take + "exec sleep 60\n", drivers.FaultSilent},
		"breaks off":      {take + "printf 'P5\\n100 100\\n255\\nabc' > $d/1.part\nexit 0\n", drivers.FaultProtocol},
		"breaks and asks": {take + "printf 'P5\\n100 100\\n255\\nabc' > $d/1.part\necho 'Press <RETURN> to continue.' >&2\necho 'Press <RETURN> to continue.' >&2\nread go\n", drivers.FaultProtocol},
		"no picture":      {take + "echo hello > $d/1.part\nexit 0\n", drivers.FaultProtocol},
		"without an end":  {take + "cat /dev/zero > $d/1.part\n", drivers.FaultProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			o := tool(t, c.script)
			script, err := os.ReadFile(o.Tool)
			if err != nil {
				t.Fatal(err)
			}
			listing := "case \"$*\" in *-A*) printf '    --source Flatbed|ADF|ADF Duplex [Flatbed]\\n'; exit 0;; esac"
			if err := os.WriteFile(o.Tool, bytes.Replace(script, []byte("case \"$*\" in *-A*) exit 0;; esac"), []byte(listing), 1), 0o700); err != nil {
				t.Fatal(err)
			}
			o.Timeout = 30 * time.Second
			if c.want == drivers.FaultSilent {
				o.Timeout = 500 * time.Millisecond
			}
			s := opened(t, o)
			if _, err := s.Scan(t.Context(), drivers.ScanOptions{Feeder: true}); drivers.FaultOf(err) != c.want {
				t.Errorf("%v, want the fault %s", err, c.want)
			}
			if running(o.Tool) {
				t.Error("the tool still runs")
			}
		})
	}
}

// running tells whether a process runs whose command line names the tool.
func running(tool string) bool {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return true
	}
	for _, name := range lines {
		if line, err := os.ReadFile(name); err == nil && strings.Contains(string(line), tool) {
			return true
		}
	}
	return false
}
