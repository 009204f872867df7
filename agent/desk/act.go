package desk

import (
	"context"
	"fmt"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
)

// states of cases in which something may be done.
var (
	atWork  = []string{casefile.StateAccepted, casefile.StateProcessing, casefile.StateCorrection}
	running = append([]string{casefile.StateQueued}, atWork...)
	undone  = append([]string{casefile.StateRefused, casefile.StateSuspended}, running...)
	decided = []string{casefile.StateDone, casefile.StateRejected, casefile.StateDelivered}
	over    = []string{casefile.StateClosed, casefile.StateWithdrawn, casefile.StateEnded}
)

// actions are what may be done with a case now, in the order they are shown.
func (m *machine) actions(w *shift, file agency.CaseFile) []CaseAction {
	in := func(states []string) bool { return slices.Contains(states, file.State) }
	all := []struct {
		action CaseAction
		may    bool
		writes bool
	}{
		{ActCorrect, file.State == casefile.StateCorrection && file.Notice != nil || w.list.foreign, true},
		{ActRepair, file.State == casefile.StateRefused, true},
		{ActDeliver, file.State == casefile.StateDone, true},
		{ActReceipt, file.QR != "", false},
		{ActCopy, !w.list.foreign, false},
		{ActNotice, file.Notice != nil, false},
		{ActPapers, !in(over), true},
		{ActReturn, len(returnable(file.Custody)) > 0, true},
		{ActFee, !in(over) && !w.list.foreign && len(m.openFees(file)) > 0, true},
		{ActRefund, len(refundable(file.Fees)) > 0, true},
		{ActConfirm, m.mayConfirm() && len(unconfirmed(file)) > 0, true},
		{ActUrge, in(atWork) || w.list.foreign, true},
		{ActSuspend, in(running) && !w.list.foreign, true},
		{ActResume, file.State == casefile.StateSuspended, true},
		{ActWithdraw, in(undone) && (!w.list.foreign || w.cards[file.Submission.Applicant.Number]), true},
		{ActEnd, in(undone) && !w.list.foreign, true},
		{ActClose, in(decided), true},
		{ActEvaluate, w.cards[file.Submission.Applicant.Number], true},
		{ActNotEvaluated, file.Evaluations == 0 && !w.list.foreign, true},
		{ActHandOver, w.account.Role == agency.RoleLead && !w.list.foreign, true},
	}
	var may []CaseAction
	for _, a := range all {
		if a.may && (!a.writes || w.standing != agency.StandingReading) {
			may = append(may, a.action)
		}
	}
	return may
}

// act does something with the chosen case, when its state allows it.
func (m *machine) act(action CaseAction) {
	file, err := m.current()
	if err != nil || m.shift.list.busy != "" {
		return
	}
	if !slices.Contains(m.actions(m.shift, file), action) {
		m.say(Warn, "desk.refusal."+string(agency.NotNow), nil)
		return
	}
	acts[action](m, file)
}

var acts map[CaseAction]func(m *machine, file agency.CaseFile)

func init() {
	acts = map[CaseAction]func(m *machine, file agency.CaseFile){
		ActReceipt: (*machine).reprintReceipt, ActCopy: (*machine).printCopy, ActNotice: (*machine).printNotice,
		ActCorrect: (*machine).openCorrect, ActUrge: (*machine).urge, ActSuspend: (*machine).suspend, ActResume: (*machine).resumeCase,
		ActEnd: (*machine).end, ActClose: (*machine).closeCase, ActWithdraw: (*machine).withdraw, ActConfirm: (*machine).confirm,
		ActPapers: (*machine).takePapers, ActReturn: (*machine).returnPapers, ActFee: (*machine).takeFee, ActRefund: (*machine).refund,
		ActDeliver: (*machine).deliver, ActEvaluate: (*machine).evaluate, ActNotEvaluated: (*machine).notEvaluated,
		ActHandOver: (*machine).handOver, ActRepair: (*machine).repair,
	}
}

// add commits one more event of a case and says so.
func (m *machine) add(number casefile.Number, kind casefile.EventKind, body casefile.Event, files []casefile.Attachment, and func(m *machine)) {
	m.addOr(number, kind, body, files, and, nil)
}

// addOr is add with what is to be done when it fails.
func (m *machine) addOr(number casefile.Number, kind casefile.EventKind, body casefile.Event, files []casefile.Attachment, and, failed func(m *machine)) {
	w := m.shift
	files = m.authorise(number, &body, files)
	m.shift.list.busy = string(kind)
	m.keep(slot(fmt.Sprintf("add %s %s", number, kind)), func(ctx context.Context, book Book) then {
		_, err := book.Add(ctx, number, kind, body, files)
		if err == nil {
			w.loose.settle(files...)
		}
		return func(m *machine) {
			m.shift.list.busy = ""
			if err != nil {
				if failed != nil {
					failed(m)
				}
				m.fail(string(kind), err)
				return
			}
			m.committed()
			m.say(Good, "desk.notice.done."+string(kind), map[string]any{"number": string(number)})
			if and != nil {
				and(m)
			}
			m.refresh()
		}
	})
}

