package desk

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
)

// open shows a case of the office with its detail.
func (s *stage) open(number casefile.Number) *CasesView {
	s.t.Helper()
	s.send(Go{Page: Cases}, PickCase{Number: number})
	s.wait(time.Second)
	v := s.on(Cases).Cases
	if v.Detail == nil || v.Detail.Number != number {
		s.t.Fatalf("detail is %+v (%+v)", v.Detail, s.state.Notice)
	}
	return v
}

// events are the kinds of events added to a case, in order.
func (s *stage) events(number casefile.Number) []casefile.Event {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	return slices.Clone(s.office.cases[number].events)
}

func (s *stage) last(number casefile.Number, kind casefile.EventKind) casefile.Event {
	s.t.Helper()
	all := s.events(number)
	if len(all) == 0 || all[len(all)-1].Kind != kind {
		s.t.Fatalf("events are %d, the last is not %s (%+v, %+v)", len(all), kind, s.state.Notice, s.state.Overlay)
	}
	return all[len(all)-1]
}

func TestListAndSearch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		done := s.fileFor(fertility, nil)
		s.decide(done, casefile.StateDone, nil)
		s.signOn("100001")
		s.send(Go{Page: Cases})
		s.wait(time.Second)
		if v := s.on(Cases).Cases; v.Total != 2 || v.Counts[casefile.StateQueued] != 1 || v.Counts[casefile.StateDone] != 1 {
			t.Fatalf("list: %+v", v)
		}
		s.send(ListFilter{Filter: "done"})
		s.wait(time.Second)
		if v := s.state.Cases; v.Total != 1 || v.Lines[0].Number != done {
			t.Errorf("filtered: %+v", v)
		}
		s.send(ListFilter{}, SearchGo{Text: string(number)})
		s.wait(time.Second)
		if v := s.state.Cases; v.Total != 1 || v.Lines[0].Number != number || s.state.Search != string(number) {
			t.Errorf("by number: %+v", v)
		}
		s.send(Go{Page: Today}, SearchGo{Text: principal().Number})
		s.wait(time.Second)
		if v := s.on(Cases).Cases; v.Total != 2 {
			t.Errorf("by ID number: %+v", v)
		}
		if !slices.Contains(s.office.audits, "search ") {
			t.Errorf("searching was not noted: %v", s.office.audits)
		}
	})
}

func TestReceiptOpensItsCase(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		foreign, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0999", Generation: "A", Date: "2026-11-20", Sequence: 7})
		if err != nil {
			t.Fatal(err)
		}
		s.office.codes["BM1:OWN"] = receipt.Code{Case: number, Item: pension}
		s.office.codes["BM1:OTHER"] = receipt.Code{Case: foreign, Item: pension, Time: noon}
		s.signOn("100001")
		s.send(SearchGo{Text: "BM1:FORGED"})
		s.wait(time.Second)
		s.told("desk.problem.receipt")
		s.send(SearchGo{Text: "BM1:OWN"})
		s.wait(time.Second)
		if v := s.on(Cases).Cases; v.Detail == nil || v.Detail.Number != number {
			t.Fatalf("the own receipt opened %+v", v.Detail)
		}
		s.send(SearchGo{Text: "BM1:OTHER"})
		s.wait(time.Second)
		s.asked("desk.ask.foreign")
		s.reader.place(principal())
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		v := s.on(Cases).Cases
		if v.Detail == nil || v.Detail.Number != foreign || !slices.Contains(v.Actions, ActPapers) || slices.Contains(v.Actions, ActClose) {
			t.Fatalf("another terminal's case: %+v", v)
		}
		s.send(Act{Action: ActUrge}, Answer{Yes: true, Text: "老人急用"})
		s.wait(time.Second)
		if turn := s.last(foreign, casefile.Urged).Turn; turn.Reason != "老人急用" {
			t.Errorf("urged: %+v", turn)
		}
		// Corrected here by the notice the person holds: only what is answered goes out.
		s.send(Act{Action: ActCorrect})
		if points := s.on(Correct).Correct.Points; len(points) != 5 || points[0].Field == nil || points[4].Material == nil {
			t.Fatalf("points: %+v", points)
		}
		s.send(PointField{Point: "field.phone", Text: "13811112222"}, PointScan{Point: "material.HOUSEHOLD"})
		s.wait(time.Second)
		s.send(Resubmit{})
		s.wait(time.Second)
		got := s.last(foreign, casefile.Corrected).Correction
		if string(got.Values) != `{"phone":"13811112222"}` || len(got.Materials) != 1 || len(got.Points) != 0 || got.Notice != "" {
			t.Errorf("corrected elsewhere: %+v", got)
		}
	})
}

