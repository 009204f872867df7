package journey

import (
	"context"
	"time"

	"bianmin/core/identity"
	"bianmin/core/usage"
	"bianmin/drivers"
)

// Purposes of placing a card.
const (
	purposeApply   = "apply"
	purposeMyCases = "my-cases"
)

// cardEntry is how placing the card stands.
type cardEntry struct {
	purpose string
	reading drivers.Role // of the reader that reads a card now, "" for none
	problem Message
	passing bool                           // the problem is over when the reader answers again
	from    drivers.Role                   // the reader whose problem it is
	failed  map[drivers.Role]drivers.Fault // readers that gave up while another goes on
}

// readyTold is whether a case could be accepted now.
type readyTold struct {
	today time.Time
	err   error
}

func (readyTold) event() {}

func (m *machine) cardEvent(event Event) bool {
	switch event := event.(type) {
	case OpenMyCases:
		m.openMyCases()
	case NotMe:
		if m.screen == Confirm {
			m.notMe()
		}
	case readerSays:
		m.readerSaid(event)
	case readyTold:
		m.ready(event)
	default:
		return false
	}
	return true
}

func (m *machine) openMyCases() {
	if m.screen != Home && m.screen != Done {
		return
	}
	if m.refuses() {
		return
	}
	m.closeErrand()
	m.askReady()
	m.placeCard(purposeMyCases)
}

// placeCard shows where the card goes and waits for it.
func (m *machine) placeCard(purpose string) {
	m.entry = cardEntry{purpose: purpose}
	m.to(PlaceCard)
}

func (m *machine) enterPlaceCard() {
	m.until = time.Now().Add(m.options.Times.Card)
	readers := m.readers()
	if len(readers) == 0 {
		m.fail(drivers.RoleReader, drivers.FaultUnplugged)
		return
	}
	for role, reader := range readers {
		m.fx.launch(cardSlots[role], m.waitCard(role, reader, m.entry.problem.Key == keyCardOther || m.cards[role] != ""))
	}
}

func (m *machine) exitPlaceCard() {
	m.fx.cancel(slotCard, slotSocial, slotCases)
	m.entry.reading = ""
}

// cardArrived takes the card that was read.
func (m *machine) cardArrived(role drivers.Role, card identity.Card) {
	m.active()
	m.cards[role] = drivers.CardLies
	m.person.card, m.person.known = card, true
	m.entry.reading, m.entry.problem = "", Message{}
	if m.entry.purpose == purposeMyCases {
		m.entry.reading = role
		m.findCases()
		return
	}
	if m.draft.owner != card.Number { // somebody else came
		m.draft.previous = ""
	}
	m.to(Confirm)
	m.lookForTasks()
}

// notMe forgets the card and waits for another one.
func (m *machine) notMe() {
	m.fx.cancel(slotCases)
	m.cases = cases{}
	m.dropPages()
	m.draft.wipe()
	m.forgetCard()
	m.entry = cardEntry{purpose: purposeApply, problem: words(keyCardOther)}
	m.to(PlaceCard)
}

// forgetCard overwrites what the card said.
func (m *machine) forgetCard() {
	clear(m.person.card.Photo)
	m.person.card, m.person.known = identity.Card{}, false
}

// handed is the card as it is given to effects: without what only the machine may overwrite.
func (m *machine) handed() identity.Card {
	card := m.person.card
	card.Photo = nil
	return card
}

func (m *machine) nextConfirm() *Next {
	if m.person.card.Expired(m.today()) {
		why := keyWhyExpired
		if m.person.card.Kind == identity.Social {
			why = keyWhyExpiredSocial
		}
		return &Next{Label: words(keyNextConfirm), Why: words(why)}
	}
	return &Next{Label: words(keyNextConfirm), Enabled: true}
}

// today is the business date, or the clock's while that is not known.
func (m *machine) today() identity.Date {
	return identity.DateOf(m.day())
}

func (m *machine) day() time.Time {
	if m.person.today.IsZero() {
		return m.options.Now()
	}
	return m.person.today
}

// confirmed begins the form with what the card says.
func (m *machine) confirmed() {
	m.fx.cancel(slotCases)
	m.cases = cases{}
	m.draft.fill(m.handed(), m.options.Place.Region, m.day())
	m.entered = true
	m.toForm()
}

func (m *machine) backFromCard() {
	if m.entry.purpose == purposeApply {
		m.closeErrand()
		m.to(Guide)
		return
	}
	m.toHome()
}

func (m *machine) backFromConfirm() {
	m.closeErrand()
	m.to(Guide)
}

// closeErrand forgets card, application and what was filed: the next errand begins with a card again,
// because another person may be standing here by then.
func (m *machine) closeErrand() {
	m.fx.cancel(slotDeliver, slotReady, slotCases)
	m.dropPages()
	if m.draft != nil && m.draft.asked == nil {
		m.count(usage.Left, m.draft.item.Code)
	}
	m.draft.wipe()
	m.draft, m.filed = nil, nil
	m.cases = cases{}
	m.forgetCard()
}

// askReady looks, while the person goes on, whether a case could be accepted now.
func (m *machine) askReady() {
	filing := m.options.Filing
	m.fx.launch(slotReady, func(ctx context.Context, _ emit) Event {
		today, err := filing.Today(ctx)
		if err == nil {
			err = filing.Ready(ctx)
		}
		return readyTold{today: today, err: err}
	})
}

func (m *machine) ready(told readyTold) {
	if !told.today.IsZero() {
		m.person.today = told.today
	}
	if told.err == nil {
		return
	}
	m.log.Warn("terminal is not ready to file", "error", told.err)
	if m.draft != nil && m.screen != Submitting {
		m.outOfService(code(told.err), m.screen)
	}
}

func (m *machine) drawPlaceCard(s *State) {
	v := &PlaceCardView{Purpose: m.entry.purpose, Reading: m.entry.reading != "", Problem: m.entry.problem, Social: m.fx.busy(slotSocial)}
	if rest := left(m.until); !m.until.IsZero() && rest <= lastCall && m.entry.reading == "" {
		v.Seconds = int(rest / time.Second)
	}
	if m.entry.purpose == purposeMyCases {
		s.Step = StepNone // no application, so none of its steps
	}
	s.PlaceCard = v
}

// foreign tells a foreigner's permanent residence card.
func foreign(card *identity.Card) bool {
	return card.Kind == identity.Foreigner2017 || card.Kind == identity.Foreigner2023
}

func (m *machine) drawConfirm(s *State) {
	card := &m.person.card
	s.Confirm = &ConfirmView{
		Name: card.Name, HasPUA: card.HasPUA, Number: card.Number, Sex: string(card.Sex), Age: card.Birth.Age(m.today()),
		Foreign: foreign(card), Social: card.Kind == identity.Social, Address: card.Address, Expired: card.Expired(m.today()), ItemName: m.draft.item.Name,
	}
	if card.NewAddress != "" {
		s.Confirm.Address = card.NewAddress
	}
	if summary, ok := m.summary(m.cases.task); ok {
		line := m.caseLine(summary)
		s.Confirm.Task = &line
	}
}