// reason asks why, and goes on with what was written.
func (m *machine) reason(title string, danger bool, use func(m *machine, reason string)) {
	m.ask(Overlay{
		Kind: overlayReason, Title: Message{Key: title}, Label: Message{Key: "desk.ask.why"},
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"}, Danger: danger,
	}, func(m *machine, a Answer) {
		if a.Yes {
			use(m, a.Text)
		}
	})
}

func (m *machine) urge(file agency.CaseFile) {
	m.reason("desk.ask.urge", false, func(m *machine, reason string) {
		m.add(file.Number, casefile.Urged, casefile.Event{Turn: &casefile.Turn{Reason: reason}}, nil, nil)
	})
}

func (m *machine) withdraw(file agency.CaseFile) {
	m.reason("desk.ask.withdraw", true, func(m *machine, reason string) {
		m.add(file.Number, casefile.Withdrawn, casefile.Event{Turn: &casefile.Turn{Reason: reason}}, nil, nil)
	})
}

// turn prints the form of a change of course, takes the signed form in and commits it.
func (m *machine) turn(file agency.CaseFile, kind casefile.EventKind, reason string) {
	m.signedForm(m.turnForm(file, kind, reason), func(m *machine, p *page) {
		turn := casefile.Turn{Reason: reason}
		var files []casefile.Attachment
		if p != nil {
			turn.Pages, files = []casefile.Page{p.Record}, []casefile.Attachment{p.attachment}
		}
		m.add(file.Number, kind, casefile.Event{Turn: &turn}, files, nil)
	})
}

func (m *machine) suspend(file agency.CaseFile) {
	m.reason("desk.ask.suspend", false, func(m *machine, reason string) { m.turn(file, casefile.Suspended, reason) })
}

func (m *machine) resumeCase(file agency.CaseFile) {
	m.reason("desk.ask.resume", false, func(m *machine, reason string) { m.turn(file, casefile.Resumed, reason) })
}

func (m *machine) end(file agency.CaseFile) {
	m.reason("desk.ask.end", true, func(m *machine, reason string) { m.turn(file, casefile.Ended, reason) })
}

// closeCase ends the agent's work on a decided case; originals that are still here must go back first.
func (m *machine) closeCase(file agency.CaseFile) {
	if len(returnable(file.Custody)) > 0 {
		m.say(Warn, "desk.problem.papers-here", map[string]any{"n": len(returnable(file.Custody))})
		return
	}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.close"}, Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		if a.Yes {
			m.turn(file, casefile.Closed, "")
		}
	})
}

// unconfirmed are the scanned materials nobody compared with their originals.
func unconfirmed(file agency.CaseFile) []string {
	var codes []string
	for _, material := range file.Submission.Materials {
		if material.Way == casefile.Scanned && material.Trust != casefile.TrustConfirmed {
			codes = append(codes, material.Code)
		}
	}
	return codes
}

func (m *machine) confirm(file agency.CaseFile) {
	codes := unconfirmed(file)
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.confirm", Args: map[string]any{"n": len(codes)}},
		Yes: Message{Key: "desk.ask.compared"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		if !a.Yes {
			return
		}
		body := casefile.Event{Confirmation: &casefile.Confirmation{Materials: codes, By: m.shift.account.ID}}
		m.add(file.Number, casefile.Confirmed, body, nil, nil)
	})
}

// handOver gives the case to another account of the point.
func (m *machine) handOver(file agency.CaseFile) {
	var choices []Choice
	for _, line := range m.colleagues {
		if line.ID != m.shift.account.ID && line.Active && line.Role != agency.RoleTrainee {
			choices = append(choices, Choice{Code: line.ID, Label: zh(line.Name)})
		}
	}
	if len(choices) == 0 {
		m.say(Warn, "desk.problem.nobody", nil)
		return
	}
	m.ask(Overlay{
		Kind: overlayHand, Title: Message{Key: "desk.ask.hand-over"}, Choices: choices, Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		if !a.Yes || !slices.ContainsFunc(choices, func(c Choice) bool { return c.Code == a.Chosen }) {
			return
		}
		m.keep("hand-over", func(ctx context.Context, book Book) then {
			err := book.HandOver(ctx, []casefile.Number{file.Number}, a.Chosen)
			return func(m *machine) {
				if err != nil {
					m.fail("hand over", err)
					return
				}
				l := &m.shift.list
				l.chosen, l.detail = "", nil
				m.say(Good, "desk.notice.handed-over", map[string]any{"number": string(file.Number)})
				m.refresh()
			}
		})
	})
}

// allowed judges whether somebody may act for a case now: the principal's card
// was read in this shift, or the delegation of the case allows the act today.
func (m *machine) allowed(file agency.CaseFile, scope string) error {
	d := file.Submission.Delegation
	if d == nil || m.shift.cards[file.Submission.Applicant.Number] {
		return nil
	}
	today := identity.DateOf(m.today.In(casefile.Zone))
	return agency.CheckDelegation(*d, identity.Card{Number: file.Submission.Applicant.Number}, file.Submission.Item.Code, scope, today)
}
