package main

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/kiosk/gallery/states"
	"bianmin/kiosk/screen"
	"bianmin/ui"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// What must hold of every state in every variant.
const (
	leastTarget   = 88 // px that a finger needs
	leastApart    = 24 // px between two targets
	leastKeyApart = 8  // px between two keys, which are typed one after the other
	leastText     = 28 // px
)

func TestLayout(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.Toolkit(theme.Look{}))
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	fonts := uitest.LoadFonts(t)
	err = all(append(slices.Clone(variants), corners...), func(v variant, named states.Named) error {
		newCheck(t, v, named.Name, fonts).all(v.draw(words, named.State))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if missing := words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

// check is the state being checked.
type check struct {
	t     *testing.T
	at    string
	v     variant
	paper *uitest.Paper
	look  theme.Look
}

func newCheck(t *testing.T, v variant, name string, fonts uitest.Fonts) *check {
	at := v.name + "/" + name
	return &check{t: t, at: at, v: v, paper: uitest.NewPaper(t, at, fonts), look: theme.For(v.size, v.large)}
}

func (c *check) all(w *screen.Window) {
	c.t.Helper()
	c.things(ui.Look(w.Root()).Things)
	c.walk(w.Root(), fyne.Position{}, uitest.Box{W: c.v.size.Width, H: c.v.size.Height}, 0)
}

// things checks sizes and distances of everything that can be tapped.
func (c *check) things(things []ui.Thing) {
	c.t.Helper()
	for i, a := range things {
		if a.Seen.Empty() || a.Name == "corner" { // the staff's spot lies on the point's name
			continue
		}
		if a.Whole.Width < c.look.Px(leastTarget)-0.5 || a.Whole.Height < c.look.Px(leastTarget)-0.5 {
			c.t.Errorf("%s: %q is %.0f×%.0f, less than %d", c.at, a.Name, a.Whole.Width, a.Whole.Height, leastTarget)
		}
		if a.Whole.X < 0 || a.Whole.X+a.Whole.Width > c.v.size.Width+0.5 {
			c.t.Errorf("%s: %q leaves the window: %+v", c.at, a.Name, a.Whole)
		}
		if a.Scrolls == 0 && (a.Whole.Y < 0 || a.Whole.Y+a.Whole.Height > c.v.size.Height+0.5) {
			c.t.Errorf("%s: %q leaves the window: %+v", c.at, a.Name, a.Whole)
		}
		for _, b := range things[i+1:] {
			if b.Seen.Empty() || b.Name == "corner" {
				continue
			}
			c.apart(a, b)
		}
	}
}

func (c *check) apart(a, b ui.Thing) {
	c.t.Helper()
	least := float32(leastApart)
	if key(a.Name) && key(b.Name) {
		least = leastKeyApart
	}
	dx := max(a.Seen.X, b.Seen.X) - min(a.Seen.X+a.Seen.Width, b.Seen.X+b.Seen.Width)
	dy := max(a.Seen.Y, b.Seen.Y) - min(a.Seen.Y+a.Seen.Height, b.Seen.Y+b.Seen.Height)
	if max(dx, dy) < c.look.Px(least)-0.5 && a.Name != "signature" && b.Name != "signature" { // the pad's own button stands in it
		c.t.Errorf("%s: %q and %q are %.0f apart, less than %.0f", c.at, a.Name, b.Name, max(dx, dy), least)
	}
}

func key(name string) bool {
	return strings.HasPrefix(name, "key:") || strings.HasPrefix(name, "pick:")
}

// walk visits what is drawn, bottom first.
func (c *check) walk(object fyne.CanvasObject, offset fyne.Position, clip uitest.Box, scrolls int) {
	if object == nil || !object.Visible() {
		return
	}
	at := offset.Add(object.Position())
	size := object.Size()
	here := uitest.Box{X: at.X, Y: at.Y, W: size.Width, H: size.Height}
	switch o := object.(type) {
	case *canvas.Rectangle:
		c.paper.Fill(o, here.Seen(clip))
	case *canvas.Text:
		c.text(o, here, clip, scrolls)
	case *ui.DragScroll:
		clip = here.Seen(clip)
		scrolls++
	}
	var parts []fyne.CanvasObject
	switch o := object.(type) {
	case *fyne.Container:
		parts = o.Objects
	case ui.Parted:
		parts = o.Parts()
	}
	for _, part := range parts {
		c.walk(part, at, clip, scrolls)
	}
}

func (c *check) text(o *canvas.Text, here, clip uitest.Box, scrolls int) {
	if strings.TrimSpace(o.Text) == "" {
		return
	}
	need := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle)
	edge := c.look.Size(theme.Margin) - 1
	if here.X < edge || here.X+need.Width > c.v.size.Width-edge {
		c.t.Errorf("%s: %q is %.0f wide at %.0f and leaves the window's margins", c.at, o.Text, need.Width, here.X)
	}
	if scrolls == 0 && (here.Y < 0 || here.Y+need.Height > c.v.size.Height) {
		c.t.Errorf("%s: %q leaves the window", c.at, o.Text)
	}
	c.paper.Words(o, here, clip, c.look.Px(leastText)-0.01, o.Text == "…")
}

// TestFontHasEveryWord looks at every word there is, shown or not.
func TestFontHasEveryWord(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	fonts := uitest.LoadFonts(t)
	for _, lang := range words.Languages() {
		for _, each := range words.Keys(lang) {
			for _, template := range words.Templates(lang, each) {
				for _, r := range template {
					if r == '\n' { // where a word is broken, not drawn
						continue
					}
					if !fonts.Cover(t, false, r) || !fonts.Cover(t, true, r) {
						t.Errorf("%s %s: the font lacks %q (%U)", lang, each, r, r)
					}
				}
			}
		}
	}
}
