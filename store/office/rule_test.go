package office_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store/office"
)

func TestFeesAndClosedDay(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b, other := signOn(t, o, li, liSecret), signOn(t, o, wang, wangSecret)
	filed, theirs := submit(t, b, zhang), submit(t, other, zhang)
	fee := func(b *office.Book, n casefile.Number, e casefile.FeeEntry) (casefile.FeeEntry, error) {
		return b.Fee(t.Context(), n, e, guide)
	}
	first, err := fee(b, filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 1500, Payer: zhang.Name})
	must(t, err)
	_, err = fee(b, filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 501})
	wantRefused(t, "above the guide", err, agency.FeeAbove)
	_, err = fee(b, filed.Number, casefile.FeeEntry{Name: "跑腿费", Fen: 1})
	wantRefused(t, "unknown to the guide", err, agency.FeeUnknown)
	second, err := fee(other, theirs.Number, casefile.FeeEntry{Name: "工本费", Fen: 2000})
	must(t, err)
	_, err = fee(b, filed.Number, casefile.FeeEntry{Name: "工本费", Fen: -1501, Counter: first.Receipt})
	wantRefused(t, "refund above", err, agency.RefundAbove)
	_, err = fee(b, filed.Number, casefile.FeeEntry{Name: "工本费", Fen: -1, Counter: second.Receipt})
	wantRefused(t, "refund of another case's", err, agency.RefundUnknown)
	third, err := fee(b, filed.Number, casefile.FeeEntry{Name: "工本费", Fen: -300, Counter: first.Receipt, Reason: "多收"})
	must(t, err)
	if first.Receipt != "QH0301A-000001" || second.Receipt != "QH0301A-000002" || third.Receipt != "QH0301A-000003" {
		t.Errorf("receipts %s, %s, %s: refusals must leave no gap", first.Receipt, second.Receipt, third.Receipt)
	}

	const today = "2026-11-23"
	if _, err := b.CloseDay(t.Context(), "2026-11-24", 0, "", nil, nil); agency.Refused(err) != agency.NotNow {
		t.Errorf("tomorrow: %v", err)
	}
	_, err = b.CloseDay(t.Context(), today, 1100, "", nil, nil)
	wantRefused(t, "a difference without a reason", err, agency.DayReason)
	day, err := b.CloseDay(t.Context(), today, 1200, "", nil, nil)
	must(t, err)
	if day.LedgerFen != 1200 || day.Entries != 2 || day.First != first.Receipt || day.Last != third.Receipt || day.Account != li {
		t.Errorf("%+v", day)
	}
	_, err = b.CloseDay(t.Context(), today, 1200, "", nil, nil)
	wantRefused(t, "closing twice", err, agency.DayIsClosed)
	_, err = fee(b, filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 1})
	wantRefused(t, "entering into a closed day", err, agency.DayIsClosed)
	if _, err := fee(other, theirs.Number, casefile.FeeEntry{Name: "工本费", Fen: -1, Counter: second.Receipt}); err != nil {
		t.Errorf("the other account's day is open: %v", err)
	}
	p.clock.pass(24 * time.Hour)
	fourth, err := fee(b, filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 100})
	if err != nil || fourth.Receipt != "QH0301A-000005" {
		t.Errorf("%+v, %v", fourth, err)
	}
	days, err := b.Days(t.Context())
	must(t, err)
	if len(days) != 2 || days[0].Date != "2026-11-24" || days[0].Fen != 100 || days[0].Closing != nil || days[1].Fen != 1200 || days[1].Closing == nil {
		t.Errorf("%+v", days)
	}
	lines, err := b.Fees(t.Context(), today)
	must(t, err)
	if len(lines) != 2 || lines[0].Person != zhang.Name || lines[1].Counter != first.Receipt {
		t.Errorf("%+v", lines)
	}
	file, err := b.Case(t.Context(), filed.Number)
	if err != nil || len(file.Fees) != 3 {
		t.Errorf("%+v, %v", file.Fees, err)
	}
}

