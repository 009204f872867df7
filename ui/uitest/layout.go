package uitest

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// Layout checks pages of keyboard and mouse: that what can be clicked is large enough, lies in the window and has a name
// of its own, that Tab goes down, that words are whole, large and dark enough, stand on what holds them, and that the
// fonts have every sign.
type Layout struct {
	t     *testing.T
	fonts Fonts
}

// NewLayout makes the check.
func NewLayout(t *testing.T) *Layout {
	t.Helper()
	return &Layout{t: t, fonts: LoadFonts(t)}
}

// Check checks what root shows in a window of a size; at names it in errors.
func (l *Layout) Check(at string, root fyne.CanvasObject, size fyne.Size) {
	l.t.Helper()
	c := &check{t: l.t, at: at, size: size, paper: NewPaper(l.t, at, l.fonts)}
	c.things(ui.Look(root).Things)
	c.walk(root, place{clip: Box{0, 0, size.Width, size.Height}})
	c.order()
}

// What must hold of every page.
const (
	leastTarget = 20 // px that a mouse needs: the smallest is a tick
	leastText   = 14 // px
)

// check is the page being checked.
type check struct {
	t      *testing.T
	at     string
	size   fyne.Size
	paper  *Paper
	takers []taker
}

// taker is something that takes the keys, in the order of Tab.
type taker struct {
	box Box
	in  fyne.CanvasObject // the scroll it lies in
}

// place is where one is in the tree.
type place struct {
	at    fyne.Position
	clip  Box
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
	here := Box{p.at.X, p.at.Y, object.Size().Width, object.Size().Height}
	if control, ok := object.(fyne.Focusable); ok {
		if able, ok := control.(fyne.Disableable); !ok || !able.Disabled() {
			c.takers = append(c.takers, taker{here, p.in})
		}
	}
	switch o := object.(type) {
	case *canvas.Rectangle:
		c.paper.Fill(o, here.Seen(p.clip))
	case *canvas.Text:
		c.text(o, here, p)
	case ui.Clipping:
		p.clip, p.in = here.Seen(p.clip), object
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
		beside := a.box.X+a.box.W <= b.box.X || b.box.X+b.box.W <= a.box.X
		if a.in == b.in && a.in != nil && !beside && b.box.Y+b.box.H/2 < a.box.Y {
			c.t.Errorf("%s: Tab goes up from %+v to %+v", c.at, a.box, b.box)
		}
	}
}

func (c *check) text(o *canvas.Text, here Box, p place) {
	if strings.TrimSpace(o.Text) == "" {
		return
	}
	need := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle)
	if here.X < 0 || here.X+need.Width > c.size.Width || p.in == nil && (here.Y < 0 || here.Y+need.Height > c.size.Height) {
		c.t.Errorf("%s: %q leaves the window", c.at, o.Text)
	}
	c.paper.Words(o, here, p.clip, leastText, p.short)
}
