package commission_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/sim"
	"bianmin/packaging/commission"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
	"bianmin/sync/seal"
)

// fit makes sure that a machine was set up as a whole, once.
func (w *world) fit(terminal, session string) commission.Acceptance {
	w.t.Helper()
	s, err := settings.Read(w.in("etc/bianmin/terminal.yaml"))
	if err != nil {
		w.t.Fatal(err)
	}
	d := s.Devices
	if d.Reader == nil || !strings.HasSuffix(d.Reader.Link, "usb-FTDI-port1") || d.Printer == nil || !strings.HasSuffix(d.Printer.Link, "usb-1a86-port0") ||
		d.Document == nil || d.Button != nil || s.Phone != "0999-12345" {
		w.t.Errorf("configuration: %+v", d)
	}
	if kiosk := session == "bianmin-kiosk.service"; s.Screen.Fullscreen != kiosk || !kiosk && (s.Screen.Width != 1366 || !strings.HasSuffix(s.Exports, "/bianmin-exports")) {
		w.t.Errorf("screen %+v, exports %s", s.Screen, s.Exports)
	}
	info, err := os.Stat(w.in("etc/bianmin/terminal.yaml"))
	if err != nil || info.Mode().Perm() != 0o640 {
		w.t.Errorf("the configuration's mode: %v, %v", info.Mode(), err)
	}
	identity, err := seal.LoadIdentity(filepath.Join(s.Data, "keys"))
	if err != nil {
		w.t.Fatal(err)
	}
	if identity.Number+identity.Generation != terminal {
		w.t.Errorf("it became %s%s", identity.Number, identity.Generation)
	}
	if _, err := os.Lstat(w.in("etc/systemd/system/multi-user.target.wants", session)); err != nil {
		w.t.Error(err)
	}
	if found := codes(readiness.Look(w.t.Context(), readiness.Options{Settings: s, Words: w.words, Root: w.root})); !slices.Contains(found, "setup ok ok") {
		w.t.Errorf("readiness says %q", found)
	}
	newest, err := commission.Newest(s.Data)
	if err != nil || newest == "" {
		w.t.Fatalf("no acceptance report: %v", err)
	}
	signed, err := os.ReadFile(newest + ".json")
	if err != nil {
		w.t.Fatal(err)
	}
	pdf, err := os.ReadFile(newest + ".pdf")
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		w.t.Errorf("the PDF: %v", err)
	}
	a, err := commission.Verify(signed, identity.Trust.SigningRoot)
	if err != nil {
		w.t.Fatal(err)
	}
	if !a.Passed || a.Terminal != terminal || a.Technician.Name != "陈师傅" || a.Point == "" || a.Finished.Before(a.Begun) {
		w.t.Errorf("report: %s, %+v, %+v; readiness %q", a.Terminal, a.Technician, a.Devices, codes(a.Readiness))
	}
	w.leftovers()
	return a
}

