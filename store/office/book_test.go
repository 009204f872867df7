package office_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

func TestDraftsBecomeACase(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	s, pages := submission(t, b, zhang, "page one", "page two")
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d1", Content: []byte("first"), Attached: pages[:1]}))
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d1", Content: []byte("second"), Attached: pages}))
	must(t, o.Close())
	o = p.open(t) // pages of drafts outlive the program
	b = signOn(t, o, li, liSecret)
	drafts, err := b.Drafts(t.Context())
	must(t, err)
	if len(drafts) != 1 || string(drafts[0].Content) != "second" || len(drafts[0].Attached) != 2 || !drafts[0].Saved.Equal(morning) {
		t.Fatalf("%+v", drafts)
	}
	page, err := b.Open(t.Context(), drafts[0].Attached[1])
	must(t, err)
	if content, err := io.ReadAll(page); err != nil || string(content) != "page two" {
		t.Errorf("%q, %v", content, err)
	}
	filed, err := b.Submit(t.Context(), s, drafts[0].Attached, "d1")
	must(t, err)
	if left, err := b.Drafts(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
	file, err := b.Case(t.Context(), filed.Number)
	must(t, err)
	if file.Person != zhang.Name || file.Agent != li || file.QR != filed.QR || file.Days != 5 || len(file.Attachments) != 2 || file.State != casefile.StateQueued || !file.Waiting {
		t.Errorf("%+v", file)
	}
	if code, err := o.Verify(filed.QR); err != nil || code.Case != filed.Number {
		t.Errorf("%+v, %v", code, err)
	}
	page, err = b.Open(t.Context(), file.Attachments[0])
	must(t, err)
	must(t, page.Close())

	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d2", Content: []byte("x"), Attached: file.Attachments[:1]}))
	must(t, b.DropDraft(t.Context(), "d2"))
	if !o.Store().Has(file.Attachments[0]) {
		t.Error("dropping a draft took a filed page away")
	}
	lone, err := b.Attach(t.Context(), "image/jpeg", []byte("lone"))
	must(t, err)
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d3", Attached: []casefile.Attachment{lone}}))
	must(t, b.DropDraft(t.Context(), "d3"))
	if o.Store().Has(lone) {
		t.Error("a dropped draft's page stays")
	}
}

// TestDraftsWaitForNobody: what was begun is in no count and on no page of what is to be sent; once filed it is there, and no draft.
func TestDraftsWaitForNobody(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	s, pages := submission(t, b, zhang, "page")
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d1", Content: []byte("x"), Attached: pages}))
	waits := func() (int, int, int, int) {
		t.Helper()
		health, err := o.Health(t.Context())
		must(t, err)
		lines, err := b.Queue(t.Context())
		must(t, err)
		page, err := b.List(t.Context(), agency.Query{})
		must(t, err)
		drafts, err := b.Drafts(t.Context())
		must(t, err)
		return health.Waiting, len(lines), page.Total, len(drafts)
	}
	if waiting, lines, listed, drafts := waits(); waiting != 0 || lines != 0 || listed != 0 || drafts != 1 {
		t.Errorf("a draft: %d wait, %d lines, %d cases, %d drafts", waiting, lines, listed, drafts)
	}
	_, err := b.Submit(t.Context(), s, pages, "d1")
	must(t, err)
	if waiting, lines, listed, drafts := waits(); waiting != 1 || lines != 1 || listed != 1 || drafts != 0 {
		t.Errorf("filed: %d wait, %d lines, %d cases, %d drafts", waiting, lines, listed, drafts)
	}
}

func TestTwoAccounts(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b, other := signOn(t, o, li, liSecret), signOn(t, o, wang, wangSecret)
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d1", Content: []byte("Li's")}))
	filed := submit(t, b, zhang, "page")
	if drafts, err := other.Drafts(t.Context()); err != nil || len(drafts) != 0 {
		t.Errorf("%+v, %v", drafts, err)
	}
	if page, err := other.List(t.Context(), agency.Query{}); err != nil || page.Total != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	if known, err := other.Known(t.Context(), zhang.Number); err != nil || len(known) != 0 {
		t.Errorf("%+v, %v", known, err)
	}
	_, err := other.Case(t.Context(), filed.Number)
	wantRefused(t, "reading", err, agency.NotYours)
	_, err = other.Add(t.Context(), filed.Number, casefile.Withdrawn, casefile.Event{}, nil)
	wantRefused(t, "adding", err, agency.NotYours)
	_, err = other.Fee(t.Context(), filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 1}, guide)
	wantRefused(t, "taking a fee", err, agency.NotYours)
	_, err = other.BeginPrint(t.Context(), agency.PrintJob{Kind: "receipt", Case: filed.Number})
	wantRefused(t, "printing", err, agency.NotYours)
	wantRefused(t, "handing over", other.HandOver(t.Context(), []casefile.Number{filed.Number}, li), agency.NotYours)
	must(t, other.DropDraft(t.Context(), "d1"))
	if drafts, err := b.Drafts(t.Context()); err != nil || len(drafts) != 1 {
		t.Errorf("another account dropped the draft: %+v, %v", drafts, err)
	}
}

