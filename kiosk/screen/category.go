package screen

import (
	"reflect"

	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// itemList is a list of items one can open.
type itemList struct {
	kit    kit
	column *ui.Grid
	shown  []journey.ItemLine
}

func newItemList(k kit, columns int) *itemList {
	return &itemList{kit: k, column: ui.NewGrid(columns, k.look.Size(theme.Gap))}
}

// set shows items; with the same items it does nothing.
func (l *itemList) set(items []journey.ItemLine) {
	if l.shown != nil && reflect.DeepEqual(items, l.shown) {
		return
	}
	l.shown = append([]journey.ItemLine{}, items...)
	var rows []fyne.CanvasObject
	for _, item := range items {
		rows = append(rows, l.row(item))
	}
	l.column.Set(rows...)
}

func (l *itemList) row(item journey.ItemLine) *ui.ListRow {
	k, w := l.kit, l.kit.words
	fee, time := "item.paid", w.count("item.days", item.Days)
	if item.Free {
		fee = "item.free"
	}
	row := ui.NewListRow(k.look, w.local(item.Name), "", k.sends(journey.OpenItem{Code: item.Code}))
	if item.Instant || item.Days == 0 {
		row.SetBadge(ui.Calm, w.t("item.instant"))
		time = ""
	}
	row.Set(w.local(item.Name), w.join(w.local(item.Department), time, w.t(fee)))
	return row
}

// category lists the items of one category, or all.
type category struct {
	parts
	kit   kit
	title *ui.Text
	count *ui.Text
	list  *itemList
	empty *ui.Text
}

func newCategory(k kit) page {
	c := &category{kit: k}
	c.across = true
	c.title = ui.NewTitle(k.look, "")
	c.count = ui.NewSecondary(k.look, "")
	c.list = newItemList(k, k.across())
	c.empty = ui.NewBody(k.look, k.words.t("category.empty-more"))
	c.head = ui.NewColumn(k.look.Size(theme.SmallGap), c.title, c.count)
	c.body = c.list.column
	return c
}

func (c *category) show(s journey.State) {
	view, w := s.Category, c.kit.words
	c.title.SetText(w.local(view.Title))
	if view.Title == nil {
		c.title.SetText(w.t("category.all"))
	}
	c.count.SetText(w.count("category.count", len(view.Items)))
	c.body = c.list.column
	if len(view.Items) == 0 {
		c.count.SetText(w.t("category.empty"))
		c.body = c.empty
	}
	c.list.set(view.Items)
}
