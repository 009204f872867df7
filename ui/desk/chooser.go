package desk

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// chooserRows is how many choices are seen at once.
const chooserRows = 6

// Chooser is a field whose value is one of many: what is typed filters the list
// under it; Up and Down move in it, Enter takes the marked one and goes on.
type Chooser struct {
	ui.Base
	kit     *Kit
	input   *Input
	list    *canvas.Rectangle
	rows    []*pickRow
	options []Option // all, or what fits when the list is given from outside
	fits    []Option
	at      int
	top     int
	shown   string // words of the value
	own     bool   // it filters by itself
	open    bool
	choose  func(code string)
}

// NewChooser makes a field. With typed nil it filters its options itself; else the
// owner hears what is typed and sets the options that fit.
func NewChooser(k *Kit, name, hint string, typed func(string), choose func(code string)) *Chooser {
	c := &Chooser{kit: k, own: typed == nil, choose: choose}
	c.input = NewInput(k, name, hint, func(text string) {
		c.open, c.at, c.top = true, 0, 0
		if typed != nil {
			typed(text)
		}
		c.filter()
	}, c.take)
	c.input.entry.keys = c.key
	c.input.left = func() { c.SetOpen(false) }
	c.list = canvas.NewRectangle(theme.Colour(theme.Surface))
	c.list.StrokeColor, c.list.StrokeWidth, c.list.CornerRadius = theme.Colour(theme.LineControl), 1.5, theme.DeskSmallGap
	parts := []fyne.CanvasObject{c.input, c.list}
	for i := range chooserRows {
		one := newPickRow(c, name, i)
		c.rows = append(c.rows, one)
		parts = append(parts, one)
	}
	c.Setup(c, k.Look, c.measure, c.arrange, parts...)
	c.filter()
	return c
}

// Input is the field typed into.
func (c *Chooser) Input() *Input { return c.input }

// SetOptions changes the choices; an open list shows them.
func (c *Chooser) SetOptions(options []Option) {
	c.options = options
	c.filter()
}

// Set shows the value's words.
func (c *Chooser) Set(words string) {
	c.shown = words
	c.input.Set(words)
}

// SetOpen opens or closes the list.
func (c *Chooser) SetOpen(open bool) {
	c.open = open
	c.filter()
}

func (c *Chooser) filter() {
	c.fits = c.options
	if typed := strings.TrimSpace(c.input.Text()); c.own && typed != "" && typed != c.shown {
		c.fits = nil
		for _, option := range c.options {
			if strings.Contains(option.Label, typed) || strings.HasPrefix(option.Code, typed) || c.kit.Match != nil && c.kit.Match(option.Label, typed) {
				c.fits = append(c.fits, option)
			}
		}
	}
	c.at = min(c.at, max(0, len(c.fits)-1))
	c.top = min(max(c.top, c.at-chooserRows+1), c.at)
	for i, row := range c.rows {
		n := c.top + i
		row.Hidden = !c.open || n >= len(c.fits)
		if !row.Hidden {
			row.set(c.fits[n], n == c.at)
		}
	}
	c.list.Hidden = !c.open || len(c.fits) == 0
	c.Rearrange()
	if c.kit.Root != nil {
		ui.Relayout(c.kit.Root)
	}
}

func (c *Chooser) key(key fyne.KeyName) bool {
	switch {
	case key == fyne.KeyDown && !c.open:
		c.open = true
	case key == fyne.KeyDown:
		c.at++
	case key == fyne.KeyUp && c.open:
		c.at = max(0, c.at-1)
	case key == fyne.KeyEscape && c.open:
		c.open = false
	default:
		return false
	}
	c.filter()
	return true
}

// take takes the marked choice, if the list is open, and goes on.
func (c *Chooser) take() {
	if c.open && c.at < len(c.fits) {
		c.pick(c.fits[c.at])
	}
	c.kit.Next()
}

func (c *Chooser) pick(option Option) {
	c.open = false
	c.shown = option.Label
	c.input.put(option.Label)
	c.input.echo.send(option.Label)
	c.choose(option.Code)
	c.filter()
}

func (c *Chooser) seen() int { return min(chooserRows, len(c.fits)-c.top) }

func (c *Chooser) measure(width float32) fyne.Size {
	need := fyne.NewSize(200, ui.HeightAt(c.input, max(1, width)))
	if c.open && len(c.fits) > 0 {
		need.Height += 4 + float32(c.seen())*36 + 8
	}
	if width > 0 {
		need.Width = 0
	}
	return need
}

func (c *Chooser) arrange(size fyne.Size) {
	top := ui.HeightAt(c.input, size.Width)
	ui.Place(c.input, 0, 0, size.Width, top)
	ui.Place(c.list, 0, top+4, size.Width, float32(c.seen())*36+8)
	for i, row := range c.rows {
		ui.Place(row, 4, top+8+float32(i)*36, size.Width-8, 36)
	}
}

// pickRow is one choice of the open list.
type pickRow struct {
	clickable
	option Option
	marked bool
	ground *canvas.Rectangle
	label  *canvas.Text
}

func newPickRow(c *Chooser, name string, n int) *pickRow {
	r := &pickRow{ground: canvas.NewRectangle(theme.Colour(theme.Surface))}
	r.kit = c.kit
	r.ground.CornerRadius = 6
	r.label = ui.Word(c.kit.Look, theme.DeskBodyText, theme.Ink, "")
	r.tapped = func() { c.pick(c.fits[c.top+n]) }
	r.style = func() {
		r.name = name + "=" + r.option.Code
		fill := theme.Surface
		if r.marked || r.over {
			fill = theme.Tint
		}
		r.ground.FillColor = theme.Colour(fill)
	}
	r.Setup(r, c.kit.Look, func(float32) fyne.Size { return fyne.NewSize(0, 36) }, func(size fyne.Size) {
		ui.Place(r.ground, 0, 0, size.Width, size.Height)
		r.label.Text = ui.Cut(c.kit.Look, theme.DeskBodyText, r.option.Label, size.Width-20)
		ui.LeadWord(r.label, 10, 0, size.Height)
	}, r.ground, r.label)
	return r
}

func (r *pickRow) set(option Option, marked bool) {
	r.option, r.marked = option, marked
	r.restyle()
	r.Rearrange()
	r.label.Refresh()
}