func TestTurns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateProcessing, nil)
		s.signOn("100001")
		s.open(number)
		s.send(Act{Action: ActSuspend})
		s.asked("desk.ask.suspend")
		s.send(Answer{Yes: true})
		if s.state.Overlay.Problem.Key != "desk.problem.reason" {
			t.Error("no reason is asked for")
		}
		s.send(Answer{Yes: true, Text: "等材料"})
		s.wait(time.Second)
		s.asked("desk.ask.signed")
		if len(s.document.titles) != 1 || len(s.events(number)) != 0 {
			t.Fatalf("printed %v, %d events before the signature", s.document.titles, len(s.events(number)))
		}
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		turn := s.last(number, casefile.Suspended).Turn
		if turn.Reason != "等材料" || len(turn.Pages) != 1 {
			t.Errorf("suspended: %+v", turn)
		}
		if v := s.state.Cases; v.Detail.State != casefile.StateSuspended || !slices.Contains(v.Actions, ActResume) || slices.Contains(v.Actions, ActSuspend) {
			t.Errorf("after suspending: %s %v", v.Detail.State, v.Actions)
		}
		s.send(Act{Action: ActClose})
		s.told("desk.refusal.not-now")
		s.send(Act{Action: ActEnd}, Answer{Yes: true, Text: "不办了"}, Answer{})
		s.wait(time.Second)
		if len(s.events(number)) != 1 {
			t.Error("ended although nobody signed")
		}
		s.send(Act{Action: ActWithdraw}, Answer{})
		if len(s.events(number)) != 1 {
			t.Error("withdrawn without a yes")
		}
		s.send(Act{Action: ActWithdraw}, Answer{Yes: true, Text: "本人要求"})
		s.wait(time.Second)
		s.last(number, casefile.Withdrawn)
	})
}

// TestScanOfASignedFormIsTriedAgain: an empty scanner loses nothing.
func TestScanOfASignedFormIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateDone, nil)
		s.signOn("100001")
		s.open(number)
		s.scanner.load(0)
		s.send(Act{Action: ActClose}, Answer{Yes: true}, Answer{Yes: true})
		s.wait(time.Second)
		s.asked("desk.ask.signed")
		if s.state.Overlay.Problem.Key != "desk.notice.device.no-document" {
			t.Errorf("problem: %+v", s.state.Overlay.Problem)
		}
		s.scanner.load(1)
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		s.last(number, casefile.Closed)
	})
}

func TestCorrection(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateCorrection, nil)
		c := s.office.cases[number]
		c.file.NoticeID = "n1"
		c.file.Notice = &casefile.Notice{Days: 5, Points: []casefile.NoticePoint{
			{ID: "1", Field: "phone", Text: "号码打不通"}, {ID: "2", Material: "HOUSEHOLD", Page: 2, Text: "第二页看不清"},
		}}
		s.signOn("100001")
		s.wait(time.Second)
		s.send(Go{Page: Corrections})
		s.wait(time.Second)
		if side := s.state.Side[2]; side.Page != Corrections || side.Count != 1 || !side.Alarm {
			t.Errorf("side bar: %+v", side)
		}
		s.send(PickCase{Number: number})
		s.wait(time.Second)
		s.send(Act{Action: ActNotice}, Act{Action: ActCorrect})
		s.wait(time.Second)
		v := s.on(Correct).Correct
		if len(v.Points) != 2 || v.Ready || v.Points[0].Field == nil || v.Points[0].Field.Value != "13900000000" || v.Points[1].Material == nil {
			t.Fatalf("points: %+v", v.Points)
		}
		s.send(Resubmit{})
		s.told("desk.problem.points-open")
		s.send(PointField{Point: "1", Text: "138"})
		if s.state.Correct.Points[0].Answered {
			t.Error("half a phone number answers the point")
		}
		s.send(PointField{Point: "1", Text: "13811112222"}, PointScan{Point: "2"})
		s.wait(time.Second)
		if !s.state.Correct.Ready {
			t.Fatalf("not ready: %+v", s.state.Correct.Points)
		}
		s.send(Resubmit{})
		s.wait(time.Second)
		s.on(Corrections)
		got := s.last(number, casefile.Corrected).Correction
		var values map[string]any
		if err := json.Unmarshal(got.Values, &values); err != nil || len(values) != 1 || values["phone"] != "13811112222" {
			t.Errorf("values %s", got.Values)
		}
		if got.Notice != "n1" || !slices.Equal(got.Points, []string{"1", "2"}) || len(got.Materials) != 1 {
			t.Fatalf("correction: %+v", got)
		}
		if pages := got.Materials[0].Pages; len(pages) != 2 || pages[0] != s.submission(0).Materials[0].Pages[0] || pages[1] == s.submission(0).Materials[0].Pages[1] {
			t.Errorf("only the second page is given again: %+v", pages)
		}
	})
}

