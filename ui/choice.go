package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Option is one thing to choose.
type Option struct{ Code, Title, Note string }

// ChoiceList is a list of options to choose one or many of.
type ChoiceList struct {
	drawn
	many   bool
	rows   []*optionRow
	change func(codes []string)
	gap    float32
}

// NewChoiceList makes a list; change gets the chosen codes in the list's order.
func NewChoiceList(look theme.Look, options []Option, chosen []string, many bool, change func(codes []string)) *ChoiceList {
	c := &ChoiceList{many: many, change: change, gap: look.Size(theme.Gap)}
	c.look = look
	for _, option := range options {
		row := newOptionRow(look, option, many)
		row.tapped = func() { c.tap(row) }
		c.rows = append(c.rows, row)
		c.parts = append(c.parts, row)
	}
	c.arrange = func(size fyne.Size) {
		var y float32
		for _, row := range c.rows {
			height := row.HeightAt(size.Width)
			place(row, 0, y, size.Width, height)
			y += height + c.gap
		}
	}
	c.measure = func(width float32) fyne.Size {
		var need fyne.Size
		for i, row := range c.rows {
			if i > 0 {
				need.Height += c.gap
			}
			need.Height += row.HeightAt(width)
		}
		return need
	}
	c.ExtendBaseWidget(c)
	c.SetChosen(chosen)
	return c
}

// Chosen returns the chosen codes in the list's order.
func (c *ChoiceList) Chosen() []string {
	codes := []string{}
	for _, row := range c.rows {
		if row.chosen {
			codes = append(codes, row.option.Code)
		}
	}
	return codes
}

// SetChosen changes what is chosen without reporting it.
func (c *ChoiceList) SetChosen(codes []string) {
	for _, row := range c.rows {
		chosen := false
		for _, code := range codes {
			chosen = chosen || code == row.option.Code
		}
		row.setChosen(chosen)
	}
}

func (c *ChoiceList) tap(tapped *optionRow) {
	if c.many {
		tapped.setChosen(!tapped.chosen)
	} else {
		for _, row := range c.rows {
			row.setChosen(row == tapped)
		}
	}
	if c.change != nil {
		c.change(c.Chosen())
	}
}

// optionRow is one option, drawn with a mark in front. Its name is its title.
type optionRow struct {
	touch
	option Option
	chosen bool
	many   bool
	ground *canvas.Rectangle
	mark   *canvas.Raster
	title  *Text
	note   *Text
}

func newOptionRow(look theme.Look, option Option, many bool) *optionRow {
	r := &optionRow{option: option, many: many}
	r.look, r.name = look, option.Title
	r.ground = panel(look, theme.Surface, theme.LineControl, theme.Border)
	r.mark = icon(r.drawMark, theme.Action)
	r.title = NewText(look, theme.BodyStrong, theme.Ink, option.Title)
	r.note = NewText(look, theme.SecondaryText, theme.InkQuiet, option.Note)
	r.parts = []fyne.CanvasObject{r.ground, r.mark, r.title, r.note}
	side, mark := look.Px(32), look.Px(44)
	left := side + mark + look.Px(28)
	r.arrange = func(size fyne.Size) {
		place(r.ground, 0, 0, size.Width, size.Height)
		place(r.mark, side, (size.Height-mark)/2, mark, mark)
		wide := size.Width - left - side
		title, note := r.title.HeightAt(wide), r.note.HeightAt(wide)
		y := (size.Height - title - note) / 2
		place(r.title, left, y, wide, title)
		place(r.note, left, y+title, wide, note)
	}
	r.measure = func(width float32) fyne.Size {
		wide := max(look.Px(200), width-left-side)
		return fyne.NewSize(0, max(look.Px(112), r.title.HeightAt(wide)+r.note.HeightAt(wide)+look.Px(44)))
	}
	r.style = r.styleRow
	r.styleRow()
	r.ExtendBaseWidget(r)
	return r
}

func (r *optionRow) setChosen(chosen bool) {
	if r.chosen == chosen {
		return
	}
	r.chosen = chosen
	r.restyle()
}

func (r *optionRow) styleRow() {
	fill, border, width := theme.Surface, theme.LineControl, theme.Border
	note := theme.InkQuiet
	if r.chosen {
		fill, border, width = theme.Tint, theme.Action, theme.BorderStrong
		note = theme.InkSecondary
	}
	r.note.SetRole(note)
	if r.down {
		fill = theme.Tint
	}
	r.ground.FillColor, r.ground.StrokeColor = theme.Colour(fill), theme.Colour(border)
	r.ground.StrokeWidth = r.look.Size(width)
}

