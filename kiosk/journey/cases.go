package journey

import (
	"context"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/core/text"
)

// cases are the person's cases at this terminal.
type cases struct {
	list     []casefile.Summary
	open     casefile.Number // the one that is shown
	byCode   bool            // found by a receipt's code: only its state is told
	task     casefile.Number // the one that wants something of the person, "" for none
	printing bool
	printed  Message
	note     Message // what came of the person's last try to correct the open one
}

// States of a refused case that somebody has dealt with, as they are shown.
const (
	stateRepaired = "repaired" // by filing it anew
	stateSettled  = "settled"  // otherwise
)

// casesFound is what looking for the person's cases came to.
type casesFound struct {
	list []casefile.Summary
	err  error
}

func (casesFound) event() {}

func (m *machine) casesEvent(event Event) bool {
	switch event := event.(type) {
	case OpenCase:
		if _, ok := m.summary(casefile.Number(event.Number)); ok && m.screen == MyCases {
			m.cases.open, m.cases.printed, m.cases.note = casefile.Number(event.Number), Message{}, Message{}
			m.to(CaseDetail)
		}
	case casesFound:
		m.showCases(event)
	default:
		return false
	}
	return true
}

// findCases opens the cases of the card that was read.
func (m *machine) findCases() {
	filing, card := m.options.Filing, m.handed()
	m.fx.launch(slotCases, func(ctx context.Context, _ emit) Event {
		list, err := filing.Cases(ctx, card)
		return casesFound{list: list, err: err}
	})
}

func (m *machine) showCases(found casesFound) {
	m.active()
	m.entry.reading = ""
	if found.err != nil {
		m.log.Error("cases not opened", "error", found.err)
		m.outOfService(code(found.err), Home)
		m.closeErrand()
		return
	}
	m.cases = cases{list: found.list}
	m.to(MyCases)
}

func (m *machine) summary(number casefile.Number) (casefile.Summary, bool) {
	for _, summary := range m.cases.list {
		if summary.Number == number {
			return summary, true
		}
	}
	return casefile.Summary{}, false
}

// itemName is a case's item in the languages of the catalogue, or as it was filed where the catalogue no longer has it.
func (m *machine) itemName(summary casefile.Summary) text.Local {
	if set := m.options.Catalogue(); set != nil {
		if item, ok := set.Item(summary.ItemCode); ok {
			return item.Name
		}
	}
	return text.Zh(summary.ItemName)
}

func (m *machine) caseLine(summary casefile.Summary) CaseLine {
	until, _ := m.due(summary.Asked)
	line := CaseLine{
		Number: summary.Number, ItemName: m.itemName(summary), Filed: summary.Filed, State: summary.State,
		Official: summary.Official, Reason: summary.Reason, Successor: summary.Successor, Until: until,
	}
	switch {
	case summary.State != casefile.StateRefused || !summary.Settled:
	case summary.Successor != "":
		line.State = stateRepaired
	default:
		line.State = stateSettled
	}
	return line
}

// history is what happened to a case. A refusal of something that came after the application says so.
func history(summary casefile.Summary) []CaseMoment {
	var events []CaseMoment
	for i, moment := range summary.Moments {
		kind := moment.Kind
		if kind == string(casefile.PlatformRefused) && slices.ContainsFunc(summary.Moments[:i], func(m casefile.Moment) bool {
			return m.Kind == string(casefile.Corrected) && m.Refused
		}) {
			kind = momentRefusedLater
		}
		events = append(events, CaseMoment{At: moment.At, Kind: kind, By: moment.By, Text: moment.Text, State: moment.State, Payment: moment.Payment})
	}
	return events
}

// momentRefusedLater is a refusal that left the case itself as it was.
const momentRefusedLater = "refused-later"

// printCase prints the receipt again, marked as a reprint.
func (m *machine) printCase() {
	summary, ok := m.summary(m.cases.open)
	if !ok || m.cases.byCode || m.options.Devices.Printer == nil || m.fx.busy(slotPrint) {
		return
	}
	slip := receipt.FromSummary(m.look.lang, summary, m.person.card.Name, nil)
	if set := m.options.Catalogue(); set != nil {
		if item, ok := set.Item(summary.ItemCode); ok {
			slip = receipt.FromSummary(m.look.lang, summary, m.person.card.Name, item)
		}
	}
	m.complete(&slip, true)
	m.cases.printing, m.cases.printed = true, Message{}
	m.print(PrintJob{Kind: jobReceipt, Case: summary.Number, Item: summary.ItemCode, Reprint: true}, receipt.Receipt(slip))
}

func (m *machine) drawMyCases(s *State) {
	v := &MyCasesView{Name: m.person.card.Name, Phone: m.options.Place.Phone, AsOf: m.health.LastContact.Truncate(time.Minute)}
	for _, summary := range m.cases.list {
		v.Cases = append(v.Cases, m.caseLine(summary))
	}
	s.MyCases = v
}

func (m *machine) drawCaseDetail(s *State) {
	summary, _ := m.summary(m.cases.open)
	v := &CaseDetailView{Case: m.caseLine(summary), Printing: m.cases.printing, Printed: m.cases.printed, CanPrint: !m.cases.byCode && m.canPrint(), ByCode: m.cases.byCode, AsOf: m.health.LastContact.Truncate(time.Minute)}
	item, _ := m.repairable(summary)
	v.CanRepair = item != nil
	v.Asked, v.Note = m.drawAsked(summary), m.cases.note
	v.Events = history(summary)
	s.CaseDetail = v
}
