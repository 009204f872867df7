package view

import (
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// code takes the enrolment string, from a code reader, a keyboard, or its code alone from keys on the screen.
type code struct {
	kit    *kit
	top    fyne.CanvasObject
	input  *dk.Input
	pad    *ui.CodePad
	enrol  *dk.Button
	serial int
}

const (
	padScale   = 0.55 // of the kiosk's keys: 48 px at least
	padColumns = 8
	padWide    = 620 // beside the ways, px
)

func newCode(k *kit) page {
	p := &code{kit: k}
	p.input = dk.NewInput(k.Kit, "code", k.t("label.code-hint"), nil, p.give)
	p.enrol = k.button("enrol", "Return", dk.Filled, p.give)
	p.pad = ui.NewSignPad(theme.New(padScale, false), lines.CodeSigns, padColumns, ui.PadWords{Clear: k.t("button.pad-clear"), Delete: k.t("button.pad-delete")}, p.press)
	field := dk.NewLabelled(k.Kit, k.t("label.code"), 0, p.input)
	field.SetHint(k.t("label.code-once"))
	var ways []fyne.CanvasObject
	for _, way := range []string{"scan", "paste", "odd", "stick"} {
		ways = append(ways, ui.NewColumn(2, k.strong(k.t("way."+way+".title")), k.body(k.t("way."+way+".text"))))
	}
	p.top = newCodeArea(k, dk.NewPanel(k.Kit, 24, field), p.pad, dk.NewPanel(k.Kit, 18, ui.NewGrid(1, 10, ways...).Adapt(250)))
	return p
}

// newCodeArea stands the field above, and below it the pad beside the ways, or above them in a window that stands.
func newCodeArea(k *kit, field fyne.CanvasObject, pad *ui.CodePad, ways fyne.CanvasObject) fyne.CanvasObject {
	area := &grown{}
	area.Setup(area, k.Look, func(float32) fyne.Size { return fyne.NewSize(600, 400) }, func(size fyne.Size) {
		high := ui.HeightAt(field, size.Width)
		ui.Place(field, 0, 0, size.Width, high)
		y := high + theme.DeskGap + 4
		left := size.Height - y
		keys := min(pad.MinSize().Height, left)
		if size.Width < narrow-railWide {
			below := ui.HeightAt(ways, size.Width)
			keys = max(min(keys, left-below-theme.DeskGap), pad.LeastHeight(size.Width))
			ui.Place(pad, 0, y, size.Width, keys)
			ui.Place(ways, 0, y+keys+theme.DeskGap, size.Width, below)
			return
		}
		ui.Place(pad, 0, y, padWide, keys)
		wide := size.Width - padWide - theme.DeskMargin
		ui.Place(ways, padWide+theme.DeskMargin, y, wide, min(left, ui.HeightAt(ways, wide)))
	}, field, pad, ways)
	return area
}

func (p *code) body() fyne.CanvasObject { return p.top }

func (p *code) buttons() []fyne.CanvasObject { return []fyne.CanvasObject{p.enrol} }

func (p *code) first() fyne.Focusable { return p.input.Control() }

func (p *code) give() {
	p.kit.emit(stage.Type{Code: p.input.Text()})
}

// press takes a key of the pad. What stands in the field in another way begins anew: the pad types the code alone, in
// groups of four as the sheet has it.
func (p *code) press(key string) {
	signs := strings.ReplaceAll(p.input.Text(), "-", "")
	if strings.Trim(signs, lines.CodeSigns) != "" {
		signs = ""
	}
	switch {
	case key == ui.KeyClear:
		signs = ""
	case key == ui.KeyDelete:
		signs = signs[:max(0, len(signs)-1)]
	case len(signs) < lines.CodeLength:
		signs += key
	}
	var groups []string
	for len(signs) > 4 {
		groups, signs = append(groups, signs[:4]), signs[4:]
	}
	p.input.Write(strings.Join(append(groups, signs), "-"))
	p.kit.Focus(p.input.Control()) // a tap took the keys away, and a code reader's words go to the field
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
