package journey

import (
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

func TestRatingIsKeptOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toDone()
		s.tap(Evaluate{Level: 0}, Evaluate{Level: 6}, Evaluate{Level: 4}, Evaluate{Level: 1}, Evaluate{Level: 5})
		if v := s.on(Done).Done; v.Evaluation != 4 || !v.Evaluated {
			t.Errorf("done %+v", v)
		}
		if got := s.desk.ratings; len(got) != 1 || got[0].Level != 4 || got[0].Times != 1 || len(got[0].Reasons) > 0 {
			t.Errorf("ratings %+v", got)
		}
	})
}

func TestBadRatingAsksWhy(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toDone()
		v := s.tap(Evaluate{Level: 2})
		if s.on(EvaluateMore); v.EvaluateMore.Level != 2 || len(v.EvaluateMore.Reasons) == 0 || v.Next.Enabled {
			t.Fatalf("more %+v", v.EvaluateMore)
		}
		s.tap(EvaluateReason{Code: "slow", Chosen: true}, EvaluateReason{Code: "made-up", Chosen: true}, EvaluateReason{Code: "slow"})
		if v := s.on(EvaluateMore); len(v.EvaluateMore.Chosen) != 0 || v.Next.Enabled {
			t.Fatalf("chosen %+v", v.EvaluateMore)
		}
		if v := s.tap(EvaluateText{Text: " \n "}); v.Next.Enabled {
			t.Fatal("blanks are no words")
		}
		s.tap(Back{})
		if v := s.on(Done).Done; v.Evaluation != 0 || v.Evaluated {
			t.Fatalf("taken back: %+v", v)
		}
		s.tap(Evaluate{Level: 1}, EvaluateText{Text: "排队\x1b太久"}, EvaluateReason{Code: "hard", Chosen: true})
		time.Sleep(time.Second)
		for range 5 {
			s.session.Send(Onward{})
		}
		s.settle()
		if v := s.on(Done).Done; !v.Evaluated || v.Evaluation != 1 {
			t.Fatalf("done %+v", v)
		}
		if got := s.desk.ratings; len(got) != 1 || got[0].Text != "排队 太久" || !slices.Equal(got[0].Reasons, []string{"hard"}) {
			t.Errorf("ratings %+v", got)
		}
	})
}

func TestRatingFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toDone()
		s.desk.rateErr.set(errBroken)
		if v := s.tap(Evaluate{Level: 3}).Done; v.Evaluated || v.Evaluation != 0 {
			t.Fatalf("done %+v", v)
		}
		s.desk.rateErr.set(nil)
		if v := s.tap(Evaluate{Level: 3}).Done; !v.Evaluated {
			t.Fatalf("again %+v", v)
		}
	})
}

func TestRefusedCaseIsNotDelivered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toDone()
		s.desk.state.set(casefile.Summary{State: casefile.StateRefused, Reason: "区划不对"})
		if v := s.wait(5 * time.Second).Done; v.Delivered || v.Official != "" {
			t.Errorf("done %+v", v)
		}
	})
}

func TestMyCasesAndReprint(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.health.set(Health{Online: true, LastContact: time.Date(2026, 11, 22, 8, 1, 30, 0, time.UTC)})
		s.toMyCases()
		s.wait(6 * time.Second)
		v := s.on(MyCases).MyCases
		if v.Name != canary || len(v.Cases) != 1 || v.Cases[0].ItemName.In("en") != "pension-check" || v.AsOf.Minute() != 1 {
			t.Fatalf("cases %+v", v)
		}
		s.tap(OpenCase{Number: "someone else's"})
		s.on(MyCases)
		d := s.tap(OpenCase{Number: string(v.Cases[0].Number)}).CaseDetail
		if d == nil || len(d.Events) != 2 || d.Case.Official != "3703-7" || !d.CanPrint {
			t.Fatalf("detail %+v", d)
		}
		s.printer.delay = 3 * time.Second
		if d := s.tap(Reprint{}, Reprint{}).CaseDetail; !d.Printing || d.CanPrint {
			t.Fatalf("printing %+v", d)
		}
		if d := s.wait(5 * time.Second).CaseDetail; d.Printing || d.Printed.Key != keyPrintDone {
			t.Fatalf("printed %+v", d)
		}
		if job := s.desk.jobs[0]; len(s.desk.jobs) != 1 || !job.Reprint || job.Case != "QH0301A-261121-0007-X" {
			t.Errorf("jobs %+v", s.desk.jobs)
		}
		paper := s.printer.documents()[0]
		if !printed2(paper, "补打") || !printed2(paper, "BM1:OLD") || printed2(paper, canary) || !printed2(paper, "柳树沟村便民服务点") {
			t.Errorf("paper %+v", paper)
		}
		s.printer.set(drivers.NotPrinted, drivers.FaultPaperOut)
		if d := s.tap(Reprint{}); d.CaseDetail.Printed.Key != "" {
			t.Errorf("the outcome before is gone while printing: %+v", d.CaseDetail)
		}
		if d := s.wait(5 * time.Second).CaseDetail; d.Printed.Key != keyPrintFailed {
			t.Errorf("not printed %+v", d)
		}
		s.tap(Back{})
		s.on(MyCases)
		s.tap(Back{})
		s.on(Home)
		s.reader.remove()
		s.tap(Leave{})
		s.over()
	})
}

func TestNoCases(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.tap(Begin{}, OpenMyCases{})
		s.reader.place(person1())
		s.wait(time.Second)
		if v := s.on(MyCases).MyCases; len(v.Cases) != 0 || !v.AsOf.IsZero() {
			t.Errorf("cases %+v", v)
		}
	})
}

func TestCasesCannotBeOpened(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.listErr.set(&casefile.Error{Code: casefile.Damaged})
		s.tap(Begin{}, OpenMyCases{})
		s.reader.place(person1())
		s.wait(time.Second)
		if v := s.on(OutOfService).OutOfService; v.Reason != "database" {
			t.Errorf("reason %q", v.Reason)
		}
		s.wait(6 * time.Second)
		s.on(Home)
	})
}
