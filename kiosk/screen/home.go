package screen

import (
	"reflect"

	"fyne.io/fyne/v2"

	"bianmin/core/catalogue"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// home is the first choice: search, own cases, categories.
type home struct {
	parts
	kit   kit
	grid  *ui.Grid
	code  *ui.Notice // what was wrong with a receipt's code
	shown []catalogue.Category
	total int
}

func newHome(k kit) page {
	h := &home{kit: k}
	w := k.words
	h.across = true
	h.line = true
	h.head = ui.NewTitle(k.look, w.t("home.title"))
	h.code = ui.NewNotice(k.look, ui.Warn, "")
	find := ui.NewSearchBox(k.look, w.t("home.search"), k.sends(journey.OpenSearch{}))
	if k.wide() {
		mine := ui.NewBigButton(k.look, w.t("home.mine"), ui.Primary, k.sends(journey.OpenMyCases{}))
		h.grid = ui.NewGrid(4, k.look.Size(theme.Gap))
		h.body = k.column(h.code, ui.NewRow(k.look.Size(theme.Gap), ui.NewShare(1, find), ui.NewShare(1, mine)), h.grid)
		return h
	}
	h.grid = ui.NewGrid(2, k.look.Size(theme.Gap))
	mine := ui.NewStrongTile(k.look, w.t("home.mine"), w.t("home.mine-more"), k.sends(journey.OpenMyCases{}))
	h.body = ui.NewColumn(k.look.Px(32), h.code, find, mine, h.grid)
	return h
}

func (h *home) show(s journey.State) {
	view := s.Home
	h.code.Set(ui.Warn, h.kit.words.message(view.Code))
	if h.total == view.Total && reflect.DeepEqual(h.shown, view.Categories) && h.shown != nil {
		return
	}
	h.shown, h.total = view.Categories, view.Total
	k, w := h.kit, h.kit.words
	var tiles []fyne.CanvasObject
	for _, category := range view.Categories {
		tiles = append(tiles, ui.NewTile(k.look, w.local(category.Name), w.local(category.Summary), k.sends(journey.OpenCategory{Code: category.Code})))
	}
	tiles = append(tiles, ui.NewTile(k.look, w.t("home.all"), w.count("home.all-more", view.Total), k.sends(journey.OpenCategory{})))
	h.grid.Set(tiles...)
}
