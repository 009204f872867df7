package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Tile is a card one taps: a title and a summary. Its name is its title.
type Tile struct {
	touch
	strong  bool // filled in the action colour
	ground  *canvas.Rectangle
	title   *Text
	summary *Text
}

// NewTile makes a white tile.
func NewTile(look theme.Look, title, summary string, tapped func()) *Tile {
	return newTile(look, title, summary, false, tapped)
}

// NewStrongTile makes a tile in the action colour, the first thing on a screen.
func NewStrongTile(look theme.Look, title, summary string, tapped func()) *Tile {
	return newTile(look, title, summary, true, tapped)
}

func newTile(look theme.Look, title, summary string, strong bool, tapped func()) *Tile {
	t := &Tile{strong: strong}
	t.look, t.name, t.tapped = look, title, tapped
	kind, ink, lesser := theme.SectionText, theme.Ink, theme.InkQuiet
	if strong {
		kind, ink, lesser = theme.ButtonText, theme.OnAction, theme.OnAction
	}
	t.ground = panel(look, theme.Surface, theme.LineControl, theme.Border)
	t.title = NewText(look, kind, ink, title)
	t.summary = NewText(look, theme.SecondaryText, lesser, summary)
	t.parts = []fyne.CanvasObject{t.ground, t.title, t.summary}
	side, above := look.Px(34), look.Px(28)
	t.arrange = func(size fyne.Size) {
		place(t.ground, 0, 0, size.Width, size.Height)
		wide := size.Width - 2*side
		title, summary := t.title.HeightAt(wide), t.summary.HeightAt(wide)
		y := above
		if strong {
			y = max(above, (size.Height-title-summary)/2)
		}
		place(t.title, side, y, wide, title)
		place(t.summary, side, y+title, wide, summary)
	}
	t.measure = func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(naturalWidth(t.title)+2*side, look.Size(theme.TileHeight))
		}
		need := t.title.HeightAt(width-2*side) + t.summary.HeightAt(width-2*side) + 2*above
		return fyne.NewSize(0, max(look.Size(theme.TileHeight), need))
	}
	t.style = t.styleTile
	t.styleTile()
	t.ExtendBaseWidget(t)
	return t
}

// Set changes title and summary.
func (t *Tile) Set(title, summary string) {
	t.name = title
	t.title.SetText(title)
	t.summary.SetText(summary)
	t.relayout()
}

func (t *Tile) styleTile() {
	fill := theme.Surface
	switch {
	case t.strong && t.down:
		fill = theme.ActionPressed
	case t.strong:
		fill = theme.Action
	case t.off:
		fill = theme.DisabledGround
	case t.down:
		fill = theme.Tint
	}
	t.ground.FillColor = theme.Colour(fill)
	if t.strong {
		t.ground.StrokeWidth = 0
	}
}

// ListRow is one line of a list: a title, a lesser line, a word at the right.
// With a tap it shows an arrow. Its name is its title.
type ListRow struct {
	touch
	ground *canvas.Rectangle
	title  *Text
	lesser *Text
	aside  *Text
	badge  *Badge
	arrow  *canvas.Raster
}

// NewListRow makes a row; tapped nil makes it one to read only.
func NewListRow(look theme.Look, title, lesser string, tapped func()) *ListRow {
	r := &ListRow{}
	r.look, r.name, r.tapped = look, title, tapped
	r.ground = panel(look, theme.Surface, theme.LineControl, theme.Border)
	r.title = NewText(look, theme.BodyStrong, theme.Ink, title)
	r.lesser = NewText(look, theme.SecondaryText, theme.InkQuiet, lesser)
	r.aside = NewText(look, theme.SecondaryBold, theme.InkQuiet, "")
	r.badge = NewBadge(look, Calm, "")
	r.arrow = icon(arrowRight, theme.Action)
	r.arrow.Hidden = tapped == nil
	r.off = tapped == nil
	r.parts = []fyne.CanvasObject{r.ground, r.title, r.lesser, r.aside, r.badge, r.arrow}
	r.arrange = r.arrangeListRow
	r.measure = func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(naturalWidth(r.title)+r.right()+r.look.Px(64), look.GrownSize(theme.RowHeight))
		}
		return fyne.NewSize(0, max(look.GrownSize(theme.RowHeight), r.wordsHeight(r.wordsWidth(width))+look.Px(40)))
	}
	r.style = func() {
		fill := theme.Surface
		if r.down {
			fill = theme.Tint
		}
		r.ground.FillColor = theme.Colour(fill)
	}
	r.ExtendBaseWidget(r)
	return r
}

// Set changes title and lesser line.
func (r *ListRow) Set(title, lesser string) {
	r.name = title
	r.title.SetText(title)
	r.lesser.SetText(lesser)
	r.relayout()
}

// SetTapped changes what a tap does; nil makes it one to read only.
func (r *ListRow) SetTapped(tapped func()) {
	r.tapped, r.off = tapped, tapped == nil
	r.arrow.Hidden = tapped == nil
	r.relayout()
}

// SetAside shows words at the right.
func (r *ListRow) SetAside(words string) {
	r.aside.SetText(words)
	r.relayout()
}

// SetBadge shows a badge at the right.
func (r *ListRow) SetBadge(tone Tone, words string) {
	r.badge.Set(tone, words)
	r.relayout()
}

func (r *ListRow) right() float32 {
	var wide float32
	if r.badge.label.Text != "" {
		wide += naturalWidth(r.badge) + r.look.Size(theme.Gap)
	}
	if r.aside.text != "" {
		wide += naturalWidth(r.aside) + r.look.Size(theme.Gap)
	}
	if !r.arrow.Hidden {
		wide += r.look.Px(36)
	}
	return wide
}

func (r *ListRow) wordsWidth(width float32) float32 {
	return max(r.look.Px(160), width-r.look.Px(64)-r.right())
}

func (r *ListRow) wordsHeight(width float32) float32 {
	return r.title.HeightAt(width) + r.lesser.HeightAt(width)
}

func (r *ListRow) arrangeListRow(size fyne.Size) {
	place(r.ground, 0, 0, size.Width, size.Height)
	side := r.look.Px(32)
	wide := r.wordsWidth(size.Width)
	title, lesser := r.title.HeightAt(wide), r.lesser.HeightAt(wide)
	y := (size.Height - title - lesser) / 2
	place(r.title, side, y, wide, title)
	place(r.lesser, side, y+title, wide, lesser)
	x := size.Width - side
	if !r.arrow.Hidden {
		mark := r.look.Px(28)
		x -= mark
		place(r.arrow, x, (size.Height-mark)/2, mark, mark)
		x -= r.look.Px(8)
	}
	if r.aside.text != "" {
		need := naturalWidth(r.aside)
		x -= need
		high := r.aside.HeightAt(need)
		place(r.aside, x, (size.Height-high)/2, need, high)
		x -= r.look.Size(theme.Gap)
	}
	if r.badge.label.Text != "" {
		need := r.badge.measure(0)
		x -= need.Width
		place(r.badge, x, (size.Height-need.Height)/2, need.Width, need.Height)
	}
}
