package screen

import (
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// asked is what the office asks for: until when, each point in large letters, and what cannot be done here.
func (c *caseDetail) asked(view journey.AskedView) fyne.CanvasObject {
	k, w := c.kit, c.kit.words
	var parts []fyne.CanvasObject
	say := func(tone ui.Tone, words string) { parts = append(parts, ui.NewNotice(k.look, tone, words)) }
	phone := ""
	if view.Phone != "" {
		phone = w.space() + w.with("correct.call", args{"phone": view.Phone})
	}
	if view.Again != "" {
		say(ui.Bad, w.with("correct.again", args{"reason": shown(view.Again)}))
	}
	switch {
	case view.Late:
		say(ui.Bad, w.with("correct.late", args{"date": w.date(view.Until)})+phone)
	case !view.Until.IsZero():
		say(ui.Warn, w.with("correct.until", args{"date": w.date(view.Until)}))
	}
	if view.Why.Key != "" {
		say(ui.Bad, w.message(view.Why)+phone)
	}
	rows := []fyne.CanvasObject{ui.NewSection(k.look, w.t("correct.list"))}
	for i, point := range view.Points {
		rows = append(rows, c.point(i+1, point))
	}
	card := ui.NewCard(k.look, k.column(rows...))
	card.SetActive(true)
	parts = append(parts, card)
	switch {
	case view.Changed:
		say(ui.Calm, w.t("correct.unseen")+w.space()+w.t("correct.edition"))
	case view.Can:
		say(ui.Calm, w.t("correct.unseen"))
	}
	return k.column(parts...)
}

// point is one thing asked for: what it is, and the office's words about it.
func (c *caseDetail) point(n int, point journey.PointLine) fyne.CanvasObject {
	k, w := c.kit, c.kit.words
	number := strconv.Itoa(n) + ". "
	name := w.local(point.Name)
	if name == "" { // the item of now does not know it
		return ui.NewText(k.look, theme.BodyStrong, theme.Ink, number+shown(point.Text))
	}
	said := []fyne.CanvasObject{ui.NewText(k.look, theme.BodyStrong, theme.Ink, number+name), ui.NewBody(k.look, shown(point.Text))}
	if point.Page > 0 {
		said = append(said, ui.NewQuiet(k.look, w.t("correct.whole")))
	}
	return k.tight(said...)
}
