package desk

import (
	"context"
	"encoding/json"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
)

const slotResult slot = "result"

func zh(s string) text.Local { return text.Zh(s) }

// splitList reads names separated by commas, ideographic commas, semicolons or line ends.
func splitList(written string) []string {
	var names []string
	for _, name := range strings.FieldsFunc(written, func(r rune) bool { return strings.ContainsRune(",，、;；\n", r) }) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func plainJSON(what any) ([]byte, error) { return json.Marshal(what) }

// deliver hands a result over: the recipient's card is read, or they sign for it.
func (m *machine) deliver(file agency.CaseFile) {
	if err := m.allowed(file, agency.ScopeCollect); err != nil {
		m.fail("deliver", err)
		return
	}
	delivery := casefile.Delivery{Way: "pickup", Recipient: m.party(file)}
	if file.Outcome != nil {
		delivery.Result = file.Outcome.Result
		if file.Outcome.Way == "print" {
			delivery.Way = "print"
		}
	}
	if file.Outcome != nil && file.Outcome.Document != nil {
		m.resultOnPaper(file, func(m *machine) { m.askDeliver(file, delivery) })
		return
	}
	m.askDeliver(file, delivery)
}

// resultOnPaper goes on once the result lies there printed: now, or from an earlier time.
func (m *machine) resultOnPaper(file agency.CaseFile, and func(m *machine)) {
	m.look(slotResult, func(ctx context.Context, book Book) then {
		before, err := book.Printed(ctx, file.Number, jobResult)
		return func(m *machine) {
			switch {
			case err != nil:
				m.fail("look for a print", err)
			case before:
				m.askResult(file, and)
			default:
				m.printResult(file, false, and)
			}
		}
	})
}

// askResult asks whether a result that was printed before is still there.
func (m *machine) askResult(file agency.CaseFile, and func(m *machine)) {
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.result-printed", Args: map[string]any{"result": file.Outcome.Result}},
		Choices: []Choice{{Code: "here", Label: m.local("desk.ask.result-here")}, {Code: "again", Label: m.local("desk.ask.result-again")}}, Chosen: "here",
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		switch {
		case !a.Yes:
		case a.Chosen == "again":
			m.printResult(file, true, and)
		default:
			and(m)
		}
	})
}

// printResult prints the result and goes on when it came out.
func (m *machine) printResult(file agency.CaseFile, reprint bool, and func(m *machine)) {
	j := m.document(a4{m.caseJob(jobResult, file, reprint), func(d receipt.Desk) receipt.Pages { return receipt.Result(d, file) }})
	j.again = func(m *machine) { m.printResult(file, true, and) }
	j.ended = func(m *machine, stage string, _ drivers.Fault) {
		if stage == stagePrinted {
			and(m)
		}
	}
	m.print(j)
}

// askDeliver asks how the recipient shows who they are.
func (m *machine) askDeliver(file agency.CaseFile, delivery casefile.Delivery) {
	choices := []Choice{{Code: "card", Label: m.local("desk.ask.by-card")}, {Code: "signature", Label: m.local("desk.ask.by-signature")}}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.deliver", Args: map[string]any{"result": delivery.Result}}, Choices: choices, Chosen: "card",
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		switch {
		case !a.Yes:
		case a.Chosen == "signature":
			m.deliverSigned(file, delivery)
		default:
			m.takeValidCard(func(m *machine, card identity.Card) { m.deliverByCard(file, delivery, card) })
		}
	})
}

// deliverByCard wants the principal's card, or the delegate's of a delegation that allows collecting.
func (m *machine) deliverByCard(file agency.CaseFile, delivery casefile.Delivery, card identity.Card) {
	d := file.Submission.Delegation
	switch {
	case card.Number == file.Submission.Applicant.Number:
	case d != nil && card.Number == d.Delegate.Number && m.allowed(file, agency.ScopeCollect) == nil:
	default:
		m.say(Bad, "desk.problem.card-of-other", nil)
		return
	}
	delivery.Recipient, delivery.ByCard = card.Name, true
	m.add(file.Number, casefile.Delivered, casefile.Event{Delivery: &delivery}, nil, nil)
}

func (m *machine) deliverSigned(file agency.CaseFile, delivery casefile.Delivery) {
	m.signedForm(m.pickupForm(file, delivery), func(m *machine, scanned *page) {
		m.signed(scanned, delivery, func(signature *casefile.Signature, files []casefile.Attachment) {
			if signature == nil {
				m.say(Bad, "desk.problem.signature", nil)
				return
			}
			delivery.Signature = signature
			m.add(file.Number, casefile.Delivered, casefile.Event{Delivery: &delivery}, files, nil)
		})
	})
}
