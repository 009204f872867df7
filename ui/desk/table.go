package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Column is one column of a table; weights share the width.
type Column struct {
	Title  string
	Weight float32
	Right  bool // numbers stand at the right
}

// Cell is one field of a row.
type Cell struct {
	Text  string
	Bold  bool
	Badge bool // drawn as a badge in Tone
	Tone  ui.Tone
}

// Line is one row of a table.
type Line struct {
	Key   string // its name in journey files is "row:" and this
	Cells []Cell
	Tick  bool // ticked, in a table with ticks
}

// Table is rows under a header. It takes the keys as one: Up, Down, PageUp,
// PageDown, Home and End choose, Enter opens, Space ticks.
type Table struct {
	control
	columns []Column
	header  *header
	rows    []*row // pooled
	shown   int
	lines   []Line
	chosen  int
	empty   *ui.Text
	scroll  *Scroll
	body    *ui.Column
	ringed  *canvas.Rectangle
	choose  func(key string)
	open    func(key string)
	tick    func(key string, on bool)
	direct  bool // the first click opens
	echo    echo[string]
}

// NewTable makes a table; empty is what it says without rows. choose hears which row is
// chosen, open the Enter key and a click on the chosen row; nil does nothing.
func NewTable(k *Kit, name, empty string, columns []Column, choose, open func(key string)) *Table {
	t := &Table{columns: columns, chosen: -1, choose: choose, open: open}
	t.kit, t.name, t.self = k, name, t
	t.header = newHeader(k, t)
	t.body = ui.NewColumn(0)
	t.scroll = NewScroll(k, t.body)
	t.empty = ui.NewText(k.Look, theme.DeskBodyText, theme.InkQuiet, empty)
	t.ringed = ring()
	t.ringed.FillColor = theme.Colour(theme.Surface)
	t.ringed.StrokeColor, t.ringed.StrokeWidth = theme.Colour(theme.Focus), 3
	t.style = func() { t.ringed.Hidden = !t.focused }
	t.keys = t.key
	t.Setup(t, k.Look, func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(400, theme.DeskRow*2)
		}
		return fyne.NewSize(0, 40+max(theme.DeskRow, float32(t.shown)*theme.DeskRow)+2*bleed)
	}, t.arrange, t.ringed, t.header, t.scroll, t.empty)
	return t
}

// Ticked gives each row a box to tick, and returns the table.
func (t *Table) Ticked(tick func(key string, on bool)) *Table {
	t.tick = tick
	return t
}

// Direct lets the first click on a row open it, and returns the table.
func (t *Table) Direct() *Table {
	t.direct = true
	return t
}

// SetEmpty changes what it says without rows.
func (t *Table) SetEmpty(words string) { t.empty.SetText(words) }

// Grows tells that it takes the room that is left.
func (t *Table) Grows() bool { return true }

// LeastHeight is a header and a few rows.
func (t *Table) LeastHeight(float32) float32 { return 40 + 2*theme.DeskRow }

// Tapped takes the keys: a click beside the rows.
func (t *Table) Tapped(*fyne.PointEvent) { t.take() }

// Set shows rows, and which is chosen; "" for none.
func (t *Table) Set(lines []Line, chosen string) {
	present := t.key0()
	t.lines = lines
	for len(t.rows) < len(lines) {
		t.rows = append(t.rows, newRow(t))
	}
	if t.shown != len(lines) {
		t.shown = len(lines)
		parts := make([]fyne.CanvasObject, t.shown)
		for i := range parts {
			parts[i] = t.rows[i]
		}
		t.body.Set(parts...)
	}
	for i, line := range lines {
		t.rows[i].set(line)
	}
	if t.echo.news(chosen, present) {
		t.echo.sent = nil
		t.chosen = t.index(chosen)
	} else {
		t.chosen = t.index(present)
	}
	t.mark()
	t.empty.Hidden = t.shown > 0
	t.off = t.shown == 0
	t.Rearrange()
}

// Chosen is the key of the chosen row, "" for none.
func (t *Table) Chosen() string { return t.key0() }

