package screen

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// stateTone is the colour of a case's state; the word stands beside it.
func stateTone(state string) ui.Tone {
	switch state {
	case "done", "accepted", "delivered":
		return ui.Good
	case "refused", "rejected":
		return ui.Bad
	case "repaired", "settled", "withdrawn", "ended", "closed":
		return ui.Muted
	case "correction", "queued":
		return ui.Warn
	}
	return ui.Calm
}

// myCases lists the person's cases at this terminal.
type myCases struct {
	parts
	kit   kit
	title *ui.Text
	line  *ui.Text
	asOf  *ui.Text
	other *ui.Text // cases filed elsewhere
	list  *ui.Column
	empty *ui.Column
	help  *ui.Notice // a new card opens no cases of the old one
	shown []journey.CaseLine
}

func newMyCases(k kit) page {
	m := &myCases{kit: k}
	w := k.words
	m.across = true
	m.title = ui.NewTitle(k.look, "")
	m.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	m.asOf = ui.NewSmall(k.look, "")
	m.other = ui.NewSmall(k.look, w.t("my-cases.elsewhere"))
	m.list = k.column()
	m.help = ui.NewNotice(k.look, ui.Calm, "")
	m.empty = k.column(ui.NewBody(k.look, w.t("my-cases.none-more")), m.help, m.other)
	m.head = k.heading(m.title, m.line)
	m.body = m.list
	m.right = ui.NewBigButton(k.look, w.t("button.home"), ui.Primary, k.sends(journey.GoHome{}))
	return m
}

func (m *myCases) show(s journey.State) {
	view, k, w := s.MyCases, m.kit, m.kit.words
	m.title.SetText(w.with("my-cases.title", args{"name": shown(view.Name)}))
	m.line.SetText(w.t("my-cases.line"))
	m.asOf.SetText(w.t("my-cases.never"))
	if !view.AsOf.IsZero() {
		m.asOf.SetText(w.with("my-cases.as-of", args{"date": w.date(view.AsOf), "time": w.clock(view.AsOf)}))
	}
	if slices.ContainsFunc(view.Cases, func(c journey.CaseLine) bool { return c.State == casefile.StateCorrection }) {
		m.line.SetText(w.t("my-cases.line-correct"))
	}
	m.body = m.list
	if len(view.Cases) == 0 {
		m.line.SetText(w.t("my-cases.none"))
		whom := w.t("service.call-nobody")
		if view.Phone != "" {
			whom = w.with("service.call", args{"phone": view.Phone})
		}
		m.help.Set(ui.Calm, w.t("my-cases.new-card")+w.space()+whom)
		m.body = m.empty
		return
	}
	if reflect.DeepEqual(m.shown, view.Cases) {
		return
	}
	m.shown = append([]journey.CaseLine{}, view.Cases...)
	var rows []fyne.CanvasObject
	for _, line := range view.Cases {
		row := ui.NewListRow(k.look, w.local(line.ItemName), w.with("my-cases.filed", args{"date": w.date(line.Filed)}), k.sends(journey.OpenCase{Number: string(line.Number)}))
		row.SetBadge(stateTone(line.State), w.t("case.state."+line.State))
		rows = append(rows, row)
	}
	m.list.Set(append(rows, m.asOf, m.other)...)
}

// caseDetail shows one case: how it stands and what happened.
type caseDetail struct {
	parts
	kit     kit
	title   *ui.Text
	line    *ui.Text
	outcome *ui.Notice
	content *ui.Column
	reprint *ui.Button
	home    *ui.Button
	repair  *ui.Button
	correct *ui.Button
	notice  *ui.Button // prints what the office asks for
	note    *ui.Notice
	shown   journey.CaseDetailView
}

func newCaseDetail(k kit) page {
	c := &caseDetail{kit: k}
	c.across = true
	c.title = ui.NewTitle(k.look, "")
	c.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	c.outcome = ui.NewNotice(k.look, ui.Calm, "")
	c.content = k.column()
	c.head = k.heading(c.title, c.line)
	c.body = c.content
	c.home = ui.NewBigButton(k.look, k.words.t("button.home"), ui.Primary, k.sends(journey.GoHome{}))
	c.repair = ui.NewBigButton(k.look, k.words.t("case.repair"), ui.Primary, k.sends(journey.RepairCase{}))
	c.correct = ui.NewBigButton(k.look, k.words.t("correct.begin"), ui.Primary, k.sends(journey.CorrectCase{}))
	c.notice = ui.NewBigButton(k.look, k.words.t("correct.print"), ui.Secondary, k.sends(journey.PrintNotice{}))
	c.note = ui.NewNotice(k.look, ui.Warn, "")
	c.reprint = ui.NewBigButton(k.look, k.words.t("done.reprint"), ui.Secondary, k.sends(journey.Reprint{}))
	return c
}

