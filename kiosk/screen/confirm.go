package screen

import (
	"fyne.io/fyne/v2"

	"bianmin/core/casefile"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// confirm asks whether the card is the person's.
type confirm struct {
	parts
	kit    kit
	title  *ui.Text
	line   *ui.Text
	table  *ui.Column
	notice *ui.Notice
	task   *ui.Notice // something filed earlier was refused or sent back
	open   *ui.Button
	tasks  *ui.Column
	shown  journey.ConfirmView
}

func newConfirm(k kit) page {
	c := &confirm{kit: k}
	w := k.words
	c.title = ui.NewTitle(k.look, w.t("confirm.title"))
	c.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("confirm.line"))
	c.table = ui.NewColumn(k.look.Px(20))
	c.notice = ui.NewNotice(k.look, ui.Warn, "")
	c.task = ui.NewNotice(k.look, ui.Bad, "")
	c.open = ui.NewButton(k.look, w.t("confirm.task-open"), ui.Plain, k.sends(journey.OpenTask{}))
	c.tasks = k.column(c.task, c.open)
	c.head = k.heading(c.title, c.line)
	c.body = ui.NewColumn(k.look.Px(32), ui.NewCard(k.look, c.table), c.notice, c.tasks)
	c.middle = ui.NewBigButton(k.look, w.t("confirm.not-me"), ui.Secondary, k.sends(journey.NotMe{}))
	return c
}

func (c *confirm) show(s journey.State) {
	view, k, w := *s.Confirm, c.kit, c.kit.words
	item := w.local(view.ItemName)
	c.notice.Set(ui.Warn, confirmNotice(w, view))
	setVisible(c.tasks, view.Task != nil)
	if view.Task != nil {
		c.task.Set(taskWords(w, *view.Task))
	}
	title, line := confirmHead(view)
	c.title.SetText(w.t(title))
	c.line.SetText(w.t(line))
	if item == w.local(c.shown.ItemName) && sameBut(view, c.shown) && len(c.table.Parts()) > 0 {
		return
	}
	c.shown = view
	number := "confirm.number"
	if view.Foreign {
		number = "confirm.document"
	}
	rows := []fyne.CanvasObject{
		c.row("confirm.name", ui.NewTitle(k.look, shown(view.Name))),
		ui.NewRule(k.look),
		c.row(number, ui.NewText(k.look, theme.NumberText, theme.Ink, ui.GroupID(view.Number)).OneLine()),
		ui.NewRule(k.look),
		c.row("confirm.sex", ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.join(w.t("sex."+view.Sex), w.count("confirm.age-years", view.Age)))),
	}
	if view.Address != "" { // a foreigner's card holds none
		rows = append(rows, ui.NewRule(k.look), c.row("confirm.address", ui.NewText(k.look, theme.BodyStrong, theme.Ink, shown(view.Address))))
	}
	if view.Social {
		rows = append(rows, ui.NewRule(k.look), c.row("confirm.card", ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.t("confirm.social"))))
	}
	if item != "" {
		rows = append(rows, ui.NewRule(k.look), c.row("confirm.for", ui.NewText(k.look, theme.BodyStrong, theme.Ink, item)))
	}
	c.table.Set(rows...)
}

// taskWords says what something filed earlier wants of the person.
func taskWords(w words, task journey.CaseLine) (ui.Tone, string) {
	with := args{"date": w.date(task.Filed), "item": w.local(task.ItemName)}
	if task.State != casefile.StateCorrection {
		return ui.Bad, w.with("confirm.task", with)
	}
	said := w.with("confirm.task-correct", with)
	if !task.Until.IsZero() {
		said += w.space() + w.with("confirm.task-until", args{"date": w.date(task.Until)})
	}
	return ui.Warn, said
}

// confirmHead asks whose the card is, or says first that it is out of date: there is nothing to go on with then.
func confirmHead(view journey.ConfirmView) (title, line string) {
	switch {
	case view.Expired && view.Social:
		return "confirm.title-expired-social", "confirm.expired-social"
	case view.Expired:
		return "confirm.title-expired", "confirm.expired"
	case view.Social:
		return "confirm.title", "confirm.line-social"
	}
	return "confirm.title", "confirm.line"
}

func confirmNotice(w words, view journey.ConfirmView) string {
	if view.HasPUA || shown(view.Name) != view.Name {
		return w.t("confirm.rare")
	}
	return ""
}

func sameBut(a, b journey.ConfirmView) bool {
	return a.Name == b.Name && a.Number == b.Number && a.Sex == b.Sex && a.Age == b.Age && a.Address == b.Address && a.Social == b.Social
}

func (c *confirm) row(label string, value fyne.CanvasObject) fyne.CanvasObject {
	k := c.kit
	return ui.NewRow(0, ui.NewSized(k.look.Grow(200), 0, ui.NewText(k.look, theme.BodyText, theme.InkQuiet, k.words.t(label))), ui.NewShare(1, value))
}
