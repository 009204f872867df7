package journey

import (
	"time"

	"bianmin/core/text"
)

// Kinds of overlay.
const (
	overlayHelp  = "help"
	overlayLeave = "leave"
	overlayIdle  = "idle"
)

// quiet events change nothing of where the person is: they always pass.
func quiet(event Event) bool {
	switch event.(type) {
	case Touch, Answer, Sign, SearchText, EvaluateText, EvaluateReason, ToggleLarge, ToggleLanguage, ToggleLowReach, StaffPIN:
		return true
	}
	return false
}

// answersOverlay events are what an overlay asks for.
func answersOverlay(event Event) bool {
	switch event.(type) {
	case Help, Leave, LeaveNow, Stay:
		return true
	}
	return false
}

// admits tells whether a person's event was meant for what is shown: not for a
// screen that an overlay covers, nor for the one before this (a second tap of a double tap).
func (m *machine) admits(event Event) bool {
	if m.overlay == overlayIdle {
		m.overlay = ""
		if _, leave := event.(LeaveNow); leave {
			m.goodbye()
		}
		return quiet(event)
	}
	if quiet(event) || answersOverlay(event) {
		return true
	}
	return m.overlay == "" && time.Since(m.shown.at) >= m.options.Times.Guard
}

// frameEvent takes what works on every screen.
func (m *machine) frameEvent(event Event) bool {
	switch event := event.(type) {
	case Touch:
	case ToggleLarge:
		m.look.large = !m.look.large
	case ToggleLowReach:
		m.look.lowReach = !m.look.lowReach
	case ToggleLanguage:
		m.look.lang = otherLanguage(m.look.lang)
	case Help:
		m.help(event.Open)
	case Leave:
		m.leave()
	case LeaveNow:
		if m.overlay == overlayLeave {
			m.goodbye()
		}
	case Stay:
		if m.overlay == overlayLeave {
			m.overlay = ""
		}
	case Back:
		m.goBack()
	case Onward:
		m.goOn()
	default:
		return false
	}
	return true
}

func otherLanguage(lang text.Lang) text.Lang {
	if lang == text.Chinese {
		return text.English
	}
	return text.Chinese
}

func (m *machine) help(open bool) {
	switch {
	case open && m.screen != Goodbye:
		m.overlay = overlayHelp
	case !open && m.overlay == overlayHelp:
		m.overlay = ""
	}
}

// canGoBack is false where the way back is closed for a while.
func (m *machine) canGoBack() bool { return m.screen != OutOfService || m.draft != nil }

func (m *machine) goBack() {
	if back := m.screens[m.screen].back; back != nil && m.canGoBack() {
		back(m)
	}
}

func (m *machine) goOn() {
	d := m.screens[m.screen]
	if d.next == nil {
		return
	}
	if next := d.next(m); next != nil && next.Enabled {
		d.onward(m)
	}
}

// leave asks first when something would be lost or was filed.
func (m *machine) leave() {
	switch m.screen {
	case Attract, Submitting, Goodbye:
		return
	case Staff, StaffTests, StaffQueue:
		m.end = Replace
		return
	case Done:
		m.goodbye()
		return
	}
	if m.working() || m.served {
		m.overlay = overlayLeave
		return
	}
	m.goodbye()
}

// working tells whether leaving would throw away what the person entered.
func (m *machine) working() bool { return m.draft != nil && m.person.known }

func (m *machine) drawOverlay() *Overlay {
	switch m.overlay {
	case overlayHelp:
		return &Overlay{Kind: overlayHelp, Phone: m.options.Place.Phone}
	case overlayLeave:
		return &Overlay{Kind: overlayLeave, Filed: m.served, Working: m.working()}
	case overlayIdle:
		return &Overlay{Kind: overlayIdle, Left: left(m.idleEnd()), Filed: m.served, Working: m.working()}
	}
	return nil
}