func (t *Table) key0() string {
	if t.chosen >= 0 && t.chosen < len(t.lines) {
		return t.lines[t.chosen].Key
	}
	return ""
}

func (t *Table) index(key string) int {
	for i, line := range t.lines {
		if line.Key == key && key != "" {
			return i
		}
	}
	return -1
}

func (t *Table) mark() {
	for i, row := range t.rows {
		row.setChosen(i == t.chosen && i < t.shown)
	}
}

func (t *Table) key(key fyne.KeyName) bool {
	page := max(1, int((t.scroll.Size().Height)/theme.DeskRow)-1)
	switch key {
	case fyne.KeyDown:
		t.move(t.chosen + 1)
	case fyne.KeyUp:
		t.move(max(0, t.chosen-1))
	case fyne.KeyPageDown:
		t.move(t.chosen + page)
	case fyne.KeyPageUp:
		t.move(t.chosen - page)
	case fyne.KeyHome:
		t.move(0)
	case fyne.KeyEnd:
		t.move(t.shown - 1)
	case fyne.KeySpace:
		t.toggle()
	case fyne.KeyReturn, fyne.KeyEnter:
		if t.chosen < 0 || t.open == nil {
			return false
		}
		t.open(t.key0())
	default:
		return false
	}
	return true
}

func (t *Table) toggle() {
	if t.tick != nil && t.chosen >= 0 && t.chosen < t.shown {
		t.tick(t.key0(), !t.lines[t.chosen].Tick)
	}
}

func (t *Table) move(to int) {
	if t.shown == 0 {
		return
	}
	to = min(max(0, to), t.shown-1)
	t.scroll.reveal(t.rows[to])
	if to == t.chosen {
		return
	}
	t.chosen = to
	t.mark()
	t.echo.send(t.key0())
	if t.choose != nil {
		t.choose(t.key0())
	}
}

func (t *Table) arrange(size fyne.Size) {
	ui.Place(t.ringed, -4, -4, size.Width+8, size.Height+8)
	ui.Place(t.header, bleed, 0, size.Width-2*bleed-t.scroll.gutter(fyne.NewSize(size.Width, size.Height-40)), 40)
	ui.Place(t.scroll, 0, 40, size.Width, size.Height-40)
	ui.Place(t.empty, 16, 40+12, size.Width-32, t.empty.HeightAt(size.Width-32))
}

// edges gives where each column begins, and where the last ends.
func (t *Table) edges(width float32) []float32 {
	left := float32(12)
	if t.tick != nil {
		left += 36
	}
	weights := float32(0)
	for _, column := range t.columns {
		weights += column.Weight
	}
	at := []float32{left}
	for _, column := range t.columns {
		left += (width - at[0] - 4) * column.Weight / weights
		at = append(at, left)
	}
	return at
}

// header is the line of titles.
type header struct {
	ui.Base
	table  *Table
	titles []*canvas.Text
	rule   *canvas.Rectangle
}

func newHeader(k *Kit, t *Table) *header {
	h := &header{table: t, rule: canvas.NewRectangle(theme.Colour(theme.Line))}
	parts := []fyne.CanvasObject{h.rule}
	for _, column := range t.columns {
		title := ui.Word(k.Look, theme.DeskSmallText, theme.InkQuiet, column.Title)
		h.titles = append(h.titles, title)
		parts = append(parts, title)
	}
	h.Setup(h, k.Look, func(float32) fyne.Size { return fyne.NewSize(0, 40) }, func(size fyne.Size) {
		ui.Place(h.rule, 0, size.Height-1, size.Width, 1)
		at := t.edges(size.Width)
		for i, title := range h.titles {
			title.Text = ui.Cut(k.Look, theme.DeskSmallText, t.columns[i].Title, at[i+1]-at[i]-4)
			x := at[i]
			if t.columns[i].Right {
				x = at[i+1] - title.MinSize().Width - 16
			}
			ui.LeadWord(title, x, 0, size.Height)
		}
	}, parts...)
	return h
}