// leftovers looks for files that are half of something.
func (w *world) leftovers() {
	w.t.Helper()
	err := filepath.WalkDir(w.root, func(path string, d os.DirEntry, err error) error {
		name := filepath.Base(path)
		if err == nil && (strings.HasSuffix(name, ".new") || strings.HasSuffix(name, ".trial") || name == "keys.next") {
			w.t.Errorf("%s was left", path)
		}
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
}

func codes(r readiness.Report) (all []string) {
	for _, c := range r.Checks {
		all = append(all, c.ID+" "+string(c.State)+" "+c.Code)
	}
	return all
}

func TestKiosk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	answers := w.answers("QH0301")
	answers.Test = []string{"card", "receipt", "page"}
	o := options(w.words, w.root, answers)
	technician := &person{answers: answers}
	technician.onSay = func(key string) {
		if key == "lay-card" {
			if _, err := w.stand.Do(t.Context(), "card place 3"); err != nil {
				t.Error(err)
			}
		}
	}
	o.Technician = technician
	var watched []string
	o.Test = func(d commission.Tried) {
		watched = append(watched, string(d.Role)+" "+d.Test+" "+string(d.Result))
	}
	o.Checked = func(r readiness.Report) { watched = append(watched, "checked "+r.Terminal) }
	outcome, err := commission.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, sequence := range [][]string{
		{"printer status running", "printer status passed", "reader card running", "reader card passed", "printer receipt running", "printer receipt passed", "document page passed", "checked QH0301A"},
		{"document page waiting", "reader card running"},
	} {
		if !follows(watched, sequence) {
			t.Errorf("who watched saw %q, without %q in this order", watched, sequence)
		}
	}
	a := w.fit("QH0301A", "bianmin-kiosk.service")
	got := map[string]commission.Result{}
	for _, d := range a.Devices {
		got[string(d.Role)+" "+d.Test] = d.Result
		if d.Role == drivers.RoleReader && d.Serial == "" {
			t.Error("the reader's serial is missing")
		}
	}
	for _, test := range []string{"reader status", "reader card", "printer status", "printer receipt", "document status", "document page"} {
		if got[test] != commission.Passed {
			t.Errorf("%s: %q", test, got[test])
		}
	}
	if strips := w.stand.Printed(); len(strips) != 1 {
		t.Errorf("%d strips were printed", len(strips))
	}
	if documents, err := w.stand.Documents(); err != nil || len(documents) != 2 {
		t.Errorf("test page and report: %v, %v", documents, err)
	}
	signed, err := os.ReadFile(outcome.Path + ".json")
	if err != nil {
		t.Fatal(err)
	}
	card, err := sim.LoadCard("3")
	if err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{card.Name, card.Number, card.Address} {
		if personal == "" || strings.Contains(string(signed), personal) {
			t.Errorf("the report holds %q", personal)
		}
	}
	if missing := w.words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

// follows tells whether what is in one list stands in another, in its order.
func follows(all, sequence []string) bool {
	for _, one := range all {
		if len(sequence) > 0 && one == sequence[0] {
			sequence = sequence[1:]
		}
	}
	return len(sequence) == 0
}

// TestPrintAgain prints a kept report once more; without one it says so.
func TestPrintAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	o := options(w.words, w.root, w.answers("QH0301"))
	if _, err := commission.Print(t.Context(), o); !errors.Is(err, seal.ErrNotEnrolled) {
		t.Errorf("before the enrolment: %v", err)
	}
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	before, err := w.stand.Documents()
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := commission.Print(t.Context(), o)
	if err != nil || outcome != drivers.Printed {
		t.Errorf("%q, %v", outcome, err)
	}
	if after, err := w.stand.Documents(); err != nil || len(after) != len(before)+1 {
		t.Errorf("%d documents, before %d: %v", len(after), len(before), err)
	}
	if err := os.RemoveAll(w.in("var/lib/bianmin", commission.Folder)); err != nil {
		t.Fatal(err)
	}
	if _, err := commission.Print(t.Context(), o); !errors.Is(err, commission.ErrNoReport) {
		t.Errorf("without a report: %v", err)
	}
}

// TestForgedReport: one changed character, or a strange authority, is found.
func TestForgedReport(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	w := newWorld(t, p)
	outcome, err := commission.Run(t.Context(), options(w.words, w.root, w.answers("QH0301")))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := os.ReadFile(outcome.Path + ".json")
	if err != nil {
		t.Fatal(err)
	}
	identity, err := seal.LoadIdentity(w.in("var/lib/bianmin/keys"))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(signed), `"passed":true`, `"passed":null`, 1)
	if changed == string(signed) {
		t.Fatal("nothing to change")
	}
	if _, err := commission.Verify([]byte(changed), identity.Trust.SigningRoot); !errors.Is(err, commission.ErrForged) {
		t.Errorf("changed: %v", err)
	}
	other := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	if _, err := commission.Run(t.Context(), options(w.words, other.root, other.answers("QH0301"))); err != nil {
		t.Fatal(err)
	}
	stranger, err := seal.LoadIdentity(other.in("var/lib/bianmin/keys"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := commission.Verify(signed, stranger.Trust.SigningRoot); !errors.Is(err, commission.ErrForged) {
		t.Errorf("another authority: %v", err)
	}
}

// TestKilledAtEveryStep: after the power went at any step the machine says that its setup is not finished, and the same
// setup again makes it whole, with the same code, the same number and no second generation.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	t.Run("steps", func(t *testing.T) {
		for i, step := range commission.Steps {
			w := newWorld(t, p)
			terminal := "QH04" + string(rune('0'+i/10)) + string(rune('0'+i%10))
			answers := w.answers(terminal)
			answers.Test = nil
			t.Run(step, func(t *testing.T) {
				t.Parallel()
				w.t = t
				w.killedAt(answers, terminal, step)
			})
		}
	})
	var terminals []struct{ Generation string }
	if err := json.Unmarshal(p.Run("terminal", "list"), &terminals); err != nil {
		t.Fatal(err)
	}
	for _, each := range terminals {
		if each.Generation != "A" {
			t.Errorf("the county knows %+v", terminals)
		}
	}
	if len(terminals) != len(commission.Steps) {
		t.Errorf("the county knows %d terminals", len(terminals))
	}
}

