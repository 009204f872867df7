package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/casebook"
	"bianmin/store/office"
	"bianmin/sync/seal"
)

// point is a desk of the world with one account signed on.
type point struct {
	*world
	t       *testing.T
	office  *office.Office
	book    *office.Book
	account string
}

// openDesk enrols the terminal as a desk, with an account that activates itself by the platform's code.
func (w *world) openDesk() *point {
	w.t.Helper()
	var made struct{ ID, Code string }
	var ticket struct{ Enrolment string }
	read := func(into any, args ...string) {
		w.t.Helper()
		if err := json.Unmarshal(w.run(args...), into); err != nil {
			w.t.Fatal(err)
		}
	}
	read(&made, "agent", "new", "--name", "李会计", "--terminal", "QH0302", "--can-confirm")
	read(&ticket, "enrol", "new", "--url", "https://"+w.address, "--terminal", "QH0302", "--point", "柳树沟村便民服务点", "--region", "990301001201", "--role", "agent")
	w.enrolWith(ticket.Enrolment, "")
	if err := w.desk.Close(); err != nil {
		w.t.Fatal(err)
	}
	cheap := seal.Cost{Time: 1, Memory: 64, Threads: 1}
	opened, err := office.Open(w.t.Context(), office.Options{Folder: w.terminal, Software: "test", SecretCost: cheap, CardCost: cheap, MinFree: 1})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = opened.Close() })
	const secret = "春天 柳树 水井 石桥"
	if err := opened.Activate(w.t.Context(), made.ID, made.Code, secret, nil); err != nil {
		w.t.Fatal(err)
	}
	book, err := opened.SignOn(w.t.Context(), made.ID, secret)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = book.Close() })
	return &point{world: w, t: w.t, office: opened, book: book, account: made.ID}
}

func (p *point) add(number casefile.Number, kind casefile.EventKind, body casefile.Event) {
	p.t.Helper()
	if _, err := p.book.Add(p.t.Context(), number, kind, body, nil); err != nil {
		p.t.Fatalf("%s: %v", kind, err)
	}
}

