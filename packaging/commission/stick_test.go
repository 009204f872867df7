package commission_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bianmin/internal/smalldisk"
	"bianmin/packaging/commission"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
)

// nowhere is an address where no platform is.
const nowhere = "https://127.0.0.1:9"

// byStick are the answers of a kiosk without network, whose bundle the county laid on a stick that is mounted.
func (w *world) byStick(terminal string, more ...string) (answers commission.Answers, stick string) {
	w.t.Helper()
	stick = w.in("media/stick")
	if err := os.MkdirAll(stick, 0o755); err != nil {
		w.t.Fatal(err)
	}
	answers = w.answers(terminal)
	answers.Enrolment = w.platform.Ticket(terminal, nowhere, append(more, "--bundle", stick)...).Code
	return answers, stick
}

func (w *world) run(answers commission.Answers, change ...func(*commission.Options)) error {
	w.t.Helper()
	o := options(w.words, w.root, answers)
	for _, c := range change {
		c(&o)
	}
	_, err := commission.Run(w.t.Context(), o)
	return err
}

func (w *world) mustWait(err error) {
	w.t.Helper()
	var waits *commission.WaitingError
	if !errors.As(err, &waits) || !strings.HasSuffix(waits.Request, ".request") {
		w.t.Fatalf("want it to wait for the county, got %v", err)
	}
	s := settings.Settings{Data: w.in("var/lib/bianmin"), Update: settings.Update{State: w.in("none")}}
	if found := codes(readiness.Look(w.t.Context(), readiness.Options{Settings: s, Words: w.words, Root: w.root})); !slices.Contains(found, "setup fail waiting") || !slices.Contains(found, "enrolment fail none") {
		w.t.Errorf("readiness says %q", found)
	}
}

// snapshot is what lies under a folder.
func snapshot(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		all[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWithoutNetwork: two visits with a stick between machine and county.
func TestWithoutNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	answers, stick := w.byStick("QH0301")
	answers.Test = []string{"receipt"}
	first := &supervisor{}
	technician := &person{answers: answers}
	w.mustWait(w.run(answers, func(o *commission.Options) { o.Supervisor, o.Technician = first, technician }))
	if strips := w.stand.Printed(); len(strips) != 1 {
		t.Errorf("%d strips were printed while it waits", len(strips))
	}
	if newest, err := commission.Newest(w.in("var/lib/bianmin")); newest != "" || err != nil {
		t.Errorf("an acceptance report without certificates: %s, %v", newest, err)
	}
	if !slices.Contains(first.told, "start bianmin-sender.service bianmin-check.timer bianmin-courier.path bianmin-kiosk.service") || !slices.Contains(technician.said, "by-stick") {
		t.Errorf("told %q, said %q", first.told, technician.said)
	}
	for path, content := range snapshot(t, stick) {
		if strings.Contains(content, answers.Enrolment) || strings.Contains(content, "PRIVATE") {
			t.Errorf("%s shows the code or a key", path)
		}
	}
	onStick := snapshot(t, stick)
	w.mustWait(w.run(commission.Answers{Technician: w.staff})) // again, too early
	if again := snapshot(t, stick); len(again) != len(onStick) {
		t.Errorf("the stick holds %d files, before %d", len(again), len(onStick))
	}
	w.platform.Run("enrol", "answer", "--request", stick)
	if err := w.run(commission.Answers{Technician: w.staff, Test: []string{"receipt"}}); err != nil {
		t.Fatal(err)
	}
	w.fit("QH0301A", "bianmin-kiosk.service")
	if missing := w.words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
	if err := w.run(commission.Answers{Technician: w.staff}); err != nil {
		t.Errorf("with the answer still on the stick: %v", err)
	}
}

// TestKilledByStick: the power goes at every step of an enrolment by stick; the next run goes on.
func TestKilledByStick(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	for i, step := range slices.Concat(commission.StepsByStick, []string{commission.StepConfigured, commission.StepSession, commission.StepStarted}) {
		w := newWorld(t, p)
		terminal := "QH050" + string(rune('0'+i))
		answers, stick := w.byStick(terminal)
		answers.Test = nil
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w.t = t
			if !slices.Contains([]string{"enrol-kept", commission.StepAnswered}, step) {
				if !w.kill(answers, step) {
					t.Fatalf("%s was not met", step)
				}
				w.mustWait(w.run(answers))
			} else {
				w.mustWait(w.run(answers))
				p.Run("enrol", "answer", "--request", stick)
				if !w.kill(answers, step) {
					t.Fatalf("%s was not met", step)
				}
			}
			p.Run("enrol", "answer", "--request", stick)
			if err := w.run(answers); err != nil {
				t.Fatal(err)
			}
			w.fit(terminal+"A", "bianmin-kiosk.service")
		})
	}
}

