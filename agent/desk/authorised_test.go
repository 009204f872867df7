package desk

import (
	"slices"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/receipt"
)

// foreignCase is the number of a case begun at another terminal, whose receipt the stage reads as BM1:OTHER.
func (s *stage) foreignCase() casefile.Number {
	s.t.Helper()
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0999", Generation: "A", Date: "2026-11-20", Sequence: 7})
	if err != nil {
		s.t.Fatal(err)
	}
	s.office.codes["BM1:OTHER"] = receipt.Code{Case: number, Item: pension, Time: noon}
	return number
}

// bringPaper opens the case by its receipt for the delegate on the reader, up to the first question about the paper.
func (s *stage) bringPaper() {
	s.t.Helper()
	s.send(SearchGo{Text: "BM1:OTHER"})
	s.wait(time.Second)
	s.asked("desk.ask.foreign")
	s.send(Answer{Yes: true, Chosen: "authorisation"})
	s.wait(time.Second)
}

func (s *stage) problem(key string) {
	s.t.Helper()
	if s.state.Overlay == nil || s.state.Overlay.Problem.Key != key {
		s.t.Fatalf("overlay is %+v, want the problem %q", s.state.Overlay, key)
	}
}

// TestAuthorisationOpensAnotherTerminalsCase: card of the delegate, what the paper says, the paper scanned; then
// what the paper allows, and every event takes the authorisation along.
func TestAuthorisationOpensAnotherTerminalsCase(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.foreignCase()
		s.signOn("100001")
		s.reader.place(delegate())
		s.bringPaper()
		s.asked("desk.ask.delegate-number")
		wrong := []byte(delegate().Number)
		wrong[17] = map[bool]byte{true: '1', false: '2'}[wrong[17] != '1']
		s.send(Answer{Yes: true, Text: string(wrong)})
		s.problem("desk.problem.id-number")
		s.send(Answer{Yes: true, Text: delegate().Number})
		s.asked("desk.ask.principal-number")
		s.send(Answer{Yes: true, Text: principal().Number})
		s.asked("desk.ask.authorised-until")
		for typed, problem := range map[string]string{"农历冬月初五": "desk.problem.lunar", "20261124": "desk.refusal.delegation-ended", "soon": "desk.problem.date"} {
			s.send(Answer{Yes: true, Text: typed})
			s.problem(problem)
		}
		s.send(Answer{Yes: true, Text: "20261231"})
		s.asked("desk.ask.authorised-scope")
		s.send(Answer{Yes: true, Chosen: "correct"})
		s.wait(time.Second)
		v := s.on(Cases).Cases
		if v.Detail == nil || v.Detail.Number != number || slices.Contains(v.Actions, ActWithdraw) || !slices.Contains(v.Actions, ActCorrect) {
			t.Fatalf("another terminal's case: %+v", v)
		}
		s.send(Act{Action: ActCorrect}, PointField{Point: "field.phone", Text: "13811112222"}, Resubmit{})
		s.wait(time.Second)
		s.tookAlong(number, casefile.Corrected)
		s.bringPaper()
		s.send(Answer{Yes: true, Text: delegate().Number}, Answer{Yes: true, Text: principal().Number}, Answer{Yes: true, Text: "20261231"}, Answer{Yes: true, Chosen: "correct"})
		s.wait(time.Second)
		s.send(Act{Action: ActPapers}, Answer{Yes: true, Text: "户口簿"})
		s.wait(time.Second)
		s.asked("desk.ask.signed")
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		s.tookAlong(number, casefile.Papers)
		s.send(Act{Action: ActUrge}, Answer{Yes: true, Text: "老人急用"})
		s.wait(time.Second)
		s.tookAlong(number, casefile.Urged)
	})
}

// tookAlong checks the authorisation of the case's last event.
func (s *stage) tookAlong(number casefile.Number, kind casefile.EventKind) {
	s.t.Helper()
	a := s.last(number, kind).Authorisation
	if a == nil || a.Principal != principal().Number || a.Delegation.Delegate.Name != delegateName || len(a.Delegation.Pages) != 1 ||
		!slices.Equal(a.Delegation.Scope, []string{agency.ScopeCorrect}) || a.Delegation.Until != "2026-12-31" || a.Delegation.Agent != "100001" {
		s.t.Errorf("%s went out with %+v", kind, a)
	}
}

// TestAuthorisationRefused: another delegate's card, the principal's own, an expired card, and a scope that does not allow it.
func TestAuthorisationRefused(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.foreignCase()
		s.signOn("100001")
		s.reader.place(delegate())
		s.bringPaper()
		s.send(Answer{Yes: true, Text: principal().Number})
		s.told("desk.refusal.delegate-other")
		s.bringPaper()
		s.send(Answer{Yes: true, Text: delegate().Number}, Answer{Yes: true, Text: delegate().Number})
		s.told("desk.refusal.same-person")
		old := delegate()
		old.LongTerm, old.ValidTo = false, old.ValidFrom
		s.reader.place(old)
		s.bringPaper()
		s.told("desk.refusal.card-expired")
		s.reader.place(delegate())
		s.bringPaper()
		s.send(Answer{Yes: true, Text: delegate().Number}, Answer{Yes: true, Text: principal().Number}, Answer{Yes: true, Text: "20261231"}, Answer{Yes: true, Chosen: "collect"})
		s.wait(time.Second)
		for _, action := range []CaseAction{ActCorrect, ActPapers} {
			s.send(Act{Action: action})
			s.told("desk.refusal.delegation-scope")
		}
		if c := s.office.cases[number]; c != nil {
			t.Errorf("%d events went out", len(c.events))
		}
	})
}
