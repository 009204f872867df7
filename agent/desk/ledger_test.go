package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers"
)

func TestCustody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.signOn("100001")
		s.open(number)
		s.send(Act{Action: ActPapers}, Answer{Yes: true, Text: "户口本、结婚证，存折"})
		s.asked("desk.ask.signed")
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		move := s.last(number, casefile.Papers).Papers
		if len(move.Papers) != 3 || move.Papers[2].ID != string(number)+"/3" || move.Signature == nil || move.Party != principalName {
			t.Fatalf("received: %+v", move)
		}
		if move.Signature.Content == "" || move.Signature.Attachment == "" {
			t.Errorf("signature: %+v", move.Signature)
		}
		s.send(Go{Page: Papers})
		s.wait(time.Second)
		if v := s.on(Papers).Papers; len(v.Lines) != 3 {
			t.Fatalf("in custody: %+v", v.Lines)
		}
		s.send(IssueSheet{To: "柳林镇便民服务中心"})
		s.told("desk.problem.sheet")
		s.send(PickPaper{ID: move.Papers[0].ID, On: true}, PickPaper{ID: move.Papers[1].ID, On: true}, PickPaper{ID: move.Papers[1].ID}, IssueSheet{To: "柳林镇便民服务中心"}, Answer{Yes: true})
		s.wait(time.Second)
		if len(s.office.sheets) != 1 || len(s.office.sheets[0].Sheet.Papers) != 1 || s.office.sheets[0].Sheet.Signature == nil {
			t.Fatalf("sheets: %+v", s.office.sheets)
		}
		s.send(PaperFilter{Filter: "here"})
		if v := s.state.Papers; len(v.Lines) != 2 {
			t.Errorf("still here: %+v", v.Lines)
		}
		s.send(PaperFilter{}, PickPaper{ID: move.Papers[0].ID, On: true}, PickPaper{ID: move.Papers[1].ID, On: true}, ReturnPapers{}, Answer{Yes: true}, Answer{Yes: true})
		s.wait(2 * time.Second)
		if r := s.last(number, casefile.Papers).Papers; r.Step != casefile.PaperReturned || len(r.Papers) != 2 {
			t.Errorf("returned: %+v", r)
		}
		// What was returned cannot be chosen for another return.
		s.send(PickPaper{ID: move.Papers[0].ID, On: true}, ReturnPapers{})
		s.told("desk.problem.nothing-chosen")

		// Closing waits for what is still here.
		s.decide(number, casefile.StateDone, nil)
		s.open(number)
		s.send(Act{Action: ActClose})
		s.told("desk.problem.papers-here")
	})
}

