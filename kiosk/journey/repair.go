package journey

import (
	"context"
	"slices"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/identity"
	"bianmin/core/usage"
)

// tasksFound are the person's cases that want something of them, found while they look at their card.
type tasksFound struct {
	list []casefile.Summary
	err  error
}

func (tasksFound) event() {}

func (m *machine) repairEvent(event Event) bool {
	switch event := event.(type) {
	case tasksFound:
		m.tasks(event)
	case OpenTask:
		if m.screen == Confirm && m.cases.task != "" {
			m.openTask()
		}
	case RepairCase:
		if m.screen == CaseDetail {
			m.repair()
		}
	default:
		return false
	}
	return true
}

// lookForTasks looks, while the person confirms the card, whether something filed with it was sent back, or refused and not repaired.
func (m *machine) lookForTasks() {
	filing, card := m.options.Filing, m.handed()
	m.fx.launch(slotCases, func(ctx context.Context, _ emit) Event {
		list, err := filing.Cases(ctx, card)
		return tasksFound{list: list, err: err}
	})
}

func (m *machine) tasks(found tasksFound) {
	if found.err != nil { // what is begun goes on without
		m.log.Warn("earlier cases not looked at", "error", found.err)
		return
	}
	if m.screen != Confirm || m.draft == nil || m.draft.previous != "" {
		return
	}
	for _, task := range []func(casefile.Summary) bool{wants, refused} { // a correction has a term
		if at := slices.IndexFunc(found.list, task); at >= 0 {
			m.cases = cases{list: found.list, task: found.list[at].Number}
			return
		}
	}
}

// refused tells whether a case was refused and nobody has dealt with it.
func refused(summary casefile.Summary) bool {
	return summary.State == casefile.StateRefused && !summary.Settled
}

// openTask shows that case. What was begun holds nothing but the card yet.
func (m *machine) openTask() {
	m.count(usage.Left, m.draft.item.Code)
	m.draft.wipe()
	m.draft = nil
	m.cases.open, m.cases.printed = m.cases.task, Message{}
	m.entry = cardEntry{purpose: purposeMyCases}
	m.to(CaseDetail)
}

// repairable is the item a refused case can be filed anew under here, nil where it cannot.
func (m *machine) repairable(summary casefile.Summary) (*catalogue.Item, *catalogue.Catalogue) {
	set := m.options.Catalogue()
	if !refused(summary) || set == nil || !m.person.known {
		return nil, nil
	}
	item, ok := set.Item(summary.ItemCode)
	if !ok || !applies(item) || set.Form(item.Code) == nil {
		return nil, nil
	}
	return item, set
}

// repair files a refused case anew: this terminal cannot read what was filed, so everything is filled in again; the new case
// names the one it stands for, which that settles.
func (m *machine) repair() {
	summary, _ := m.summary(m.cases.open)
	item, set := m.repairable(summary)
	if item == nil || m.cases.printing || m.refuses() {
		return
	}
	m.browse = browse{item: item, set: set, from: Home}
	m.draft = newDraft(item, set)
	m.draft.previous, m.draft.owner = summary.Number, m.person.card.Number
	m.count(usage.Begun, item.Code)
	m.askReady()
	if m.scannerMissing() {
		return
	}
	m.cases = cases{}
	if m.person.card.Kind == identity.Social && !item.SocialCard {
		m.placeCard(purposeApply)
		return
	}
	m.entry = cardEntry{purpose: purposeApply}
	m.to(Confirm)
}
