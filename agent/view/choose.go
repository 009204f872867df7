package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/catalogue"
	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// chooseItem picks the item: the field keeps the keys, the list below follows.
type chooseItem struct {
	kit   *kit
	top   fyne.CanvasObject
	input *dk.Input
	table *dk.Table
	view  *desk.ChooseItemView
}

func newChooseItem(k *kit) page {
	p := &chooseItem{kit: k}
	p.input = dk.NewInput(k.Kit, "item", k.t("label.item-query"), func(text string) { k.emit(desk.ItemQuery{Text: text}) }, p.take)
	p.input.Arrows(func(by int) { k.emit(desk.ItemMove{By: by}) })
	p.table = dk.NewTable(k.Kit, "items", k.t("empty.items"), []dk.Column{
		{Title: k.t("column.item"), Weight: 3.2}, {Title: k.t("column.department"), Weight: 2.4}, {Title: k.t("column.days"), Weight: 1.2}, {Title: k.t("guide.fees"), Weight: 1.6},
	}, nil, func(key string) { k.emit(desk.ItemPick{Code: key}) })
	back := k.button("back", "Escape", dk.Outlined, k.sends(desk.Back{}))
	p.top = newGrown(k, ui.NewColumn(16, k.title(k.t("title.choose-item")), p.input, listed(k, p.table),
		k.row(back, k.aside(k.t("label.item-keys")))))
	return p
}

func (p *chooseItem) root() fyne.CanvasObject { return p.top }

func (p *chooseItem) first() fyne.Focusable { return p.input.Control() }

func (p *chooseItem) take() {
	if v := p.view; v != nil && v.Chosen >= 0 && v.Chosen < len(v.Items) {
		p.kit.emit(desk.ItemPick{Code: v.Items[v.Chosen].Code})
	}
}

func (p *chooseItem) show(s desk.State) {
	view, k := s.ChooseItem, p.kit
	p.view = view
	p.input.Set(view.Query)
	var lines []dk.Line
	chosen := ""
	for i, item := range view.Items {
		if i == view.Chosen {
			chosen = item.Code
		}
		lines = append(lines, dk.Line{Key: item.Code, Cells: []dk.Cell{
			{Text: k.local(item.Name), Bold: true}, {Text: department(k, item.Department)}, {Text: k.days(item.Limits.Promised)}, {Text: feeSum(k, item)},
		}})
	}
	p.table.Set(lines, chosen)
}

func department(k *kit, d catalogue.Department) string {
	if name := k.local(d.ShortName); name != "" {
		return name
	}
	return k.local(d.Name)
}

// days says how long an item takes.
func (k *kit) days(n int) string {
	if n <= 0 {
		return k.t("label.at-once")
	}
	return k.count("label.working-days", n)
}

// feeSum says what an item costs in all.
func feeSum(k *kit, item catalogue.Item) string {
	var fen int64
	for _, fee := range item.Fees {
		fen += fee.Fen
	}
	if fen == 0 {
		return k.t("guide.free")
	}
	return k.money(fen)
}