func TestFeesAndDailyClosing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(insurance, nil)
		s.signOn("100001")
		s.open(number)
		s.send(Act{Action: ActFee})
		if o := s.state.Overlay; len(o.Choices) != 1 || o.Title.Args["yuan"] != "400.00" {
			t.Fatalf("fee: %+v", o)
		}
		s.send(Answer{Yes: true, Text: "四百"})
		if s.state.Overlay.Problem.Key != "desk.problem.money" {
			t.Error("words were taken for money")
		}
		s.send(Answer{Yes: true, Text: "400.01", Chosen: "0"})
		s.wait(time.Second)
		s.told("desk.refusal.fee-above")
		s.send(Act{Action: ActFee}, Answer{Yes: true, Text: "300", Chosen: "0"})
		s.wait(time.Second)
		s.told("desk.notice.fee")
		if f := s.office.fees; len(f) != 1 || f[0].Fen != 30000 || f[0].Receipt != "QH0301A-000001" || f[0].Payer != principalName {
			t.Fatalf("ledger: %+v", f)
		}
		s.send(Act{Action: ActRefund}, Answer{Yes: true, Text: "50", Chosen: "0"}, Answer{Yes: true, Text: "多收了"})
		s.wait(time.Second)
		if f := s.office.fees; len(f) != 2 || f[1].Fen != -5000 || f[1].Counter != f[0].Receipt || f[1].Reason != "多收了" {
			t.Fatalf("refund: %+v", f)
		}
		if !slices.ContainsFunc(s.office.jobs, func(j agency.PrintJob) bool { return j.Kind == jobFee && j.Case == number }) {
			t.Error("no fee receipt was printed")
		}

		s.send(Go{Page: Fees})
		s.wait(time.Second)
		if v := s.on(Fees).Fees; v.SumFen != 25000 || !v.Open || len(v.Lines) != 2 {
			t.Fatalf("day: %+v", v)
		}
		s.send(CountCash{Text: "abc"})
		if s.state.Fees.Problem.Key != "desk.problem.money" {
			t.Error("no amount is said to be none")
		}
		s.send(CountCash{Text: "249"}, CloseDay{})
		if s.state.Fees.Problem.Key != "desk.refusal.day-reason" {
			t.Errorf("a difference without a reason: %+v", s.state.Fees.Problem)
		}
		s.send(DayReason{Text: "找零少一元"}, CloseDay{})
		s.asked("desk.ask.close-day")
		s.send(Answer{Yes: true})
		s.asked("desk.ask.signed")
		if len(s.office.days) != 0 {
			t.Fatal("closed before it was signed")
		}
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		s.told("desk.notice.day-closed")
		v := s.state.Fees
		if v.Closing == nil || v.Open || v.Closing.LedgerFen != 25000 || v.Closing.CountedFen != 24900 || v.Closing.Signature == nil || v.Closing.Reason == "" {
			t.Errorf("closing: %+v", v.Closing)
		}
		s.send(CountCash{Text: "249"}, CloseDay{})
		if s.state.Fees.Problem.Key != "desk.refusal.day-closed" {
			t.Errorf("closed twice: %+v", s.state.Fees.Problem)
		}
		s.open(number)
		s.send(Act{Action: ActFee}, Answer{Yes: true, Text: "1"})
		s.wait(time.Second)
		s.told("desk.refusal.day-closed")
	})
}

func TestVisits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		visit := func(id, at, village string, of casefile.Number) agency.VisitLine {
			return agency.VisitLine{Appointment: casefile.Appointment{ID: id, Kind: "visit", Date: "2026-11-25", Time: at, Village: village, Name: "甲", State: "set"}, Case: of}
		}
		s.office.visits = []agency.VisitLine{
			visit("v1", "08:30", "白杨树村", ""), visit("v2", "09:00", "没有这个村", ""), visit("v3", "09:30", "柳树沟村", number), visit("v4", "10:00", "柳树沟村", ""), visit("v5", "07:00", "990301101202", ""),
		}
		s.signOn("100001")
		s.send(Go{Page: Visits})
		s.wait(time.Second)
		order := func() (ids string) {
			for _, l := range s.on(Visits).Visits.Lines {
				ids += l.ID
			}
			return ids
		}
		if order() != "v3v4v5v1v2" {
			t.Errorf("route: %s", order())
		}
		s.send(RouteOrder{On: false})
		if order() != "v1v2v3v4v5" {
			t.Errorf("by time: %s", order())
		}
		s.send(VisitPick{ID: "v1"}, VisitDone{Outcome: "no-show"})
		s.wait(time.Second)
		s.told("desk.notice.done.visited")
		if s.office.visits[0].Outcome != "no-show" {
			t.Error("nobody was at home, and nothing says so")
		}
		s.send(VisitPick{ID: "v3"}, VisitTo{Date: "2026-11-24"})
		s.told("desk.problem.past")
		s.send(VisitDone{Outcome: "moved"}, Answer{Yes: true, Text: "20261201"})
		s.wait(time.Second)
		if v := s.last(number, casefile.Visited).Visit; v.Outcome != "moved" || v.To != "2026-12-01" || v.Appointment != "v3" {
			t.Errorf("moved: %+v", v)
		}
		// A case accepted during a visit keeps it.
		s.reader.place(principal())
		s.send(VisitPick{ID: "v4"}, VisitApply{}, ItemPick{Code: pension}, ReadCard{Into: "principal"})
		s.wait(time.Second)
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		s.send(File{})
		s.wait(2 * time.Second)
		filed := s.on(Accept).Accept.Filed
		if filed == nil {
			t.Fatalf("not filed: %+v", s.state.Accept.Missing)
		}
		if v := s.last(filed.Number, casefile.Visited).Visit; v.Outcome != "done" || v.Appointment != "v4" {
			t.Errorf("kept: %+v", v)
		}
		s.send(Back{})
		s.on(Visits)
	})
}

