package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/selftest"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/stand"
	"bianmin/packaging/readiness"
	"bianmin/packaging/tested"
)

// terminal is a machine with devices at the far end of ptys and sockets, and the program that a technician types.
type terminal struct {
	t      *testing.T
	stand  *stand.Stand
	config string
	data   string
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	folder := t.TempDir()
	s, err := stand.Open(t.Context(), stand.Options{Dir: filepath.Join(folder, "bench"), Document: true, Scanner: true, Code: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	reader, printer, button := s.Links()
	m := &terminal{t: t, stand: s, config: filepath.Join(folder, "terminal.yaml"), data: filepath.Join(folder, "data")}
	content := "data: data\ndevices:\n  reader: {link: \"" + reader + "\"}\n  printer: {link: \"" + printer + "\"}\n  button: {link: \"" + button + "\"}\n" +
		"  document: {link: \"" + s.DocumentLink() + "\"}\n  scanner: {link: \"" + s.ScannerLink() + "\", dpi: 75}\n  code: {link: \"" + s.CodeLink() + "\"}\n"
	if err := errors.Join(os.WriteFile(m.config, []byte(content), 0o600), os.Mkdir(m.data, 0o700)); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *terminal) do(command string) {
	m.t.Helper()
	if _, err := m.stand.Do(m.t.Context(), command); err != nil {
		m.t.Errorf("%s: %v", command, err)
	}
}

// said is what a run of the program said.
type said struct {
	out, err string
	failed   bool
}

// run runs the program. hear is given each line that it says to the person, and what it returns is typed; nil where nobody is there.
func (m *terminal) run(hear func(line string) string, args ...string) said {
	m.t.Helper()
	command := exec.CommandContext(m.t.Context(), "provision", append(args, "--config", m.config)...)
	var out, told bytes.Buffer
	command.Stdout = &out
	in, err := command.StdinPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	words, err := command.StderrPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		m.t.Fatal(err)
	}
	if hear == nil {
		_ = in.Close()
		hear = func(string) string { return "" }
	}
	var listening sync.WaitGroup
	listening.Go(func() {
		for scanner := bufio.NewScanner(words); scanner.Scan(); {
			told.WriteString(scanner.Text() + "\n")
			if typed := hear(scanner.Text()); typed != "" {
				_, _ = io.WriteString(in, typed)
			}
		}
	})
	listening.Wait()
	err = command.Wait()
	return said{out.String(), told.String(), err != nil}
}

func (s said) results(t *testing.T) map[drivers.Role]selftest.Result {
	t.Helper()
	var all []selftest.Result
	if err := json.Unmarshal([]byte(s.out), &all); err != nil {
		t.Fatalf("%v in\n%s\n%s", err, s.out, s.err)
	}
	found := map[drivers.Role]selftest.Result{}
	for _, r := range all {
		found[r.Role] = r
	}
	return found
}

// TestDeviceTest: what a technician types, at each level, and what is remembered of it by the next program.
func TestDeviceTest(t *testing.T) {
	m := newTerminal(t)
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	m.do("printer paper out")
	internal := m.run(nil, "device", "test", "--json")
	got := internal.results(t)
	if len(got) != 6 || !internal.failed || got[drivers.RolePrinter].Code != "paper-out" || got[drivers.RoleReader].Outcome != selftest.Passed || got[drivers.RoleReader].Serial == "" {
		t.Errorf("internal: %+v, %s", got, internal.err)
	}
	m.do("printer paper ok")
	external := m.run(nil, "device", "test", "--level", "external", "--json")
	got = external.results(t)
	if len(got) != 4 || external.failed || len(m.stand.Printed()) != 1 {
		t.Errorf("external: %+v, %d strips, %s", got, len(m.stand.Printed()), external.err)
	}
	m.do("glass lay 20")
	interactive := m.run(func(line string) string {
		switch {
		case strings.Contains(line, "身份证"):
			m.do("card place 1")
		case strings.Contains(line, "扫码枪扫"):
			m.do("code scan cr 99010119800101")
		case strings.Contains(line, "扫描按钮"):
			m.do("button press")
		case strings.Contains(line, "刚打出的小票"):
			return "huh\ny\n"
		case strings.Contains(line, "刚打出的 A4"):
			return "不对\n"
		}
		return ""
	}, "device", "test", "--level", "interactive", "--json")
	got = interactive.results(t)
	for role, want := range map[drivers.Role]string{
		drivers.RoleReader: "passed ", drivers.RolePrinter: "passed ", drivers.RoleDocument: "failed not-right", drivers.RoleScanner: "passed ", drivers.RoleCode: "passed ", drivers.RoleButton: "passed ",
	} {
		if r := got[role]; string(r.Outcome)+" "+string(r.Code) != want {
			t.Errorf("%s: %q, want %q\n%s", role, string(r.Outcome)+" "+string(r.Code), want, interactive.err)
		}
	}
	all, err := tested.All(m.data)
	if err != nil || len(all) != 16 {
		t.Errorf("%d kept, %v", len(all), err)
	}
	content, err := os.ReadFile(filepath.Join(m.data, "selftest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{cards[0].Name, cards[0].Number, "99010119800101"} {
		if strings.Contains(string(content)+interactive.out+interactive.err, secret) {
			t.Errorf("%q is kept or said", secret)
		}
	}
}

// TestDeviceTestSays: in words, and to somebody who is not there; a device that another program holds is refused, not failed.
func TestDeviceTestSays(t *testing.T) {
	m := newTerminal(t)
	if err := os.WriteFile(filepath.Join(m.data, "selftest.jsonl"), []byte("{\"role\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	nobody := m.run(nil, "device", "test", "--level", "interactive", "--role", "printer,button", "--timeout", "300ms")
	for _, want := range []string{"[没人确认 not confirmed] 小票打印机 人工检测：没有人回答 / Receipt printer interactive: nobody answered", "扫描按钮 人工检测：没有按"} {
		if !strings.Contains(nobody.out, want) {
			t.Errorf("%q is missing in\n%s%s", want, nobody.out, nobody.err)
		}
	}
	if !nobody.failed || !strings.Contains(nobody.err, "selftest.jsonl.damaged") {
		t.Errorf("damaged results: %s", nobody.err)
	}
	if all, err := tested.All(m.data); err != nil || len(all) != 2 {
		t.Errorf("kept beside what was damaged: %+v, %v", all, err)
	}
	if wrong := m.run(nil, "device", "test", "--level", "thorough"); !wrong.failed || !strings.Contains(wrong.err, "internal, external or interactive") {
		t.Errorf("%+v", wrong)
	}
	if forgotten := m.run(nil, "device", "test", "--role", "reader", "--forget"); forgotten.failed || !strings.Contains(forgotten.out, "[通过 passed] 身份证读卡器") {
		t.Errorf("%+v", forgotten)
	}
	if all, _ := tested.All(m.data); len(all) != 2 {
		t.Errorf("%d kept", len(all))
	}
	reader, _, _ := m.stand.Links()
	held, err := link.Open(t.Context(), reader, link.Options{Baud: 115200})
	if err != nil {
		t.Fatal(err)
	}
	busy := m.run(nil, "device", "test", "--role", "reader")
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if !busy.failed || !strings.Contains(busy.out, "[没测成 not done] 身份证读卡器 内部自检：别的程序正在用") || !strings.Contains(busy.err, "systemctl stop bianmin-kiosk") {
		t.Errorf("%+v", busy)
	}
}

// TestReadinessReport: the whole report on the screen, as JSON, as a strip and on A4, with the tests that were kept before; what no
// device tells is said to be not told.
func TestReadinessReport(t *testing.T) {
	m := newTerminal(t)
	if did := m.run(nil, "device", "test", "--level", "external", "--role", "printer,document"); did.failed {
		t.Fatal(did)
	}
	told := m.run(nil, "report", "readiness", "--json")
	var report struct {
		Version, Configuration string
		Devices                []struct {
			Role, Model, Serial, Link, Condition string
			Supplies                             *struct{ Paper, Toner string }
			Tests                                []selftest.Result
		}
	}
	if err := json.Unmarshal([]byte(told.out), &report); err != nil {
		t.Fatalf("%v in %s %s", err, told.out, told.err)
	}
	if len(report.Configuration) != 64 || report.Version == "" || len(report.Devices) != 6 {
		t.Errorf("%+v", report)
	}
	for _, d := range report.Devices {
		levels := ""
		for _, r := range d.Tests {
			levels += string(r.Level) + " " + string(r.Outcome) + ", "
			if r.At.IsZero() || r.Asked.Program != "provision" {
				t.Errorf("%s: %+v", d.Role, r)
			}
		}
		want := "internal passed, "
		if d.Role == "printer" || d.Role == "document" {
			want += "external passed, "
		}
		if levels != want || d.Link == "" || d.Condition != "online" {
			t.Errorf("%s: tests %q, %+v", d.Role, levels, d)
		}
		switch {
		case d.Role == "printer" && (d.Supplies == nil || d.Supplies.Paper != "full"), d.Role == "document" && (d.Supplies == nil || d.Supplies.Paper != "not-told" || d.Supplies.Toner != "full"),
			d.Role == "scanner" && (d.Supplies != nil || d.Serial != "SIM-0001"), d.Role == "reader" && d.Serial == "":
			t.Errorf("%+v", d)
		}
	}
	digest := m.run(nil, "settings", "digest")
	if !strings.HasPrefix(digest.out, report.Configuration+"\n") || !strings.Contains(digest.out, "devices.printer.paper = 80\n") {
		t.Errorf("digest: %s%s", digest.out, digest.err)
	}
	screen := m.run(nil, "report", "readiness", "--print", "--on", "receipt")
	for _, want := range []string{report.Configuration, "小票打印机 Receipt printer  serial:", "动作检测 external: 通过 passed", "人工检测 interactive: 没测过 never tested", "墨粉 toner: 够用 enough"} {
		if !strings.Contains(screen.out, want) {
			t.Errorf("%q is missing in\n%s", want, screen.out)
		}
	}
	strips := m.stand.Printed()
	if len(strips) != 2 || screen.failed {
		t.Fatalf("%d strips, %s", len(strips), screen.err)
	}
	paper := strings.Join(strips[1].Lines, "\n")
	for _, want := range []string{"机器体检报告", readiness.Short(report.Configuration), "SIM-0001", "动作检测", "墨粉：够用", "没测过"} {
		if !strings.Contains(paper, want) {
			t.Errorf("%q is missing on the strip\n%s", want, paper)
		}
	}
	if page := m.run(nil, "report", "readiness", "--print", "--json"); page.failed {
		t.Error(page)
	}
	pages, err := m.stand.Documents()
	if err != nil || len(pages) != 2 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", pages[1], "-").Output()
	for _, want := range []string{"机器体检报告", report.Configuration, "SIM-0001", "Simulated", "墨粉：够用", "动作检测", "没测过"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%q is missing on the page (%v)\n%s", want, err, text)
		}
	}
}
