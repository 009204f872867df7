package readiness_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
	"bianmin/platform/platformtest"
	"bianmin/sync/reported"
	"bianmin/sync/seal"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFit(t *testing.T) {
	m := newMachine(t)
	m.enrol()
	r := m.look()
	if r.State != readiness.OK || r.Terminal != "QH0301A" || r.Role != "kiosk" {
		t.Errorf("%s %s %s: %q", r.State, r.Terminal, r.Role, codes(r))
	}
	for _, want := range []string{
		"enrolment ok ok", "records ok ok", "clock ok ok", "queue ok ok", "catalogue ok ok", "disk ok ok", "network ok ok",
		"selftests ok never", "device.reader ok ok", "device.printer ok ok", "device.document ok ok", "modes ok ok",
	} {
		if !slices.Contains(codes(r), want) {
			t.Errorf("%q is missing in %q", want, codes(r))
		}
	}
	if len(r.Devices) != 3 || r.Devices[0].Serial == "" || r.Devices[0].Source != "asked" {
		t.Errorf("devices: %+v", r.Devices)
	}
	if missing := m.words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
	m.selfTests(r)
}

// selfTests: what a look asked is kept as an internal test; what failed when it was last tried in earnest is a warning until it
// passes again; a chip card reader that was tested is shown; results that are damaged are said, and nothing else falls short.
func (m *machine) selfTests(r readiness.Report) {
	t := m.t
	t.Helper()
	if err := readiness.Keep(m.settings.Data, r); err != nil {
		t.Fatal(err)
	}
	if all, err := tested.All(m.settings.Data); err != nil || len(all) != 3 || all[0].Asked.Program != "check" || all[0].Outcome != selftest.Passed {
		t.Errorf("kept: %+v, %v", all, err)
	}
	keep := func(role drivers.Role, outcome selftest.Outcome, code selftest.Code) []string {
		t.Helper()
		err := tested.Keep(m.settings.Data, selftest.Result{Role: role, Level: selftest.External, Outcome: outcome, Code: code, At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return codes(m.look())
	}
	for _, c := range []struct {
		role    drivers.Role
		outcome selftest.Outcome
		want    string
	}{
		{drivers.RolePrinter, selftest.Failed, "selftests warn failed"},
		{drivers.RolePrinter, selftest.Refused, "selftests warn failed"}, // which says nothing of it
		{drivers.RolePrinter, selftest.Passed, "selftests ok never"},
		{drivers.RoleReader, selftest.Passed, "selftests ok never"},
		{drivers.RoleDocument, selftest.NotConfirmed, "selftests ok ok"},
		{drivers.RoleSocial, selftest.Passed, "selftests ok ok"},
	} {
		if got := keep(c.role, c.outcome, "busy"); !slices.Contains(got, c.want) {
			t.Errorf("%s %s: %q", c.role, c.outcome, got)
		}
	}
	last := m.look()
	if i := len(last.Devices) - 1; last.Devices[i].Role != drivers.RoleSocial || len(last.Devices[i].Tests) != 1 {
		t.Errorf("%+v", last.Devices)
	}
	if err := os.WriteFile(filepath.Join(m.settings.Data, "selftest.jsonl"), []byte("{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if damaged := m.look(); damaged.State != readiness.Warn || !slices.Contains(codes(damaged), "selftests warn damaged") || !slices.Contains(codes(damaged), "device.printer ok ok") {
		t.Errorf("damaged: %q", codes(damaged))
	}
}

func TestFallsShort(t *testing.T) {
	m := newMachine(t)
	if got := codes(m.look()); !slices.Contains(got, "enrolment fail none") || !slices.Contains(got, "records ok none") {
		t.Errorf("before the enrolment: %q", got)
	}
	if _, err := os.Stat(filepath.Join(m.settings.Data, "bianmin.db")); err == nil {
		t.Error("the look has made a store")
	}
	m.enrol()
	undo := func() {}
	for _, c := range []struct {
		want  string
		spoil func()
	}{
		{"device.reader fail silent", func() { m.do("reader silent"); undo = func() { m.do("reader ok") } }},
		{"device.printer fail paper-out", func() { m.do("printer paper out"); undo = func() { m.do("printer paper ok") } }},
		{"device.printer fail unplugged", func() { m.do("printer unplug"); undo = func() { m.do("printer plug") } }},
		{"modes fail open", func() { m.mode(0o755); undo = func() { m.mode(0o700) } }},
		{"catalogue fail broken", func() { m.settings.Catalogue = t.TempDir(); undo = func() { m.settings.Catalogue = "" } }},
		{"photo fail absent", func() { m.settings.Photo.Decoder = "/opt/vendor/none" }},
		{"photo fail no-program", func() { m.settings.Photo.Decoder = "/etc/passwd" }},
		{"photo ok ok", func() { m.settings.Photo.Decoder = "/bin/true"; undo = func() { m.settings.Photo.Decoder = "" } }},
		{"devices warn none", func() {
			kept := m.settings.Devices
			m.settings.Devices, undo = settings.Devices{}, func() { m.settings.Devices = kept }
		}},
		{"network warn stranger", func() {
			other := platformtest.Start(t, platformtest.Options{})
			m.settings.Platform, undo = other.URL, func() { m.settings.Platform = "" }
		}},
		{"network warn away", func() { m.platform.Stop(); undo = func() { m.platform.Serve(m.platform.Addr) } }},
		{"records fail database", func() { m.damage() }},
	} {
		c.spoil()
		r := m.look()
		if !slices.Contains(codes(r), c.want) {
			t.Errorf("%q is missing in %q", c.want, codes(r))
		}
		for _, check := range r.Checks {
			if check.State != readiness.OK && (check.Do == "" || check.English.Do == "") {
				t.Errorf("%s %s does not say what to do", check.ID, check.Code)
			}
		}
		undo()
		undo = func() {}
	}
	if missing := m.words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

func (m *machine) mode(mode os.FileMode) {
	if err := os.Chmod(m.settings.Data, mode); err != nil {
		m.t.Fatal(err)
	}
}

// damage writes over the middle of the database.
func (m *machine) damage() {
	for _, name := range []string{"bianmin.db-wal", "bianmin.db-shm"} {
		_ = os.Remove(filepath.Join(m.settings.Data, name))
	}
	path := filepath.Join(m.settings.Data, "bianmin.db")
	content, err := os.ReadFile(path)
	if err != nil {
		m.t.Fatal(err)
	}
	for i := 100; i < len(content); i++ {
		content[i] ^= 0x5a
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// TestHeldDevices: what the kiosk holds is as the kiosk says, and when it has just ended the devices are asked again.
func TestHeldDevices(t *testing.T) {
	m := newMachine(t)
	m.enrol()
	kiosk, err := pointOf(t, m)
	if err != nil {
		t.Fatal(err)
	}
	m.do("printer paper out")
	eventually(t, func() bool {
		return slices.ContainsFunc(kiosk.Statuses(), func(s drivers.Status) bool { return s.Fault == drivers.FaultPaperOut })
	})
	keeper := reported.Keep(t.Context(), m.settings.Data, "kiosk test", kiosk.Statuses, silent)
	eventually(t, func() bool {
		told, err := reported.Load(m.settings.Data)
		return err == nil && told.Live(time.Now())
	})
	r := m.look()
	if !slices.Contains(codes(r), "device.printer fail paper-out") || !slices.Contains(codes(r), "device.reader ok ok") || r.Devices[1].Source != "kiosk test" {
		t.Errorf("while held: %q %+v", codes(r), r.Devices)
	}
	if !strings.Contains(r.Checks[slices.IndexFunc(r.Checks, func(c readiness.Check) bool { return c.ID == "device.reader" })].Text, "kiosk test") {
		t.Error("it does not say whose word it is")
	}
	keeper.Close()
	told, err := reported.Load(m.settings.Data)
	if err != nil {
		t.Fatal(err)
	}
	told.Process = 1 << 22 // its process has ended
	if err := reported.Save(m.settings.Data, told); err != nil {
		t.Fatal(err)
	}
	m.do("printer paper ok")
	if err := kiosk.Close(); err != nil {
		t.Error(err)
	}
	if r := m.look(); !slices.Contains(codes(r), "device.printer ok ok") || r.Devices[1].Source != "asked" {
		t.Errorf("afterwards: %q %+v", codes(r), r.Devices)
	}
}

func TestHistory(t *testing.T) {
	folder := t.TempDir()
	for i := range 65 {
		if err := readiness.Keep(folder, readiness.Report{Version: "v", Taken: time.Unix(int64(i), 0)}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := readiness.History(folder)
	if err != nil || len(all) != 60 || all[0].Taken.Unix() != 5 || all[59].Taken.Unix() != 64 {
		t.Errorf("%d reports, %v", len(all), err)
	}
	damage(t, filepath.Join(folder, "readiness.jsonl"))
	if all, err := readiness.History(folder); !errors.Is(err, readiness.ErrDamaged) || len(all) != 59 {
		t.Errorf("damaged: %d reports, %v", len(all), err)
	}
	if err := readiness.Keep(folder, readiness.Report{Version: "new"}); err != nil {
		t.Fatal(err)
	}
	if all, err := readiness.History(folder); err != nil || len(all) != 60 || all[0].Taken.Unix() != 5 || all[59].Version != "new" {
		t.Errorf("after damage: %d reports, %v", len(all), err)
	}
	if aside, err := os.ReadFile(filepath.Join(folder, "readiness.jsonl.damaged")); err != nil || !bytes.Contains(aside, []byte("{\"half\n")) {
		t.Errorf("what was damaged is not kept aside: %v", err)
	}
	for range 6 {
		damage(t, filepath.Join(folder, "readiness.jsonl"))
		if err := readiness.Keep(folder, readiness.Report{Version: "newer"}); err != nil {
			t.Fatal(err)
		}
	}
	aside, err := filepath.Glob(filepath.Join(folder, "readiness.jsonl.damaged*"))
	if err != nil || len(aside) != 5 {
		t.Errorf("after seven damages these lie aside: %q, %v", aside, err)
	}
	if first, err := os.ReadFile(filepath.Join(folder, "readiness.jsonl.damaged")); err != nil || bytes.Contains(first, []byte("newer")) {
		t.Errorf("the first was overwritten: %v", err)
	}
	if err := readiness.Keep(filepath.Join(folder, "none"), readiness.Report{}); err != nil {
		t.Errorf("before there is a terminal: %v", err)
	}
}

// damage puts half a report in the place of one in the middle.
func damage(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	lines[20] = []byte("{\"half\n")
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, is func() bool) {
	t.Helper()
	for range 500 {
		if is() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("it did not come")
}

var silent = slog.New(slog.DiscardHandler)

// TestSettings: what the province set is named, and what stands in the machine's file and does not count is warned of.
func TestSettings(t *testing.T) {
	m := newMachine(t)
	m.enrol()
	config := filepath.Join(filepath.Dir(m.settings.Data), "terminal.yaml")
	look := func(line string) string {
		t.Helper()
		content := "data: data\nupdate: {state: state, prefix: prefix}\n" + line
		if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var err error
		if m.settings, err = settings.Read(config); err != nil {
			t.Fatal(err)
		}
		r := m.look()
		at := slices.IndexFunc(r.Checks, func(c readiness.Check) bool { return c.ID == "settings" })
		if at < 0 {
			return "not looked at"
		}
		return string(r.Checks[at].State) + " " + r.Checks[at].Code + " " + r.Checks[at].English.Text
	}
	want := func(what, got, prefix string) {
		t.Helper()
		if !strings.HasPrefix(got, prefix) {
			t.Errorf("%s: %q, want %q", what, got, prefix)
		}
	}
	want("nothing set", look(""), "ok none")
	want("beyond", look("session: {warn: 2s}\n"), "warn bounds stands in the configuration and is beyond what a machine may say: session.warn")
	m.platform.Run("settings", "set", "phone", "0989-1", "--all", "--lock")
	m.take()
	want("set", look(""), "ok ok the province's number 1 of 20")
	want("locked", look("phone: \"110\"\n"), "warn idle stands in the configuration and does not count: phone")
	if err := os.WriteFile(filepath.Join(m.settings.Data, "keys", standing.File), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("damaged", look(""), "warn broken")
}

// take takes what the platform has set.
func (m *machine) take() {
	m.t.Helper()
	keys := filepath.Join(m.settings.Data, "keys")
	identity, err := seal.LoadIdentity(keys)
	if err != nil {
		m.t.Fatal(err)
	}
	var signed wire.SignedSettings
	if err := json.Unmarshal(m.platform.Run("settings", "export", "--terminal", "QH0301"), &signed); err != nil {
		m.t.Fatal(err)
	}
	if _, _, err := standing.Take(keys, standing.Of(identity), signed); err != nil {
		m.t.Fatal(err)
	}
}
