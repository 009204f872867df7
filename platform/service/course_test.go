package service_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/department"
	"bianmin/platform/platformtest"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// record is a case as one terminal goes on writing it.
type record struct {
	*peer
	number   casefile.Number
	sequence int
}

// open files a case.
func (m *peer) open() *record {
	m.t.Helper()
	e := m.event()
	want(m.t, "submit", m.sendAll(m.build(e, 0)), "200 acknowledgement  @")
	return &record{peer: m, number: e.Case, sequence: 1}
}

// at goes on with a case at another terminal.
func (r *record) at(m *peer) *record { return &record{peer: m, number: r.number} }

// next gives a number no other terminal of this test has.
func (m *peer) next() int { m.serial++; return m.serial }

// write makes the case's next event.
func (r *record) write(kind casefile.EventKind, body func(*casefile.Event)) casefile.Event {
	r.t.Helper()
	r.sequence++
	e := r.event()
	e.Case, e.Sequence, e.Kind, e.Submission = r.number, r.sequence, kind, nil
	body(&e)
	return e
}

func (r *record) add(kind casefile.EventKind, body func(*casefile.Event)) heard {
	r.t.Helper()
	got := r.sendAll(r.build(r.write(kind, body), 0))
	if got.status == 422 {
		r.sequence-- // its number is free again for this test's next try
	}
	return got
}

func act(t *testing.T, p *platformtest.Platform, args ...string) department.Done {
	t.Helper()
	var done department.Done
	if err := json.Unmarshal(p.Run(append([]string{"act", "--json"}, args...)...), &done); err != nil {
		t.Fatal(err)
	}
	return done
}

func turn(e *casefile.Event) { e.Turn = &casefile.Turn{Reason: "委托人要求"} }
func grade(n, level int) func(*casefile.Event) {
	return func(e *casefile.Event) { e.Evaluation = &casefile.Evaluation{Level: level, Times: n} }
}

func correct(notice string, points ...string) func(*casefile.Event) {
	return func(e *casefile.Event) { e.Correction = &casefile.Correction{Notice: notice, Points: points} }
}

func papers(step casefile.PaperStep) func(*casefile.Event) {
	return func(e *casefile.Event) {
		e.Papers = &casefile.PaperMove{Step: step, Papers: []casefile.Paper{{ID: string(e.Case) + "/1", Name: "户口簿", Count: 1}}}
	}
}

func fee(receipt string, fen int64, counter string) func(*casefile.Event) {
	return func(e *casefile.Event) {
		e.Fee = &casefile.FeeEntry{Receipt: receipt, Name: "工本费", Fen: fen, Counter: counter, Method: "cash"}
	}
}

func deliver(e *casefile.Event) {
	e.Delivery = &casefile.Delivery{Way: "pickup", Recipient: "王小丫", Result: "通知书"}
}

func (r *record) state() string {
	r.t.Helper()
	for _, c := range r.p.Cases() {
		if c.Case == string(r.number) {
			return c.State
		}
	}
	return ""
}

const fine, impossible = "200 acknowledgement  @", "422 refusal transition @"

