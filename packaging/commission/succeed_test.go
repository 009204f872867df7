package commission_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/packaging/commission"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/packaging/succession"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// heldBefore is how many cases the old machine never sent.
const heldBefore = 3

// older is a machine of the same number with cases that were never sent.
func (w *world) older(terminal string) (data string) {
	w.t.Helper()
	data = w.t.TempDir()
	if _, err := enrol.Enrol(w.t.Context(), enrol.Options{Ticket: w.platform.Ticket(terminal, w.platform.URL), Data: data, Software: "test", Now: time.Now}); err != nil {
		w.t.Fatal(err)
	}
	f, err := filing.Open(w.t.Context(), filing.Options{Folder: data, Software: "test", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range heldBefore {
		who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: fmt.Sprintf("9901021945%08d", i), Issuer: "望河县公安局", LongTerm: true}
		_, err := f.Submit(w.t.Context(), casefile.Submission{
			Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
			Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{}`),
		}, nil, who)
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		w.t.Fatal(err)
	}
	return data
}

func (w *world) backup(data, stick string) {
	w.t.Helper()
	if _, err := (succession.Machine{Data: data, Software: "test", Now: time.Now}).Backup(w.t.Context(), stick, true); err != nil {
		w.t.Fatal(err)
	}
}

// mustHoldAll looks whether every case of the old machine waits here, once.
func (w *world) mustHoldAll() {
	w.t.Helper()
	opened, err := store.Open(w.t.Context(), store.Options{Folder: w.in("var/lib/bianmin"), Clock: store.SystemClock})
	if err != nil {
		w.t.Fatal(err)
	}
	waiting, refused, err := opened.Undelivered(w.t.Context())
	if err = errors.Join(err, opened.Close()); err != nil || len(waiting) != heldBefore || len(refused) != 0 {
		w.t.Errorf("%d wait, %d refused, %v", len(waiting), len(refused), err)
	}
}

func (w *world) setupState() string {
	w.t.Helper()
	s := settings.Settings{Data: w.in("var/lib/bianmin"), Update: settings.Update{State: w.in("none")}}
	for _, c := range codes(readiness.Look(w.t.Context(), readiness.Options{Settings: s, Words: w.words, Root: w.root})) {
		if strings.HasPrefix(c, "setup ") {
			return c
		}
	}
	return ""
}

// asked is a technician who can be asked about the machine before.
type asked struct {
	*person
	from string
	old  []string
	seen []string // the sticks that were named to it
}

func (a *asked) Replace(old string, sticks []string) (string, error) {
	a.old, a.seen = append(a.old, old), sticks
	return a.from, nil
}

// TestReplaceByStick: a setup with a code for a number that there was already lays the offer, serves meanwhile, and takes everything when the stick comes back.
func TestReplaceByStick(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	old, stick := w.older("QH0301"), w.in("media/stick")
	if err := os.MkdirAll(stick, 0o755); err != nil {
		t.Fatal(err)
	}
	answers := w.answers("QH0301")
	answers.Test = nil
	technician := &asked{person: &person{answers: answers}, from: stick}
	o := options(w.words, w.root, answers)
	o.Technician = technician
	outcome, err := commission.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if outcome.Passed || outcome.Replaced == nil || outcome.Replaced.State != commission.ReplacedOpen || !slices.Equal(technician.old, []string{"QH0301A"}) || !slices.Contains(technician.said, "replace-offered") {
		t.Errorf("%+v, asked %v, said %v", outcome.Replaced, technician.old, technician.said)
	}
	if len(technician.seen) > 0 {
		t.Errorf("nothing is mounted, and it names %v as sticks", technician.seen)
	}
	if state := w.setupState(); state != "setup warn open" {
		t.Errorf("readiness says %q", state)
	}
	w.backup(old, stick)
	if outcome, err = commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if len(technician.old) != 1 {
		t.Error("it asked although the stick holds everything")
	}
	if r := outcome.Replaced; r == nil || r.State != commission.ReplacedTaken || r.Cases != heldBefore || r.Packets != heldBefore {
		t.Errorf("%+v", r)
	}
	w.fit("QH0301B", "bianmin-kiosk.service")
	w.mustHoldAll()
	if outcome, err = commission.Run(t.Context(), o); err != nil || outcome.Replaced != nil || len(technician.old) != 1 {
		t.Errorf("once more: %+v, %v", outcome.Replaced, err)
	}
	if missing := w.words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

// TestReplaceFromDisk: the old machine is dead, its disk lives: one run.
func TestReplaceFromDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	answers := w.answers("QH0301")
	answers.Replace, answers.Test = w.older("QH0301"), nil
	if err := w.run(w.withNewCode(answers)); err != nil {
		t.Fatal(err)
	}
	w.fit("QH0301B", "bianmin-kiosk.service")
	w.mustHoldAll()
}

// withNewCode gives answers a code that was made after the old machine enrolled.
func (w *world) withNewCode(a commission.Answers) commission.Answers {
	w.t.Helper()
	a.Enrolment = w.platform.Ticket("QH0301", w.platform.URL).String()
	return a
}

// TestReplaceNothing: what was said to be nothing is not asked for again.
func TestReplaceNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	w.older("QH0301")
	answers := w.answers("QH0301")
	answers.Test, answers.Replace = nil, commission.ReplaceNothing
	o := options(w.words, w.root, answers)
	outcome, err := commission.Run(t.Context(), o)
	if err != nil || !outcome.Passed || outcome.Replaced == nil || outcome.Replaced.State != commission.ReplacedNone {
		t.Fatalf("%+v, %v", outcome.Replaced, err)
	}
	answers.Replace = ""
	technician := &asked{person: &person{answers: answers}}
	o.Answers, o.Technician = answers, technician
	if _, err := commission.Run(t.Context(), o); err != nil || len(technician.old) > 0 {
		t.Errorf("asked %v, %v", technician.old, err)
	}
}

// TestReplaceKilled: the power goes while the old machine's work is taken over; the same setup again has all of it, once.
func TestReplaceKilled(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	for i, step := range []string{"restore-opened", "restore-linked", store.PointInheritBefore, store.PointInheritAfter, "restore-receipt", commission.StepSucceeded, commission.StepConfigured} {
		w := newWorld(t, p)
		terminal := fmt.Sprintf("QH06%02d", i)
		old, stick := w.older(terminal), w.in("media/stick")
		if err := os.MkdirAll(stick, 0o755); err != nil {
			t.Fatal(err)
		}
		w.backup(old, stick) // to the custodians: no offer yet
		answers := w.answers(terminal)
		answers.Test, answers.Replace = nil, stick
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w.t = t
			if err := w.run(answers); err != nil { // the custodians are asked
				t.Fatal(err)
			}
			if state := w.setupState(); state != "setup warn open" {
				t.Errorf("readiness says %q", state)
			}
			requests, err := filepath.Glob(filepath.Join(stick, "*", "*.request"))
			if err != nil || len(requests) != 1 {
				t.Fatalf("%v, %v", requests, err)
			}
			answer := p.Run("recovery", "answer", "--request", requests[0])
			if err := os.WriteFile(strings.TrimSuffix(requests[0], ".request")+".answer", answer, 0o600); err != nil {
				t.Fatal(err)
			}
			if !w.kill(answers, step) {
				t.Fatalf("%s was not met", step)
			}
			if err := w.run(answers); err != nil {
				t.Fatal(err)
			}
			w.fit(terminal+"B", "bianmin-kiosk.service")
			w.mustHoldAll()
		})
	}
}

// TestReplaceDamaged: half a backup is said, and the machine has nothing of it.
func TestReplaceDamaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	old, stick := w.older("QH0301"), w.in("media/stick")
	if err := os.MkdirAll(stick, 0o755); err != nil {
		t.Fatal(err)
	}
	w.backup(old, stick)
	found, err := filepath.Glob(filepath.Join(stick, "bianmin-QH0301A", "store-*.sealed"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	if err := os.Truncate(found[0], 1000); err != nil {
		t.Fatal(err)
	}
	answers := w.answers("QH0301")
	answers.Test = nil
	if err := w.run(answers); !errors.Is(err, succession.ErrDamaged) {
		t.Errorf("half a backup: %v", err)
	}
	if state := w.setupState(); state != "setup fail half" {
		t.Errorf("readiness says %q", state)
	}
	if err := os.Remove(found[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(found[0])); err != nil {
		t.Fatal(err)
	}
	w.backup(old, stick)
	if err := w.run(answers); err != nil { // it waits for the custodians now
		t.Error(err)
	}
}
