package screen

import (
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// attract waits for somebody. A tap anywhere begins.
type attract struct {
	parts
	kit   kit
	date  *ui.Text
	reach *ui.Button
}

func newAttract(k kit) page {
	a := &attract{kit: k}
	w := k.words
	a.line = true
	a.date = ui.NewSmall(k.look, "")
	a.reach = ui.NewPill(k.look, w.t("reach.low"), ui.Plain, k.sends(journey.ToggleLowReach{}))
	a.head = ui.NewColumn(
		k.look.Px(20),
		ui.NewSpace(0, k.look.Px(100)),
		ui.NewTitle(k.look, w.t("attract.title")),
		ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("attract.line")),
		ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("attract.bring")),
	)
	steps := ui.NewCard(k.look, ui.NewColumn(
		k.look.Px(20),
		k.point("1", w.t("attract.step-1")),
		k.point("2", w.t("attract.step-2")),
		k.point("3", w.t("attract.step-3")),
	))
	a.body = ui.NewColumn(
		k.look.Px(32),
		ui.NewHero(k.look, w.t("attract.begin"), ui.NewInset(0, k.look.Px(20), 0, 0, steps), k.sends(journey.Begin{})),
		ui.NewRow(k.look.Size(theme.Gap), a.reach, ui.NewShare(1, a.date)),
	)
	return a
}

func (a *attract) show(s journey.State) {
	w := a.kit.words
	if s.Attract.CatalogueDate == "" {
		a.date.SetText(w.t("attract.no-date"))
	} else {
		a.date.SetText(w.with("attract.date", args{"date": w.day(s.Attract.CatalogueDate)}))
	}
	a.reach.SetLabel(w.t(map[bool]string{false: "reach.low", true: "reach.normal"}[s.LowReach]))
}
