package desk

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/drivers"
)

const (
	pension   = "11990301MB3010378U4992030001001"
	insurance = "11990301MB3011485G4992030008001"
	fertility = "11990301MB301185674992030009001"
)

// begin opens a case of an item with the principal's card read.
func (s *stage) begin(item string) *AcceptView {
	s.t.Helper()
	s.reader.place(principal())
	s.send(NewCase{}, ItemPick{Code: item}, ReadCard{Into: "principal"})
	s.wait(time.Second)
	v := s.on(Accept).Accept
	if v.Principal == nil || v.Principal.Name != principalName {
		s.t.Fatalf("the principal is %+v", v.Principal)
	}
	return v
}

// field finds a field that is shown.
func (s *stage) field(name string) FieldView {
	s.t.Helper()
	for _, f := range s.state.Accept.Fields {
		if f.Field.Name == name {
			return f
		}
	}
	s.t.Fatalf("field %s is not shown", name)
	return FieldView{}
}

func (s *stage) submission(n int) casefile.Submission {
	s.t.Helper()
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if len(s.office.order) <= n {
		s.t.Fatalf("%d cases were filed (%+v)", len(s.office.order), s.state.Notice)
	}
	return s.office.cases[s.office.order[n]].file.Submission
}

// filePension files one pension certification to its end.
func (s *stage) filePension() casefile.Number {
	s.t.Helper()
	s.begin(pension)
	s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "bx"}, SetField{Path: "notice", Text: "2"}, ScanInto{Material: "HOUSEHOLD"})
	s.wait(time.Second)
	s.send(File{})
	s.wait(2 * time.Second)
	v := s.on(Accept).Accept
	if v.Filed == nil {
		s.t.Fatalf("not filed: %+v, missing %+v", s.state.Notice, v.Missing)
	}
	return v.Filed.Number
}

// TestWhatWaitsIsSaidAtOnce: the status bar counts what was just committed, not only at its next look.
func TestWhatWaitsIsSaidAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(pension)
		s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "bx"}, SetField{Path: "notice", Text: "2"}, ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		s.send(File{})
		s.settle()
		if n := s.state.Status.Waiting; n != 1 {
			t.Errorf("%d wait after a case was filed", n)
		}
		number := s.on(Accept).Accept.Filed.Number
		s.decide(number, casefile.StateAccepted, nil)
		s.send(Back{}, Go{Page: Cases}, PickCase{Number: number}, Act{Action: ActUrge}, Answer{Yes: true, Text: "老人急用"})
		s.settle()
		if n := s.state.Status.Waiting; n != 2 {
			t.Errorf("%d wait after the department was urged", n)
		}
	})
}

func TestAcceptACase(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		v := s.begin(pension)
		if v.Due != "2026-11-30" || v.Days != 3 {
			t.Errorf("due %s in %d days", v.Due, v.Days)
		}
		if len(v.Missing) != 5 { // four answers and a material
			t.Errorf("missing: %+v", v.Missing)
		}
		if f := s.field("name"); !f.Locked || f.From != "card" || f.Value != principalName {
			t.Errorf("name: %+v", f)
		}
		s.send(File{})
		s.told("desk.notice.missing")
		if s.state.Accept.Focus != "pension" || s.field("pension").Problem.Key == "" {
			t.Error("the first problem does not take the keyboard")
		}
		s.send(SetField{Path: "pension", Text: "x"})
		if s.field("pension").Problem.Key != "desk.problem.choice" {
			t.Errorf("a choice that is none: %+v", s.field("pension"))
		}
		s.send(SetField{Path: "name", Text: "另一个人"})
		if s.field("name").Value != principalName {
			t.Error("a locked field was changed")
		}
		number := s.filePension()
		f := s.state.Accept.Filed
		if f.Print != stagePrinted || f.Copy != stagePrinted {
			t.Errorf("printed: %+v", f)
		}
		sub := s.submission(0)
		var values map[string]any
		if err := json.Unmarshal(sub.Values, &values); err != nil || values["residence"] != "home" || values["pension"] != "resident" || values["notice"] != "call" {
			t.Errorf("values %s", sub.Values)
		}
		if m := sub.Materials[2]; m.Code != "HOUSEHOLD" || m.Trust != casefile.TrustUnverified || len(m.Pages) != 1 || m.Way != casefile.Scanned {
			t.Errorf("material %+v", m)
		}
		kinds := []string{s.office.jobs[0].Kind, s.office.jobs[1].Kind}
		slices.Sort(kinds)
		if s.office.jobs[0].Case != number || !slices.Equal(kinds, []string{jobCopy, jobReceipt}) {
			t.Errorf("print ledger: %+v", s.office.jobs)
		}
		if n := len(s.office.drafts["100001"]); n != 1 { // the one that was left for this
			t.Errorf("%d drafts are kept", n)
		}
	})
}

