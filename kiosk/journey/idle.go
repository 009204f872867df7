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
	read := m.person.known
	m.to(Goodbye)
	m.wipe()
	m.until = time.Now().Add(m.options.Times.Goodbye)
	m.takeCard = read
	if read && m.options.Devices.Reader != nil {
		m.fx.launch(slotPresence, m.watchCard())
	}
}

// cardPresence is a look at the reader when the person leaves.
type cardPresence struct{ present, first bool }

func (cardPresence) event() {}

// watchCard looks whether a card still lies on the reader, until it is gone.
func (m *machine) watchCard() work {
	reader, poll := m.options.Devices.Reader, m.options.Times.Poll
	return func(ctx context.Context, emit emit) Event {
		release, err := m.fx.lease(ctx, drivers.RoleReader)
		if err != nil {
			return nil
		}
		defer release()
		for first := true; ; first = false {
			present, err := reader.Present(ctx)
			if err != nil || ctx.Err() != nil {
				return nil
			}
			if !present {
				return cardPresence{first: first}
			}
			emit(cardPresence{present: true, first: first})
			if !pause(ctx, poll) {
				return nil
			}
		}
	}
}

// maxReminder is how long the goodbye picture reminds of a card before the session ends all the same.
const maxReminder = 20 * time.Second

// remindOfCard takes a look into account. Only the first can say that no card
// lies there: many readers do not find a card again that they have read, so a
// card that is no longer found may well be lying there still.
func (m *machine) remindOfCard(look cardPresence) {
	if look.first {
		m.takeCard = look.present
	}
	if limit := m.shown.at.Add(maxReminder); look.present && time.Until(limit) > 0 && time.Until(m.until) < 2*time.Second {
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
	m.takeCard = false
	m.shown.state = State{}
}

func (m *machine) drawGoodbye(s *State) {
	s.Goodbye = &GoodbyeView{Filed: m.served, Entered: m.entered, TakeCard: m.takeCard}
}
