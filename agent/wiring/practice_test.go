package wiring

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/agent/desk"
	invented "bianmin/agent/practice"
	"bianmin/core/casefile"
	"bianmin/packaging/settings"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
)

// practising opens practice mode on a data folder.
func practising(t *testing.T, s settings.Settings) *bench {
	t.Helper()
	b := &bench{t: t}
	log := slog.New(slog.NewTextHandler(&b.log, nil))
	a, err := Open(t.Context(), Options{
		Settings: s, Log: log, Practice: true, Times: desk.Times{Health: 20 * time.Millisecond},
		Pace: invented.Pace{Look: 10 * time.Millisecond, Step: 50 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.agent, b.desk = a, a.Desk()
	b.run(t, a)
	return b
}

// practises signs an invented account on with the secret that stands on the page.
func (b *bench) practises(account string) {
	b.t.Helper()
	s := b.until("accounts", func(s desk.State) bool { return s.SignOn != nil && len(s.SignOn.Accounts) == 3 })
	if !s.Practice || s.Bench == nil || s.Bench.Secret == "" {
		b.t.Fatalf("the page does not say that this is practice: %+v", s.Bench)
	}
	b.send(desk.PickAccount{ID: account}, desk.Secret{Secret: s.Bench.Secret})
	b.until("signed on", func(s desk.State) bool { return s.Today != nil && s.Account != "" })
}

// contents are the files of a folder but for practice's, by path.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == practice.Folder(folder):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestADayOfPractice: a trainee's day on the real office, with the department that answers; the real data are as before, and the next practice begins anew.
func TestADayOfPractice(t *testing.T) {
	data := enrolled(t)
	before := contents(t, data)
	if len(before) < 5 {
		t.Fatalf("only %d real files: the test compares nothing", len(before))
	}
	b := practising(t, settings.Settings{Data: data})
	b.practises(invented.Trainee)
	if s := b.state; s.Point != b.agent.Office.Identity().Point || s.Point == "" {
		t.Errorf("the point is %q", s.Point)
	}
	b.until("today's visits", func(s desk.State) bool { return s.Today != nil && len(s.Today.Visits) == 2 })
	b.send(desk.PlaceCard{Person: "elder"})
	first := b.accept(pension, map[string]string{"pension": "1", "phone": "13800000000", "residence": "bx", "notice": "1"}, "HOUSEHOLD")
	b.open(first)
	b.until("correction", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Detail.State == casefile.StateCorrection
	})
	b.act(desk.ActCorrect)
	b.until("points", func(s desk.State) bool { return s.Correct != nil && len(s.Correct.Points) == 2 })
	b.send(desk.PointField{Point: "2", Text: "13811112222"}, desk.PointScan{Point: "1"})
	b.until("answered", func(s desk.State) bool { return s.Correct != nil && s.Correct.Ready && s.Correct.Busy == "" })
	b.send(desk.Resubmit{})
	b.told("desk.notice.done.corrected")
	b.send(desk.Go{Page: desk.Today})
	b.open(first)
	b.until("done", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Detail.State == casefile.StateDone
	})
	b.act(desk.ActDeliver, desk.Answer{Yes: true, Chosen: "card"})
	b.told("desk.notice.done.delivered")

	second := b.accept(newborn, map[string]string{"child": "柳新", "childNumber": child(t), "born": time.Now().Format("20060102"), "relation": "mm", "first": "n"}, "CHILDPAGE")
	b.open(second)
	b.act(desk.ActFee, desk.Answer{Yes: true, Text: "400", Chosen: "0"})
	b.until("fee", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && len(s.Cases.Detail.Fees) == 1
	})
	b.send(desk.Go{Page: desk.Fees})
	b.until("ledger", func(s desk.State) bool { return s.Fees != nil && s.Fees.SumFen == 40000 })
	b.send(desk.CountCash{Text: "400"}, desk.CloseDay{}, desk.Answer{Yes: true})
	b.signed()
	b.told("desk.notice.day-closed")
	b.until("everything taken in", func(s desk.State) bool { return s.Status.Online && s.Status.Waiting == 0 })
	b.open(second)
	b.until("the second case's result", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Detail.State == casefile.StateDone
	})
	papers(t, data, b.state.Bench.Paper)

	_, err := Open(t.Context(), Options{Settings: settings.Settings{Data: data}, Practice: true})
	if !errors.Is(err, ErrPractising) {
		t.Errorf("a second practice beside the first: %v", err)
	}
	b.send(desk.EndPractice{})
	b.until("the way back", func(s desk.State) bool { return s.Leaving == desk.ToWork && s.Account == "" })
	b.stop()
	if after := contents(t, data); !sameFiles(before, after) {
		t.Error("practice changed the real data")
	}

	again := practising(t, settings.Settings{Data: data})
	again.practises(invented.Agent)
	again.send(desk.Go{Page: desk.Cases})
	s := again.until("cases", func(s desk.State) bool { return s.Cases != nil })
	if s.Cases.Total != 0 || s.Bench.Paper != "" {
		t.Errorf("the next practice begins with %d cases, paper %q", s.Cases.Total, s.Bench.Paper)
	}
	if _, err := os.Stat(filepath.Join(practice.Folder(data), "papers")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the papers of the last practice are still there: %v", err)
	}
}

