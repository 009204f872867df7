package uitest

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"golang.org/x/image/font/sfnt"

	"bianmin/assets"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// Layout checks pages of keyboard and mouse: that what can be clicked is large enough, lies in the window and has a name
// of its own, that Tab goes down, that words are whole, large and dark enough, stand on what holds them, and that the
// fonts have every sign.
type Layout struct {
	t     *testing.T
	fonts map[bool]*face
}

// NewLayout makes the check.
func NewLayout(t *testing.T) *Layout {
	t.Helper()
	return &Layout{t: t, fonts: loadFonts(t)}
}

// Check checks what root shows in a window of a size; at names it in errors.
func (l *Layout) Check(at string, root fyne.CanvasObject, size fyne.Size) {
	l.t.Helper()
	c := &check{t: l.t, at: at, size: size, fonts: l.fonts}
	c.things(ui.Look(root).Things)
	c.walk(root, place{clip: box{0, 0, size.Width, size.Height}})
	c.order()
}

// What must hold of every page.
const (
	leastTarget   = 20 // px that a mouse needs: the smallest is a tick
	leastText     = 14 // px
	leastContrast = 7
)

// check is the page being checked.
type check struct {
	t      *testing.T
	at     string
	size   fyne.Size
	fonts  map[bool]*face
	rects  []painted
	takers []taker
}

type box struct{ x, y, w, h float32 }

func (b box) seen(by box) box {
	x, y := max(b.x, by.x), max(b.y, by.y)
	return box{x, y, min(b.x+b.w, by.x+by.w) - x, min(b.y+b.h, by.y+by.h) - y}
}

// painted is a filled rectangle, in the order of painting.
type painted struct {
	box  box
	fill color.NRGBA
}

// taker is something that takes the keys, in the order of Tab.
type taker struct {
	box box
	in  fyne.CanvasObject // the scroll it lies in
}

// place is where one is in the tree.
type place struct {
	at    fyne.Position
	clip  box
	in    fyne.CanvasObject // the innermost scroll
	short bool              // words may be cut here: a row, a chart, a choice
}

// things checks that everything that can be clicked is large enough, in the window, and has a name of its own.
func (c *check) things(things []ui.Thing) {
	c.t.Helper()
	names := map[string]bool{}
	for _, thing := range things {
		if thing.Whole.Width < leastTarget || thing.Whole.Height < leastTarget {
			c.t.Errorf("%s: %q is %.0f×%.0f, less than %d", c.at, thing.Name, thing.Whole.Width, thing.Whole.Height, leastTarget)
		}
		if thing.Whole.X < 0 || thing.Whole.X+thing.Whole.Width > c.size.Width+0.5 || thing.Scrolls == 0 && (thing.Whole.Y < 0 || thing.Whole.Y+thing.Whole.Height > c.size.Height+0.5) {
			c.t.Errorf("%s: %q leaves the window: %+v", c.at, thing.Name, thing.Whole)
		}
		if names[thing.Name] && thing.Name != "scroll" {
			c.t.Errorf("%s: two things are called %q", c.at, thing.Name)
		}
		names[thing.Name] = true
	}
}

func (c *check) walk(object fyne.CanvasObject, p place) {
	if object == nil || !object.Visible() {
		return
	}
	p.at = p.at.Add(object.Position())
	here := box{p.at.X, p.at.Y, object.Size().Width, object.Size().Height}
	if control, ok := object.(fyne.Focusable); ok {
		if able, ok := control.(fyne.Disableable); !ok || !able.Disabled() {
			c.takers = append(c.takers, taker{here, p.in})
		}
	}
	switch o := object.(type) {
	case *canvas.Rectangle:
		if fill, ok := o.FillColor.(color.NRGBA); ok && fill.A > 0 {
			c.rects = append(c.rects, painted{here.seen(p.clip), fill})
		}
	case *canvas.Text:
		c.text(o, here, p)
	case ui.Clipping:
		p.clip, p.in = here.seen(p.clip), object
	}
	switch object.(type) {
	case *dk.Table, *dk.Bars, *dk.Options, *dk.Chooser:
		p.short = true
	}
	parts := ui.PartsOf(object)
	if container, ok := object.(*fyne.Container); ok {
		parts = container.Objects
	}
	for _, part := range parts {
		c.walk(part, p)
	}
}

