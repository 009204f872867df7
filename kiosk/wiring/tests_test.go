package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/drivers/sim/stand"
	"bianmin/kiosk/journey"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
)

// equipped is an enrolled kiosk with devices at the far end of ptys, and a technician's account.
func equipped(t *testing.T) (s *stand.Stand, read settings.Settings, pin string) {
	t.Helper()
	platform := platformtest.Start(t, platformtest.Options{})
	var account struct{ ID, PIN string }
	if err := json.Unmarshal(platform.Run("staff", "new", "--name", "周技术"), &account); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	s, err := stand.Open(t.Context(), stand.Options{Dir: filepath.Join(folder, "bench"), Document: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	reader, printer, button := s.Links()
	config := filepath.Join(folder, "terminal.yaml")
	content := "data: data\ndevices:\n  reader: {link: \"" + reader + "\"}\n  printer: {link: \"" + printer + "\"}\n  button: {link: \"" + button + "\"}\n  document: {link: \"" + s.DocumentLink() + "\"}\n" +
		"update: {state: state, prefix: prefix}\n"
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if read, err = settings.Read(config); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(read.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: platform.Ticket("QH0301", platform.URL), Data: read.Data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	return s, read, account.PIN
}

// technician goes through the staff screens: all levels in turn, then the report.
type technician struct {
	t       *testing.T
	session *journey.Session
	stand   *stand.Stand
	pin     string

	levels []selftest.Level // still to come
	begun  bool
	laid   bool
}

// see does what the screen asks for, and tells whether all is done.
func (p *technician) see(s journey.State) (done bool) {
	switch s.Screen {
	case journey.Attract, journey.Home, journey.OutOfService:
		p.session.Send(journey.OpenStaff{})
	case journey.StaffSignIn:
		if s.StaffSignIn.Account != "" && s.StaffSignIn.Digits == 0 {
			p.session.Send(journey.StaffPIN{PIN: p.pin})
		}
	case journey.Staff:
		p.session.Send(journey.StaffDo{Action: journey.StaffTestDevice})
	case journey.StaffTests:
		return p.test(s.StaffTests)
	}
	return false
}

func (p *technician) test(v *journey.StaffTestsView) bool {
	switch {
	case v.Prompt == selftest.LayCard && !p.laid:
		p.laid = true
		p.do("card place 1")
	case v.Prompt == selftest.Press:
		p.do("button press")
	case v.Question != "":
		p.session.Send(journey.StaffTestAnswer{Right: v.Question == selftest.StripRight})
	case v.Running != "" || v.Printing:
		p.begun = true
	case v.Said.Key != "":
		return true
	case len(p.levels) > 0 && (!p.begun || v.Level == "" || p.over(v)):
		p.begun = false
		p.session.Send(journey.StaffTest{Level: p.levels[0]})
		p.levels = p.levels[1:]
	case len(p.levels) == 0 && p.over(v):
		p.session.Send(journey.StaffReport{})
	}
	return false
}

// over tells whether the last device has a result of the level.
func (p *technician) over(v *journey.StaffTestsView) bool {
	for _, d := range v.Devices {
		if !selftest.Knows(d.Role, v.Level) {
			continue
		}
		found := false
		for _, r := range d.Last {
			found = found || r.Level == v.Level && r.Asked.Account != ""
		}
		if !found {
			return false
		}
	}
	return true
}

func (p *technician) do(command string) {
	if _, err := p.stand.Do(p.t.Context(), command); err != nil {
		p.t.Errorf("%s: %v", command, err)
	}
}

// TestStaffTests: a technician at the kiosk tests the real devices at every level and prints the report; the results are
// there for the next process, and nothing of the card is.
func TestStaffTests(t *testing.T) {
	bench, read, pin := equipped(t)
	k, err := Open(t.Context(), Options{Settings: read, Times: journey.Times{Guard: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	session, ended := k.Session(), make(chan error, 1)
	go func() { _, err := session.Run(ctx); ended <- err }()
	who := &technician{t: t, session: session, stand: bench, pin: pin, levels: selftest.Levels()}
	said := ""
	for state := range session.States() {
		if said == "" && who.see(state) {
			said = state.StaffTests.Said.Key
			session.Send(journey.Leave{})
		}
	}
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if said != "selftest.report.on-paper" {
		t.Errorf("the report: %q", said)
	}
	all, err := tested.All(read.Data)
	got := map[string]string{}
	for _, r := range all {
		if r.Asked.Account != "" {
			got[string(r.Role)+" "+string(r.Level)] = string(r.Outcome) + " " + string(r.Code)
		}
	}
	for key, want := range map[string]string{
		"reader internal": "passed ", "reader external": "passed ", "reader interactive": "passed ", "printer internal": "passed ", "printer external": "passed ",
		"printer interactive": "passed ", "document external": "passed ", "document interactive": "failed not-right", "button internal": "passed ", "button interactive": "passed ",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q (%v)", key, got[key], want, err)
		}
	}
	if strips := bench.Printed(); len(strips) != 2 {
		t.Errorf("%d strips", len(strips))
	}
	pages, err := bench.Documents()
	if err != nil || len(pages) != 3 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	report, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", pages[2], "-").Output()
	for _, want := range []string{"QH0301A", read.Digest(), "05.01-20261122-", "墨粉：够用", "没通过", "看的人说不对"} {
		if err != nil || !strings.Contains(string(report), want) {
			t.Errorf("%q is missing in the report (%v)\n%s", want, err, report)
		}
	}
	content, err := os.ReadFile(filepath.Join(read.Data, "selftest.jsonl"))
	if err != nil || strings.Contains(string(content), "周技术") || strings.Contains(string(content), `"name"`) {
		t.Errorf("%s, %v", content, err)
	}
	if status := k.Devices.Statuses(); len(status) != 4 || status[0].Role != drivers.RoleReader {
		t.Errorf("%+v", status)
	}
}
