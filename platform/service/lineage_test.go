package service_test

import (
	"encoding/json"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/casebook"
	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
)

// lineage are a platform whose rule refuses a value, and a terminal that mends what was refused.
type lineage struct {
	*peer
	t *testing.T
}

func newLineage(t *testing.T) lineage {
	t.Helper()
	p := platformtest.Start(t, platformtest.Options{Rules: `
- {item: "1", once: month, reason: 本月已办理}
- {item: "1", refuse: {a: x}, reason: 内容有误}
`})
	return lineage{peer: newPeer(t, p, "QH0301"), t: t}
}

// file makes an application; a "x" is what the rule refuses.
func (l lineage) file(person, a string, previous casefile.Number) casefile.Event {
	l.t.Helper()
	e := l.event()
	e.Submission.Applicant = casefile.Applicant{Number: person, Name: "王" + person}
	e.Submission.Values = json.RawMessage(`{"a":"` + a + `","phone":"139` + person + `"}`)
	e.Submission.Previous = previous
	return e
}

func (l lineage) sent(what string, e casefile.Event, answer string) {
	l.t.Helper()
	s := l.build(e, 10)
	want(l.t, what, l.sendAll(s), answer)
	want(l.t, what+", again", l.sendAll(s), answer)
}

const (
	taken   = "200 acknowledgement  @"
	byRule  = "422 refusal rule @"
	byOrder = "422 refusal transition @"
)

// work lists the county's work: number, how it ended and by which case.
func (l lineage) work() string {
	l.t.Helper()
	var all []registry.Refusal
	if err := json.Unmarshal(l.p.Run("refused", "--all", "--json", "--data", l.p.Dir), &all); err != nil {
		l.t.Fatal(err)
	}
	var lines []string
	for _, r := range all {
		how := r.How
		if r.Ended.IsZero() {
			how = "waits"
		}
		lines = append(lines, strings.TrimSpace(strings.Join([]string{r.Case, how, r.Successor}, " ")))
	}
	return strings.Join(lines, "; ")
}

func (l lineage) works(what, want string) {
	l.t.Helper()
	if got := l.work(); got != want {
		l.t.Errorf("%s: the county's work is\n%s, want\n%s", what, got, want)
	}
}

// TestMendedAndSentAgain: the mended application takes the refused one's place, with what that had claimed; the history of both shows
// the other; a third is one too many, unless the second was given up.
func TestMendedAndSentAgain(t *testing.T) {
	l := newLineage(t)
	first := l.file("1", "x", "")
	l.sent("what is refused", first, byRule)
	l.works("refused", string(first.Case)+" waits")
	second := l.file("1", "x", first.Case)
	l.sent("mended in vain", second, byRule)
	stranger := l.file("2", "y", first.Case)
	l.sent("of somebody else", stranger, taken)
	l.works("nobody's business", string(first.Case)+" waits; "+string(second.Case)+" waits")
	third := l.file("1", "y", second.Case)
	l.sent("mended well", third, taken)
	done := string(first.Case) + " replaced " + string(third.Case) + "; " + string(second.Case) + " replaced " + string(third.Case)
	l.works("mended", done)
	fourth, fifth := l.file("1", "z", first.Case), l.file("1", "z", third.Case)
	l.sent("one too many", fourth, byOrder)
	l.sent("for what was accepted", fifth, byOrder)
	done += "; " + string(fourth.Case) + " replaced; " + string(fifth.Case) + " replaced"
	l.works("nobody waits", done)
	var cases []casebook.Case
	if err := json.Unmarshal(l.p.Run("cases", "--json", "--data", l.p.Dir), &cases); err != nil {
		t.Fatal(err)
	}
	kin := map[string]casebook.Case{}
	for _, c := range cases {
		kin[c.Case] = c
	}
	if f, s, c := kin[string(first.Case)], kin[string(second.Case)], kin[string(third.Case)]; f.Successor != string(third.Case) || s.Successor != string(third.Case) ||
		s.Previous != string(first.Case) || c.Previous != string(second.Case) || c.State != casefile.StateAccepted || f.State != "refused" {
		t.Errorf("the histories say %q, %q and %q, %q", f.Successor, s.Previous, s.Successor, c.Previous)
	}
	up := third
	up.ID, up.Sequence, up.Kind, up.Submission, up.Turn = randomID(t), 2, casefile.Withdrawn, nil, &casefile.Turn{}
	l.sent("given up", up, taken)
	anew := l.file("1", "y", first.Case)
	anew.At.BusinessDate = "2026-12-01" // another month
	l.sent("and filed anew", anew, taken)
}