// TestSticks: each wrong stick is said, and leaves the machine as it was.
func TestSticks(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	w := newWorld(t, p)
	answers, stick := w.byStick("QH0301")
	bundle := filepath.Join(stick, "bianmin-QH0301.enrolment")
	whole, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	put := func(content []byte) {
		if err := os.WriteFile(bundle, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		want   string
		change func(*commission.Answers)
	}{
		{"does not open the bundle", func(a *commission.Answers) { a.Enrolment = "0000-0000-0000-0000" }},
		{"damaged, or none", func(*commission.Answers) { put(whole[:90]) }},
		{"no pre-issued bundle was found", func(*commission.Answers) { put(whole) }},
	} {
		a := answers
		c.change(&a)
		var change []func(*commission.Options)
		if strings.HasPrefix(c.want, "no pre") {
			change = append(change, func(o *commission.Options) { o.Stick = t.TempDir() })
		}
		if err := w.run(a, change...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
		if _, err := os.Stat(w.in("var/lib/bianmin/keys.next")); err == nil {
			t.Errorf("%s: keys were made", c.want)
		}
	}
	expired, _ := w.byStick("QH0302", "--valid", "1ns")
	if err := w.run(expired); err == nil || !strings.Contains(err.Error(), "has expired") {
		t.Errorf("expired: %v", err)
	}

	other := newWorld(t, p) // its answer comes to this machine
	othersAnswers, othersStick := other.byStick("QH0301")
	other.mustWait(other.run(othersAnswers))
	p.Run("enrol", "answer", "--request", othersStick)

	w.mustWait(w.run(answers))
	found, err := filepath.Glob(filepath.Join(othersStick, "*.answer"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	content, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stick, filepath.Base(found[0])), content, 0o600); err != nil {
		t.Fatal(err)
	}
	technician := &person{answers: answers}
	w.mustWait(w.run(answers, func(o *commission.Options) { o.Technician = technician }))
	if !slices.Contains(technician.said, "other-answer") {
		t.Errorf("said %q", technician.said)
	}
	requests, err := filepath.Glob(filepath.Join(stick, "*.request"))
	if err != nil || len(requests) == 0 {
		t.Fatal(requests, err)
	}
	for _, request := range requests { // as ours, but damaged
		answer := strings.TrimSuffix(request, ".request") + ".answer"
		if answer == filepath.Join(stick, filepath.Base(found[0])) {
			continue
		}
		if err := os.WriteFile(answer, content[:50], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := w.run(answers); err == nil || !strings.Contains(err.Error(), "damaged, or none") {
			t.Errorf("a damaged answer: %v", err)
		}
		if err := os.WriteFile(answer, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := w.run(answers); err == nil || !strings.Contains(err.Error(), "another machine") {
			t.Errorf("another's answer under this one's name: %v", err)
		}
		if err := os.Remove(answer); err != nil {
			t.Fatal(err)
		}
	}
	again, _ := w.byStick("QH0303") // the county made a new code for another number
	again.Test = nil
	w.mustWait(w.run(again))
	p.Run("enrol", "answer", "--request", newest(t, stick, "QH0303"))
	if err := w.run(again); err != nil {
		t.Fatal(err)
	}
	w.fit("QH0303A", "bianmin-kiosk.service")
}

func newest(t *testing.T, stick, terminal string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(stick, "bianmin-"+terminal+"-*.request"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	return found[0]
}

// TestNetworkCame: what began with a stick ends over the network, and the whole string serves without one.
func TestNetworkCame(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	w := newWorld(t, p)
	stick := w.in("mnt")
	if err := os.MkdirAll(stick, 0o755); err != nil {
		t.Fatal(err)
	}
	ticket := p.Ticket("QH0301", p.URL, "--bundle", stick)
	answers := w.answers("QH0302")
	answers.Enrolment = ticket.String()
	p.Stop()
	w.mustWait(w.run(answers))
	p.Serve(p.Addr)
	if err := w.run(answers); err != nil {
		t.Fatal(err)
	}
	w.fit("QH0301A", "bianmin-kiosk.service")
}

// TestFullStick: a stick without room, or pulled, is said; with room the same command goes on.
func TestFullStick(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	answers, stick := w.byStick("QH0301")
	bundle, err := os.ReadFile(filepath.Join(stick, "bianmin-QH0301.enrolment"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.inNamespace(plan{Answers: answers, Stick: stick, Bundle: bundle}); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(stick); err != nil {
		t.Fatal(err)
	}
	w.mustWait(w.run(answers)) // pulled: it still waits
}

// full is the child's part of TestFullStick, in a mount namespace of its own.
func full(stick string, bundle []byte, run func(context.Context) error) error {
	if err := smalldisk.Private(); err != nil {
		return err
	}
	if err := smalldisk.Mount(stick, "16k"); err != nil {
		return err
	}
	defer smalldisk.Unmount(stick)
	if err := os.WriteFile(filepath.Join(stick, "bianmin-QH0301.enrolment"), bundle, 0o600); err != nil {
		return err
	}
	filler := filepath.Join(stick, "filler")
	_ = os.WriteFile(filler, bytes.Repeat([]byte("x"), 64<<10), 0o600) // until it is full
	if err := run(context.Background()); err == nil || !strings.Contains(err.Error(), "no room left on the stick") {
		return errors.Join(errors.New("on a full stick"), err)
	}
	if found, err := filepath.Glob(filepath.Join(stick, "*.request*")); err != nil || len(found) > 0 {
		return errors.Join(errors.New("half a request on a full stick"), err)
	}
	if err := os.Remove(filler); err != nil {
		return err
	}
	var waits *commission.WaitingError
	if err := run(context.Background()); !errors.As(err, &waits) {
		return errors.Join(errors.New("with room"), err)
	}
	_, err := filepath.Glob(filepath.Join(stick, waits.Request))
	return err
}
