package screen

import (
	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// attract waits for somebody. A tap anywhere begins.
type attract struct {
	parts
	kit     kit
	date    *ui.Text
	reach   *ui.Button
	upright [2]fyne.CanvasObject // head and body
	low     [2]fyne.CanvasObject // the same for low reach: all that is only read stands above
}

func newAttract(k kit) page {
	a := &attract{kit: k}
	w := k.words
	a.line = true
	a.date = ui.NewSmall(k.look, "")
	a.reach = ui.NewPill(k.look, w.t("reach.low"), ui.Plain, k.sends(journey.ToggleLowReach{}))
	title := k.column(
		ui.NewTitle(k.look, w.t("attract.title")),
		ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("attract.line")),
		ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("attract.bring")),
	)
	steps := ui.NewCard(k.look, ui.NewColumn(
		k.look.Px(map[bool]float32{false: 36, true: 16}[k.look.Large()]),
		k.step("1", w.t("attract.step-1")),
		k.step("2", w.t("attract.step-2")),
		k.step("3", w.t("attract.step-3")),
	))
	above := ui.NewSpace(0, k.look.Px(100))
	if k.wide() {
		above = ui.NewSpace(0, 0)
	}
	foot := ui.NewRow(k.look.Size(theme.Gap), a.reach, ui.NewShare(1, a.date))
	begin := func(content fyne.CanvasObject) fyne.CanvasObject {
		return ui.NewHero(k.look, w.t("attract.begin"), content, k.sends(journey.Begin{}))
	}
	a.upright = [2]fyne.CanvasObject{
		ui.NewColumn(0, above, title),
		ui.NewColumn(k.look.Px(32), begin(steps), foot),
	}
	a.low = [2]fyne.CanvasObject{
		ui.NewColumn(k.look.Px(32), title, steps),
		ui.NewColumn(k.look.Px(32), begin(ui.NewSpace(0, 0)), foot),
	}
	return a
}

func (a *attract) show(s journey.State) {
	w := a.kit.words
	if s.Attract.CatalogueDate == "" {
		a.date.SetText(w.t("attract.no-date"))
	} else {
		a.date.SetText(w.with("attract.date", args{"date": w.day(s.Attract.CatalogueDate)}))
	}
	a.head, a.body = a.upright[0], a.upright[1]
	if s.LowReach {
		a.head, a.body = a.low[0], a.low[1]
	}
	a.reach.SetLabel(w.t(map[bool]string{false: "reach.low", true: "reach.normal"}[s.LowReach]))
}

// step is one of the three things to do, to be read from where one stands.
func (k kit) step(mark, line string) fyne.CanvasObject {
	kind := theme.SectionText
	if k.look.Large() { // they shall stand there whole, without scrolling
		kind = theme.BodyText
	}
	return ui.NewRow(
		0, ui.NewSized(k.look.Grow(64), 0, ui.NewText(k.look, kind, theme.Action, mark)),
		ui.NewShare(1, ui.NewText(k.look, kind, theme.Ink, line)),
	).Stretch()
}
