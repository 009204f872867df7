package receipt

import (
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
)

// Desk is what every paper of the agent's desk says about where, when and by whom it was made.
type Desk struct {
	Lang    text.Lang
	Words   *text.Catalog // required: everything below "receipt."
	Point   string        // service point's name
	Phone   string        // service point's phone, "" when it has none
	Agent   string        // the agent's name
	Account string        // the agent's account
	Day     time.Time     // business date; zero leaves it to be written by hand
	Reprint bool          // marked 补打
	// Practice marks every page: nothing on it counts.
	Practice bool
	// Demo says on paper that the terminal belongs to a demonstration environment.
	Demo bool
}

func (d Desk) speaker() speaker { return speaker{d.Lang, d.Words} }

// pagesMaker builds one document; empty values are left out as on strips, or
// left to be written by hand where the form asks for them.
type pagesMaker struct {
	speaker
	desk Desk
	Pages
	prefix string // of the form's own words, "receipt.authorisation."
}

// newPages begins a form: its title with the office's name below it, and the foot.
func newPages(d Desk, form, foot string) *pagesMaker {
	m := &pagesMaker{speaker: d.speaker(), desk: d, prefix: "receipt." + form + "."}
	title := m.own("title", nil)
	m.Title = title
	m.Foot = strings.TrimSpace(d.Point + "  " + foot)
	m.Count = m.say("receipt.paper.count", nil)
	m.Lacking = m.say("receipt.paper.lacking", nil)
	switch {
	case d.Practice:
		m.Watermark = m.say("receipt.paper.practice", nil)
	case d.Demo:
		m.Watermark = m.say("receipt.demo", nil)
	}
	if d.Reprint {
		title += m.say("receipt.paper.mark", args{"mark": m.say("receipt.reprint", nil)})
	}
	m.put(Part{Kind: PartTitle, Text: title, Label: foot})
	return m
}

func (m *pagesMaker) put(parts ...Part) { m.Parts = append(m.Parts, parts...) }

// own gives words of this form, common those of all forms.
func (m *pagesMaker) own(key string, a args) string    { return m.say(m.prefix+key, a) }
func (m *pagesMaker) common(key string, a args) string { return m.say("receipt.paper."+key, a) }

func (m *pagesMaker) heading(s string) { m.put(Part{Kind: PartHeading, Text: s}) }

func (m *pagesMaker) paragraph(s string) {
	if s != "" {
		m.put(Part{Kind: PartParagraph, Text: s, Indent: m.lang == text.Chinese})
	}
}

func (m *pagesMaker) points(items ...string) {
	var some []string
	for _, s := range items {
		if s != "" {
			some = append(some, s)
		}
	}
	if len(some) > 0 {
		m.put(Part{Kind: PartPoints, Items: some})
	}
}

func (m *pagesMaker) code(data, beside string) {
	if data != "" {
		m.put(Part{Kind: PartCode, Data: data, Text: beside})
	}
}

// field names a value by a common word; a value that is not known stays blank for the hand.
func (m *pagesMaker) field(key, value string) Field {
	return Field{Label: m.common(key, nil), Text: value}
}

func (m *pagesMaker) wide(key, value string) Field {
	return Field{Label: m.common(key, nil), Text: value, Wide: true}
}

func (m *pagesMaker) fields(fields ...Field) { m.put(Part{Kind: PartFields, Fields: fields}) }

// date writes a day in the form's way; one that is not known is left to the hand.
func (m *pagesMaker) date(day time.Time) string {
	if day.IsZero() {
		return m.common("blank-date", nil)
	}
	return text.Date(m.lang, day.In(casefile.Zone))
}

// dateOf writes YYYY-MM-DD as people read it; what is no date is written as it is.
func (m *pagesMaker) dateOf(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return text.Date(m.lang, t)
}

// sign puts lines to sign on, each followed by a place for the date.
func (m *pagesMaker) sign(keys ...string) {
	var lines []SignLine
	for _, key := range keys {
		lines = append(lines, SignLine{Label: m.common(key, nil)}, SignLine{Label: m.common("date", nil), Text: m.common("blank-day", nil)})
	}
	m.put(Part{Kind: PartSignature, Lines: lines})
}

// signed puts lines to sign on without dates.
func (m *pagesMaker) signed(keys ...string) {
	var lines []SignLine
	for _, key := range keys {
		lines = append(lines, SignLine{Label: m.common(key, nil)})
	}
	m.put(Part{Kind: PartSignature, Lines: lines})
}

// made says at the end who made the paper, where and when.
func (m *pagesMaker) made() {
	m.put(Part{Kind: PartParagraph, Align: Right, Text: m.common("made", args{"point": m.desk.Point, "agent": m.agent(), "date": m.date(m.desk.Day)})})
}

// agent is the agent's name with the account behind it.
func (m *pagesMaker) agent() string {
	if m.desk.Account == "" {
		return m.desk.Agent
	}
	return m.common("agent-account", args{"name": m.desk.Agent, "account": m.desk.Account})
}

// person puts the fields of one person as a form asks for them.
func (m *pagesMaker) person(role string, a casefile.Applicant, phone string) []Field {
	return []Field{
		m.field(role, a.Name), m.field("phone", phone),
		m.wide("id-number", a.Number), m.wide("address", a.Address),
	}
}

// choices writes all of a list's options with a filled box before the chosen ones.
func (m *pagesMaker) choices(prefix string, all, chosen []string) string {
	var b strings.Builder
	for i, code := range all {
		if i > 0 {
			b.WriteString("　")
		}
		box := "□ "
		for _, c := range chosen {
			if c == code {
				box = "■ "
			}
		}
		b.WriteString(box + m.say(prefix+code, nil))
	}
	return b.String()
}
