package service_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// TestTerminalsOutOfStep: what another terminal adds waits for the event that
// opens the case, and is refused only when that can never come.
func TestTerminalsOutOfStep(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{Rules: `[{item: "no", refuse: {a: b}, reason: 不予受理}]`})
	a, b := newPeer(t, p, "QH0301"), newPeer(t, p, "QH0302", "--role", "agent")
	opening := a.event()
	first := &record{peer: a, number: opening.Case, sequence: 1}
	second := a.build(first.write(casefile.Papers, papers(casefile.PaperReceived)), 0)
	other := (&record{peer: a, number: opening.Case}).at(b)
	early := b.build(other.write(casefile.Papers, papers(casefile.PaperHandedOn)), 0)
	waits := fmt.Sprintf("202 registration  @%d", len(early.bytes))
	want(t, "B before A has opened the case", b.sendAll(early), waits)
	want(t, "and again", b.send(early, len(early.bytes), len(early.bytes)), waits)
	want(t, "A's second before its first", a.sendAll(second), fmt.Sprintf("202 registration  @%d", len(second.bytes)))
	want(t, "A opens it", a.sendAll(a.build(opening, 0)), fine)
	want(t, "B's event", b.send(early, len(early.bytes), len(early.bytes)), fine)
	// A's second event still waits at A; meanwhile the case is returned, and corrected at B.
	notice := act(t, p, string(opening.Case), "return", "--point", "text=缺页")
	want(t, "corrected at B while A's event waits", other.add(casefile.Corrected, correct(notice.ID, "1")), fine)
	want(t, "A's event after it", a.send(second, len(second.bytes), len(second.bytes)), fine)
	want(t, "corrected at A as well", first.add(casefile.Corrected, correct(notice.ID, "1")), impossible)
	if state := first.state(); state != "processing" {
		t.Errorf("the case stands at %q", state)
	}

	refused := a.event()
	refused.Submission.Item.Code = "no"
	behind := (&record{peer: a, number: refused.Case}).at(b)
	waiting := b.build(behind.write(casefile.Urged, turn), 0)
	want(t, "behind what will be refused", b.sendAll(waiting), fmt.Sprintf("202 registration  @%d", len(waiting.bytes)))
	want(t, "the opening is refused", a.sendAll(a.build(refused, 0)), "422 refusal rule @")
	want(t, "so is what waited for it", b.send(waiting, len(waiting.bytes), len(waiting.bytes)), impossible)

	nobody, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0999", Generation: "A", Date: "2026-11-22", Sequence: 1})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "a case of no terminal", (&record{peer: b, number: nobody}).add(casefile.Urged, turn), "422 refusal case @")
}

// TestLevelsOfEvaluations: a desk hears how many ratings there are, and of their
// levels only in full tens; a kiosk and another point hear nothing of them.
func TestLevelsOfEvaluations(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	kiosk, desk := newPeer(t, p, "QH0301"), newPeer(t, p, "QH0302", "--role", "agent")
	far := newPeer(t, p, "QH0401", "--role", "agent", "--point", "石桥村便民服务点")
	if e := desk.beat().answer.Evaluations; e == nil || e.Given != 0 || e.Levels != nil {
		t.Errorf("before the first: %+v", e)
	}
	var kept string
	for n := 1; n <= 21; n++ {
		r := kiosk.open()
		if n%2 == 0 {
			r = r.at(desk) // rated at another terminal than it was filed
		}
		want(t, "rate", r.add(casefile.Evaluated, grade(1, 1+n%5)), fine)
		e := desk.beat().answer.Evaluations
		sum := 0
		for _, count := range e.Levels {
			sum += count
		}
		if e.Given != n || sum != n/10*10 {
			t.Fatalf("after %d: %+v", n, e)
		}
		if levels := fmt.Sprint(e.Levels); n%10 == 0 {
			kept = levels
		} else if n > 10 && levels != kept {
			t.Errorf("after %d the levels moved from %s to %s: one rating shows", n, kept, levels)
		}
	}
	if e := far.beat().answer.Evaluations; e == nil || e.Given != 0 {
		t.Errorf("another point hears of %+v", e)
	}
}