func TestHandOver(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang, "page")
	kept := submit(t, b, zhang)
	add(t, b, filed.Number, casefile.Papers, casefile.Event{Papers: &casefile.PaperMove{Step: casefile.PaperReceived, Papers: []casefile.Paper{{Name: "户口簿"}}, Place: "柜一"}})
	if _, err := b.Fee(t.Context(), filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 1500, Payer: zhang.Name}, guide); err != nil {
		t.Fatal(err)
	}
	must(t, o.Store().Take(t.Context(), "1", []casefile.Update{{
		ID: strings.Repeat("0b", 16), Case: filed.Number, Kind: casefile.PlatformAppointed, At: morning,
		Appointment: &casefile.Appointment{ID: "v1", Date: "2026-11-24", Time: "09:30", Village: "1", State: "set", Name: zhang.Name},
	}}))
	paid := casefile.Payment{ID: strings.Repeat("0c", 16), Name: "登记费", Fen: 8000, State: casefile.PaymentPaid, Receipt: "9900012345", On: "2026-11-23"}
	must(t, o.Store().Take(t.Context(), "2", []casefile.Update{{ID: paid.ID, Case: filed.Number, Kind: casefile.PlatformPayment, At: morning, Payment: &paid}}))
	mine, err := b.Case(t.Context(), filed.Number)
	must(t, err)
	if m := mine.Moments[len(mine.Moments)-1]; m.Payment == nil || *m.Payment != paid || len(mine.Fees) != 1 {
		t.Errorf("what the state was paid stands in the course, not in the ledger: %+v, %+v", m, mine.Fees)
	}
	must(t, b.HandOver(t.Context(), []casefile.Number{filed.Number}, wang))
	_, err = b.Case(t.Context(), filed.Number)
	wantRefused(t, "the former account", err, agency.NotYours)
	if page, err := b.List(t.Context(), agency.Query{}); err != nil || page.Total != 1 || page.Lines[0].Number != kept.Number {
		t.Errorf("%+v, %v", page, err)
	}
	other := signOn(t, o, wang, wangSecret)
	file, err := other.Case(t.Context(), filed.Number)
	must(t, err)
	if file.Person != zhang.Name || file.Agent != li || len(file.Fees) != 1 || len(file.Attachments) != 1 {
		t.Errorf("%+v", file)
	}
	if known, err := other.Known(t.Context(), zhang.Number); err != nil || len(known) != 1 {
		t.Errorf("%d known, %v", len(known), err)
	}
	papers, err := other.Custody(t.Context())
	must(t, err)
	if len(papers) != 1 || papers[0].Place != "柜一" || papers[0].Person != zhang.Name {
		t.Errorf("%+v", papers)
	}
	if visits, err := other.Visits(t.Context(), "2026-11-24"); err != nil || len(visits) != 1 || visits[0].Name != zhang.Name {
		t.Errorf("%+v, %v", visits, err)
	}
	add(t, other, filed.Number, casefile.Papers, casefile.Event{Papers: &casefile.PaperMove{Step: casefile.PaperReturned, Papers: []casefile.Paper{{ID: papers[0].ID}}, Party: zhang.Name}})
	// The refund of a fee the former account took is the present one's act and in its ledger.
	refund, err := other.Fee(t.Context(), filed.Number, casefile.FeeEntry{Name: "工本费", Fen: -500, Counter: "QH0301A-000001", Reason: "多收"}, guide)
	if err != nil || refund.Receipt != "QH0301A-000002" {
		t.Errorf("%+v, %v", refund, err)
	}
	if fees, err := b.Fees(t.Context(), "2026-11-23"); err != nil || len(fees) != 1 {
		t.Errorf("%+v, %v", fees, err)
	}
	must(t, other.Close())
	signOn(t, o, wang, wangSecret)
	if n, err := o.Store().VerifyAudit(t.Context()); err != nil || n < 8 {
		t.Errorf("%d, %v", n, err)
	}
}