func TestCustody(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed, second := submit(t, b, zhang), submit(t, b, casefile.Applicant{Name: "王小丫", Number: "99010219450101002X"})
	move := func(n casefile.Number, step casefile.PaperStep, ids ...string) error {
		m := casefile.PaperMove{Step: step, Party: zhang.Name, Place: "柜一"}
		for _, id := range ids {
			m.Papers = append(m.Papers, casefile.Paper{ID: id, Name: "户口簿", Count: 1})
		}
		_, err := b.Add(t.Context(), n, casefile.Papers, casefile.Event{Papers: &m}, nil)
		return err
	}
	must(t, move(filed.Number, casefile.PaperReceived, "", ""))
	must(t, move(second.Number, casefile.PaperReceived, ""))
	one, two, three := string(filed.Number)+"/1", string(filed.Number)+"/2", string(second.Number)+"/1"
	wantRefused(t, "received twice", move(filed.Number, casefile.PaperReceived, one), agency.PaperTwice)
	wantRefused(t, "another case's paper", move(filed.Number, casefile.PaperReturned, three), agency.PaperUnknown)
	must(t, move(filed.Number, casefile.PaperReturned, two))
	wantRefused(t, "returned twice", move(filed.Number, casefile.PaperReturned, two), agency.PaperTwice)

	sheet := casefile.Sheet{From: "柳树沟村便民服务点", To: "李家镇便民服务中心", Papers: []casefile.Paper{{ID: three, Name: "户口簿"}, {ID: one, Name: "户口簿"}}}
	withReturned := sheet
	withReturned.Papers = append([]casefile.Paper{{ID: two}}, sheet.Papers...)
	_, err := b.PrepareSheet(t.Context(), withReturned)
	wantRefused(t, "handing on what was returned", err, agency.PaperTwice)
	_, err = b.PrepareSheet(t.Context(), casefile.Sheet{To: "x", Papers: []casefile.Paper{{ID: "none/1"}}})
	wantRefused(t, "handing on what was never here", err, agency.PaperUnknown)
	issued := issue(t, b, sheet)
	_, err = b.PrepareSheet(t.Context(), sheet)
	wantRefused(t, "handing on twice", err, agency.PaperTwice)

	lines, err := b.Custody(t.Context())
	must(t, err)
	got := map[string]string{}
	for _, l := range lines {
		got[l.ID] = string(l.Step) + " " + string(l.Sheet) + " " + l.Party
	}
	want := map[string]string{one: "handed-on " + string(issued.Number) + " " + sheet.To, two: "returned  " + zhang.Name, three: "handed-on " + string(issued.Number) + " " + sheet.To}
	for id := range want {
		if got[id] != want[id] {
			t.Errorf("%s: %q, want %q", id, got[id], want[id])
		}
	}
	file, err := b.Case(t.Context(), second.Number)
	if err != nil || len(file.Custody.Held) != 1 || file.Custody.Held[0].Sheet != issued.Number {
		t.Errorf("%+v, %v", file.Custody, err)
	}
	if page, err := b.List(t.Context(), agency.Query{}); err != nil || page.Total != 2 {
		t.Errorf("sheets and closings are no cases: %+v, %v", page, err)
	}
}