// TestActors: who acted must be an account of the point that may do it, under a delegation that allows it.
func TestActors(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301", "--role", "agent")
	newPeer(t, p, "QH0302") // the account was made for the point's kiosk
	li, lead := newAgent(t, p, "李会计", "QH0302"), newAgent(t, p, "赵主任", "QH0301", "--role", "lead")
	trainee, far := newAgent(t, p, "王学员", "QH0301", "--role", "trainee"), newAgent(t, p, "钱代办", "QH0401")
	filed := func(actor string, change func(*casefile.Delegation)) casefile.Event {
		e := m.event()
		e.Actor = actor
		if change != nil {
			d := casefile.Delegation{
				Agent: li.ID, Delegate: casefile.Applicant{Number: "990301196001010018"}, Scope: []string{"apply"}, Item: "1", From: "2026-11-20", Until: "2026-11-22",
			}
			change(&d)
			e.Submission.Delegation = &d
		}
		return e
	}
	confirmed := func(actor, by string) casefile.Event {
		r := m.open()
		e := r.write(casefile.Confirmed, func(e *casefile.Event) { e.Confirmation = &casefile.Confirmation{Materials: []string{"m1"}, By: by} })
		e.Actor = actor
		return e
	}
	day := m.event()
	day.Kind, day.Submission, day.Actor, day.Day = casefile.DayClosed, nil, "agent:"+li.ID, &casefile.DayClosing{Date: "2026-11-22", Account: lead.ID}
	const refused = "422 refusal actor @"
	for _, c := range []struct {
		name  string
		event casefile.Event
		want  string
	}{
		{"an agent", filed("agent:"+li.ID, nil), fine},
		{"under a delegation", filed("agent:"+li.ID, func(*casefile.Delegation) {}), fine},
		{"nobody's account", filed("agent:000000", nil), refused},
		{"another point's", filed("agent:"+far.ID, nil), refused},
		{"a trainee", filed("agent:"+trainee.ID, nil), refused},
		{"a citizen under a delegation", filed("citizen", func(*casefile.Delegation) {}), refused},
		{"another's delegation", filed("agent:"+lead.ID, func(*casefile.Delegation) {}), refused},
		{"a delegation that ended", filed("agent:"+li.ID, func(d *casefile.Delegation) { d.Until = "2026-11-21" }), refused},
		{"to correct only", filed("agent:"+li.ID, func(d *casefile.Delegation) { d.Scope = []string{"correct"} }), refused},
		{"for another item", filed("agent:"+li.ID, func(d *casefile.Delegation) { d.Item = "2" }), refused},
		{"days in disorder", filed("agent:"+li.ID, func(d *casefile.Delegation) { d.From = "冬月初五" }), refused},
		{"confirmed by the lead", confirmed("agent:"+lead.ID, lead.ID), fine},
		{"confirmed under the lead's name", confirmed("agent:"+li.ID, lead.ID), refused},
		{"confirmed without the right", confirmed("agent:"+li.ID, li.ID), refused},
		{"closed under another's name", day, refused},
	} {
		got := m.sendAll(m.build(c.event, 0))
		want(t, c.name, got, c.want)
		if got.status == 422 && got.answer.Reason == "" {
			t.Errorf("%s: no reason for people", c.name)
		}
	}
	p.Run("agent", "bar", li.ID)
	want(t, "before it heard that it is barred", m.sendAll(m.build(filed("agent:"+li.ID, nil), 0)), fine)
}

// TestTerminalOfTheFirstVersion: what terminals wrote before there were desks is taken as ever.
func TestTerminalOfTheFirstVersion(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	r := m.open()
	e := r.write(casefile.Evaluated, grade(1, 5))
	canonical, err := casefile.Canonical(e)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(canonical), "padding") {
		t.Fatal("this is no event of the first version")
	}
	manifest, err := json.Marshal(packet.Manifest{Event: canonical, EventDigest: seal.Digest(canonical), Attachments: []packet.Attachment{}})
	if err != nil {
		t.Fatal(err)
	}
	sealedManifest, err := seal.SealCMS(manifest, m.id.SignCert, m.id.Keys.Sign, m.id.PlatformEncrypt)
	if err != nil {
		t.Fatal(err)
	}
	header, err := json.Marshal(packet.Header{
		Version: packet.Version, Packet: e.ID, Case: e.Case, Sequence: e.Sequence, Kind: e.Kind, Terminal: e.Terminal, Generation: e.Generation,
		Certificate: fmt.Sprintf("%x", m.id.SignCert.SerialNumber.Bytes()),
	})
	if err != nil {
		t.Fatal(err)
	}
	head := binary.BigEndian.AppendUint32([]byte(packet.Magic), uint32(len(header)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(sealedManifest)))
	head = append(append(head, header...), sealedManifest...)
	want(t, "an evaluation without padding", m.patch(e.ID, seal.Digest(head), 0, len(head), head), fine)
	if got := m.beat(); got.status != 200 || got.answer.Staff == nil && got.answer.Agents != nil {
		t.Errorf("its heartbeat: %s", got)
	}
}

// TestImpossibleActs: a department cannot do what the case's state does not allow, hears why, and nothing is written.
func TestImpossibleActs(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301", "--role", "agent")
	for before, after := range map[string]string{
		"reject --reason x":               "finish --result x",
		"finish --result x":               "return --point text=x",
		"finish --result x --way none":    "accept --department x",
		"reject --reason x --behind 1m":   "progress --department x --state done",
		"finish --result x --bring y":     "reject --reason x",
		"return --point text=x --days 10": "appoint --id " + strings.Repeat("0", 32) + " --state moved --date 2026-11-26 --time 09:30 --kind point --name 王小丫",
	} {
		r := m.open()
		done := act(t, p, append([]string{string(r.number)}, strings.Fields(before)...)...)
		err := p.Try(append([]string{"act", string(r.number)}, strings.Fields(after)...)...)
		if err == nil || !(strings.Contains(err.Error(), done.State) || strings.Contains(err.Error(), "no such appointment")) {
			t.Errorf("%s after %s: %v", after, before, err)
		}
		if state := r.state(); state != done.State {
			t.Errorf("%s after %s: the case stands at %q", after, before, state)
		}
		for _, c := range p.Cases() {
			if c.Case == string(r.number) && len(c.Updates) != 1 {
				t.Errorf("%s after %s: %d updates", after, before, len(c.Updates))
			}
		}
	}
}
