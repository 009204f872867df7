package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/identity"
)

const (
	slotCard  slot = "card"
	slotKnown slot = "known"
)

func (m *machine) personEvent(w *shift, event Event) bool {
	switch event := event.(type) {
	case ReadCard:
		if a := m.editable(w); a != nil {
			m.readInto(a, event.Into)
		}
	case SetAbsent:
		if a := m.editable(w); a != nil {
			a.absent = event.Absent
			a.changed()
		}
	case SetScope:
		if a := m.editable(w); a != nil {
			a.setScope(event.Scope, event.On)
		}
	case SetUntil:
		if a := m.editable(w); a != nil {
			a.setUntil(event.Text, m.today)
			a.changed()
		}
	case PrintAuth:
		if a := m.editable(w); a != nil {
			m.printAuthorisation(a)
		}
	case ScanAuth:
		if a := m.editable(w); a != nil {
			m.scanAuthorisation(a)
		}
	default:
		return false
	}
	return true
}

// takeValidCard is takeCard for what a card proves: an expired one proves nothing.
func (m *machine) takeValidCard(use func(m *machine, card identity.Card)) {
	m.takeCard("card", func(m *machine, card identity.Card) {
		if card.Expired(identity.DateOf(m.today.In(casefile.Zone))) {
			m.say(Bad, "desk.refusal."+string(agency.CardExpired), nil)
			return
		}
		use(m, card)
	})
}

func (m *machine) readInto(a *accept, into string) {
	if into != "principal" && into != "delegate" || a.busy != "" {
		return
	}
	take := m.takeCard
	if into == "principal" {
		take = m.takeAnyCard
	}
	take("card", func(m *machine, card identity.Card) {
		switch {
		case m.shift.accept != a:
		case into == "delegate":
			m.setDelegate(a, card)
		default:
			m.setPrincipal(a, card)
		}
	})
}

func (m *machine) setDelegate(a *accept, card identity.Card) {
	if a.principal != nil && a.principal.Number == card.Number {
		m.say(Bad, "desk.refusal."+string(agency.SamePerson), nil)
		return
	}
	m.otherPerson(a, a.delegate, card)
	a.delegate, a.absent = &card, true
	m.showFace(a, "delegate", a.delegate)
	a.changed()
}

// otherPerson takes out an authorisation that was signed for the person whose place another takes.
func (m *machine) otherPerson(a *accept, before *identity.Card, now identity.Card) {
	if len(a.auth) == 0 || before == nil || before.Number == now.Number {
		return
	}
	for _, p := range slices.Clone(a.auth) {
		m.removePage(a, p.ID)
	}
	m.say(Warn, "desk.notice.authorisation-gone", nil)
}

// setPrincipal prefills the form for the person of the card; what another person's card gave is taken out.
func (m *machine) setPrincipal(a *accept, card identity.Card) {
	if !a.takes(card) {
		m.say(Bad, "desk.refusal.social-card", nil)
		return
	}
	if a.delegate != nil && a.delegate.Number == card.Number {
		m.say(Bad, "desk.refusal."+string(agency.SamePerson), nil)
		return
	}
	if a.principal != nil && a.principal.Number != card.Number {
		for name, source := range a.from {
			if source == "card" || source == "earlier" {
				delete(a.values, name)
				delete(a.from, name)
				delete(a.typed, name)
			}
		}
	}
	m.otherPerson(a, a.principal, card)
	a.principal = &card
	m.showFace(a, "principal", a.principal)
	a.env.Card = a.principal
	a.known = 0
	filled := form.Values{}
	for name, value := range a.checked.Prefill(a.env) {
		if a.values[name] == nil || a.checked.Locked(name, a.env) {
			a.values[name], filled[name] = value, value
			delete(a.typed, name)
			delete(a.wrong, name)
		}
	}
	a.mark(filled, "")
	a.changed()
	m.loadKnown(a)
}

// loadKnown fills what this account's earlier cases know of the person.
func (m *machine) loadKnown(a *accept) {
	number := a.principal.Number
	m.look(slotKnown, func(ctx context.Context, book Book) then {
		files, err := book.Known(ctx, number)
		return func(m *machine) {
			switch {
			case err != nil:
				m.log.Warn("earlier cases not known", "error", err)
			case m.shift.accept == a && a.filed == nil && a.principal != nil && a.principal.Number == number:
				m.fillEarlier(a, files)
			}
		}
	})
}