// TestRegister: the register says who came and what lies here, and what it leaves out.
func TestRegister(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, &casefile.Delegation{Agent: "100001", Delegate: casefile.ApplicantOf(delegate()), Item: pension})
		file := &s.office.cases[number].file
		file.Submission.Values = []byte(`{"phone":"13800000000"}`)
		file.Custody.Held = []agency.Held{{Paper: casefile.Paper{ID: "1"}}, {Paper: casefile.Paper{ID: "2"}}}
		for range mostListed + 1 {
			s.fileFor(fertility, nil)
		}
		s.signOn("100001")
		s.send(Go{Page: Reports})
		s.wait(time.Second)
		r := s.on(Reports).Reports.Report
		if len(r.Register) != mostListed || r.Unlisted != 2 || r.ByState[0].Value != mostListed+2 {
			t.Fatalf("%d listed, %d not, %v", len(r.Register), r.Unlisted, r.ByState)
		}
		found := false
		for _, line := range r.Register {
			if line.Number == number {
				found = line.Delegate == delegateName && line.Papers == 2
			}
		}
		if !found {
			t.Error("the register names neither delegate nor originals")
		}
		s.send(SaveCSV{})
		s.wait(time.Second)
		csv := string(s.saver.files["register-2026-11-25-2026-11-25.csv"])
		if !strings.Contains(csv, "13800000000,"+delegateName) || !strings.HasSuffix(csv, "请缩短时间范围。\r\n") {
			t.Errorf("CSV ends with %q", csv[max(0, len(csv)-200):])
		}
	})
}

func TestReports(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.fileFor(pension, nil)
		s.fileFor(pension, nil)
		s.decide(s.fileFor(fertility, nil), casefile.StateDone, nil)
		s.signOn("100001")
		s.send(Go{Page: Reports})
		s.wait(time.Second)
		r := s.on(Reports).Reports
		if r.Report.From != "2026-11-25" || r.Report.To != "2026-11-25" || len(r.Report.Register) != 3 || r.Busy != "" {
			t.Fatalf("report: %+v", r)
		}
		byItem := map[string]int{}
		for _, c := range r.Report.ByItem {
			byItem[c.Key] = c.Value
		}
		if byItem[pension] != 2 || byItem[fertility] != 1 {
			t.Errorf("by item: %v", byItem)
		}
		if line := r.Report.Register[0]; strings.Contains(line.IDNumber, "19480307") || line.Person != principalName {
			t.Errorf("register: %+v", line)
		}
		for _, want := range [][3]string{{"week", "2026-11-23", "2026-11-29"}, {"month", "2026-11-01", "2026-11-30"}} {
			s.send(ReportPeriod{Period: want[0]})
			s.wait(time.Second)
			if r := s.state.Reports.Report; r.From != want[1] || r.To != want[2] || len(r.Register) != 3 {
				t.Errorf("%s: %s–%s", want[0], r.From, r.To)
			}
		}
		s.send(SaveCSV{})
		s.wait(time.Second)
		s.told("desk.notice.saved")
		csv := string(s.saver.files["register-2026-11-01-2026-11-30.csv"])
		if !strings.HasPrefix(csv, "\ufeff") || strings.Count(csv, "\r\n") != 4 {
			t.Errorf("register: %q", csv)
		}
		s.send(SavePDF{})
		s.wait(time.Second)
		if !strings.HasPrefix(string(s.saver.files["report-2026-11-01-2026-11-30.pdf"]), "%PDF") {
			t.Error("no PDF was saved")
		}
		s.send(PrintReport{})
		s.wait(time.Second)
		if n := len(s.document.titles); n != 2 {
			t.Errorf("%d papers printed", n)
		}
		s.send(ReportDate{Date: "2026-10-05"})
		s.wait(time.Second)
		if r := s.state.Reports; len(r.Report.Register) != 0 || r.Saved != "" {
			t.Errorf("another month: %+v", r)
		}
	})
}

