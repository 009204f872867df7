package service_test

import (
	"fmt"
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
)

// TestAuthorisedElsewhere: who brings an authorisation to another terminal may do what it allows, for the
// person whose case it is; it waits for the case like any other event.
func TestAuthorisedElsewhere(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	a, b := newPeer(t, p, "QH0301"), newPeer(t, p, "QH0302", "--role", "agent")
	li := newAgent(t, p, "李会计", "QH0302")
	opening := a.event()
	applicant := opening.Submission.Applicant.Number
	first := &record{peer: a, number: opening.Case, sequence: 1}
	other := (&record{peer: a, number: opening.Case}).at(b)
	authorised := func(kind casefile.EventKind, body func(*casefile.Event), change func(*casefile.Authorisation)) casefile.Event {
		e := other.write(kind, body)
		other.sequence--
		e.Actor = "agent:" + li.ID
		e.Authorisation = &casefile.Authorisation{Principal: applicant, Delegation: casefile.Delegation{
			Agent: li.ID, Delegate: casefile.Applicant{Number: "990301196001010018"}, Scope: []string{"correct"}, Item: "1", From: "2026-11-20", Until: "2026-11-22",
		}}
		if change != nil {
			change(e.Authorisation)
		}
		return e
	}
	early := b.build(authorised(casefile.Papers, papers(casefile.PaperReceived), nil), 100)
	want(t, "before the case has arrived", b.sendAll(early), fmt.Sprintf("202 registration  @%d", len(early.bytes)))
	want(t, "A opens it", a.sendAll(a.build(opening, 0)), fine)
	want(t, "B's event", b.send(early, len(early.bytes), len(early.bytes)), fine)
	other.sequence++

	notice := act(t, p, string(opening.Case), "return", "--point", "text=缺页")
	corrected := correct(notice.ID, "1")
	const refused = "422 refusal actor @"
	for _, c := range []struct {
		name   string
		kind   casefile.EventKind
		body   func(*casefile.Event)
		change func(*casefile.Authorisation)
		size   int
	}{
		{"signed by another", casefile.Corrected, corrected, func(a *casefile.Authorisation) { a.Principal = "990301195001010019" }, 100},
		{"to collect only", casefile.Corrected, corrected, func(a *casefile.Authorisation) { a.Delegation.Scope = []string{"collect"} }, 100},
		{"past its last day", casefile.Corrected, corrected, func(a *casefile.Authorisation) { a.Delegation.Until = "2026-11-21" }, 100},
		{"for another item", casefile.Corrected, corrected, func(a *casefile.Authorisation) { a.Delegation.Item = "2" }, 100},
		{"the principal is the delegate", casefile.Corrected, corrected, func(a *casefile.Authorisation) { a.Delegation.Delegate.Number = applicant }, 100},
		{"another agent's", casefile.Corrected, corrected, func(a *casefile.Authorisation) { a.Delegation.Agent = "000000" }, 100},
		{"without its paper", casefile.Corrected, corrected, nil, 0},
		{"withdrawn, which no authorisation allows", casefile.Withdrawn, turn, nil, 100},
	} {
		got := b.sendAll(b.build(authorised(c.kind, c.body, c.change), c.size))
		want(t, c.name, got, refused)
		if got.answer.Reason == "" {
			t.Errorf("%s: no reason for people", c.name)
		}
	}
	waiting := a.build(first.write(casefile.Papers, papers(casefile.PaperHandedOn)), 0)
	want(t, "corrected at B while A's event waits", b.sendAll(b.build(authorised(casefile.Corrected, corrected, nil), 100)), fine)
	want(t, "A's event after it", a.sendAll(waiting), fine)
	if state := first.state(); state != "processing" {
		t.Errorf("the case stands at %q", state)
	}
}