// TestCourse goes through whole lives of cases; every step says what the platform answers and where the case stands.
func TestCourse(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301", "--role", "agent")
	type step struct {
		act   string // a department's act, or
		kind  casefile.EventKind
		body  func(*casefile.Event)
		want  string // answer of the platform
		state string
	}
	notice := map[string]string{} // of the case at hand, by name
	answer := func(name string, points ...string) func(*casefile.Event) {
		return func(e *casefile.Event) { correct(notice[name], points...)(e) }
	}
	for name, steps := range map[string][]step{
		"corrected, finished, delivered": {
			{kind: casefile.Corrected, body: correct(strings.Repeat("0", 32), "1"), want: impossible, state: "accepted"},
			{kind: casefile.Delivered, body: deliver, want: impossible, state: "accepted"},
			{act: "accept --department 民政局", state: "processing"},
			{act: "return --point material=hukou,page=3,text=看不清，请重扫 --point field=phone,text=号码有误 --days 5", state: "correction"},
			{kind: casefile.Corrected, body: correct(strings.Repeat("0", 32), "1"), want: impossible, state: "correction"},
			{act: "progress --department 公安局 --state done", state: "correction"},
			{kind: casefile.Corrected, body: answer("return", "1", "2"), want: fine, state: "processing"},
			{kind: casefile.Corrected, body: answer("return", "1"), want: impossible, state: "processing"},
			{act: "finish --result 批准通知 --way pickup --bring 身份证", state: "done"},
			{kind: casefile.Suspended, body: turn, want: impossible, state: "done"},
			{kind: casefile.Delivered, body: deliver, want: fine, state: "delivered"},
			{kind: casefile.Delivered, body: deliver, want: impossible, state: "delivered"},
			{kind: casefile.Evaluated, body: grade(1, 5), want: fine, state: "delivered"},
			{kind: casefile.Evaluated, body: grade(1, 5), want: impossible, state: "delivered"},
			{kind: casefile.Evaluated, body: grade(2, 1), want: fine, state: "delivered"},
			{kind: casefile.Closed, body: turn, want: fine, state: "closed"},
			{kind: casefile.Resumed, body: turn, want: impossible, state: "closed"},
		},
		"a newer notice": {
			{act: "return --point text=一", state: "correction"},
			{act: "return --point text=二 --reason 再次核对", state: "correction"},
			{kind: casefile.Corrected, body: answer("first return", "1"), want: impossible, state: "correction"},
			{kind: casefile.Corrected, body: answer("return", "1"), want: fine, state: "processing"},
		},
		"corrected where the notice is not known": {
			{kind: casefile.Corrected, body: correct(""), want: impossible, state: "accepted"},
			{act: "return --point text=缺页", state: "correction"},
			{kind: casefile.Corrected, body: correct(""), want: fine, state: "processing"},
		},
		"rest, and the department goes on": {
			{kind: casefile.Resumed, body: turn, want: impossible, state: "accepted"},
			{kind: casefile.Suspended, body: turn, want: fine, state: "suspended"},
			{kind: casefile.Suspended, body: turn, want: impossible, state: "suspended"},
			{act: "return --point text=缺页", state: "suspended"},
			{kind: casefile.Resumed, body: turn, want: fine, state: "correction"},
			{kind: casefile.Ended, body: turn, want: fine, state: "ended"},
			{kind: casefile.Urged, body: turn, want: fine, state: "ended"},
		},
		"beside the course": {
			{kind: casefile.Papers, body: papers(casefile.PaperReceived), want: fine, state: "accepted"},
			{kind: casefile.Confirmed, body: func(e *casefile.Event) {
				e.Confirmation = &casefile.Confirmation{Materials: []string{"m1"}, By: "301001"}
			}, want: fine, state: "accepted"},
			{kind: casefile.FeeTaken, body: fee("QH0301A-000001", 500, ""), want: fine, state: "accepted"},
			{kind: casefile.FeeTaken, body: fee("QH0301A-000002", -500, "QH0301A-000001"), want: fine, state: "accepted"},
			{kind: casefile.FeeTaken, body: fee("QH0301A-000001", 500, ""), want: "422 refusal rule @", state: "accepted"},
			{kind: casefile.Unevaluated, body: func(e *casefile.Event) { e.Unrated = &casefile.Unrated{Why: "declined"} }, want: fine, state: "accepted"},
			{act: "appoint --date 2026-11-26 --time 09:30 --village 柳树沟村 --address 3组12号 --name 王小丫", state: "accepted"},
			{kind: casefile.Visited, body: func(e *casefile.Event) {
				e.Visit = &casefile.Visit{Appointment: notice["appoint"], Outcome: "no-show"}
			}, want: fine, state: "accepted"},
			{kind: casefile.Withdrawn, body: turn, want: fine, state: "withdrawn"},
			{kind: casefile.Corrected, body: correct(strings.Repeat("0", 32), "1"), want: impossible, state: "withdrawn"},
		},
		"rejected": {
			{act: "reject --reason 年龄不符合条件", state: "rejected"},
			{kind: casefile.Delivered, body: deliver, want: impossible, state: "rejected"},
			{kind: casefile.Closed, body: turn, want: fine, state: "closed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := m.open()
			clear(notice)
			for i, s := range steps {
				label := fmt.Sprintf("step %d: %s%s", i+1, s.act, s.kind)
				if s.act != "" {
					done := act(t, p, append([]string{string(r.number)}, strings.Fields(s.act)...)...)
					verb := strings.Fields(s.act)[0]
					if notice[verb] != "" {
						notice["first "+verb] = notice[verb]
					}
					notice[verb] = done.ID
					if done.State != s.state {
						t.Errorf("%s: the act says %q, want %q", label, done.State, s.state)
					}
				} else {
					got := r.add(s.kind, s.body)
					want(t, label, got, s.want)
					if got.status == 422 && got.answer.Reason == "" {
						t.Errorf("%s: no reason for people", label)
					}
				}
				if state := r.state(); state != s.state {
					t.Fatalf("%s: the case stands at %q, want %q", label, state, s.state)
				}
				if s.want == impossible || strings.HasPrefix(s.want, "422") {
					// What was refused blocks this terminal's next sequence for good: go on elsewhere, as people would.
					r = r.at(newPeer(t, p, fmt.Sprintf("QX%04d", m.next()), "--role", "agent"))
				}
			}
		})
	}
}

