package view

import (
	"slices"

	"fyne.io/fyne/v2"

	"bianmin/core/text"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// replace asks where the work of the machine before lies.
type replace struct {
	kit    *kit
	top    fyne.CanvasObject
	input  *dk.Input
	sticks *ui.Column
	shown  []string
	filled bool
	later  *dk.Button
	none   *dk.Button
	take   *dk.Button
}

func newReplace(k *kit) page {
	p := &replace{kit: k, sticks: ui.NewColumn(8)}
	give := func() { k.emit(stage.From{Folder: p.input.Text()}) }
	p.input = dk.NewInput(k.Kit, "from", "/media/…", nil, give)
	field := dk.NewLabelled(k.Kit, k.t("label.from"), 0, p.input)
	field.SetHint(k.t("label.from-hint"))
	p.later = k.button("later", "", dk.Outlined, k.sends(stage.From{}))
	p.none = k.button("nothing", "", dk.Outlined, k.sends(stage.From{Folder: "none"}))
	p.take = k.button("take", "Return", dk.Filled, give)
	p.top = newGrown(k, dk.NewPanel(k.Kit, 32, ui.NewColumn(20, field, p.sticks)))
	return p
}

func (p *replace) body() fyne.CanvasObject { return p.top }

func (p *replace) buttons() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.none, p.later, p.take}
}

func (p *replace) first() fyne.Focusable { return p.input.Control() }

func (p *replace) show(s stage.State) {
	idle := s.Busy == ""
	for _, b := range []*dk.Button{p.later, p.none, p.take} {
		b.SetEnabled(idle)
	}
	if slices.Equal(p.shown, s.Sticks) {
		return
	}
	p.shown = s.Sticks
	var rows []fyne.CanvasObject
	for _, stick := range s.Sticks {
		label := ui.Cut(p.kit.Look, theme.DeskBodyBold, p.kit.with("button.stick", args{"stick": text.Shown(stick)}), theme.DeskDialog-80)
		rows = append(rows, dk.NewButton(p.kit.Kit, "stick="+stick, label, "", dk.Outlined, p.kit.sends(stage.From{Folder: stick})))
	}
	p.sticks.Set(rows...)
	p.sticks.Hidden = len(rows) < 2 // one alone stands in the field
	if len(s.Sticks) == 1 && !p.filled {
		p.filled = true
		p.input.Set(s.Sticks[0])
	}
}
