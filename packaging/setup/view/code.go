package view

import (
	"fyne.io/fyne/v2"

	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// code takes the enrolment string.
type code struct {
	kit    *kit
	top    fyne.CanvasObject
	input  *dk.Input
	enrol  *dk.Button
	serial int
}

func newCode(k *kit) page {
	p := &code{kit: k}
	p.input = dk.NewInput(k.Kit, "code", k.t("label.code-hint"), nil, p.give)
	p.enrol = k.button("enrol", "Return", dk.Filled, p.give)
	field := dk.NewLabelled(k.Kit, k.t("label.code"), 0, p.input)
	field.SetHint(k.t("label.code-once"))
	var ways []fyne.CanvasObject
	for _, way := range []string{"scan", "paste", "odd", "stick"} {
		ways = append(ways, dk.NewPanel(k.Kit, 24, ui.NewColumn(8, k.title(k.t("way."+way+".title")), k.body(k.t("way."+way+".text")))))
	}
	p.top = newGrown(k, ui.NewColumn(theme.DeskMargin, dk.NewPanel(k.Kit, 32, field), ui.NewGrid(1, theme.DeskMargin, ways...).Adapt(400)))
	return p
}

func (p *code) body() fyne.CanvasObject { return p.top }

func (p *code) buttons() []fyne.CanvasObject { return []fyne.CanvasObject{p.enrol} }

func (p *code) first() fyne.Focusable { return p.input.Control() }

func (p *code) give() {
	p.kit.emit(stage.Type{Code: p.input.Text()})
}

func (p *code) show(s stage.State) {
	p.enrol.SetEnabled(s.Busy == "")
	if s.Serial != p.serial {
		p.serial = s.Serial
		if s.Problem != "network" && s.Problem != "too-often" { // the next read is not to stand behind the last
			p.input.Clear()
		}
	}
}
