package journey

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"bianmin/core/casefile"
)

// Levels of a rating; badLevel and below want a reason.
const (
	worstLevel = 1
	badLevel   = 2
	bestLevel  = 5
)

// maxWords is the length of a rating's own words in characters.
const maxWords = 500

// rated is what keeping a rating came to.
type rated struct {
	number casefile.Number
	err    error
}

func (rated) event() {}

func (m *machine) evaluateEvent(event Event) bool {
	switch event := event.(type) {
	case Evaluate:
		if m.screen == Done {
			m.evaluate(event.Level)
		}
	case EvaluateReason:
		if m.screen == EvaluateMore {
			m.chooseReason(event.Code, event.Chosen)
		}
	case EvaluateText:
		if m.screen == EvaluateMore {
			m.filed.words = limited(event.Text, maxWords)
		}
	case rated:
		m.ratingKept(event)
	case caseSeen:
		m.delivered(event.summary)
	default:
		return false
	}
	return true
}

// evaluate rates the service once. A bad rating asks for its reasons first.
func (m *machine) evaluate(level int) {
	f := m.filed
	if level < worstLevel || level > bestLevel || f.rated || f.corrected != nil || m.fx.busy(slotEvaluate) {
		return
	}
	f.level = level
	if level <= badLevel {
		m.to(EvaluateMore)
		return
	}
	f.reasons, f.words = nil, ""
	m.keepRating()
}

func (m *machine) chooseReason(code string, chosen bool) {
	f := m.filed
	if !slices.Contains(badReasons, code) {
		return
	}
	reasons := slices.DeleteFunc(slices.Clone(f.reasons), func(c string) bool { return c == code })
	if chosen {
		reasons = append(reasons, code)
	}
	f.reasons = reasons
}

func (m *machine) keepRating() {
	f, filing := m.filed, m.options.Filing
	rating := casefile.Evaluation{Level: f.level, Reasons: slices.Clone(f.reasons), Text: plain(f.words), Times: 1}
	done := f.Filed
	m.fx.keep(slotEvaluate, func(ctx context.Context, _ emit) Event {
		return rated{number: done.Number, err: filing.Evaluate(ctx, done, rating)}
	})
}

// plain leaves out what cannot be seen.
func plain(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
}

func (m *machine) ratingKept(r rated) {
	if r.err != nil {
		m.log.Error("rating not kept", "error", r.err)
	}
	if m.filed == nil || m.filed.Number != r.number {
		return
	}
	m.filed.rated = r.err == nil
	if r.err != nil {
		m.filed.level = 0
	}
}

func (m *machine) nextEvaluate() *Next {
	next := &Next{Label: words(keyNextEvaluate)}
	if len(m.filed.reasons) == 0 && plain(m.filed.words) == "" {
		next.Why = words(keyWhyReason)
		return next
	}
	next.Enabled = true
	return next
}

func (m *machine) onwardEvaluate() {
	m.keepRating()
	m.to(Done)
}

func (m *machine) backFromEvaluate() {
	m.filed.level, m.filed.reasons, m.filed.words = 0, nil, ""
	m.to(Done)
}

func (m *machine) drawEvaluateMore(s *State) {
	f := m.filed
	s.EvaluateMore = &EvaluateMoreView{Level: f.level, Chosen: f.reasons, Reasons: badReasons, Text: f.words}
}