// TestBodies: an event must have the body of its kind, and no other.
func TestBodies(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301", "--role", "agent")
	r := m.open()
	for name, c := range map[string]struct {
		kind casefile.EventKind
		body func(*casefile.Event)
	}{
		"none":                   {casefile.Withdrawn, func(*casefile.Event) {}},
		"another's":              {casefile.Withdrawn, grade(1, 5)},
		"two":                    {casefile.Withdrawn, func(e *casefile.Event) { turn(e); grade(1, 5)(e) }},
		"the platform's kind":    {casefile.PlatformFinished, turn},
		"an unknown kind":        {"teleported", turn},
		"correction of nothing":  {casefile.Corrected, correct(strings.Repeat("0", 32))},
		"no such step":           {casefile.Papers, papers("lost")},
		"level six":              {casefile.Evaluated, grade(1, 6)},
		"no fee":                 {casefile.FeeTaken, fee("QH0301A-000001", 0, "")},
		"a refund of nothing":    {casefile.FeeTaken, fee("QH0301A-000001", -5, "")},
		"another's receipt":      {casefile.FeeTaken, fee("QH0302A-000001", 5, "")},
		"delivered to nobody":    {casefile.Delivered, func(e *casefile.Event) { e.Delivery = &casefile.Delivery{Way: "pickup"} }},
		"delivered by miracle":   {casefile.Delivered, func(e *casefile.Event) { e.Delivery = &casefile.Delivery{Way: "x", Recipient: "y"} }},
		"confirmed by nobody":    {casefile.Confirmed, func(e *casefile.Event) { e.Confirmation = &casefile.Confirmation{Materials: []string{"m"}} }},
		"no outcome":             {casefile.Visited, func(e *casefile.Event) { e.Visit = &casefile.Visit{Appointment: "a"} }},
		"not offered, no reason": {casefile.Unevaluated, func(e *casefile.Event) { e.Unrated = &casefile.Unrated{Why: "not-offered"} }},
	} {
		r.sequence = 1
		want(t, name, r.add(c.kind, c.body), "422 refusal manifest @")
	}
	want(t, "a good one", r.at(newPeer(t, p, "QH0302")).add(casefile.Withdrawn, turn), fine)
}

// TestRecordsThatAreNoCases: closings and sheets have numbers of another series, take nothing more, and a day closes once.
func TestRecordsThatAreNoCases(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301", "--role", "agent")
	begin := func(kind casefile.EventKind, body func(*casefile.Event)) casefile.Event {
		e := m.event()
		e.Kind, e.Submission = kind, nil
		body(&e)
		return e
	}
	day := func(date, account string, counted int64, reason string) func(*casefile.Event) {
		return func(e *casefile.Event) {
			e.Day = &casefile.DayClosing{Date: date, Account: account, LedgerFen: 500, CountedFen: counted, Reason: reason}
		}
	}
	sheet := func(papers ...casefile.Paper) func(*casefile.Event) {
		return func(e *casefile.Event) {
			e.Sheet = &casefile.Sheet{From: "柳树沟村", To: "石桥镇", Papers: papers}
		}
	}
	for _, c := range []struct {
		name  string
		event casefile.Event
		want  string
	}{
		{"closing", begin(casefile.DayClosed, day("2026-11-25", "301001", 500, "")), fine},
		{"the same day again", begin(casefile.DayClosed, day("2026-11-25", "301001", 500, "")), "422 refusal rule @"},
		{"another's day", begin(casefile.DayClosed, day("2026-11-25", "301002", 490, "找零")), fine},
		{"difference without reason", begin(casefile.DayClosed, day("2026-11-26", "301001", 490, "")), "422 refusal manifest @"},
		{"no date", begin(casefile.DayClosed, day("冬月初五", "301001", 500, "")), "422 refusal manifest @"},
		{"sheet", begin(casefile.SheetIssued, sheet(casefile.Paper{ID: "a"}, casefile.Paper{ID: "b"})), fine},
		{"sheet of nothing", begin(casefile.SheetIssued, sheet()), "422 refusal manifest @"},
		{"a visit of no case", begin(casefile.Visited, func(e *casefile.Event) {
			e.Visit = &casefile.Visit{Appointment: strings.Repeat("0", 32), Outcome: "done"}
		}), fine},
		{"one paper twice", begin(casefile.SheetIssued, sheet(casefile.Paper{ID: "a"}, casefile.Paper{ID: "a"})), "422 refusal manifest @"},
	} {
		got := m.sendAll(m.build(c.event, 0))
		want(t, c.name, got, c.want)
		if got.status == 200 && !strings.HasPrefix(got.answer.Official, "R2") {
			t.Errorf("%s: official number %q", c.name, got.answer.Official)
		}
		if got.status == 200 {
			r := record{peer: m, number: c.event.Case, sequence: 1}
			want(t, c.name+": an event behind it", r.add(casefile.Withdrawn, turn), impossible)
			if err := p.Try("act", string(c.event.Case), "reject", "--reason", "x"); err == nil || !strings.Contains(err.Error(), "no such case") {
				t.Errorf("%s: a department acts on it: %v", c.name, err)
			}
		}
	}
	if got := m.sendAll(m.build(m.event(), 0)).answer.Official; !strings.HasPrefix(got, "S2") || !strings.HasSuffix(got, "0000001") {
		t.Errorf("the first case's official number is %q: records count in another series", got)
	}
}

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