// settled waits until all that waits was sent; nothing may be refused.
func (p *point) settled() {
	p.t.Helper()
	await(p.t, "the queue to empty", func() bool {
		counts, err := p.office.Store().Counts(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		if counts.Refused > 0 {
			p.t.Fatalf("the platform refused: %s", p.run("cases", "--json"))
		}
		return counts.Waiting == 0
	})
}

func (p *point) stands(number casefile.Number, state string) {
	p.t.Helper()
	await(p.t, state, func() bool {
		file, err := p.book.Case(p.t.Context(), number)
		if err != nil {
			p.t.Fatal(err)
		}
		return file.State == state
	})
}

// TestADayAtTheDesk: what the desk's real book writes in a day is what the real
// platform takes, and what the department says comes back to it, with the real sender between them.
func TestADayAtTheDesk(t *testing.T) {
	w := newWorld(t)
	w.startPlatform("")
	p := w.openDesk()
	sender := w.startSender("")
	today, err := p.office.Today(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	date := today.In(casefile.Zone).Format(time.DateOnly)
	filed, err := p.book.Submit(t.Context(), casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", DepartmentName: "望河县民政局", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: "王小丫", Number: "990301194803150021", Source: "card"}, Values: json.RawMessage(`{}`),
		Materials: []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Trust: casefile.TrustUnverified}},
		Delegation: &casefile.Delegation{
			Agent: p.account, AgentName: "李会计", Delegate: casefile.Applicant{Name: "王大", Number: "990301197001010018"},
			Scope: []string{"apply", "correct"}, Item: "11990102MB0001000A3000149001", From: date, Until: date,
		},
	}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	number := filed.Number
	p.add(number, casefile.Papers, casefile.Event{Papers: &casefile.PaperMove{Step: casefile.PaperReceived, Papers: []casefile.Paper{{Name: "户口簿", Count: 1}}, Party: "王大", Place: "柜一"}})
	p.add(number, casefile.Confirmed, casefile.Event{Confirmation: &casefile.Confirmation{Materials: []string{"m1"}}})
	guide := func(string) (int64, bool) { return 2000, true }
	taken, err := p.book.Fee(t.Context(), number, casefile.FeeEntry{Name: "工本费", Fen: 1500, Payer: "王大"}, guide)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.book.Fee(t.Context(), number, casefile.FeeEntry{Name: "工本费", Fen: -500, Counter: taken.Receipt, Reason: "多收", Payer: "王大"}, guide); err != nil {
		t.Fatal(err)
	}
	p.settled()

	w.run("act", string(number), "return", "--point", "material=m1,page=1,text=看不清", "--days", "5")
	p.stands(number, casefile.StateCorrection)
	file, err := p.book.Case(t.Context(), number)
	if err != nil || file.Notice == nil || len(file.Notice.Points) != 1 || file.Notice.Points[0].Text != "看不清" {
		t.Fatalf("the notice came as %+v, %v", file.Notice, err)
	}
	p.add(number, casefile.Corrected, casefile.Event{Correction: &casefile.Correction{Notice: file.NoticeID, Points: []string{"1"}}})
	p.add(number, casefile.Urged, casefile.Event{Turn: &casefile.Turn{Reason: "请加快"}})
	p.add(number, casefile.Suspended, casefile.Event{Turn: &casefile.Turn{Reason: "委托人外出"}})
	p.add(number, casefile.Resumed, casefile.Event{Turn: &casefile.Turn{}})
	p.settled()
	w.run("act", string(number), "progress", "--department", "望河县民政局", "--state", "done")
	w.run("act", string(number), "finish", "--result", "批准通知", "--way", "pickup", "--bring", "身份证")
	p.stands(number, casefile.StateDone)

	papers, err := p.book.Custody(t.Context())
	if err != nil || len(papers) != 1 {
		t.Fatalf("%+v, %v", papers, err)
	}
	sheet, err := p.book.PrepareSheet(t.Context(), casefile.Sheet{From: "柳树沟村", To: "石桥镇", Papers: []casefile.Paper{papers[0].Paper}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.book.Issue(t.Context(), sheet.Number, nil, nil); err != nil {
		t.Fatal(err)
	}
	p.add(number, casefile.Papers, casefile.Event{Papers: &casefile.PaperMove{Step: casefile.PaperReturned, Papers: []casefile.Paper{papers[0].Paper}, Party: "王大"}})
	p.add(number, casefile.Delivered, casefile.Event{Delivery: &casefile.Delivery{Way: "pickup", Result: "批准通知", Recipient: "王小丫"}})
	p.add(number, casefile.Evaluated, casefile.Event{Evaluation: &casefile.Evaluation{Level: 5}})
	p.add(number, casefile.Unevaluated, casefile.Event{Unrated: &casefile.Unrated{Why: "not-offered", Reason: "委托人不在场"}})
	p.add(number, casefile.Closed, casefile.Event{Turn: &casefile.Turn{}})

	w.run("act", "appoint", "--terminal", "QH0302", "--date", date, "--time", "10:00", "--village", "柳树沟村", "--address", "3组12号", "--name", "张大爷")
	w.run("act", string(number), "appoint", "--kind", "point", "--date", date, "--time", "11:00", "--name", "王小丫")
	sender.kill()
	sender = w.startSender("") // it asks at its start
	await(t, "the visits", func() bool {
		visits, err := p.book.Visits(t.Context(), date)
		if err != nil {
			t.Fatal(err)
		}
		return len(visits) == 2
	})
	visits, err := p.book.Visits(t.Context(), date)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range visits { // one belongs to a case, one does not
		p.add(v.Case, casefile.Visited, casefile.Event{Visit: &casefile.Visit{Appointment: v.ID, Outcome: "done"}})
	}
	if _, err := p.book.CloseDay(t.Context(), date, 990, "找零少收", nil, nil); err != nil {
		t.Fatal(err)
	}
	p.settled()
	sender.kill()
	p.compare(number)
}

// compare looks at the platform's side of the day.
func (p *point) compare(number casefile.Number) {
	p.t.Helper()
	var cases []casebook.Case
	if err := json.Unmarshal(p.run("cases", "--json"), &cases); err != nil {
		p.t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, c := range cases {
		kinds[c.Kind] += fmt.Sprintf("%s %s %d;", c.Official[:1], c.State, len(c.Events))
		if c.Case == string(number) && (len(c.Updates) != 4 || len(c.Branches) != 1) {
			p.t.Errorf("the platform wrote %d updates, %d branches", len(c.Updates), len(c.Branches))
		}
	}
	for kind, want := range map[string]string{
		"submitted": "S closed 16;", "sheet": "R accepted 1;", "day-closed": "R accepted 1;", "visited": "R accepted 1;",
	} {
		if kinds[kind] != want {
			p.t.Errorf("%s at the platform: %q, want %q", kind, kinds[kind], want)
		}
	}
	if len(kinds) != 4 {
		p.t.Errorf("the platform holds %v", kinds)
	}
}
