package journey

import (
	"strconv"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/text"
)

// What Edit names beside fields.
const (
	editMaterials = "materials"
	editPromise   = "promise"
)

// enterReview looks whether the receipt can be printed, so that the person knows before signing.
func (m *machine) enterReview() {
	m.draft.review = true
	m.draft.before = nil
	m.draft.unsigned() // the pad comes up empty
	m.checkPrinter()
}

func (m *machine) drawReview(s *State) {
	d := m.draft
	v := &ReviewView{ItemName: d.item.Name, Signed: signed(d.strokes), Problem: d.problem, Correction: d.asked != nil}
	s.Review = v
	if d.asked != nil {
		v.Lines = m.drawCorrectionReview()
		return
	}
	card := &m.person.card
	number := words(keyReviewNumber)
	if foreign(card) {
		number = words(keyReviewDocument)
	}
	v.Lines = append(v.Lines,
		ReviewLine{Label: words(keyReviewItem), Values: []text.Local{d.item.Name}},
		ReviewLine{Label: words(keyReviewPerson), FromCard: true, Value: card.Name, Words: []Message{{Key: keyReviewPersonLine, Args: map[string]any{
			"name": card.Name, "sex": text.Key("sex." + string(card.Sex)), "age": card.Birth.Age(m.today()),
		}}}},
		ReviewLine{Label: number, FromCard: true, Value: groupedID(card.Number)},
	)
	wrong := d.wrong()
	for _, field := range d.checked.Visible(d.values) {
		if none(d.values[field.Name]) && !wrong[field.Name] {
			continue // not answered, and it need not be
		}
		locked := d.checked.Locked(field.Name, d.env)
		if locked && confirmedAlready(field.Prefill) {
			continue
		}
		line := m.reviewLine(field, d.values[field.Name])
		line.Title, line.FromCard = field.Label, locked
		if !locked {
			line.Edit = field.Name
		}
		v.Lines = append(v.Lines, line)
	}
	v.Lines = append(v.Lines, m.reviewEnd()...)
}

// none tells whether a value is no answer at all.
func none(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(value) == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

// confirmedAlready tells whether the person confirmed the value with the card.
func confirmedAlready(source form.Prefill) bool {
	switch source {
	case form.FromCardName, form.FromCardNumber, form.FromCardSex, form.FromCardBirth:
		return true
	}
	return false
}

// reviewEnd are the lines below the form's.
func (m *machine) reviewEnd() []ReviewLine {
	d := m.draft
	var lines []ReviewLine
	if papers := d.reviewMaterials(); len(papers.Words) > 0 {
		lines = append(lines, papers)
	}
	if d.promised && d.canPromise() {
		lines = append(lines, ReviewLine{
			Label: words(keyReviewPromise), Edit: editPromise,
			Words: []Message{{Key: keyPromiseDeadline, Args: map[string]any{"n": d.item.Promise.Deadline}}},
		})
	}
	return lines
}

func (d *draft) reviewMaterials() ReviewLine {
	line := ReviewLine{Label: words(keyReviewPapers)}
	if d.handIn() {
		line.Edit = editMaterials
	}
	rest := 0 // nothing to hand in
	for _, material := range d.needed() {
		args := map[string]any{"name": material.Name}
		key := keyReviewPromised
		switch d.way(material) {
		case "":
			continue
		case casefile.Promised:
		case casefile.Scanned:
			key = keyReviewPages
			args["n"] = len(d.given[material.Code].pages)
		default:
			rest++
			continue
		}
		line.Words = append(line.Words, Message{Key: key, Args: args})
	}
	switch {
	case rest > 0 && len(line.Words) > 0:
		line.Words = append(line.Words, Message{Key: keyReviewRest, Args: map[string]any{"n": rest}})
	case rest > 0:
		line.Words = []Message{{Key: keyReviewNoPaper, Args: map[string]any{"n": rest}}}
	}
	return line
}

// reviewLine writes a value as it was answered.
func (m *machine) reviewLine(field form.Field, value any) ReviewLine {
	var line ReviewLine
	switch value := value.(type) {
	case nil:
		line.Words = []Message{words(keyReviewEmpty)}
	case bool:
		line.Words = []Message{words(keyReviewNo)}
		if value {
			line.Words = []Message{words(keyReviewYes)}
		}
	case float64:
		line.Value = strings.TrimSpace(strconv.FormatFloat(value, 'f', -1, 64) + " " + field.Unit.In(m.look.lang))
	case string:
		m.reviewText(&line, field, value)
	case []any:
		if field.Kind == form.KindTable {
			line.Words = []Message{{Key: keyReviewRows, Args: map[string]any{"n": len(value)}}}
			break
		}
		for _, code := range value {
			line.Values = append(line.Values, option(field, code))
		}
	case map[string]any:
		detail, _ := value[form.AddressDetail].(string)
		line.Value = strings.TrimSpace(m.regionName(regionOf(field, value)) + " " + detail)
	}
	return line
}

func (m *machine) reviewText(line *ReviewLine, field form.Field, value string) {
	switch field.Kind {
	case form.KindChoice:
		line.Values = []text.Local{option(field, value)}
	case form.KindRegion:
		line.Value = m.regionName(value)
	case form.KindDate:
		line.Values = []text.Local{dated(value)}
	case form.KindPhone:
		line.Value = grouped(value)
	case form.KindIDNumber:
		line.Value = groupedID(value)
	default:
		line.Value = value
	}
}

// dated writes a date in every language; what is no date stays as it is.
func dated(value string) text.Local {
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return text.Zh(value)
	}
	return text.Local{text.Chinese: text.Date(text.Chinese, day), text.English: text.Date(text.English, day)}
}

// grouped writes a mobile number as people read it aloud: 138 0000 0000.
func grouped(phone string) string {
	if len(phone) != 11 {
		return phone
	}
	return phone[:3] + " " + phone[3:7] + " " + phone[7:]
}

// groupedID writes an ID number as the card screen does: division, birth, rest.
func groupedID(number string) string {
	if len(number) != 18 {
		return number
	}
	return number[:6] + " " + number[6:14] + " " + number[14:]
}

// option is the label of a choice, or its code where the form has no such choice.
func option(field form.Field, code any) text.Local {
	s, _ := code.(string)
	for _, o := range field.Options {
		if o.Code == s {
			return o.Label
		}
	}
	return text.Zh(s)
}

// regionName writes a division with those it lies in.
func (m *machine) regionName(code string) string {
	var names []string
	for _, region := range m.draft.set.Path(code) {
		names = append(names, region.Name.In(m.look.lang))
	}
	separator := ""
	if m.look.lang != text.Chinese {
		separator = ", "
	}
	return strings.Join(names, separator)
}

// nextReview lets nobody sign away what is not whole.
func (m *machine) nextReview() *Next {
	d := m.draft
	next := &Next{Label: words(keyNextSubmit)}
	switch {
	case len(d.wrong()) > 0 || d.missing() > 0:
		next.Why = words(keyWhyFix)
	case !signed(d.strokes):
		next.Why = words(keyWhySign)
	default:
		next.Enabled = true
	}
	return next
}