// fillEarlier fills empty fields: from the same item's newest case first, then
// from fields of the same name and kind of other items. What would be wrong today is left out.
func (m *machine) fillEarlier(a *accept, files []agency.CaseFile) {
	a.known = len(files)
	set := m.options.Catalogue()
	same := func(f agency.CaseFile) bool { return f.Submission.Item.Code == a.item().Code }
	ordered := append(slices.DeleteFunc(slices.Clone(files), func(f agency.CaseFile) bool { return !same(f) }), slices.DeleteFunc(slices.Clone(files), same)...)
	for _, file := range ordered {
		var values form.Values
		if json.Unmarshal(file.Submission.Values, &values) != nil {
			continue
		}
		checked := set.Form(file.Submission.Item.Code)
		for name, value := range values {
			field, known := a.checked.Field(name)
			if !known || a.values[name] != nil || a.left[name] || field.Prefill != "" || field.Kind == form.KindTable {
				continue
			}
			if !same(file) {
				if checked == nil {
					continue
				}
				if other, ok := checked.Field(name); !ok || other.Kind != field.Kind {
					continue
				}
			}
			a.values[name], a.from[name] = value, "earlier"
		}
	}
	for _, p := range a.problems() {
		name, _, _ := strings.Cut(p.Field, ".")
		if a.from[name] == "earlier" {
			delete(a.values, name)
			delete(a.from, name)
		}
	}
	a.changed()
}

func (a *accept) setScope(scope string, on bool) {
	if !slices.Contains([]string{agency.ScopeApply, agency.ScopeCorrect, agency.ScopePay, agency.ScopeCollect}, scope) {
		return
	}
	a.scope = slices.DeleteFunc(slices.Clone(a.scope), func(s string) bool { return s == scope })
	if on {
		a.scope = append(a.scope, scope)
	}
	a.changed()
}

func (a *accept) setUntil(text string, today time.Time) {
	a.untilText, a.until = text, ""
	if date, problem := readDate(text, today); problem == "" {
		a.until = date
	}
}

// delegation is the authorisation as it stands, nil while the principal is here.
func (m *machine) delegation(a *accept) *casefile.Delegation {
	if !a.absent || a.delegate == nil {
		return nil
	}
	d := &casefile.Delegation{
		Agent: m.shift.account.ID, AgentName: m.shift.account.Name, Delegate: casefile.ApplicantOf(*a.delegate), Scope: slices.Clone(a.scope),
		Item: a.item().Code, From: m.date(), Until: a.until,
	}
	for _, p := range a.auth {
		d.Pages = append(d.Pages, p.Record)
	}
	return d
}

// delegationProblems are what keeps a case of an absent principal from being filed.
func (m *machine) delegationProblems(a *accept) []Message {
	if !a.absent {
		return nil
	}
	d := m.delegation(a)
	switch {
	case d == nil:
		return []Message{{Key: "desk.problem.delegate"}}
	case a.untilText == "":
		return []Message{{Key: "desk.problem.until"}}
	case a.until == "":
		_, problem := readDate(a.untilText, m.today)
		return []Message{{Key: "desk.problem." + problem}}
	}
	var missing []Message
	if a.principal != nil {
		if err := agency.CheckDelegation(*d, *a.principal, a.item().Code, agency.ScopeApply, identity.DateOf(m.today.In(casefile.Zone))); err != nil {
			missing = append(missing, trouble(err))
		}
	}
	if len(a.auth) == 0 {
		missing = append(missing, Message{Key: "desk.problem.authorisation"})
	}
	return missing
}

func (m *machine) personView(card *identity.Card) *PersonView {
	if card == nil {
		return nil
	}
	today := identity.DateOf(m.today.In(casefile.Zone))
	address := card.Address
	if card.NewAddress != "" {
		address = card.NewAddress
	}
	return &PersonView{
		Name: card.Name, Number: card.Number, Sex: string(card.Sex), Age: card.Birth.Age(today), Address: address,
		Expired: card.Expired(today), HasPUA: card.HasPUA, Social: card.Kind == identity.Social,
	}
}
