package desk

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// row is one row of a table.
type row struct {
	clickable
	table  *Table
	line   Line
	chosen bool
	ground *canvas.Rectangle
	rule   *canvas.Rectangle
	box    *tickBox
	texts  []*canvas.Text
	badges []*Badge
}

func newRow(t *Table) *row {
	r := &row{table: t, ground: canvas.NewRectangle(theme.Colour(theme.Surface)), rule: canvas.NewRectangle(theme.Colour(theme.Line))}
	r.kit = t.kit
	r.box = newTickBox(t.kit)
	r.box.Hidden = t.tick == nil
	parts := []fyne.CanvasObject{r.ground, r.rule, r.box}
	for range t.columns {
		text, badge := ui.Word(t.kit.Look, theme.DeskBodyText, theme.Ink, ""), NewBadge(t.kit, ui.Calm, "")
		r.texts, r.badges = append(r.texts, text), append(r.badges, badge)
		parts = append(parts, text, badge)
	}
	r.tapped = r.click
	r.style = r.styleRow
	r.Setup(r, t.kit.Look, func(float32) fyne.Size { return fyne.NewSize(0, theme.DeskRow) }, r.arrange, parts...)
	return r
}

// click chooses; a click on the chosen row opens it, or ticks it in a table with ticks. Where nothing hears
// what is chosen, the first click opens.
func (r *row) click() {
	t := r.table
	t.take()
	again := r.chosen
	t.move(t.index(r.line.Key))
	switch {
	case t.tick != nil:
		t.toggle()
	case t.open != nil && (again || t.direct || t.choose == nil):
		t.open(r.line.Key)
	}
}

func (r *row) set(line Line) {
	if reflect.DeepEqual(line, r.line) {
		return
	}
	r.line, r.name = line, "row:"+line.Key
	r.box.set(line.Tick)
	for i, cell := range line.Cells {
		text, badge := r.texts[i], r.badges[i]
		text.TextStyle.Bold = cell.Bold
		text.Hidden = cell.Badge
		if cell.Badge {
			text.Text = ""
			badge.Set(cell.Tone, cell.Text)
		} else {
			badge.Set(cell.Tone, "")
		}
	}
	r.Rearrange()
	r.Repaint()
}

func (r *row) setChosen(chosen bool) {
	if chosen != r.chosen {
		r.chosen = chosen
		r.restyle()
	}
}

func (r *row) styleRow() {
	fill := theme.Surface
	switch {
	case r.chosen:
		fill = theme.Tint
	case r.over:
		fill = theme.Over
	}
	r.ground.FillColor = theme.Colour(fill)
}

func (r *row) arrange(size fyne.Size) {
	ui.Place(r.ground, 0, 0, size.Width, size.Height-1)
	ui.Place(r.rule, 0, size.Height-1, size.Width, 1)
	ui.Place(r.box, 12, (size.Height-20)/2, 20, 20)
	at := r.table.edges(size.Width)
	for i, cell := range r.line.Cells {
		room := at[i+1] - at[i] - 10
		if cell.Badge {
			ui.Place(r.badges[i], at[i], 0, at[i+1]-at[i], size.Height-1)
			continue
		}
		kind := theme.DeskBodyText
		if cell.Bold {
			kind = theme.DeskBodyBold
		}
		text := r.texts[i]
		text.Text = ui.Cut(r.kit.Look, kind, cell.Text, room)
		x := at[i]
		if r.table.columns[i].Right {
			x = at[i+1] - text.MinSize().Width - 16
		}
		ui.LeadWord(text, x, 0, size.Height-1)
	}
}

// tickBox is the little square of a tick.
type tickBox struct {
	ui.Base
	ground *canvas.Rectangle
	tick   *canvas.Text
}

func newTickBox(k *Kit) *tickBox {
	b := &tickBox{ground: canvas.NewRectangle(theme.Colour(theme.Surface))}
	b.ground.CornerRadius = 4
	b.tick = ui.Word(k.Look, theme.DeskSmallBold, theme.OnAction, "✓")
	b.Setup(b, k.Look, func(float32) fyne.Size { return fyne.NewSize(20, 20) }, func(size fyne.Size) {
		ui.Place(b.ground, 0, 0, size.Width, size.Height)
		ui.CentreWord(b.tick, 0, 0, size.Width, size.Height)
	}, b.ground, b.tick)
	b.set(false)
	return b
}

func (b *tickBox) set(on bool) {
	b.ground.FillColor, b.ground.StrokeColor, b.ground.StrokeWidth = theme.Colour(theme.Surface), theme.Colour(theme.LinePad), 1.5
	if on {
		b.ground.FillColor, b.ground.StrokeColor = theme.Colour(theme.Action), theme.Colour(theme.Action)
	}
	b.tick.Hidden = !on
	b.Repaint()
}