func TestLeavingACorrectionDropsItsPages(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateCorrection, nil)
		s.office.cases[number].file.Notice = &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Material: "HOUSEHOLD"}}}
		s.signOn("100001")
		s.open(number)
		s.send(Act{Action: ActCorrect}, PointScan{Point: "1"})
		s.wait(time.Second)
		s.send(Go{Page: Today})
		s.wait(time.Second)
		if len(s.office.files) != 2 || len(s.events(number)) != 0 {
			t.Errorf("%d files left, %d events", len(s.office.files), len(s.events(number)))
		}
	})
}

func TestConfirmAndHandOver(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.signOn("100001")
		if v := s.open(number); slices.Contains(v.Actions, ActConfirm) || slices.Contains(v.Actions, ActHandOver) {
			t.Errorf("an agent may %v", v.Actions)
		}
		s.send(SignOff{})
		s.office.cases[number].account = "100002"
		s.signOn("100002")
		s.open(number)
		s.send(Act{Action: ActConfirm}, Answer{Yes: true})
		s.wait(time.Second)
		if c := s.last(number, casefile.Confirmed).Confirmation; c.By != "100002" || !slices.Equal(c.Materials, []string{"HOUSEHOLD"}) {
			t.Errorf("confirmed: %+v", c)
		}
		if slices.Contains(s.state.Cases.Actions, ActConfirm) {
			t.Error("confirmed twice")
		}
		s.send(Act{Action: ActHandOver})
		if choices := s.state.Overlay.Choices; len(choices) != 1 || choices[0].Code != "100001" {
			t.Fatalf("choices: %+v", choices)
		}
		s.send(Answer{Yes: true, Chosen: "100001"})
		s.wait(time.Second)
		if s.office.cases[number].account != "100001" || s.state.Cases.Detail != nil {
			t.Error("not handed over, or still open here")
		}
	})
}

func TestRepairOfARefusedCase(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateRefused, nil)
		s.office.cases[number].file.Reason = "签名读不出"
		s.signOn("100001")
		if v := s.open(number); v.Detail.Reason == "" || v.Actions[0] != ActRepair {
			t.Fatalf("refused: %+v", v.Actions)
		}
		s.send(Act{Action: ActRepair})
		s.wait(time.Second)
		s.on(Accept)
		v := s.state.Accept
		if f := s.field("phone"); f.Value != "13900000000" || v.Principal == nil || v.Principal.Number != principal().Number || len(v.Missing) != 0 {
			t.Fatalf("what was entered is not there: %+v, missing %+v", f, v.Missing)
		}
		if pages := v.Materials[2].Pages; len(pages) != 2 || len(pages[0].Thumbnail) == 0 {
			t.Errorf("what was scanned is not there: %d pages", len(pages))
		}
		s.send(SetField{Path: "phone", Text: "13811112222"}, File{})
		s.wait(2 * time.Second)
		sub := s.submission(1)
		if sub.Previous != number || sub.Applicant != s.submission(0).Applicant {
			t.Errorf("lineage: %q, %+v", sub.Previous, sub.Applicant)
		}
		if sub.Materials[2].Pages[0] == s.submission(0).Materials[0].Pages[0] {
			t.Error("two cases name one sealed file")
		}
	})
}
