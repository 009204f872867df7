package desk

import (
	"slices"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

func missingKeys(v *AcceptView) []string {
	var keys []string
	for _, m := range v.Missing {
		keys = append(keys, m.Key)
	}
	return keys
}

func TestAbsentPrincipal(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(pension)
		s.send(SetAbsent{Absent: true}, ReadCard{Into: "delegate"})
		s.wait(time.Second)
		s.told("desk.refusal.same-person") // the principal's card is still on the reader
		s.reader.place(delegate())
		s.send(ReadCard{Into: "delegate"})
		s.wait(time.Second)
		v := s.state.Accept
		if v.Delegate == nil || v.Delegate.Name != delegateName || v.Delegation == nil || v.Delegation.From != "2026-11-25" {
			t.Fatalf("delegation: %+v", v.Delegation)
		}
		has := func(key string) bool { return slices.Contains(missingKeys(s.state.Accept), key) }
		if !has("desk.problem.until") {
			t.Errorf("missing: %v", missingKeys(v))
		}
		for until, want := range map[string]string{"农历冬月初五": "desk.problem.lunar", "20261124": "desk.refusal.delegation-period", "soon": "desk.problem.date"} {
			s.send(SetUntil{Text: until})
			if !has(want) {
				t.Errorf("until %s: %v, want %s", until, missingKeys(s.state.Accept), want)
			}
		}
		s.send(SetUntil{Text: "20270101"}, SetScope{Scope: agency.ScopeApply, On: false})
		if !has("desk.refusal.delegation-scope") || !has("desk.problem.authorisation") {
			t.Errorf("without the scope: %v", missingKeys(s.state.Accept))
		}
		s.send(SetScope{Scope: agency.ScopeApply, On: true}, SetScope{Scope: agency.ScopeCollect, On: true}, PrintAuth{}, ScanAuth{})
		s.wait(time.Second)
		if s.office.jobs[0].Kind != jobAuth || len(s.state.Accept.AuthPages) != 1 {
			t.Errorf("authorisation: %+v, %d pages", s.office.jobs, len(s.state.Accept.AuthPages))
		}
		s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "1"}, SetField{Path: "notice", Text: "1"}, ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		s.send(File{})
		s.wait(2 * time.Second)
		d := s.submission(0).Delegation
		if d == nil || d.Until != "2027-01-01" || d.Delegate.Name != delegateName || len(d.Pages) != 1 || d.Item != pension || d.Agent != "100001" {
			t.Fatalf("filed delegation: %+v", d)
		}
		if u := s.last(s.office.order[0], casefile.Unevaluated).Unrated; u.Why != "not-offered" || u.Reason != "absent" {
			t.Errorf("evaluation of an absent principal: %+v", u)
		}
		if !slices.Equal(d.Scope, []string{agency.ScopeApply, agency.ScopeCollect}) {
			t.Errorf("scope %v", d.Scope)
		}
	})
}

// TestDelegationBindsLaterActs: what the authorisation does not allow needs the principal's card.
func TestDelegationBindsLaterActs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		number := s.fileFor(pension, &casefile.Delegation{
			Agent: "100001", Delegate: casefile.ApplicantOf(delegate()), Scope: []string{agency.ScopeApply}, Item: pension, From: "2026-11-01", Until: "2026-12-31",
		})
		s.decide(number, casefile.StateDone, &casefile.Outcome{Result: "认证结果", Way: "pickup"})
		s.send(Go{Page: Results}, PickCase{Number: number}, Act{Action: ActDeliver})
		s.told("desk.refusal.delegation-scope")
	})
}