// TestCorrection: the department's list comes in with nobody signed on, is answered on the same case, and a case begun elsewhere takes events too.
func TestCorrection(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang, "blurred page")
	_, err := b.Add(t.Context(), filed.Number, casefile.Corrected, casefile.Event{Correction: &casefile.Correction{Points: []string{"1"}}}, nil)
	wantRefused(t, "nothing to correct", err, agency.NotNow)
	accept(t, o)
	must(t, b.Close())
	notice := strings.Repeat("0c", 16)
	must(t, o.Store().Take(t.Context(), "1", []casefile.Update{
		{ID: notice, Case: filed.Number, Kind: casefile.PlatformReturned, At: morning, Notice: &casefile.Notice{Days: 3, Points: []casefile.NoticePoint{{ID: "1", Material: "m1", Page: 1, Text: canary}}}},
		{ID: strings.Repeat("0d", 16), Case: filed.Number, Kind: casefile.PlatformProgress, At: morning, Branch: &casefile.Branch{Department: "公安局", State: "done"}},
		{ID: strings.Repeat("0e", 16), Case: filed.Number, Kind: casefile.PlatformProgress, At: morning, Branch: &casefile.Branch{Department: "民政局", State: "working"}},
	}))
	b = signOn(t, o, li, liSecret)
	file, err := b.Case(t.Context(), filed.Number)
	must(t, err)
	if file.State != casefile.StateCorrection || file.Points != 1 || file.Notice == nil || file.NoticeID != notice || file.NoticeDue != "2026-11-26" ||
		file.Done != 1 || file.Branches != 2 || len(file.Branch) != 2 || file.Due != "2026-11-30" {
		t.Errorf("%+v", file)
	}
	sharp, err := b.Attach(t.Context(), "image/jpeg", []byte("sharp page"))
	must(t, err)
	correction := casefile.Correction{
		Notice: notice, Points: []string{"1"}, Values: []byte(`{"phone":"13900000000"}`),
		Materials: []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: sharp.Digest}}}},
	}
	if _, err := b.Add(t.Context(), filed.Number, casefile.Corrected, casefile.Event{Correction: &correction}, nil); err == nil {
		t.Error("a page that was not given was accepted")
	}
	_, err = b.Add(t.Context(), filed.Number, casefile.Corrected, casefile.Event{Correction: &correction}, []casefile.Attachment{sharp})
	must(t, err)
	add(t, b, filed.Number, casefile.Confirmed, casefile.Event{Confirmation: &casefile.Confirmation{Materials: []string{"m1"}}})
	file, err = b.Case(t.Context(), filed.Number)
	must(t, err)
	m := file.Submission.Materials[0]
	if file.State != casefile.StateProcessing || file.Points != 0 || file.Notice != nil || m.Pages[0].Attachment != sharp.Digest || m.Trust != casefile.TrustConfirmed ||
		m.ConfirmedBy != li || !strings.Contains(string(file.Submission.Values), "13900000000") || !strings.Contains(string(file.Submission.Values), canary) {
		t.Errorf("%+v", file)
	}
	for _, step := range []casefile.EventKind{casefile.Suspended, casefile.Resumed, casefile.Withdrawn} {
		add(t, b, filed.Number, step, casefile.Event{Turn: &casefile.Turn{Reason: "委托人外出"}})
	}
	_, err = b.Add(t.Context(), filed.Number, casefile.Suspended, casefile.Event{}, nil)
	wantRefused(t, "after the end", err, agency.NotNow)

	other := signOn(t, o, wang, wangSecret)
	_, err = other.Add(t.Context(), filed.Number, casefile.Confirmed, casefile.Event{Confirmation: &casefile.Confirmation{Materials: []string{"m1"}}}, nil)
	wantRefused(t, "without the right to confirm", err, agency.NoConfirming)
}

func TestCaseBegunElsewhere(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	elsewhere, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0302", Generation: "B", Date: "2026-11-20", Sequence: 7})
	must(t, err)
	ours, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: "2026-11-20", Sequence: 7})
	must(t, err)
	correction := casefile.Event{Correction: &casefile.Correction{Notice: strings.Repeat("0f", 16), Points: []string{"1"}}}
	_, err = b.Add(t.Context(), ours, casefile.Corrected, correction, nil)
	wantRefused(t, "our own number that is not here", err, agency.NotYours)
	_, err = b.Add(t.Context(), "QH0302B-261120-0007-0", casefile.Corrected, correction, nil)
	wantRefused(t, "a number that is none", err, agency.NotYours)
	filed := add(t, b, elsewhere, casefile.Corrected, correction)
	unnamed := casefile.Event{Correction: &casefile.Correction{Points: []string{"1"}}}
	if filed.Event.Sequence != 1 || filed.Event.Terminal != "QH0301" || filed.Event.Actor != "agent:"+li || filed.Event.Opens() {
		t.Errorf("%+v", filed.Event)
	}
	next := add(t, b, elsewhere, casefile.Urged, casefile.Event{Turn: &casefile.Turn{Reason: "等久了"}})
	if next.Event.Sequence != 2 {
		t.Errorf("%+v", next.Event)
	}
	accept(t, o)
	const told = "1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c"
	must(t, o.Store().Take(t.Context(), "1", []casefile.Update{
		{ID: told, Case: elsewhere, Kind: casefile.PlatformReturned, At: morning, Notice: &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1"}}}},
		{ID: strings.Repeat("1d", 16), Case: elsewhere, Kind: casefile.PlatformProgress, At: morning, Branch: &casefile.Branch{Department: "民政局", State: "working"}},
	}))
	if again := add(t, b, elsewhere, casefile.Corrected, unnamed); again.Event.Correction.Notice != told || again.Event.LastPlatformEvent == told {
		t.Errorf("answers %q", again.Event.Correction.Notice)
	}
	must(t, o.Store().Take(t.Context(), "2", []casefile.Update{{ID: strings.Repeat("1a", 16), Case: elsewhere, Kind: casefile.PlatformFinished, At: morning, Outcome: &casefile.Outcome{Result: "证", Way: "pickup"}}}))
	file, err := b.Case(t.Context(), elsewhere)
	if err != nil || file.State != casefile.StateDone || file.Official != "O-"+string(elsewhere) || file.Outcome == nil || len(file.Moments) < 3 {
		t.Errorf("%+v, %v", file, err)
	}
}