// drawMark is a ring for one of many, a box for several; filled with a dot or tick when chosen.
func (r *optionRow) drawMark(s sketch, ink color.Color) {
	blank := theme.Colour(theme.Surface)
	edge := theme.Colour(theme.InkQuiet)
	if r.chosen {
		edge = theme.Colour(theme.Action)
	}
	if !r.many {
		s.disc(Point{50, 50}, 50, edge)
		s.disc(Point{50, 50}, 42, blank)
		if r.chosen {
			s.disc(Point{50, 50}, 26, ink)
		}
		return
	}
	outline := roundOutline(4, 4, 96, 96, 18)
	if r.chosen {
		s.fillRound(0, 0, 100, 100, 20, ink)
		s.line([]Point{{26, 52}, {43, 68}, {75, 33}}, 11, theme.Colour(theme.OnAction))
		return
	}
	s.line(outline, 8, edge)
}

// Faces asks for a rating in five levels, 5 for the best at the left.
type Faces struct {
	drawn
	faces []*face
	rate  func(level int)
}

// NewFaces makes the five faces; words name levels 5 down to 1. A line end in a
// word says where it is broken; it is no part of the face's name.
func NewFaces(look theme.Look, words [5]string, rate func(level int)) *Faces {
	f := &Faces{rate: rate}
	f.look = look
	for i, name := range words {
		level := 5 - i
		each := newFace(look, name, level)
		each.tapped = func() {
			f.SetChosen(level)
			f.rate(level)
		}
		f.faces = append(f.faces, each)
		f.parts = append(f.parts, each)
	}
	gap := look.Size(theme.Gap)
	cell := func(width float32) float32 { return (width - 4*gap) / 5 }
	f.arrange = func(size fyne.Size) {
		for i, each := range f.faces {
			place(each, float32(i)*(cell(size.Width)+gap), 0, cell(size.Width), size.Height)
		}
	}
	f.measure = func(width float32) fyne.Size {
		var need fyne.Size
		if width <= 0 {
			width = look.Px(968)
		}
		for _, each := range f.faces {
			need.Height = max(need.Height, each.HeightAt(cell(width)))
		}
		return need
	}
	f.ExtendBaseWidget(f)
	return f
}

// SetChosen shows a level as chosen; 0 for none.
func (f *Faces) SetChosen(level int) {
	for _, each := range f.faces {
		each.setChosen(each.level == level)
	}
}

// SetEnabled lets the faces be tapped or not.
func (f *Faces) SetEnabled(enabled bool) {
	for _, each := range f.faces {
		each.SetEnabled(enabled)
	}
}

type face struct {
	touch
	level  int
	chosen bool
	ground *canvas.Rectangle
	round  *canvas.Raster
	label  *Text
}

func newFace(look theme.Look, name string, level int) *face {
	f := &face{level: level}
	f.look, f.name = look, strings.ReplaceAll(name, "\n", "")
	f.ground = panel(look, theme.Surface, theme.LineControl, theme.Border)
	f.round = icon(f.drawFace, theme.Action)
	f.label = NewText(look, theme.SmallText, theme.Ink, name).Centred()
	f.parts = []fyne.CanvasObject{f.ground, f.round, f.label}
	above, side, edge := look.Px(22), look.Px(84), look.Px(8)
	f.arrange = func(size fyne.Size) {
		place(f.ground, 0, 0, size.Width, size.Height)
		place(f.round, (size.Width-side)/2, above, side, side)
		place(f.label, edge, above+side+look.Px(12), size.Width-2*edge, size.Height-above-side-look.Px(12))
	}
	f.measure = func(width float32) fyne.Size {
		return fyne.NewSize(0, max(look.Px(230), above+side+look.Px(34)+f.label.HeightAt(width-2*edge)))
	}
	f.style = func() {
		fill, border, thick := theme.Surface, theme.LineControl, theme.Border
		if f.chosen {
			fill, border, thick = theme.Tint, theme.Action, theme.BorderStrong
		}
		if f.down {
			fill = theme.Tint
		}
		f.ground.FillColor, f.ground.StrokeColor = theme.Colour(fill), theme.Colour(border)
		f.ground.StrokeWidth = look.Size(thick)
	}
	f.style()
	f.ExtendBaseWidget(f)
	return f
}

func (f *face) setChosen(chosen bool) {
	if f.chosen != chosen {
		f.chosen = chosen
		f.restyle()
	}
}

func (f *face) drawFace(s sketch, ink color.Color) {
	s.disc(Point{50, 50}, 49, ink)
	s.disc(Point{50, 50}, 46, theme.Colour(theme.Tint))
	s.disc(Point{34, 40}, 6, ink)
	s.disc(Point{66, 40}, 6, ink)
	switch f.level {
	case 5:
		s.line(arc(Point{50, 48}, 26, 20, 160), 6, ink)
	case 4:
		s.line(arc(Point{50, 42}, 28, 45, 135), 6, ink)
	case 3:
		s.line([]Point{{31, 68}, {69, 68}}, 6, ink)
	case 2:
		s.line(arc(Point{50, 92}, 28, 225, 315), 6, ink)
	default:
		s.line(arc(Point{50, 88}, 27, 205, 335), 6, ink)
	}
}
