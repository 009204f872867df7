package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/agent/desk"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// evaluate is turned to the person: five big faces, a reason where it was bad.
type evaluate struct {
	kit     *kit
	top     fyne.CanvasObject
	title   *ui.Text
	item    *ui.Text
	faces   *ui.Faces
	more    *ui.Column
	reasons *dk.Options
	codes   []string
	chosen  []string
	holder  *ui.Column
	remark  *dk.Input
	done    *dk.Button
	skip    *dk.Button
	stored  *dk.Notice
}

func newEvaluate(k *kit) page {
	p := &evaluate{kit: k}
	p.title = k.text(theme.DeskHeadText, theme.Ink, "")
	p.item = k.body("")
	var levels [5]string
	for i := range levels {
		levels[i] = k.shared("evaluate.level." + string(rune('5'-i)))
	}
	look := theme.New(0.72, false).WithMouse()
	p.faces = ui.NewFaces(look, levels, func(level int) { k.emit(desk.Rate{Level: level}) })
	p.holder = ui.NewColumn(0)
	p.remark = dk.NewInput(k.Kit, "remark", k.shared("evaluate.write"), func(text string) { k.emit(desk.RateText{Text: text}) }, nil)
	p.more = ui.NewColumn(16, k.title(k.shared("evaluate.title")), p.holder, p.remark)
	p.done = k.button("rate-done", "Ctrl+Return", dk.Filled, k.sends(desk.RateDone{}))
	p.skip = k.button("rate-skip", "Escape", dk.Outlined, k.sends(desk.Back{}))
	p.stored = dk.NewNotice(k.Kit, ui.Good, "", "", nil)
	content := ui.NewColumn(24, p.title, p.item, p.faces, p.more, p.stored, k.row(p.done, p.skip, ui.NewSpring(), k.quiet(k.t("label.rate-secret"))))
	p.top = newWide(k, content)
	return p
}

// newWide centres content on the bare window.
func newWide(k *kit, content fyne.CanvasObject) fyne.CanvasObject {
	w := &centred{}
	ground := canvas.NewRectangle(theme.Colour(theme.Surface))
	w.Setup(w, k.Look, func(float32) fyne.Size { return fyne.NewSize(900, 600) }, func(size fyne.Size) {
		ui.Place(ground, 0, 0, size.Width, size.Height)
		wide := min(size.Width-4*theme.DeskMargin, 1000)
		high := ui.HeightAt(content, wide)
		ui.Place(content, (size.Width-wide)/2, max(theme.DeskMargin, (size.Height-high)/2.4), wide, high)
	}, ground, content)
	return w
}

func (p *evaluate) root() fyne.CanvasObject { return p.top }

func (p *evaluate) first() fyne.Focusable { return p.done }

func (p *evaluate) show(s desk.State) {
	view, k := s.Evaluate, p.kit
	p.title.SetText(k.with("title.evaluate", args{"name": text.Shown(view.Name)}))
	p.item.SetText(k.with("label.evaluate-line", args{"item": k.local(view.Item)}))
	p.faces.SetChosen(view.Level)
	p.faces.SetEnabled(!view.Stored)
	p.more.Hidden = view.Level == 0 || view.Level > 2
	p.chosen = view.Chosen
	if !same(view.Reasons, p.codes) {
		p.codes = append([]string{}, view.Reasons...)
		var options []dk.Option
		for _, code := range view.Reasons {
			options = append(options, dk.Option{Code: code, Label: k.shared("evaluate.reason." + code)})
		}
		p.reasons = dk.NewOptions(k.Kit, "reasons", options, true, p.pick)
		p.holder.Set(p.reasons)
	}
	if p.reasons != nil {
		p.reasons.Set(view.Chosen...)
	}
	p.remark.Set(view.Text)
	p.done.SetEnabled(view.Level > 0 && !view.Stored)
	p.stored.Set(ui.Good, "")
	if view.Stored {
		p.stored.Set(ui.Good, k.t("label.rate-stored"))
	}
}

func (p *evaluate) pick(code string) {
	on := true
	for _, each := range p.chosen {
		on = on && each != code
	}
	p.kit.emit(desk.RateReason{Code: code, On: on})
}
