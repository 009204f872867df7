package desk

import (
	"context"
	"slices"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
)

// mostRateText is the most characters of an evaluation's own words.
const mostRateText = 500

// rating is an evaluation while the screen is turned to the person.
type rating struct {
	number casefile.Number
	item   text.Local
	name   string
	times  int
	level  int
	chosen []string
	words  string
	stored bool
	busy   bool
}

func (m *machine) rateEvent(w *shift, event Event) bool {
	switch event.(type) {
	case Rate, RateReason, RateText, RateDone:
	default:
		return false
	}
	r := w.rating
	if m.page != Evaluate || r == nil || r.stored || r.busy {
		return true
	}
	switch event := event.(type) {
	case Rate:
		if event.Level >= 1 && event.Level <= 5 {
			r.level, r.chosen = event.Level, nil
		}
	case RateReason:
		r.chosen = slices.DeleteFunc(slices.Clone(r.chosen), func(code string) bool { return code == event.Code })
		if event.On && slices.Contains(rateReasons(r.level), event.Code) {
			r.chosen = append(r.chosen, event.Code)
		}
	case RateText:
		if words := []rune(event.Text); len(words) <= mostRateText {
			r.words = event.Text
		}
	case RateDone:
		m.rateDone(r)
	}
	return true
}

// rateReasons are the reasons offered with a level, as the kiosk offers them.
func rateReasons(level int) []string {
	switch level {
	case 1, 2:
		return []string{"slow", "unclear", "materials", "attitude", "again", "fault", "fee", "other"}
	case 3:
		return []string{"slow", "unclear", "fault"}
	}
	return nil
}

// evaluate turns the screen to the person, once their card was read in this shift.
func (m *machine) evaluate(file agency.CaseFile) {
	if !m.shift.cards[file.Submission.Applicant.Number] {
		m.say(Warn, "desk.problem.evaluate-card", nil)
		return
	}
	m.shift.rating = &rating{
		number: file.Number, item: zh(file.ItemName), name: file.Submission.Applicant.Name, times: file.Evaluations + 1,
	}
	m.above(Evaluate)
}

// rateDone stores the evaluation; dissatisfied ones need a reason or words. The agent cannot read it afterwards.
func (m *machine) rateDone(r *rating) {
	switch {
	case r.level == 0:
		m.say(Warn, "desk.problem.level", nil)
		return
	case r.level <= 2 && len(r.chosen) == 0 && strings.TrimSpace(r.words) == "":
		m.say(Warn, "desk.problem.rate-reason", nil)
		return
	}
	r.busy = true
	body := casefile.Event{Evaluation: &casefile.Evaluation{Level: r.level, Reasons: r.chosen, Text: strings.TrimSpace(r.words), Times: r.times}}
	m.keep("rate", func(ctx context.Context, book Book) then {
		_, err := book.Add(ctx, r.number, casefile.Evaluated, body, nil)
		return func(m *machine) {
			r.busy = false
			if err != nil {
				m.fail("store evaluation", err)
				return
			}
			*r = rating{number: r.number, item: r.item, name: r.name, stored: true}
			m.committed()
			m.say(Good, "desk.notice.done.evaluated", nil)
		}
	})
}

// notEvaluated records why there is no evaluation: the person declined, or it could not be offered.
func (m *machine) notEvaluated(file agency.CaseFile) {
	declined := m.shift.cards[file.Submission.Applicant.Number]
	choices := []Choice{{Code: "absent", Label: m.local("desk.ask.absent")}, {Code: "no-card", Label: m.local("desk.ask.no-card")}}
	if declined {
		choices = []Choice{{Code: "declined", Label: m.local("desk.ask.declined")}}
	}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.not-evaluated"}, Choices: choices, Chosen: choices[0].Code,
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		if !a.Yes {
			return
		}
		unrated := casefile.Unrated{Why: "declined"}
		if !declined {
			unrated = casefile.Unrated{Why: "not-offered", Reason: choices[0].Code}
			if slices.ContainsFunc(choices, func(c Choice) bool { return c.Code == a.Chosen }) {
				unrated.Reason = a.Chosen
			}
		}
		m.add(file.Number, casefile.Unevaluated, casefile.Event{Unrated: &unrated}, nil, nil)
	})
}

// local gives words in both languages, for choices.
func (m *machine) local(key string) text.Local {
	return text.Local{text.Chinese: m.options.Words.T(text.Chinese, key, nil), text.English: m.options.Words.T(text.English, key, nil)}
}

func (r *rating) draw() *EvaluateView {
	return &EvaluateView{
		Case: r.number, Item: r.item, Name: r.name, Level: r.level, Reasons: rateReasons(r.level), Chosen: slices.Clone(r.chosen), Text: r.words, Stored: r.stored,
	}
}