func TestUnknownPrintIsAsked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.printer.set(drivers.Unconfirmed, drivers.FaultSilent)
		s.filePension()
		s.asked("desk.ask.print")
		if s.state.Accept.Filed.Print != stageUnconfirmed {
			t.Errorf("stage %q", s.state.Accept.Filed.Print)
		}
		s.printer.set(drivers.Printed, "")
		s.send(PrintAnswer{CameOut: false})
		s.wait(time.Second)
		if s.state.Accept.Filed.Print != stagePrinted || s.state.Overlay != nil {
			t.Errorf("after printing again: %+v", s.state.Accept.Filed)
		}
		last := s.office.jobs[len(s.office.jobs)-1]
		if !last.Reprint || last.Kind != jobReceipt {
			t.Errorf("the second print is %+v", last)
		}
		asked := false
		for id, came := range s.office.said {
			asked = true
			if came || s.office.jobs[id-1].Kind != jobReceipt {
				t.Errorf("ledger says job %d came out: %v", id, came)
			}
		}
		if !asked {
			t.Error("what the agent saw was not noted")
		}
	})
}

func TestBatchScan(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(insurance)
		s.send(SetField{Path: "first", Text: "y"}, SetField{Path: "bills", Text: "是"})
		s.scanner.load(3)
		s.send(ScanBatch{})
		s.wait(5 * time.Second)
		var pages []int
		for _, m := range s.state.Accept.Materials {
			pages = append(pages, len(m.Pages))
		}
		if !slices.Equal(pages, []int{0, 1, 0, 2}) || s.state.Accept.Busy != "" {
			t.Fatalf("pages per material: %v", pages)
		}
		s.told("desk.notice.scanned")
		s.scanner.load(-1) // a glass: one sheet, not the same one twenty times
		before := len(s.state.Accept.Materials[3].Pages)
		s.send(SetField{Path: "first", Text: "y"}, RemovePage{Page: s.state.Accept.Materials[1].Pages[0].ID}, ScanBatch{})
		s.wait(5 * time.Second)
		if m := s.state.Accept.Materials; len(m[1].Pages) != 1 || len(m[3].Pages) != before {
			t.Errorf("from the glass: %d pages, %d", len(m[1].Pages), len(m[3].Pages))
		}
		bills := s.state.Accept.Materials[3]
		s.send(MovePage{Page: bills.Pages[1].ID, Material: "CHILDPAGE"}, RemovePage{Page: bills.Pages[0].ID})
		s.wait(3 * time.Second)
		if m := s.state.Accept.Materials; len(m[1].Pages) != 2 || len(m[3].Pages) != 0 {
			t.Errorf("after moving: %d %d", len(m[1].Pages), len(m[3].Pages))
		}
		if len(s.office.files) != 2 {
			t.Errorf("%d files are kept", len(s.office.files))
		}
	})
}

// TestPracticePaperSaysSo: a receipt of practice cannot be taken for a real one.
func TestPracticePaperSaysSo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(o *Options) { o.Place.Practice = true })
		s.signOn("100001")
		s.filePension()
		if !s.state.Practice {
			t.Error("the page does not say that this is practice")
		}
		want := demoText.T("zh", "receipt.demo", nil)
		if !slices.ContainsFunc(s.printer.strips[0].Blocks, func(b receipt.Block) bool { return b.Text == want }) {
			t.Error("the receipt does not say that it counts for nothing")
		}
		if len(s.paper.made) == 0 || s.paper.made[0].Watermark == "" {
			t.Error("the copy has no watermark")
		}
	})
}
