package office_test

import (
	"testing"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// TestAuthorisedElsewhere: an event of a case begun elsewhere takes the authorisation along, several times the
// same page; what the authorisation does not allow leaves no trace.
func TestAuthorisedElsewhere(t *testing.T) {
	p := newPoint(t)
	b := signOn(t, p.active(t), li, liSecret)
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0999", Generation: "A", Date: "2026-11-20", Sequence: 7})
	must(t, err)
	page, err := b.Attach(t.Context(), "image/jpeg", []byte("signed paper"))
	must(t, err)
	add := func(kind casefile.EventKind, body casefile.Event, change func(*casefile.Authorisation)) error {
		a := casefile.Authorisation{Principal: zhang.Number, Delegation: casefile.Delegation{
			Agent: li, Delegate: casefile.Applicant{Number: "990301196001010018"}, Scope: []string{agency.ScopeCorrect}, Item: "1",
			From: "2026-11-20", Until: "2026-12-31", Pages: []casefile.Page{{Attachment: page.Digest, MediaType: "image/jpeg"}},
		}}
		if change != nil {
			change(&a)
		}
		body.Authorisation = &a
		filed, err := b.Add(t.Context(), number, kind, body, []casefile.Attachment{page})
		if err == nil && (filed.Event.Authorisation == nil || filed.Event.Authorisation.Principal != zhang.Number) {
			t.Errorf("%s went out without its authorisation", kind)
		}
		return err
	}
	correction := casefile.Event{Correction: &casefile.Correction{Values: []byte(`{"phone":"13800000000"}`)}}
	turn := casefile.Event{Turn: &casefile.Turn{}}
	for _, c := range []struct {
		name   string
		kind   casefile.EventKind
		body   casefile.Event
		change func(*casefile.Authorisation)
		want   agency.Code
	}{
		{"to collect only", casefile.Corrected, correction, func(a *casefile.Authorisation) { a.Delegation.Scope = []string{agency.ScopeCollect} }, agency.DelegationScope},
		{"past its last day", casefile.Corrected, correction, func(a *casefile.Authorisation) { a.Delegation.Until = "2026-11-20" }, agency.DelegationEnded},
		{"principal and delegate one", casefile.Corrected, correction, func(a *casefile.Authorisation) { a.Delegation.Delegate.Number = a.Principal }, agency.SamePerson},
		{"without its paper", casefile.Corrected, correction, func(a *casefile.Authorisation) { a.Delegation.Pages = nil }, agency.DelegationPaper},
		{"another agent's", casefile.Corrected, correction, func(a *casefile.Authorisation) { a.Delegation.Agent = "000000" }, agency.NotYours},
		{"withdrawn", casefile.Withdrawn, turn, nil, agency.DelegationScope},
	} {
		wantRefused(t, c.name, add(c.kind, c.body, c.change), c.want)
	}
	if queue, err := b.Queue(t.Context()); err != nil || len(queue) != 0 {
		t.Fatalf("what was refused waits: %d, %v", len(queue), err)
	}
	must(t, add(casefile.Corrected, correction, nil))
	must(t, add(casefile.Urged, turn, nil))
	if queue, err := b.Queue(t.Context()); err != nil || len(queue) != 2 {
		t.Errorf("%d events wait, %v", len(queue), err)
	}
}