func TestRefusedEventIsShown(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang)
	accept(t, o)
	urged := add(t, b, filed.Number, casefile.Urged, casefile.Event{})
	must(t, o.Store().RecordRefusal(t.Context(), urged.Event.ID, []byte("no"), "该办件不能催办", morning))
	lines, err := b.Queue(t.Context())
	must(t, err)
	if len(lines) != 1 || lines[0].State != casefile.LineRefused || lines[0].Reason != "该办件不能催办" || lines[0].Why != "still.refused.other" || lines[0].Case != filed.Number {
		t.Errorf("%+v", lines)
	}
	page, err := b.List(t.Context(), agency.Query{Filter: "refused"})
	if err != nil || page.Total != 1 || page.Lines[0].State != casefile.StateAccepted || !page.Lines[0].Refused {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestVisits(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	appoint := func(id, appointment, village, state, date string) casefile.Update {
		return casefile.Update{ID: strings.Repeat(id, 16), Kind: casefile.PlatformAppointed, At: morning, Appointment: &casefile.Appointment{
			ID: appointment, Kind: "visit", Date: date, Time: "09:30", Village: village, Name: zhang.Name, Address: canary, State: state,
		}}
	}
	must(t, o.Store().Take(t.Context(), "1", []casefile.Update{
		appoint("01", "v1", "990102103004", "set", "2026-11-23"), appoint("02", "v2", "990102103009", "set", "2026-11-23"),
		appoint("04", "v4", "柳树沟村", "set", "2026-11-26"),
	}))
	b, lead := signOn(t, o, li, liSecret), signOn(t, o, wang, wangSecret)
	if v, err := b.Visits(t.Context(), "2026-11-23"); err != nil || len(v) != 1 || v[0].ID != "v1" || v[0].Address != canary {
		t.Errorf("the agent of one village: %+v, %v", v, err)
	}
	if v, err := lead.Visits(t.Context(), ""); err != nil || len(v) != 3 {
		t.Errorf("the whole point: %+v, %v", v, err)
	}
	if v, err := b.Visits(t.Context(), "2026-11-26"); err != nil || len(v) != 1 {
		t.Errorf("a village in words: %+v, %v", v, err)
	}
	filed := add(t, b, "", casefile.Visited, casefile.Event{Visit: &casefile.Visit{Appointment: "v1", Outcome: "no-show"}})
	if !filed.Event.Opens() || filed.Number == "" {
		t.Errorf("%+v", filed.Event)
	}
	_, err := b.Add(t.Context(), "", casefile.Visited, casefile.Event{Visit: &casefile.Visit{Appointment: "v9", Outcome: "done"}}, nil)
	wantRefused(t, "an appointment nobody knows", err, agency.NotYours)
	if v, err := lead.Visits(t.Context(), ""); err != nil || len(v) != 2 || v[0].ID != "v2" {
		t.Errorf("%+v, %v", v, err)
	}
	must(t, o.Store().Take(t.Context(), "2", []casefile.Update{appoint("03", "v1", "990102103004", "moved", "2026-11-25")}))
	if v, err := b.Visits(t.Context(), "2026-11-25"); err != nil || len(v) != 1 || v[0].Outcome != "" {
		t.Errorf("moved: %+v, %v", v, err)
	}
}

// TestEvaluations: only that there was one stays here, and the levels come from ten upward.
func TestEvaluations(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang)
	add(t, b, filed.Number, casefile.Evaluated, casefile.Event{Evaluation: &casefile.Evaluation{Level: 1, Text: canary}})
	_, err := b.Add(t.Context(), filed.Number, casefile.Evaluated, casefile.Event{Evaluation: &casefile.Evaluation{Level: 5, Times: 1}}, nil)
	wantRefused(t, "the same evaluation twice", err, agency.NotNow)
	add(t, b, filed.Number, casefile.Unevaluated, casefile.Event{Unrated: &casefile.Unrated{Why: "declined"}})
	add(t, b, filed.Number, casefile.Unevaluated, casefile.Event{Unrated: &casefile.Unrated{Why: "not-offered", Reason: "不在场"}})
	file, err := b.Case(t.Context(), filed.Number)
	must(t, err)
	if file.Evaluations != 1 {
		t.Errorf("%+v", file)
	}
	for _, m := range file.Moments {
		if strings.Contains(m.Text, canary) {
			t.Error("the desk reads what was rated")
		}
	}
	levels := func(content string) agency.EvaluationCounts {
		must(t, os.WriteFile(filepath.Join(p.folder, "keys", "evaluations.json"), []byte(content), 0o600))
		counts, err := b.Evaluations(t.Context(), "2026-11-01", "2026-11-30")
		must(t, err)
		return counts
	}
	if c := levels(`{"given":9,"levels":{"5":8,"1":1}}`); c.Given != 1 || c.Declined != 1 || c.NotOffered != 1 || c.Levels != nil {
		t.Errorf("%+v", c)
	}
	if c := levels(`{"given":12,"levels":{"5":8,"1":2}}`); c.Levels[5] != 8 || c.Levels[1] != 2 {
		t.Errorf("%+v", c)
	}
}