// order wants Tab to go from top to bottom within what is read as one column.
func (c *check) order() {
	c.t.Helper()
	for i := 1; i < len(c.takers); i++ {
		a, b := c.takers[i-1], c.takers[i]
		beside := a.box.x+a.box.w <= b.box.x || b.box.x+b.box.w <= a.box.x
		if a.in == b.in && a.in != nil && !beside && b.box.y+b.box.h/2 < a.box.y {
			c.t.Errorf("%s: Tab goes up from %+v to %+v", c.at, a.box, b.box)
		}
	}
}

func (c *check) text(o *canvas.Text, here box, p place) {
	if strings.TrimSpace(o.Text) == "" {
		return
	}
	if o.TextSize < leastText {
		c.t.Errorf("%s: %q is %.1f px high, less than %d", c.at, o.Text, o.TextSize, leastText)
	}
	need := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle)
	if here.x < 0 || here.x+need.Width > c.size.Width || p.in == nil && (here.y < 0 || here.y+need.Height > c.size.Height) {
		c.t.Errorf("%s: %q leaves the window", c.at, o.Text)
	}
	if strings.HasSuffix(o.Text, "…") && !strings.HasSuffix(o.Text, "……") && !strings.HasSuffix(o.Text, " …") && !p.short {
		c.t.Errorf("%s: %q is cut off", c.at, o.Text)
	}
	for _, r := range o.Text {
		if !c.fonts[o.TextStyle.Bold].covers(c.t, r) {
			c.t.Errorf("%s: the font lacks %q (%U)", c.at, r, r)
		}
	}
	if middle := here.y + need.Height/2; middle < p.clip.y || middle > p.clip.y+p.clip.h {
		return // a scroll hides it
	}
	c.contrast(o, box{here.x, here.y, need.Width, need.Height})
}

// contrast compares a text with what was painted last below its middle, and
// finds text that is wider than what it stands on.
func (c *check) contrast(o *canvas.Text, here box) {
	ground := theme.Colour(theme.Ground)
	x, y := here.x+here.w/2, here.y+here.h/2
	var on box
	for _, r := range c.rects {
		if x < r.box.x || x > r.box.x+r.box.w || y < r.box.y || y > r.box.y+r.box.h {
			continue
		}
		if r.fill.A < 0xFF { // the shade below an overlay: what is dimmed is not read
			return
		}
		ground, on = r.fill, r.box
	}
	if on.w > 0 && (here.x < on.x-0.5 || here.x+here.w > on.x+on.w+0.5) {
		c.t.Errorf("%s: %q is wider than what it stands on", c.at, o.Text)
	}
	ink, ok := o.Color.(color.NRGBA)
	if !ok {
		c.t.Errorf("%s: %q has a colour that is no token", c.at, o.Text)
		return
	}
	if ratio := contrast(ink, ground); ratio < leastContrast {
		c.t.Errorf("%s: %q has a contrast of %.1f, less than %d", c.at, o.Text, ratio, leastContrast)
	}
}

// contrast is the ratio of WCAG 2.
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// face is a font that remembers which runes it has.
type face struct {
	font *sfnt.Font
	has  map[rune]bool
}

func loadFonts(t *testing.T) map[bool]*face {
	t.Helper()
	all := map[bool]*face{}
	for bold, content := range map[bool][]byte{false: assets.FontRegular(), true: assets.FontBold()} {
		font, err := sfnt.Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		all[bold] = &face{font: font, has: map[rune]bool{}}
	}
	return all
}

func (f *face) covers(t *testing.T, r rune) bool {
	t.Helper()
	has, known := f.has[r]
	if !known {
		index, err := f.font.GlyphIndex(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		has = index != 0
		f.has[r] = has
	}
	return has
}