// TestMendedInAnyOrder: the mended application comes first, because the platform lost the other: the person is served once.
func TestMendedInAnyOrder(t *testing.T) {
	l := newLineage(t)
	first := l.file("1", "y", "")
	second, other := l.file("1", "y", first.Case), l.file("2", "y", first.Case)
	l.sent("the mended one", second, taken)
	l.sent("somebody else's, that names the same", other, taken)
	l.sent("the first after all", first, byOrder)
	l.works("nothing to do", string(first.Case)+" replaced "+string(second.Case))
	// The other way round: what was thought refused is accepted.
	third := l.file("3", "y", "")
	l.sent("accepted after all", third, taken)
	fourth := l.file("3", "y", third.Case)
	l.sent("what was to mend it", fourth, byOrder)
	// Another's application is never stopped by a name in a third one.
	victim := l.file("4", "y", "")
	l.sent("that names it", l.file("5", "y", victim.Case), taken)
	l.sent("the one that was named", victim, taken)
	works := string(first.Case) + " replaced " + string(second.Case) + "; " + string(fourth.Case) + " replaced"
	l.works("nobody waits", works)
}

// TestRefusedIsWork: it is listed until the person gives up, or somebody deals with it, once; with whom to call when asked for.
func TestRefusedIsWork(t *testing.T) {
	l := newLineage(t)
	first, second := l.file("1", "x", ""), l.file("2", "x", "")
	l.sent("refused", first, byRule)
	l.sent("refused", second, byRule)
	up := first
	up.ID, up.Sequence, up.Kind, up.Submission, up.Turn = randomID(t), 2, casefile.Withdrawn, nil, &casefile.Turn{}
	l.sent("given up", up, byOrder)
	l.works("given up", string(first.Case)+" withdrawn; "+string(second.Case)+" waits")
	if text := string(l.p.Run("refused", "--data", l.p.Dir)); strings.Contains(text, "王") || !strings.Contains(text, string(second.Case)) || strings.Contains(text, string(first.Case)) {
		t.Errorf("the list says %s", text)
	}
	if text := string(l.p.Run("refused", "--people", "--data", l.p.Dir)); !strings.Contains(text, "王2 1392") || !strings.Contains(text, "内容有误") {
		t.Errorf("whom to call: %s", text)
	}
	if text := string(l.p.Run("audit", "--data", l.p.Dir)); strings.Count(text, registry.TrailPeople) != 1 || !strings.Contains(text, second.ID) || !strings.Contains(text, "command:") || strings.Contains(text, "王2") {
		t.Errorf("the audit trail says %s", text)
	}
	l.p.Run("refused", "close", string(second.Case), "--note", "已电话告知，李四", "--data", l.p.Dir)
	if err := l.p.Try("refused", "close", string(second.Case), "--note", "x", "--data", l.p.Dir); err == nil {
		t.Error("closed twice")
	}
	if text := string(l.p.Run("audit", "--data", l.p.Dir)); strings.Count(text, registry.TrailClosed) != 1 || strings.Count(text, "\n") != 2 {
		t.Errorf("the audit trail says %s", text)
	}
	if text := string(l.p.Run("refused", "--all", "--data", l.p.Dir)); !strings.Contains(text, "已电话告知，李四") {
		t.Errorf("afterwards: %s", text)
	}
	broken := l.build(l.file("3", "y", ""), 0)
	broken.bytes[len(broken.bytes)-1] ^= 1
	broken.Digest = seal.Digest(broken.bytes)
	want(t, "one that does not open", l.sendAll(broken), "422 refusal manifest @")
	l.works("all", string(first.Case)+" withdrawn; "+string(second.Case)+" closed; "+string(broken.Header.Case)+" waits")
	l.sent("mended", l.file("3", "y", broken.Header.Case), taken)
	if !strings.Contains(l.work(), string(broken.Header.Case)+" replaced") {
		t.Errorf("what did not open and was mended: %s", l.work())
	}
}
