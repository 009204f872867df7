package screen

import (
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// attract waits for somebody.
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
	a.head = ui.NewColumn(
		k.look.Px(28),
		ui.NewSpace(0, k.look.Px(120)),
		ui.NewTitle(k.look, w.t("attract.title")),
		ui.NewBody(k.look, w.t("attract.line")),
		ui.NewBody(k.look, w.t("attract.bring")),
	)
	a.date = ui.NewSmall(k.look, "")
	a.reach = ui.NewPill(k.look, w.t("reach.low"), ui.Plain, k.sends(journey.ToggleLowReach{}))
	begin := ui.NewStrongTile(k.look, w.t("attract.begin"), w.t("attract.begin-more"), k.sends(journey.Begin{}))
	a.body = ui.NewColumn(
		k.look.Size(theme.Gap),
		ui.NewSized(0, k.look.Px(320), begin),
		ui.NewRow(k.look.Size(theme.Gap), a.reach, ui.NewSpring()),
		ui.NewSpring(),
		a.date,
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
