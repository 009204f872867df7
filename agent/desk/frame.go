package desk

import (
	"slices"

	"bianmin/core/text"
)

// Kinds of overlay.
const (
	overlayHelp   = "help"
	overlayAsk    = "ask"
	overlayReason = "reason"
	overlayHand   = "hand-over"
	overlayPrint  = "print-unknown"
)

// overlay is what covers the page, and what its answer does.
type overlay struct {
	view   Overlay
	answer func(m *machine, a Answer)
	under  *overlay // the question the help lies over
}

// passes tells whether an event is for the overlay, or changes nothing below it.
func passes(event Event) bool {
	switch event.(type) {
	case Touch, Answer, Help, Language, Lock, SignOff, Unlock, PrintAnswer, Practise, EndPractice, PlaceCard:
		return true
	}
	return false
}

// frameEvent takes what works on every page.
func (m *machine) frameEvent(event Event) bool {
	switch event := event.(type) {
	case Touch:
	case Language:
		m.lang = map[text.Lang]text.Lang{text.Chinese: text.English}[m.lang]
		if m.lang == "" {
			m.lang = text.Chinese
		}
	case Help:
		m.help(event.Open)
	case Dismiss:
		m.notice = nil
	case Answer:
		m.answered(event)
	case PrintAnswer:
		if m.overlay != nil && m.overlay.view.Kind == overlayPrint {
			m.answered(Answer{Yes: event.CameOut})
		}
	case Go:
		m.goTo(event.Page)
	case Back:
		m.back()
	default:
		return false
	}
	return true
}

func (m *machine) help(open bool) {
	switch {
	case open && (m.overlay == nil || m.overlay.view.Kind != overlayHelp):
		m.overlay = &overlay{view: Overlay{Kind: overlayHelp, Title: Message{Key: "desk.help." + string(m.page)}}, under: m.overlay}
	case !open && m.overlay != nil && m.overlay.view.Kind == overlayHelp:
		m.overlay = m.overlay.under
	}
}

// ask shows a question and does what its answer says.
func (m *machine) ask(view Overlay, answer func(m *machine, a Answer)) {
	m.overlay = &overlay{view: view, answer: answer}
}

func (m *machine) answered(a Answer) {
	o := m.overlay
	if o == nil || m.locked != nil && o.view.Kind != overlayHelp {
		return
	}
	if o.view.Kind == overlayReason && a.Yes && len([]rune(a.Text)) == 0 {
		o.view.Problem = Message{Key: "desk.problem.reason"}
		return
	}
	m.overlay = o.under
	if o.answer != nil {
		o.answer(m, a)
	}
	if m.overlay == nil && len(m.unknown) > 0 && m.shift != nil {
		next := m.unknown[0]
		m.unknown = m.unknown[1:]
		next(m)
	}
}

func (m *machine) drawOverlay() *Overlay {
	if m.overlay == nil || m.locked != nil && m.overlay.view.Kind != overlayHelp {
		return nil
	}
	view := m.overlay.view
	return &view
}

// goTo opens a page of the side bar. A draft stays and is saved.
func (m *machine) goTo(page PageName) {
	if m.shift == nil || m.locked != nil || !slices.Contains(SideBar(), page) {
		return
	}
	m.leaveAccept()
	m.leaveCorrect()
	m.shift.rating = nil
	m.to(page)
}

// back leaves a page that stands above the side bar's.
func (m *machine) back() {
	switch m.page {
	case Activate:
		m.toSignOn()
	case ChooseItem:
		m.shift.choose = choose{}
		m.to(m.origin())
	case Accept:
		m.leaveAccept()
		m.to(m.origin())
	case Correct:
		m.leaveCorrect()
		m.to(m.origin())
	case Evaluate:
		m.shift.rating = nil
		m.to(m.origin())
	}
}

// origin is the page of the side bar that was shown before.
func (m *machine) origin() PageName {
	if slices.Contains(SideBar(), m.from) {
		return m.from
	}
	return Today
}

// above shows a page above the side bar's and remembers where Back leads.
func (m *machine) above(page PageName) {
	if slices.Contains(SideBar(), m.page) {
		m.from = m.page
	}
	m.to(page)
}

// say shows one line about what just happened.
func (m *machine) say(tone Tone, key string, args map[string]any) {
	m.notice = &Notice{Tone: tone, Message: Message{Key: key, Args: args}}
}

// fail says what went wrong in words, and logs the rest.
func (m *machine) fail(doing string, err error) {
	m.log.Warn("not done", "doing", doing, "error", err)
	m.notice = &Notice{Tone: Bad, Message: trouble(err)}
}