func TestSyncPage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateRefused, nil)
		s.office.cases[number].file.Reason = "签名读不出"
		s.office.health = agency.Health{Online: true, Waiting: 1, Refused: 1}
		s.signOn("100001")
		s.wait(6 * time.Second)
		s.send(Go{Page: Sync})
		s.wait(time.Second)
		if v := s.on(Sync).Sync; len(v.Lines) != 1 || v.Lines[0].Reason != "签名读不出" || !v.Online {
			t.Errorf("what waits: %+v", v)
		}
		if side := s.state.Side[8]; side.Count != 2 || !side.Alarm {
			t.Errorf("side bar: %+v", side)
		}
		s.send(PickQueue{Packet: "p" + string(number)}, RetryNow{})
		s.wait(time.Second)
		s.told("desk.notice.retry")
		if s.office.retry != 1 || s.state.Sync.Chosen != "p"+string(number) {
			t.Error("nothing was tried")
		}
	})
}

func TestHelpLanguageAndFaults(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.send(Help{Open: true})
		if s.state.Overlay == nil || s.state.Overlay.Kind != overlayHelp || s.state.Overlay.Title.Key != "desk.help.today" {
			t.Fatalf("help: %+v", s.state.Overlay)
		}
		s.send(Go{Page: Cases})
		s.on(Today) // the page below is covered
		s.send(Help{}, Language{})
		if s.state.Lang != "en" || s.state.Overlay != nil {
			t.Errorf("language %q, overlay %+v", s.state.Lang, s.state.Overlay)
		}
		s.send(Language{})
		if s.state.Lang != "zh" {
			t.Error("no way back to Chinese")
		}
		for fault, key := range map[drivers.Fault]string{drivers.FaultPaperOut: "desk.notice.device.paper-out", drivers.FaultProtocol: "desk.notice.device.device", drivers.FaultJam: "desk.notice.device.jam"} {
			s.statuses.Store(&[]drivers.Status{{Role: drivers.RolePrinter, Fault: fault, Condition: drivers.UserError}})
			s.wait(2 * time.Second)
			s.told(key)
			s.send(Dismiss{})
			s.wait(2 * time.Second)
			if s.state.Notice != nil {
				t.Errorf("the fault is said again: %+v", s.state.Notice)
			}
		}
		s.statuses.Store(&[]drivers.Status{{Role: drivers.RolePrinter, Condition: drivers.Online}})
		s.wait(2 * time.Second)
		s.told("desk.notice.device.back")
	})
}

// TestNoDevices: a point without any device still accepts, and says what is missing.
func TestNoDevices(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(o *Options) {
			o.Devices = Devices{Statuses: func() []drivers.Status { return nil }}
			o.Paper, o.Save = nil, nil
		})
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateDone, nil)
		s.signOn("100001")
		s.send(NewCase{}, ItemPick{Code: pension}, ReadCard{Into: "principal"})
		s.told("desk.notice.device.unplugged")
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		s.told("desk.notice.device.unplugged")
		s.open(number)
		s.send(Act{Action: ActCopy})
		s.wait(time.Second)
		s.told("desk.notice.device.unplugged")
		s.send(Act{Action: ActClose}, Answer{Yes: true}, Answer{Yes: true})
		s.wait(time.Second)
		s.last(number, casefile.Closed) // the signed form stays in the paper file
		s.send(Go{Page: Reports}, SaveCSV{})
		s.wait(time.Second)
		s.told("desk.problem.no-folder")
	})
}
