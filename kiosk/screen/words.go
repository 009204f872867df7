package screen

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
)

// words are the word catalogue in the language shown.
type words struct {
	catalog *text.Catalog
	lang    text.Lang
}

// args fill placeholders.
type args = map[string]any

func (w words) t(key string) string { return w.catalog.T(w.lang, key, nil) }

func (w words) with(key string, with args) string { return w.catalog.T(w.lang, key, with) }

// count gives the words for n things.
func (w words) count(key string, n int) string { return w.catalog.T(w.lang, key, args{"n": n}) }

// message gives a message's words; "" when there is none.
func (w words) message(m journey.Message) string {
	if m.Key == "" {
		return ""
	}
	return w.catalog.T(w.lang, m.Key, m.Args)
}

// messages gives the words of several messages, one after the other.
func (w words) messages(all []journey.Message) string {
	parts := make([]string, len(all))
	for i, m := range all {
		parts[i] = w.message(m)
	}
	return w.join(parts...)
}

func (w words) local(l text.Local) string { return l.In(w.lang) }

// has tells whether there are words for a key in any language shown.
func (w words) has(key string) bool {
	return w.catalog.Has(w.lang, key) || w.catalog.Has(text.Chinese, key)
}

func (w words) date(t time.Time) string { return text.Date(w.lang, t) }

func (w words) clock(t time.Time) string { return text.Clock(w.lang, t) }

// day writes a date given as YYYY-MM-DD; what is no date stays as it is.
func (w words) day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return w.date(t)
}

// payment says what the platform says of money.
func (w words) payment(p casefile.Payment) string {
	key := "case.payment." + p.State
	if p.State == casefile.PaymentDue && p.On != "" {
		key += "-by"
	}
	return w.with(key, args{"name": text.Shown(p.Name), "yuan": receipt.Yuan(p.Fen), "on": w.day(p.On), "receipt": text.Shown(p.Receipt)})
}

// join sets the language's comma between parts that are not empty.
func (w words) join(parts ...string) string {
	out := ""
	for _, part := range parts {
		switch {
		case part == "":
		case out == "":
			out = part
		default:
			out += w.t("material.join") + part
		}
	}
	return out
}

// space stands between two sentences; Chinese needs none.
func (w words) space() string {
	if w.lang == text.Chinese {
		return ""
	}
	return " "
}
