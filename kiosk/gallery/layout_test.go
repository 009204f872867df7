package main

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"golang.org/x/image/font/sfnt"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/kiosk/gallery/states"
	"bianmin/kiosk/screen"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// What must hold of every state in every variant.
const (
	leastTarget   = 88 // px that a finger needs
	leastApart    = 24 // px between two targets
	leastKeyApart = 8  // px between two keys, which are typed one after the other
	leastText     = 28 // px
	leastContrast = 7
)

func TestLayout(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.Toolkit(theme.Look{}))
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	fonts := loadFonts(t)
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

type box struct{ x, y, w, h float32 }

func (b box) seen(by box) box {
	x, y := max(b.x, by.x), max(b.y, by.y)
	return box{x, y, min(b.x+b.w, by.x+by.w) - x, min(b.y+b.h, by.y+by.h) - y}
}

// check is the state being checked.
type check struct {
	t     *testing.T
	at    string
	v     variant
	fonts fonts
	look  theme.Look
	rects []painted
}

func newCheck(t *testing.T, v variant, name string, fonts fonts) *check {
	return &check{t: t, at: v.name + "/" + name, v: v, fonts: fonts, look: theme.For(v.size, v.large)}
}

func (c *check) all(w *screen.Window) {
	c.t.Helper()
	c.things(ui.Look(w.Root()).Things)
	c.walk(w.Root(), fyne.Position{}, box{0, 0, c.v.size.Width, c.v.size.Height}, 0)
}

// painted is a filled rectangle, in the order of painting.
type painted struct {
	box  box
	fill color.NRGBA
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
func (c *check) walk(object fyne.CanvasObject, offset fyne.Position, clip box, scrolls int) {
	if object == nil || !object.Visible() {
		return
	}
	at := offset.Add(object.Position())
	size := object.Size()
	here := box{at.X, at.Y, size.Width, size.Height}
	switch o := object.(type) {
	case *canvas.Rectangle:
		if fill, ok := o.FillColor.(color.NRGBA); ok && fill.A > 0 {
			c.rects = append(c.rects, painted{here.seen(clip), fill})
		}
	case *canvas.Text:
		c.text(o, here, clip, scrolls)
	case *ui.DragScroll:
		clip = here.seen(clip)
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

func (c *check) text(o *canvas.Text, here, clip box, scrolls int) {
	if strings.TrimSpace(o.Text) == "" {
		return
	}
	if o.TextSize < c.look.Px(leastText)-0.01 {
		c.t.Errorf("%s: %q is %.1f px high, less than %d", c.at, o.Text, o.TextSize, leastText)
	}
	need := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle)
	edge := c.look.Size(theme.Margin) - 1
	if here.x < edge || here.x+need.Width > c.v.size.Width-edge {
		c.t.Errorf("%s: %q is %.0f wide at %.0f and leaves the window's margins", c.at, o.Text, need.Width, here.x)
	}
	if scrolls == 0 && (here.y < 0 || here.y+need.Height > c.v.size.Height) {
		c.t.Errorf("%s: %q leaves the window", c.at, o.Text)
	}
	if o.Text != "…" && strings.HasSuffix(o.Text, "…") && !strings.HasSuffix(o.Text, "……") && !strings.HasSuffix(o.Text, " …") {
		c.t.Errorf("%s: %q is cut off", c.at, o.Text)
	}
	for _, r := range o.Text {
		if !covered(c.t, c.fonts[o.TextStyle.Bold], r) {
			c.t.Errorf("%s: the font lacks %q (%U)", c.at, r, r)
		}
	}
	if middle := here.y + need.Height/2; middle < clip.y || middle > clip.y+clip.h {
		return // a scroll hides it
	}
	c.contrast(o, box{here.x, here.y, need.Width, need.Height})
}

// contrast compares a text with what was painted last below its middle, and
// finds text that is wider than the card, key or badge it stands on.
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

// fonts are the embedded faces, by boldness.
type fonts map[bool]*face

// face is a font that remembers which runes it has.
type face struct {
	font *sfnt.Font
	has  map[rune]bool
}

func loadFonts(t *testing.T) fonts {
	t.Helper()
	all := fonts{}
	for bold, content := range map[bool][]byte{false: assets.FontRegular(), true: assets.FontBold()} {
		font, err := sfnt.Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		all[bold] = &face{font: font, has: map[rune]bool{}}
	}
	return all
}

func covered(t *testing.T, f *face, r rune) bool {
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

// TestFontHasEveryWord looks at every word there is, shown or not.
func TestFontHasEveryWord(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	fonts := loadFonts(t)
	for _, lang := range words.Languages() {
		for _, each := range words.Keys(lang) {
			for _, template := range words.Templates(lang, each) {
				for _, r := range template {
					if r == '\n' { // where a word is broken, not drawn
						continue
					}
					if !covered(t, fonts[false], r) || !covered(t, fonts[true], r) {
						t.Errorf("%s %s: the font lacks %q (%U)", lang, each, r, r)
					}
				}
			}
		}
	}
}

// TestPseudoIsLonger proves that the pseudo-language tests what it says.
func TestPseudoIsLonger(t *testing.T) {
	for _, template := range []string{"Help", "Back", "What you entered is not handed in and will be wiped.", "{n} pages"} {
		long := longer(template)
		if got, want := len([]rune(long)), len([]rune(template))*14/10; got < want {
			t.Errorf("longer(%q) = %q: %d characters, want %d", template, long, got, want)
		}
	}
}
