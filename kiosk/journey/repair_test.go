package journey

import (
	"errors"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// refusedCase is a case of person1's that the platform refused.
func refusedCase() casefile.Summary {
	return casefile.Summary{
		Number: "QH0301A-261120-0003-M", ItemCode: "pension-check", ItemName: "养老待遇资格认证", State: casefile.StateRefused,
		Reason: "照片看不清", Filed: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Moments: []casefile.Moment{{Kind: "submitted"}, {Kind: "refused"}},
	}
}

// TestRefusedCaseIsATask: at the next card, whatever it was laid for, the person hears that a case was refused, sees why, files it anew with the
// card that lies there, and the new case names the old one.
func TestRefusedCaseIsATask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.list.set([]casefile.Summary{refusedCase()})
		s.toCard("full") // another errand
		s.reader.place(person1())
		if v := s.wait(time.Second).Confirm; v == nil || v.Task == nil || v.Task.Number != refusedCase().Number {
			t.Fatalf("nothing is said: %+v", v)
		}
		s.tap(OpenTask{})
		if v := s.on(CaseDetail).CaseDetail; !v.CanRepair || v.Case.Reason != "照片看不清" {
			t.Fatalf("%+v", v)
		}
		s.tap(RepairCase{})
		v := s.wait(time.Second)
		if s.on(Confirm); v.Confirm.Task != nil {
			t.Error("the task that is being done is told of again")
		}
		s.tap(Onward{})
		s.on(Question)
		s.tap(Answer{Value: "13800000000"}, Onward{})
		s.on(Materials)
		s.tap(ScanPage{Material: "hukou"}, Onward{})
		s.on(Review)
		s.tap(name(), Onward{})
		s.on(Done)
		filed := s.desk.filed()
		if len(filed) != 1 || filed[0].Previous != refusedCase().Number || filed[0].Item.Code != "pension-check" {
			t.Errorf("%+v", filed)
		}
	})
}

// TestRepairFromMyCases: the way is in my cases too; the old case is not named when another person's card comes in between.
func TestRepairFromMyCases(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMyCases()
		s.tap(Back{})
		s.desk.list.set([]casefile.Summary{refusedCase()})
		s.tap(OpenMyCases{})
		s.reader.remove()
		s.wait(time.Second)
		s.reader.place(person1())
		s.wait(time.Second)
		s.tap(OpenCase{Number: string(refusedCase().Number)}, RepairCase{})
		s.on(Confirm)
		s.tap(NotMe{})
		s.reader.remove()
		s.wait(time.Second)
		s.desk.list.set(nil)
		other := person1()
		other.Name, other.Number = "李大壮", "990301197001010014"
		s.reader.place(other)
		s.wait(time.Second)
		s.on(Confirm)
		s.tap(Onward{}, Answer{Value: "13800000000"}, Onward{}, ScanPage{Material: "hukou"}, Onward{}, name(), Onward{})
		s.on(Done)
		if filed := s.desk.filed(); len(filed) != 1 || filed[0].Previous != "" {
			t.Errorf("%+v", filed)
		}
	})
}

// TestRefusedCasesThatAreNoTask: what was repaired or settled, and what this terminal cannot file, is shown and not offered; cases that cannot be
// looked at stop nothing.
func TestRefusedCasesThatAreNoTask(t *testing.T) {
	repaired, settled, gone := refusedCase(), refusedCase(), refusedCase()
	repaired.Settled, repaired.Successor = true, "QH0301A-261121-0007-X"
	settled.Settled = true
	gone.ItemCode = "no-longer"
	for name, c := range map[string]struct {
		summary casefile.Summary
		state   string
		task    bool
	}{"repaired": {repaired, stateRepaired, false}, "settled": {settled, stateSettled, false}, "gone": {gone, casefile.StateRefused, true}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, loadCatalogue(t))
				s.desk.list.set([]casefile.Summary{c.summary})
				s.toCard("pension-check")
				s.reader.place(person1())
				if v := s.wait(time.Second).Confirm; (v.Task != nil) != c.task {
					t.Errorf("%+v", v.Task)
				}
				s.tap(OpenTask{})
				if !c.task {
					s.on(Confirm)
					return
				}
				if v := s.on(CaseDetail).CaseDetail; v.CanRepair || v.Case.State != c.state {
					t.Errorf("%+v", v)
				}
				s.tap(RepairCase{}, Back{})
				s.on(MyCases)
			})
		})
	}
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.listErr.set(errors.New("cannot be read"))
		s.toForm("pension-check")
		s.on(Question)
	})
}

// filed are the submissions so far.
func (d *fakeDesk) filed() []casefile.Submission {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.submissions)
}
