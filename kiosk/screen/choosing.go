package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// choosing is the editor of choice, many-choice and yes-no fields.
type choosing struct {
	kit  kit
	key  string
	list *ui.ChoiceList
	note *ui.Text
}

func newChoiceEditor(k kit) editor {
	return &choosing{kit: k, note: ui.NewSecondary(k.look, "")}
}

// Codes of the two answers of a yes-no field.
const (
	answerYes = "yes"
	answerNo  = "no"
)

func (c *choosing) show(key string, view *journey.QuestionView) {
	w := c.kit.words
	many := view.Field.Kind == form.KindManyChoice
	chosen := chosenCodes(view)
	if key != c.key || c.list == nil {
		c.key = key
		c.list = ui.NewChoiceList(c.kit.look, c.options(view), chosen, many, func(codes []string) { c.answer(view.Field.Kind, codes) })
	} else {
		c.list.SetChosen(chosen)
	}
	c.note.SetText(w.t("question.pick-one"))
	if many {
		c.note.SetText(w.t("question.pick-many"))
		if len(chosen) > 0 {
			c.note.SetText(w.count("question.chosen", len(chosen)))
		}
	}
	if problem := w.problem(view); problem != "" {
		c.note.SetText(problem)
	}
}

func (c *choosing) options(view *journey.QuestionView) []ui.Option {
	w := c.kit.words
	if view.Field.Kind == form.KindYesNo {
		return []ui.Option{{Code: answerYes, Title: w.t("button.yes")}, {Code: answerNo, Title: w.t("button.no")}}
	}
	var options []ui.Option
	for _, o := range view.Field.Options {
		options = append(options, ui.Option{Code: o.Code, Title: w.local(o.Label), Note: w.local(o.Hint)})
	}
	return options
}

func chosenCodes(view *journey.QuestionView) []string {
	switch v := view.Value.(type) {
	case bool:
		if v {
			return []string{answerYes}
		}
		return []string{answerNo}
	case string:
		return []string{v}
	case []any:
		var codes []string
		for _, each := range v {
			codes = append(codes, asText(each))
		}
		return codes
	}
	return nil
}

func (c *choosing) answer(kind form.Kind, codes []string) {
	var value any
	switch {
	case len(codes) == 0:
	case kind == form.KindYesNo:
		value = codes[0] == answerYes
	case kind == form.KindManyChoice:
		all := make([]any, len(codes))
		for i, code := range codes {
			all[i] = code
		}
		value = all
	default:
		value = codes[0]
	}
	c.kit.emit(journey.Answer{Value: value})
}

func (c *choosing) head() fyne.CanvasObject { return c.note }

func (c *choosing) body() fyne.CanvasObject { return c.list }

func (c *choosing) extra() *ui.Button { return nil }

// dating is the editor of date fields.
type dating struct {
	kit    kit
	key    string
	picker *ui.DatePicker
	chosen *ui.Text
}

func newDateEditor(k kit) editor {
	return &dating{kit: k, chosen: ui.NewSecondary(k.look, "")}
}

// bound is a field's own bound, or the usual one.
func bound(own string, usual time.Time) time.Time {
	if day, err := time.Parse(time.DateOnly, own); err == nil {
		return day
	}
	return usual
}

// Years a date can lie before and after today where the field has no bounds.
const (
	yearsBack  = 120
	yearsAhead = 30
)

func (d *dating) show(key string, view *journey.QuestionView) {
	w := d.kit.words
	if key != d.key || d.picker == nil {
		d.key = key
		words := ui.DateWords{
			Decade: func(first int) string { return w.with("date.decade", args{"first": first, "last": first + 9}) },
			Year:   func(year int) string { return w.with("date.year", args{"year": year}) },
			Month:  func(month int) string { return w.with("date.month", args{"month": monthName(w.lang, month)}) },
			Day:    func(day int) string { return w.with("date.day", args{"day": day}) },
		}
		d.picker = ui.NewDatePicker(d.kit.look, words, bound(view.Min, view.Today.AddDate(-yearsBack, 0, 0)), bound(view.Max, view.Today.AddDate(yearsAhead, 0, 0)), d.picked)
		d.picker.SetDate(asText(view.Value))
	} else if date := asText(view.Value); date != "" && date != d.picker.Date() {
		d.picker.SetDate(date)
	}
	d.chosen.SetText(w.t("question.pick-date"))
	if date := asText(view.Value); date != "" {
		d.chosen.SetText(w.with("question.region-chosen", args{"name": w.day(date)}))
	}
	if problem := w.problem(view); problem != "" {
		d.chosen.SetText(problem)
	}
}

func (d *dating) picked(date string) {
	if date == "" {
		d.kit.emit(journey.Answer{})
		return
	}
	d.kit.emit(journey.Answer{Value: date})
}

func (d *dating) head() fyne.CanvasObject { return d.chosen }

func (d *dating) body() fyne.CanvasObject { return d.picker }

func (d *dating) extra() *ui.Button { return nil }

func monthName(lang text.Lang, month int) string {
	if lang == text.Chinese {
		return time.Date(2000, time.Month(month), 1, 0, 0, 0, 0, time.UTC).Format("1")
	}
	return time.Month(month).String()[:3]
}

// region is the editor of region fields and of the first half of addresses: one level after the other.
type region struct {
	kit  kit
	key  string
	lead *ui.Text
	box  *ui.InputBox // the whole choice, once it is made
	top  *ui.Column
	up   *ui.Button
	grid *ui.Grid
	deep bool // a division is chosen: one can go up again
}

func newRegionEditor(k kit) editor {
	r := &region{kit: k}
	r.lead = ui.NewText(k.look, theme.BodyStrong, theme.Ink, "")
	r.box = ui.NewInputBox(k.look, "", nil)
	r.box.SetLocked(true)
	r.top = ui.NewColumn(k.look.Size(theme.SmallGap), r.lead, r.box)
	r.up = ui.NewBigButton(k.look, k.words.t("question.region-up"), ui.Secondary, k.sends(journey.RegionUp{}))
	r.grid = ui.NewGrid(2, k.look.Size(theme.Gap))
	return r
}

func chosenNames(w words, chosen []journey.RegionLine) string {
	names := ""
	for _, line := range chosen {
		names += w.local(line.Name)
		if w.lang != text.Chinese {
			names += " "
		}
	}
	return names
}

func leafChosen(view *journey.QuestionView) bool {
	return len(view.Chosen) > 0 && len(view.Regions) == 0
}

func (r *region) show(key string, view *journey.QuestionView) {
	w := r.kit.words
	setVisible(r.box, leafChosen(view))
	switch {
	case len(view.Chosen) == 0:
		r.lead.SetText(w.t("question.pick-one"))
	case leafChosen(view):
		r.lead.SetText("")
		r.box.SetText(chosenNames(w, view.Chosen))
	default:
		r.lead.SetText(w.with("question.region-next", args{"name": chosenNames(w, view.Chosen)}))
	}
	r.deep = len(view.Chosen) > 0
	now := key
	for _, line := range view.Regions {
		now += line.Code
	}
	if now == r.key {
		return
	}
	r.key = now
	var cells []fyne.CanvasObject
	for _, line := range view.Regions {
		cells = append(cells, ui.NewButton(r.kit.look, w.local(line.Name), ui.Plain, r.kit.sends(journey.Answer{Value: line.Code})))
	}
	r.grid.Set(cells...)
}

func (r *region) head() fyne.CanvasObject { return r.top }

func (r *region) body() fyne.CanvasObject { return r.grid }

func (r *region) extra() *ui.Button {
	if r.deep {
		return r.up
	}
	return nil
}