func guide(name string) (int64, bool) { return 2000, name == "工本费" }

func TestListOrderFiltersAndSearch(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	first := submit(t, b, zhang)
	accept(t, o) // promised five working days from Monday: due next Monday
	p.clock.pass(5 * 24 * time.Hour)
	second := submit(t, b, casefile.Applicant{Name: "王小丫", Number: "99010219450101002X"})
	accept(t, o)
	p.clock.pass(24 * time.Hour) // Sunday
	third := submit(t, b, zhang)
	list := func(q agency.Query) []casefile.Number {
		page, err := b.List(t.Context(), q)
		must(t, err)
		var numbers []casefile.Number
		for _, l := range page.Lines {
			numbers = append(numbers, l.Number)
		}
		return numbers
	}
	check := func(name string, q agency.Query, want ...casefile.Number) {
		t.Helper()
		if got := list(q); !equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	check("soon due first, then newest", agency.Query{}, first.Number, third.Number, second.Number)
	check("name", agency.Query{Text: "小丫"}, second.Number)
	check("ID number", agency.Query{Text: "99010219450101002x"}, second.Number)
	check("number", agency.Query{Text: string(third.Number)}, third.Number)
	check("official", agency.Query{Text: "O-" + string(second.Number)}, second.Number)
	check("item", agency.Query{Text: "高龄津贴", Limit: 1, Offset: 1}, third.Number)
	check("waiting", agency.Query{Filter: "waiting"}, third.Number)
	check("soon", agency.Query{Filter: "soon"}, first.Number)
	check("state", agency.Query{States: []string{casefile.StateAccepted}}, first.Number, second.Number)
	check("dates", agency.Query{From: "2026-11-28", To: "2026-11-28"}, second.Number)
	check("nothing", agency.Query{Text: "没有这个人"})
	p.clock.pass(3 * 24 * time.Hour) // Wednesday: two working days late
	page, err := b.List(t.Context(), agency.Query{Filter: "overdue"})
	must(t, err)
	if len(page.Lines) != 1 || page.Lines[0].Due != "2026-11-30" || page.Lines[0].Left != -2 {
		t.Errorf("%+v", page)
	}
	counts, err := b.Counts(t.Context())
	must(t, err)
	if counts[casefile.StateAccepted] != 2 || counts[casefile.StateQueued] != 1 || counts["overdue"] != 1 || counts["waiting"] != 1 {
		t.Errorf("%v", counts)
	}
	must(t, b.Close())
	b = signOn(t, o, li, liSecret)
	check("opened anew, the second due in two days", agency.Query{}, first.Number, second.Number, third.Number)
}

func equal(a, b []casefile.Number) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
