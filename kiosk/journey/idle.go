package journey

import (
	"context"
	"time"

	"bianmin/core/text"
	"bianmin/drivers"
)

// idleEnd is when the session is wiped if nobody touches the screen.
func (m *machine) idleEnd() time.Time {
	return m.touched.Add(m.options.Times.Idle + m.options.Times.Warn)
}

// tick lets time pass: countdowns, idle, looks at the terminal's condition.
func (m *machine) tick() {
	m.lookAtDevices()
	m.tickScreen()
	m.tickIdle()
}

func (m *machine) tickScreen() {
	if m.until.IsZero() || time.Now().Before(m.until) {
		return
	}
	switch m.screen {
	case PlaceCard:
		if m.entry.reading == "" {
			m.goBack()
		}
	case Done:
		m.goodbye()
	case Goodbye:
		m.end = Replace
	}
}

func (m *machine) tickIdle() {
	if m.testing() {
		m.active()
	}
	idle := time.Since(m.touched)
	if m.screen == Attract {
		if idle >= m.options.Times.Idle {
			m.look = look{lang: text.Chinese}
			m.overlay = ""
			if m.options.Place.Practice { // nobody practises any more, and the next who comes may be a citizen
				m.end = Replace
			}
		}
		return
	}
	if open := m.screen == OutOfService && m.draft != nil; !open && !m.screens[m.screen].idle {
		return
	}
	switch {
	case idle >= m.options.Times.Idle+m.options.Times.Warn:
		m.goodbye()
	case idle >= m.options.Times.Idle:
		m.overlay = overlayIdle
	}
}

// active notes a sign of life that is no touch: a card placed, a page scanned.
func (m *machine) active() {
	m.touched = time.Now()
	if m.overlay == overlayIdle {
		m.overlay = ""
	}
}

// goodbye ends the person's session: everything of it is wiped before the picture is shown.
func (m *machine) goodbye() {
	if m.screen == Goodbye {
		return
	}
	m.to(Goodbye)
	m.wipe()
	m.until = time.Now().Add(m.options.Times.Goodbye)
	for role, reader := range m.allReaders() {
		if m.cards[role] != "" {
			if role == drivers.RoleReader {
				m.cards[role] = drivers.CardUnsure // until the reader was asked
			}
			m.fx.launch(leftSlots[role], m.watchCard(role, reader))
		}
	}
}

// watchCard looks whether a card still lies on the reader, until the session ends.
func (m *machine) watchCard(role drivers.Role, reader cardSource) work {
	poll := m.options.Times.Poll
	return func(ctx context.Context, emit emit) Event {
		release, err := m.fx.lease(ctx, role)
		if err != nil {
			return nil
		}
		defer release()
		for {
			presence, err := reader.Present(ctx)
			if ctx.Err() != nil {
				return nil
			}
			if err != nil { // a reader that does not answer knows nothing
				presence = drivers.CardUnsure
			}
			emit(readerSays{role, cardPresence{presence}})
			if !pause(ctx, poll) {
				return nil
			}
		}
	}
}

// maxReminder is how long the goodbye picture reminds of a card before the session ends all the same.
const maxReminder = 20 * time.Second

// remindOfCard takes a look into account. A warning stands only while the reader finds the card; one that does
// not find a card again that it has read leaves it at a reminder.
func (m *machine) remindOfCard(role drivers.Role, look cardPresence) {
	m.cards[role] = look.presence
	lies := look.presence == drivers.CardLies
	if limit := m.shown.at.Add(maxReminder); lies && time.Until(limit) > 0 && time.Until(m.until) < 2*time.Second {
		m.until = time.Now().Add(2 * time.Second)
	}
}

// wipe forgets the person. What the screen may still be drawing (pictures) is
// let go, everything else is overwritten first; the process is replaced afterwards all the same.
func (m *machine) wipe() {
	m.fx.cancel(slotCard, slotSocial, slotPresence, slotSocialPresence, slotButton, slotScan, slotReady, slotPrinter, slotDeliver, slotCases, slotStaff, slotQueue, slotCode)
	m.closeErrand()
	m.person = person{}
	m.entry = cardEntry{}
	m.browse = browse{}
	m.staff = staff{}
	m.fault = fault{}
	m.overlay = ""
	m.shown.state = State{}
}

func (m *machine) drawGoodbye(s *State) {
	card, social := m.cards[drivers.RoleReader], m.cards[drivers.RoleSocial]
	s.Goodbye = &GoodbyeView{
		Filed: m.served, Entered: m.entered, TakeCard: card == drivers.CardLies || social == drivers.CardLies, CheckCard: card == drivers.CardUnsure || social == drivers.CardUnsure,
		Social: card != drivers.CardLies && (social == drivers.CardLies || card != drivers.CardUnsure && social == drivers.CardUnsure),
	}
}