func TestClockOf1970AndRestoredCopy(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang)
	must(t, o.Close())
	copied := copyFolder(t, p.folder)
	o = p.open(t)
	b = signOn(t, o, li, liSecret)
	add(t, b, filed.Number, casefile.Urged, casefile.Event{})
	must(t, o.Close())

	p.clock.boot(time.Date(1970, 1, 1, 0, 5, 0, 0, time.UTC), "boot-2")
	o = p.open(t)
	b = signOn(t, o, li, liSecret) // reading goes on
	if file, err := b.Case(t.Context(), filed.Number); err != nil || file.Person != zhang.Name {
		t.Errorf("%+v, %v", file.CaseLine, err)
	}
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d", Content: []byte("nothing typed is lost")}))
	wantCode(t, addErr(t, b, filed.Number), casefile.ClockDoubt)
	must(t, o.Store().SetPlatformTime(t.Context(), morning.Add(time.Hour)))
	if filed := submit(t, b, zhang); filed.Event.At.BusinessDate != "2026-11-23" {
		t.Errorf("%+v", filed.Event.At)
	}
	if page, err := b.List(t.Context(), agency.Query{}); err != nil || page.Lines[0].Filed.Year() != 2026 {
		t.Errorf("%+v, %v", page, err)
	}
	must(t, o.Close())

	must(t, os.RemoveAll(filepath.Join(p.folder, "bianmin.db")))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(filepath.Join(p.folder, "bianmin.db"+suffix))
		if content, err := os.ReadFile(filepath.Join(copied, "bianmin.db"+suffix)); err == nil {
			must(t, os.WriteFile(filepath.Join(p.folder, "bianmin.db"+suffix), content, 0o600))
		}
	}
	o = p.open(t)
	wantCode(t, addErr(t, signOn(t, o, li, liSecret), filed.Number), casefile.Restored)
}

func addErr(t *testing.T, b *office.Book, number casefile.Number) error {
	t.Helper()
	_, err := b.Add(t.Context(), number, casefile.Urged, casefile.Event{}, nil)
	return err
}

func wantCode(t *testing.T, err error, code casefile.Code) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), string(code)) {
		t.Errorf("error is %v, want code %q", err, code)
	}
}

func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(from, path)
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), content, 0o600)
	})
	must(t, err)
	return to
}
