package screen

import (
	"reflect"
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/core/form"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// table is the editor of table fields: the rows there are, and adding one.
// The columns of a row are asked one by one, as questions of their own.
type table struct {
	kit    kit
	key    string
	rows   []any
	note   *ui.Text
	add    *ui.Button
	list   *ui.Column
	whole  *ui.Column
	asking int // row whose deletion is being asked, from 1; 0 for none
	view   *journey.QuestionView
}

func newTableEditor(k kit) editor {
	t := &table{kit: k}
	t.note = ui.NewSecondary(k.look, "")
	t.add = ui.NewButton(k.look, k.words.t("question.rows-add"), ui.Secondary, k.sends(journey.AddRow{}))
	t.list = k.column()
	t.whole = k.column(t.list, t.add)
	return t
}

func (t *table) head() fyne.CanvasObject { return t.note }

func (t *table) body() fyne.CanvasObject { return t.whole }

func (t *table) extra() *ui.Button { return nil }

func (t *table) show(key string, view *journey.QuestionView) {
	w := t.kit.words
	t.view = view
	rows, _ := view.Value.([]any)
	full := view.Field.MaxRows > 0 && len(rows) >= view.Field.MaxRows
	t.add.SetEnabled(!full)
	switch {
	case full:
		t.note.SetText(w.count("question.rows-full", view.Field.MaxRows))
	case len(rows) == 0:
		t.note.SetText(w.t("question.rows-none"))
	default:
		t.note.SetText(w.count("question.rows", len(rows)))
	}
	if problem := w.problem(view); problem != "" && len(rows) > 0 {
		t.note.SetText(problem)
	}
	if key == t.key && reflect.DeepEqual(rows, t.rows) {
		return
	}
	t.key, t.rows, t.asking = key, rows, 0
	t.fill()
}

func (t *table) fill() {
	var cards []fyne.CanvasObject
	for i, row := range t.rows {
		cells, _ := row.(map[string]any)
		cards = append(cards, t.card(i+1, cells))
	}
	t.list.Set(cards...)
}

func (t *table) card(n int, cells map[string]any) fyne.CanvasObject {
	k, w := t.kit, t.kit.words
	words := ui.NewShare(1, ui.NewColumn(0,
		ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.rowTitle(t.view.Field.Columns, cells, n)),
		ui.NewQuiet(k.look, w.rowRest(t.view.Field.Columns, cells)),
	))
	gap := k.look.Size(theme.Gap)
	if t.asking == n {
		return ui.NewCard(k.look, ui.NewColumn(gap,
			ui.NewBody(k.look, w.count("question.row-delete-ask", n)),
			ui.NewRow(gap,
				ui.NewShare(1, ui.NewButton(k.look, w.t("question.keep"), ui.Secondary, func() { t.ask(0) })),
				ui.NewShare(1, ui.NewButton(k.look, w.t("question.remove"), ui.Danger, k.sends(journey.RemoveRow{Row: n})))),
		))
	}
	return ui.NewCard(k.look, ui.NewRow(gap, words,
		ui.NewPill(k.look, w.t("button.edit"), ui.Secondary, k.sends(journey.EditRow{Row: n})),
		ui.NewPill(k.look, w.t("button.delete"), ui.Plain, func() { t.ask(n) })))
}

// ask asks before a row is deleted; 0 takes the question back.
func (t *table) ask(n int) {
	t.asking = n
	t.fill()
	ui.Relayout(t.whole)
	t.kit.emit(journey.Touch{})
}

// rowTitle is the first thing filled in of a row.
func (w words) rowTitle(columns []form.Field, cells map[string]any, n int) string {
	for _, column := range columns {
		if s := w.cell(column, cells[column.Name]); s != "" {
			return s
		}
	}
	return w.count("question.row", n)
}

// rowRest is everything after the first.
func (w words) rowRest(columns []form.Field, cells map[string]any) string {
	var rest []string
	first := true
	for _, column := range columns {
		s := w.cell(column, cells[column.Name])
		if s == "" {
			continue
		}
		if !first {
			rest = append(rest, s)
		}
		first = false
	}
	return w.join(rest...)
}

// cell writes one value of a row for the eye.
func (w words) cell(column form.Field, value any) string {
	switch v := value.(type) {
	case string:
		for _, o := range column.Options {
			if o.Code == v {
				return w.local(o.Label)
			}
		}
		return v
	case bool:
		if v {
			return w.t("button.yes")
		}
		return w.t("button.no")
	case float64:
		number := strconv.FormatFloat(v, 'f', -1, 64)
		if unit := w.local(column.Unit); unit != "" {
			return number + " " + unit
		}
		return number
	case []any:
		var all []string
		for _, each := range v {
			all = append(all, w.cell(column, each))
		}
		return w.join(all...)
	}
	return ""
}
