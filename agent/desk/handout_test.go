package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

func TestDeliver(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		first, second := s.fileFor(pension, nil), s.fileFor(pension, nil)
		for _, n := range []casefile.Number{first, second} {
			s.decide(n, casefile.StateDone, &casefile.Outcome{Result: "认证结果", Way: "pickup"})
		}
		s.signOn("100001")
		s.open(first)
		s.reader.place(delegate())
		s.send(Act{Action: ActDeliver}, Answer{Yes: true, Chosen: "card"})
		s.wait(time.Second)
		s.told("desk.problem.card-of-other")
		s.reader.place(principal())
		s.send(Act{Action: ActDeliver}, Answer{Yes: true, Chosen: "card"})
		s.wait(time.Second)
		if d := s.last(first, casefile.Delivered).Delivery; !d.ByCard || d.Recipient != principalName || d.Result != "认证结果" {
			t.Errorf("delivered: %+v", d)
		}
		s.open(second)
		s.send(Act{Action: ActDeliver}, Answer{Yes: true, Chosen: "signature"}, Answer{Yes: true})
		s.wait(time.Second)
		d := s.last(second, casefile.Delivered).Delivery
		if d.Signature == nil || d.ByCard {
			t.Errorf("signed for: %+v", d)
		}
	})
}

// TestResultIsPrintedHere: what the platform sent is printed once, counted, and handed over against a signature; nothing is
// handed over that did not come out.
func TestResultIsPrintedHere(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateDone, &casefile.Outcome{Result: "参保凭证", Way: "print", Document: &casefile.ResultDocument{
			Title: "参保缴费凭证", Number: "望社〔2026〕12号", Issuer: "望河县社保局", Issued: "2026-11-24", Text: []string{"准予参保。"},
		}})
		s.signOn("100001")
		s.open(number)
		s.document.set(drivers.NotPrinted, drivers.FaultPaperOut)
		s.send(Act{Action: ActDeliver})
		s.wait(time.Second)
		if s.state.Overlay != nil {
			t.Fatalf("handed over without paper: %+v", s.state.Overlay)
		}
		s.document.set(drivers.Printed, "")
		s.send(Act{Action: ActDeliver})
		s.wait(time.Second)
		s.asked("desk.ask.result-printed") // a job that failed may have left half a page
		s.send(Answer{Yes: true, Chosen: "again"})
		s.wait(time.Second)
		s.asked("desk.ask.deliver")
		printed := s.paper.made[len(s.paper.made)-1]
		content, err := plainJSON(printed)
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"参保缴费凭证", "望社〔2026〕12号", "望河县社保局", "准予参保。", principalName, string(number)} {
			if !strings.Contains(string(content), words) {
				t.Errorf("%q is not on the paper", words)
			}
		}
		if job := s.office.jobs[len(s.office.jobs)-1]; job.Kind != jobResult || job.Case != number || !job.Reprint {
			t.Errorf("print ledger: %+v", job)
		}
		s.send(Answer{Yes: true, Chosen: "signature"}, Answer{Yes: true})
		s.wait(time.Second)
		if d := s.last(number, casefile.Delivered).Delivery; d.Way != "print" || d.Result != "参保凭证" || d.Signature == nil {
			t.Errorf("delivered: %+v", d)
		}
	})
}

func TestEvaluationNeedsThePersonsCard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.signOn("100001")
		if v := s.open(number); slices.Contains(v.Actions, ActEvaluate) {
			t.Fatal("evaluation is open without the person's card")
		}
		s.send(Act{Action: ActNotEvaluated}, Answer{Yes: true, Chosen: "absent"})
		s.wait(time.Second)
		if u := s.last(number, casefile.Unevaluated).Unrated; u.Why != "not-offered" || u.Reason != "absent" {
			t.Errorf("not offered: %+v", u)
		}
		other := s.filePension() // reads the principal's card
		s.open(other)
		s.send(Act{Action: ActEvaluate})
		if v := s.on(Evaluate).Evaluate; v.Name != principalName || v.Case != other {
			t.Fatalf("evaluate: %+v", v)
		}
		s.send(RateDone{})
		s.told("desk.problem.level")
		s.send(Rate{Level: 1}, RateDone{})
		s.told("desk.problem.rate-reason")
		s.send(RateReason{Code: "slow", On: true}, RateReason{Code: "nonsense", On: true}, RateText{Text: "等太久"}, RateDone{})
		s.wait(time.Second)
		e := s.last(other, casefile.Evaluated).Evaluation
		if e.Level != 1 || !slices.Equal(e.Reasons, []string{"slow"}) || e.Text != "等太久" || e.Times != 1 {
			t.Errorf("evaluation: %+v", e)
		}
		if v := s.state.Evaluate; !v.Stored || v.Level != 0 || v.Text != "" {
			t.Errorf("the agent can read it: %+v", v)
		}
		s.send(Back{})
		s.send(SignOff{})
		s.signOn("100001")
		if v := s.open(other); slices.Contains(v.Actions, ActEvaluate) {
			t.Error("the card of another session counts")
		}
	})
}
