package view

import (
	"fmt"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// correct repairs what a correction notice lists, point by point, on the same case.
type correct struct {
	kit    *kit
	top    fyne.CanvasObject
	title  *ui.Text
	number *ui.Text
	points *ui.Column
	made   map[string]*point
	shown  []string
	foot   *dk.Notice
	send   *dk.Button
}

// point is one thing to correct.
type point struct {
	root   *dk.Panel
	badge  *dk.Badge
	text   *ui.Text
	fields *fieldset
	scan   *dk.Button
	pages  *dk.Thumbs
}

func newCorrect(k *kit) page {
	p := &correct{kit: k, made: map[string]*point{}}
	p.title, p.number, p.points = k.title(""), k.aside(""), ui.NewColumn(theme.DeskGap)
	p.foot = dk.NewNotice(k.Kit, ui.Warn, "", "", nil)
	p.send = k.button("resubmit", "Ctrl+Return", dk.Filled, k.sends(desk.Resubmit{}))
	back := k.button("back", "Escape", dk.Outlined, k.sends(desk.Back{}))
	notice := dk.NewButton(k.Kit, "act:notice", k.t("act.notice"), "F7", dk.Outlined, k.sends(desk.Act{Action: desk.ActNotice}))
	p.top = newGrown(k, ui.NewColumn(theme.DeskGap, ui.NewRow(theme.DeskGap, ui.NewShare(1, ui.NewColumn(0, p.title, p.number)), notice),
		dk.NewScroll(k.Kit, p.points), ui.NewRow(theme.DeskGap, back, ui.NewShare(1, p.foot), p.send)))
	return p
}

func (p *correct) root() fyne.CanvasObject { return p.top }

func (p *correct) first() fyne.Focusable { return p.kit.First(p.points) }

func (p *correct) show(s desk.State) {
	view, k := s.Correct, p.kit
	p.title.SetText(text.Shown(view.Case.Person) + " · " + view.Case.ItemName)
	p.number.SetText(k.with("label.correct-line", args{"number": string(view.Case.Number), "date": view.Case.NoticeDue}))
	var ids []string
	var objects []fyne.CanvasObject
	open := 0
	for i, pv := range view.Points {
		id := string(view.Case.Number) + "/" + pv.Point.ID
		one, ok := p.made[id]
		if !ok {
			one = newPoint(k, i+1, pv)
			p.made[id] = one
		}
		one.show(k, pv, view.Busy)
		if !pv.Answered {
			open++
		}
		ids = append(ids, id)
		objects = append(objects, one.root)
	}
	if !same(ids, p.shown) {
		p.shown = ids
		p.points.Set(objects...)
	}
	p.send.SetEnabled(view.Ready && view.Busy == "" && !view.Filed)
	switch {
	case view.Filed:
		p.foot.Set(ui.Good, k.t("label.corrected"))
	case view.Busy != "":
		p.foot.Set(ui.Calm, busyWords(k, view.Busy))
	case open > 0:
		p.foot.Set(ui.Warn, k.count("label.points-open", open))
	default:
		p.foot.Set(ui.Good, k.t("label.points-done"))
	}
}

func newPoint(k *kit, n int, view desk.PointView) *point {
	o := &point{badge: dk.NewBadge(k.Kit, ui.Bad, ""), text: k.strong(fmt.Sprintf("%d　%s", n, k.named(view.Name, view.Point.Text)))}
	id := view.Point.ID
	o.fields = newFieldset(k, func(_, text string) { k.emit(desk.PointField{Point: id, Text: text}) },
		func(path string, value any) { k.emit(desk.ChooseField{Path: path, Value: value}) })
	o.scan = dk.NewButton(k.Kit, "scan:"+id, k.t("button.scan-again"), "", dk.Outlined, k.sends(desk.PointScan{Point: id})).Low()
	o.pages = dk.NewThumbs(k.Kit, "pages:"+id, func(page string) { k.emit(desk.RemovePage{Page: page}) })
	o.root = dk.NewPanel(k.Kit, 18, ui.NewColumn(10, ui.NewRow(theme.DeskGap, ui.NewShare(1, o.text), o.badge), o.fields.Column, o.pages, k.row(o.scan, ui.NewSpring())))
	return o
}

func (o *point) show(k *kit, view desk.PointView, busy string) {
	o.badge.Set(ui.Bad, k.t("label.point-open"))
	if view.Answered {
		o.badge.Set(ui.Good, k.t("label.point-answered"))
	}
	o.fields.Hidden = view.Field == nil
	if view.Field != nil {
		o.fields.set([]desk.FieldView{*view.Field})
	}
	o.scan.Hidden = view.Material == nil
	o.scan.SetEnabled(busy == "")
	o.pages.Hidden = true
	if view.Material != nil {
		o.pages.Hidden = len(view.Material.Pages) == 0
		o.pages.Set(k.thumbs(view.Material.Pages))
	}
}
