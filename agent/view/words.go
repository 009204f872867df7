package view

import (
	"fmt"
	"strings"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/ui"
)

// words are the word catalogue in the language shown.
type words struct {
	catalog *text.Catalog
	lang    text.Lang
}

// args fill placeholders.
type args = map[string]any

// t gives the desk's own words; with gives them filled.
func (w words) t(key string) string { return w.catalog.T(w.lang, "desk."+key, nil) }

func (w words) with(key string, with args) string { return w.catalog.T(w.lang, "desk."+key, with) }

func (w words) count(key string, n int) string { return w.with(key, args{"n": n}) }

// shared gives words that kiosk and desk have in common.
func (w words) shared(key string) string { return w.catalog.T(w.lang, key, nil) }

// message gives a message's words; "" when there is none.
func (w words) message(m desk.Message) string {
	if m.Key == "" {
		return ""
	}
	return text.Shown(w.catalog.T(w.lang, m.Key, m.Args))
}

func (w words) messages(all []desk.Message) string {
	lines := make([]string, len(all))
	for i, m := range all {
		lines[i] = w.message(m)
	}
	return strings.Join(lines, "\n")
}

func (w words) local(l text.Local) string { return l.In(w.lang) }

// has tells whether there are words for a key in any language shown.
func (w words) has(key string) bool {
	return w.catalog.Has(w.lang, "desk."+key) || w.catalog.Has(text.Chinese, "desk."+key)
}

// or gives the words for a code, or the code itself where there are none.
func (w words) or(key, code string) string {
	if w.has(key + "." + code) {
		return w.t(key + "." + code)
	}
	return text.Shown(code)
}

// named writes what a point of a notice says behind the name of what it is about, where that is known.
func (w words) named(name, said string) string {
	if name == "" {
		return said
	}
	return w.with("label.with-text", args{"what": text.Shown(name), "text": said})
}

// day writes a date given as YYYY-MM-DD as short as it can be told from today.
func (w words) day(date string, now time.Time) string {
	t, err := time.ParseInLocation(time.DateOnly, date, casefile.Zone)
	if err != nil {
		return date
	}
	if t.Year() != now.In(casefile.Zone).Year() {
		return date
	}
	return t.Format("01-02")
}

// when writes a moment of a list: today with its time, yesterday, else the day.
func (w words) when(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(casefile.Zone), now.In(casefile.Zone)
	switch day := t.Format(time.DateOnly); day {
	case now.Format(time.DateOnly):
		return w.with("label.today-at", args{"time": t.Format("15:04")})
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return w.t("label.yesterday")
	default:
		return w.day(day, now)
	}
}

// moment writes day and time.
func (w words) moment(t, now time.Time) string {
	t = t.In(casefile.Zone)
	if t.Year() != now.In(casefile.Zone).Year() {
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("01-02 15:04")
}

// ago writes how long something waits.
func (w words) ago(since, now time.Time) string {
	d := now.Sub(since)
	switch {
	case d < time.Minute:
		return w.t("label.just-now")
	case d < time.Hour:
		return w.count("label.minutes-ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return w.count("label.hours-ago", int(d.Hours()))
	}
	return w.count("label.days-ago", int(d.Hours()/24))
}

// yuan writes fen as money.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

func (w words) money(fen int64) string { return w.with("label.yuan", args{"amount": yuan(fen)}) }

// payment says what the platform says of money.
func (w words) payment(p casefile.Payment) string {
	key := "case.payment." + p.State
	if p.State == casefile.PaymentDue && p.On != "" {
		key += "-by"
	}
	return w.catalog.T(w.lang, key, args{"name": text.Shown(p.Name), "yuan": yuan(p.Fen), "on": text.Shown(p.On), "receipt": text.Shown(p.Receipt)})
}

// due says how long a case has.
func (w words) due(line agency.CaseLine) string {
	switch {
	case casefile.Over(line.State) || line.State == casefile.StateDone:
		return w.or("over", line.State)
	case line.Due == "" && line.State == casefile.StateQueued:
		return w.t("label.due-later")
	case line.Due == "":
		return w.t("label.due-none")
	case line.Left < 0:
		return w.count("label.overdue", -line.Left)
	case line.Left == 0:
		return w.t("label.due-today")
	}
	return w.count("label.due-left", line.Left)
}

// state is a case's badge.
func (w words) state(line agency.CaseLine) (ui.Tone, string) {
	switch {
	case line.State == casefile.StateCorrection && line.Points > 0:
		return ui.Bad, w.count("state.correction-points", line.Points)
	case line.Refused || line.State == casefile.StateRefused:
		return ui.Bad, w.t("state.refused")
	case line.Due != "" && line.Left < 0 && !casefile.Over(line.State) && line.State != casefile.StateDone:
		return ui.Bad, w.t("state.overdue")
	case line.Branches > 1 && line.State == casefile.StateProcessing:
		return ui.Calm, w.with("state.branches", args{"done": line.Done, "n": line.Branches})
	}
	return tones[line.State], w.or("state", line.State)
}

var tones = map[string]ui.Tone{
	casefile.StateQueued: ui.Warn, casefile.StateAccepted: ui.Calm, casefile.StateProcessing: ui.Calm, casefile.StateCorrection: ui.Bad,
	casefile.StateSuspended: ui.Warn, casefile.StateDone: ui.Good, casefile.StateDelivered: ui.Good, casefile.StateClosed: ui.Good,
	casefile.StateRejected: ui.Muted, casefile.StateWithdrawn: ui.Muted, casefile.StateEnded: ui.Muted,
}

// tone turns a notice's tone into the kit's.
func tone(t desk.Tone) ui.Tone {
	switch t {
	case desk.Good:
		return ui.Good
	case desk.Bad:
		return ui.Bad
	}
	return ui.Warn
}

// locals gives several texts in the language shown.
func locals(k *kit, all []text.Local) (out []string) {
	for _, each := range all {
		if words := k.local(each); words != "" {
			out = append(out, words)
		}
	}
	return out
}