// papers looks at what came out: the ones that were named, and PDFs all.
func papers(t *testing.T, data, last string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(practice.Folder(data), "papers", "*.pdf"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%d papers came out, %v", len(files), err)
	}
	slices.Sort(files)
	if filepath.Base(files[len(files)-1]) != last {
		t.Errorf("the page names %q, the last paper is %q", last, files[len(files)-1])
	}
	for _, file := range files {
		if content, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(content, []byte("%PDF-")) {
			t.Errorf("%s is no PDF: %v", filepath.Base(file), err)
		}
	}
}

func sameFiles(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for path, content := range a {
		if other, ok := b[path]; !ok || other != content {
			return false
		}
	}
	return true
}

// TestPracticeUnenrolled: a PC that no platform knows can practise, activating included, and is then still not enrolled.
func TestPracticeUnenrolled(t *testing.T) {
	data := t.TempDir()
	b := practising(t, settings.Settings{Data: data, Catalogue: filepath.Join(data, "nothing")})
	b.until("accounts", func(s desk.State) bool { return s.SignOn != nil && len(s.SignOn.Accounts) == 3 })
	secret := b.state.Bench.Secret
	b.send(desk.PickAccount{ID: invented.Newcomer}, desk.OpenActivate{ID: invented.Newcomer})
	s := b.until("activation", func(s desk.State) bool { return s.Activate != nil && s.Bench.Code != "" })
	const own = "四棵 白杨 河湾 石桥"
	b.send(desk.Activation{Code: s.Bench.Code, Secret: own, Again: own})
	b.until("active", func(s desk.State) bool { return s.SignOn != nil && s.SignOn.Chosen == invented.Newcomer })
	b.send(desk.Secret{Secret: own})
	b.until("signed on", func(s desk.State) bool { return s.Today != nil })
	b.send(desk.SignOff{}, desk.PlaceCard{Person: "agent"})
	b.until("the agent's own card", func(s desk.State) bool { return s.SignOn != nil && s.SignOn.Chosen == invented.Agent })
	b.send(desk.Secret{Secret: secret})
	b.until("signed on", func(s desk.State) bool { return s.Today != nil && s.Account == invented.AgentName })
	b.stop()
	if !strings.Contains(b.log.String(), "built-in catalogue") {
		t.Error("a catalogue that cannot be read was not said")
	}
	if _, err := seal.LoadIdentity(filepath.Join(data, "keys")); !errors.Is(err, seal.ErrNotEnrolled) {
		t.Errorf("the PC is enrolled: %v", err)
	}
	if left := contents(t, data); len(left) != 0 {
		t.Errorf("practice left %d files beside its folder", len(left))
	}
}
