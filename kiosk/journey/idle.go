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
		if !m.entry.reading {
			m.goBack()
		}
	case Done:
		m.goodbye()
	case Goodbye:
		m.end = Replace
	}
}

func (m *machine) tickIdle() {
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
	if m.card != "" && m.options.Devices.Reader != nil {
		m.card = drivers.CardUnsure // until the reader was asked
		m.fx.launch(slotPresence, m.watchCard())
	}
}

// cardPresence is a look at the reader when the person leaves.
type cardPresence struct{ presence drivers.Presence }

func (cardPresence) event() {}

// watchCard looks whether a card still lies on the reader, until the session ends.
func (m *machine) watchCard() work {
	reader, poll := m.options.Devices.Reader, m.options.Times.Poll
	return func(ctx context.Context, emit emit) Event {
		release, err := m.fx.lease(ctx, drivers.RoleReader)
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
			emit(cardPresence{presence})
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
func (m *machine) remindOfCard(look cardPresence) {
	m.card = look.presence
	lies := look.presence == drivers.CardLies
	if limit := m.shown.at.Add(maxReminder); lies && time.Until(limit) > 0 && time.Until(m.until) < 2*time.Second {
		m.until = time.Now().Add(2 * time.Second)
	}
}

// wipe forgets the person. What the screen may still be drawing (pictures) is
// let go, everything else is overwritten first; the process is replaced afterwards all the same.
func (m *machine) wipe() {
	m.fx.cancel(slotCard, slotPresence, slotButton, slotScan, slotReady, slotPrinter, slotDeliver, slotCases, slotStaff)
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
	s.Goodbye = &GoodbyeView{
		Filed: m.served, Entered: m.entered, TakeCard: m.card == drivers.CardLies, CheckCard: m.card == drivers.CardUnsure,
	}
}
