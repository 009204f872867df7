package journey

import (
	"context"
	"errors"
	"slices"
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

// Waiting for a card.
const (
	slowRead  = 400 * time.Millisecond // a read longer than this is shown
	maxFaults = 3                      // this many in a row of what could pass by itself are a broken reader
	lastCall  = 20 * time.Second       // the countdown is shown for the end of the waiting only
)

// cardEntry is how placing the card stands.
type cardEntry struct {
	purpose string
	reading bool
	problem Message
	passing bool // the problem is over when the reader answers again
}

// What the reader says.
type (
	cardSlow    struct{}
	cardNone    struct{}
	cardLies    struct{} // one that lay there before it was asked for
	cardUnsure  struct{} // no card is found, yet the one that was read may lie there
	cardTrouble struct {
		fault drivers.Fault
		card  bool // a card lies there
	}
	cardFailed struct{ fault drivers.Fault }
	cardRead   struct{ card identity.Card }
	readyTold  struct {
		today time.Time
		err   error
	}
)

func (cardSlow) event()    {}
func (cardNone) event()    {}
func (cardLies) event()    {}
func (cardUnsure) event()  {}
func (cardTrouble) event() {}
func (cardFailed) event()  {}
func (cardRead) event()    {}
func (readyTold) event()   {}

func (m *machine) cardEvent(event Event) bool {
	switch event := event.(type) {
	case OpenMyCases:
		m.openMyCases()
	case NotMe:
		if m.screen == Confirm {
			m.notMe()
		}
	case cardSlow:
		m.entry.reading = true
	case cardTrouble:
		if event.card {
			m.card = drivers.CardLies
		}
		m.entry.reading, m.entry.passing = false, !event.card
		m.entry.problem = words(prefixCardProblem + string(event.fault))
		m.active()
	case cardLies:
		m.card = drivers.CardLies
		if m.entry.problem.Key != keyCardOther {
			m.entry.problem, m.entry.passing = words(keyCardLift), true
		}
	case cardUnsure:
		m.entry.reading = false
		if m.entry.problem.Key == "" || m.entry.passing {
			m.entry.problem, m.entry.passing = words(keyCardAgain), true
		}
	case cardNone:
		m.entry.reading = false
		if m.entry.passing {
			m.entry.problem, m.entry.passing = Message{}, false
		}
	case cardFailed:
		m.entry.reading = false
		m.fail(drivers.RoleReader, event.fault)
	case cardRead:
		m.cardArrived(event.card)
	case readyTold:
		m.ready(event)
	case cardPresence:
		m.remindOfCard(event)
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
	if m.options.Devices.Reader == nil {
		m.fail(drivers.RoleReader, drivers.FaultUnplugged)
		return
	}
	m.fx.launch(slotCard, m.waitCard(m.entry.problem.Key == keyCardOther || m.card != ""))
}

func (m *machine) exitPlaceCard() {
	m.fx.cancel(slotCard, slotCases)
	m.entry.reading = false
}

// waitCard looks for a card until one is read. A card that lies there already, when the screen appears, may be
// that of the person before: it is not read before it was lifted. With lift one may lie there; many
// readers do not find a card again that they have read, so a single look says little then.
func (m *machine) waitCard(lift bool) work {
	reader, poll := m.options.Devices.Reader, m.options.Times.Poll
	return func(ctx context.Context, emit emit) Event {
		release, err := m.fx.lease(ctx, drivers.RoleReader)
		if err != nil {
			return nil
		}
		defer release()
		w := waiting{reader: reader, lies: lift}
		for {
			said := w.look(ctx, emit)
			switch said.(type) {
			case cardRead, cardFailed:
				return said
			}
			if ctx.Err() != nil {
				return nil
			}
			if said != nil {
				emit(said)
			}
			if !pause(ctx, poll) {
				return nil
			}
		}
	}
}

// waiting is what the looks at the reader have shown so far.
type waiting struct {
	reader drivers.CardReader
	lies   bool // a card lay there before one was asked for
	clear  bool // since then nothing lay there: the next card is this person's
	misses int  // looks without a card in a row
	faults int  // looks that failed in a row
}

// look looks once; a card that may be read is read. What it returns is nil when nothing is to be told.
func (w *waiting) look(ctx context.Context, emit emit) Event {
	presence, err := w.reader.Present(ctx)
	present := presence == drivers.CardLies
	var card identity.Card
	if err == nil && present && w.clear {
		card, err = readCard(ctx, w.reader, emit)
		present = !errors.Is(err, drivers.ErrNoCard)
	}
	fault := drivers.FaultOf(err)
	switch {
	case ctx.Err() != nil:
		return nil
	case !present && (err == nil || errors.Is(err, drivers.ErrNoCard)):
		w.misses, w.faults = w.misses+1, 0
		if w.clear = w.clear || !w.lies || w.misses > 1; !w.clear {
			return nil
		}
		if presence == drivers.CardUnsure {
			return cardUnsure{}
		}
		return cardNone{}
	case err == nil && w.clear:
		return cardRead{card: card}
	case err == nil:
		w.lies, w.misses, w.faults = true, 0, 0
		return cardLies{}
	case fault == drivers.FaultCard || fault == drivers.FaultCardDoubt:
		w.faults = 0
		return cardTrouble{fault: fault, card: true}
	}
	if fault == drivers.FaultSilent { // whoever was without power finds a card anew that was never lifted
		w.lies, w.clear, w.misses = true, false, 0
	}
	if w.faults++; !slices.Contains(cardFaults, fault) || w.faults >= maxFaults {
		return cardFailed{fault: fault}
	}
	return cardTrouble{fault: fault, card: present}
}

// readCard reads once and says so when it takes long.
func readCard(ctx context.Context, reader drivers.CardReader, emit emit) (identity.Card, error) {
	type answer struct {
		card identity.Card
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		card, err := reader.Read(ctx)
		answered <- answer{card, err}
	}()
	timer := time.NewTimer(slowRead)
	defer timer.Stop()
	select {
	case a := <-answered:
		return a.card, a.err
	case <-timer.C:
		emit(cardSlow{})
	}
	a := <-answered
	return a.card, a.err
}

// cardArrived takes the card that was read.
func (m *machine) cardArrived(card identity.Card) {
	m.active()
	m.card = drivers.CardLies
	m.person.card, m.person.known = card, true
	m.entry.reading, m.entry.problem = false, Message{}
	if m.entry.purpose == purposeMyCases {
		m.entry.reading = true
		m.findCases()
		return
	}
	m.to(Confirm)
}

// notMe forgets the card and waits for another one.
func (m *machine) notMe() {
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
		return &Next{Label: words(keyNextConfirm), Why: words(keyWhyExpired)}
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
	m.fx.cancel(slotDeliver, slotReady)
	m.dropPages()
	if m.draft != nil {
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
	v := &PlaceCardView{Purpose: m.entry.purpose, Reading: m.entry.reading, Problem: m.entry.problem}
	if rest := left(m.until); !m.until.IsZero() && rest <= lastCall && !m.entry.reading {
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
		Foreign: foreign(card), Address: card.Address, Expired: card.Expired(m.today()), ItemName: m.draft.item.Name,
	}
	if card.NewAddress != "" {
		s.Confirm.Address = card.NewAddress
	}
}
