package journey

import (
	"context"
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
			m.cases.open, m.cases.printed = casefile.Number(event.Number), Message{}
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
	line := CaseLine{
		Number: summary.Number, ItemName: m.itemName(summary), Filed: summary.Filed, State: summary.State,
		Official: summary.Official, Reason: summary.Reason, Successor: summary.Successor,
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
	for _, moment := range summary.Moments {
		v.Events = append(v.Events, CaseMoment{At: moment.At, Kind: moment.Kind, Text: moment.Text, Payment: moment.Payment})
	}
	s.CaseDetail = v
}
