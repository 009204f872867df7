package rig

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/packaging/readiness"
	"bianmin/ui/play"
)

// TestSelfTestWindow plays a technician's self tests on the kiosk's real window, with the program's own devices on their wires: a printer with its cover open
// fails, all the rest passes, and the report on paper and as JSON names terminal, version, settings and each device with model, serial number, test and supplies.
func TestSelfTestWindow(t *testing.T) {
	t.Parallel()
	r := started(t, Options{Bin: shipped(t)})
	r.playKiosk(t, "selftest.yaml", map[string]string{"{pin}": r.Staff.PIN})
	strips := r.Stand.Printed()
	if len(strips) == 0 {
		t.Fatal("nothing was printed")
	}
	paper := strings.Join(strips[len(strips)-1].Lines, "\n")
	for _, said := range []string{
		"机器体检报告", TerminalNumber, "程序版本", "设置指纹", "身份证读卡器", "小票打印机", "扫描仪", "扫描按钮",
		"BIANMIN SIM-80", "SIM0000042", "1.04", "05.01-", "够用", "内部自检", "动作检测", "人工检测", "通过",
	} {
		if !strings.Contains(paper, said) {
			t.Errorf("the report on paper has no %q:\n%s", said, paper)
		}
	}
	out, err := r.Run(t.Context(), "provision", "report", "readiness", "--json", "--config", r.Config())
	if err != nil {
		t.Fatal(err)
	}
	var report readiness.Report
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if report.Version == "" || len(report.Configuration) != 64 || report.Terminal == "" || len(report.Devices) != 4 {
		t.Errorf("%s", out)
	}
	for _, d := range report.Devices {
		passed := 0
		for _, test := range d.Tests {
			if test.Outcome == selftest.Passed {
				passed++
			}
		}
		want := 3
		if d.Role == drivers.RoleButton {
			want = 2
		}
		if passed != want || d.Role == drivers.RolePrinter && (d.Model != "BIANMIN SIM-80" || d.Serial != "SIM0000042" || d.Firmware != "1.04" || d.Paper != drivers.PaperFull) {
			t.Errorf("%s: %d tests of %d passed, %+v", d.Role, passed, want, d)
		}
	}
}

// playKiosk plays a journey file of the kiosk on its real window, with what stands in braces filled in. BIANMIN_SHOTS keeps its pictures.
func (r *Rig) playKiosk(t *testing.T, name string, fill map[string]string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root(t), "kiosk/testdata/journeys", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for word, with := range fill {
		text = strings.ReplaceAll(text, word, with)
	}
	journey, err := play.ParseJourney(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	display := opened(t)
	probe := filepath.Join(t.TempDir(), "probe.sock")
	kiosk, err := r.StartKiosk(display.Env(), "-probe", probe)
	if err != nil {
		t.Fatal(err)
	}
	defer kiosk.Stop()
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer hand.Close()
	shots := os.Getenv("BIANMIN_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	_, err = play.Play(t.Context(), play.Options{
		Journey: journey, Probe: probe, Hand: hand, Bench: r.Stand.Socket(), Shots: shots, Now: time.Now,
		Step: func(n int, what string) { fmt.Printf("%3d  %s\n", n, what) },
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, kiosk.Tail(20))
	}
}