func (c *caseDetail) show(s journey.State) {
	view, w := s.CaseDetail, c.kit.words
	c.title.SetText(w.local(view.Case.ItemName))
	c.line.SetText(w.t("case.state-more." + view.Case.State))
	if key := "case.by-code-" + view.Case.State; view.ByCode && w.has(key) { // what else is said of it needs the card
		c.line.SetText(w.t(key))
	}
	c.outcome.Set(printTone(view.Printed), w.message(view.Printed))
	if view.Printing {
		c.outcome.Set(ui.Calm, w.t("case.printing"))
	}
	c.right, c.middle = c.home, nil
	if view.CanRepair {
		c.right = c.repair
		c.line.SetText(w.t("case.repair-line"))
	}
	c.repair.SetEnabled(!view.Printing)
	if view.Asked != nil {
		c.line.SetText(w.count("correct.asked", len(view.Asked.Points)))
	}
	if view.Asked != nil && view.Asked.Can {
		c.right = c.correct
	}
	c.correct.SetEnabled(!view.Printing)
	c.note.Set(ui.Warn, w.message(view.Note))
	if view.CanPrint {
		c.middle = c.reprint
	}
	if view.CanPrint && view.Asked != nil {
		c.middle = c.notice
	}
	c.reprint.SetEnabled(!view.Printing)
	c.notice.SetEnabled(!view.Printing)
	if reflect.DeepEqual(c.shown, *view) {
		return
	}
	c.shown = *view
	rows := []fyne.CanvasObject{c.note, c.outcome}
	if view.Asked != nil {
		rows = append(rows, c.asked(*view.Asked))
	}
	rows = append(rows, c.numbers(view.Case))
	if view.Case.Reason != "" && view.Asked == nil {
		rows = append(rows, ui.NewNotice(c.kit.look, reasonTone(view.Case.State), w.with("case.reason-line", args{"reason": view.Case.Reason})))
	}
	if view.Case.Successor != "" {
		rows = append(rows, ui.NewNotice(c.kit.look, ui.Calm, w.with("case.successor", args{"number": string(view.Case.Successor)})))
	}
	if view.ByCode {
		said := w.t("my-cases.never")
		if !view.AsOf.IsZero() {
			said = w.with("my-cases.as-of", args{"date": w.date(view.AsOf), "time": w.clock(view.AsOf)})
		}
		rows = append(rows, ui.NewNotice(c.kit.look, ui.Calm, w.t("case.by-code")), ui.NewSmall(c.kit.look, said))
	}
	if len(view.Events) > 0 {
		rows = append(rows, c.history(view.Events))
	}
	c.content.Set(rows...)
}

func reasonTone(state string) ui.Tone {
	if state == "refused" {
		return ui.Bad
	}
	return ui.Warn
}

func (c *caseDetail) numbers(line journey.CaseLine) fyne.CanvasObject {
	k, w := c.kit, c.kit.words
	number := k.numbered("case.number")
	number.set(line.Number)
	rows := []fyne.CanvasObject{
		ui.NewRow(k.look.Size(theme.Gap), ui.NewBadge(k.look, stateTone(line.State), w.t("case.state."+line.State)), ui.NewSpring()),
		number,
	}
	if line.Official != "" {
		rows = append(rows, ui.NewQuiet(k.look, w.t("case.official")), ui.NewText(k.look, theme.BodyStrong, theme.Ink, line.Official))
	}
	rows = append(rows, ui.NewQuiet(k.look, w.t("case.filed")), ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.date(line.Filed)))
	return ui.NewCard(k.look, k.tight(rows...))
}

func (c *caseDetail) history(events []journey.CaseMoment) fyne.CanvasObject {
	k, w := c.kit, c.kit.words
	rows := []fyne.CanvasObject{ui.NewSection(k.look, w.t("case.events"))}
	for _, event := range events {
		what := w.join(event.By, event.Text)
		if w.has("case.event." + event.Kind) {
			what = w.join(w.t("case.event."+event.Kind), what)
		}
		if w.has("case.sent." + event.State) {
			what = w.join(what, w.t("case.sent."+event.State))
		}
		if event.Payment != nil {
			what = w.payment(*event.Payment)
		}
		rows = append(rows, ui.NewRow(k.look.Size(theme.Gap),
			ui.NewSized(k.look.Grow(330), 0, ui.NewQuiet(k.look, text.ShortDate(w.lang, event.At)+" "+w.clock(event.At))),
			ui.NewShare(1, ui.NewBody(k.look, what))))
	}
	return ui.NewCard(k.look, k.tight(rows...))
}