func (w *world) killedAt(answers commission.Answers, terminal, step string) {
	if !w.kill(answers, step) {
		w.t.Fatalf("%s was not met", step)
	}
	if _, err := os.Stat(w.in("etc/bianmin/terminal.yaml")); err == nil {
		if _, err := settings.Read(w.in("etc/bianmin/terminal.yaml")); err != nil {
			w.t.Errorf("half a configuration: %v", err)
		}
	}
	s := settings.Settings{Data: w.in("var/lib/bianmin"), Update: settings.Update{State: w.in("none")}}
	if found := codes(readiness.Look(w.t.Context(), readiness.Options{Settings: s, Words: w.words, Root: w.root})); !slices.Contains(found, "setup fail half") {
		w.t.Errorf("readiness says %q", found)
	}
	if w.kill(answers, "none") {
		w.t.Error("killed at no step")
	}
	w.fit(terminal+"A", "bianmin-kiosk.service")
}

// TestAgain: an enrolled machine needs no code; corrections and what is gone from the answers are taken as said.
func TestAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	answers := w.answers("QH0301", "--role", "agent")
	answers.Role = "agent"
	if _, err := commission.Run(t.Context(), options(w.words, w.root, answers)); err != nil {
		t.Fatal(err)
	}
	w.fit("QH0301A", "bianmin-sender.service")
	if _, err := os.Lstat(w.in("etc/systemd/system/multi-user.target.wants/bianmin-kiosk.service")); err == nil {
		t.Error("a desk starts the kiosk")
	}
	again := commission.Answers{Technician: w.staff}
	w.annotate()
	o := options(w.words, w.root, again)
	technician := &person{answers: again, change: map[string]string{"printer": "", "button": "serial:" + w.in("dev/serial/by-id/usb-FTDI-port2")}}
	o.Technician = technician
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Read(w.in("etc/bianmin/terminal.yaml"))
	if err != nil || s.Devices.Printer != nil || s.Devices.Button == nil || s.Devices.Reader == nil || s.Phone != "0999-12345" {
		t.Errorf("%+v, %v", s.Devices, err)
	}
	w.mustBeAnnotated()
	for _, f := range technician.found {
		if f.Role == drivers.RoleReader && !f.Given {
			t.Error("the reader that stood there was not kept")
		}
	}
	all, err := filepath.Glob(w.in("var/lib/bianmin/acceptance/*.json"))
	if err != nil || len(all) == 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestRefused: what is wrong is said, and the machine is as before.
func TestRefused(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	w := newWorld(t, p)
	run := func(change func(*commission.Answers)) error {
		answers := w.answers("QH0301")
		change(&answers)
		_, err := commission.Run(t.Context(), options(w.words, w.root, answers))
		return err
	}
	for _, c := range []struct {
		want   string
		change func(*commission.Answers)
	}{
		{"not an enrolment string", func(a *commission.Answers) { a.Enrolment = "BIANMIN1" }},
		{"nobody has a code", func(a *commission.Answers) { a.Enrolment = "" }},
		{"the key \"fone\" is not known", func(a *commission.Answers) { a.Terminal["fone"] = "1" }},
	} {
		if err := run(c.change); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
		if _, err := os.Stat(w.in("etc/bianmin/terminal.yaml")); err == nil {
			t.Errorf("%s: a configuration was written", c.want)
		}
	}
	if err := run(func(a *commission.Answers) { a.Role = "agent" }); err == nil || !strings.Contains(err.Error(), "ask for another code") {
		t.Errorf("another role: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	if _, err := commission.Run(ctx, options(w.words, w.root, w.answers("QH0301"))); err == nil {
		t.Error("it went on after its end")
	}
}
