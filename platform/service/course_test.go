package service_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/department"
	"bianmin/platform/platformtest"
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
