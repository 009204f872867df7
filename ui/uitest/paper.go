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
	"bianmin/ui/theme"
)

const leastContrast = 7

// Box is a place in the window, in px.
type Box struct{ X, Y, W, H float32 }

// Seen is the part of a box that another lets be seen.
func (b Box) Seen(by Box) Box {
	x, y := max(b.X, by.X), max(b.Y, by.Y)
	return Box{x, y, min(b.X+b.W, by.X+by.W) - x, min(b.Y+b.H, by.Y+by.H) - y}
}

// Paper remembers what was painted on a page, bottom first, and judges the words on it.
type Paper struct {
	t     *testing.T
	at    string
	fonts Fonts
	rects []painted
}

// painted is a filled rectangle, in the order of painting.
type painted struct {
	box  Box
	fill color.NRGBA
}

// NewPaper is a page that nothing was painted on; at names it in errors.
func NewPaper(t *testing.T, at string, fonts Fonts) *Paper {
	return &Paper{t: t, at: at, fonts: fonts}
}

// Fill paints a rectangle as far as it is seen.
func (p *Paper) Fill(o *canvas.Rectangle, seen Box) {
	if fill, ok := o.FillColor.(color.NRGBA); ok && fill.A > 0 {
		p.rects = append(p.rects, painted{seen, fill})
	}
}

// Words wants a text to be at least so many px high, whole unless it may be cut, of signs the fonts have, and where clip
// lets it be seen dark enough on what it stands on and no wider than that.
func (p *Paper) Words(o *canvas.Text, here, clip Box, least float32, cut bool) {
	p.t.Helper()
	if o.TextSize < least {
		p.t.Errorf("%s: %q is %.1f px high, less than %.1f", p.at, o.Text, o.TextSize, least)
	}
	if strings.HasSuffix(o.Text, "…") && !strings.HasSuffix(o.Text, "……") && !strings.HasSuffix(o.Text, " …") && !cut {
		p.t.Errorf("%s: %q is cut off", p.at, o.Text)
	}
	for _, r := range o.Text {
		if !p.fonts.Cover(p.t, o.TextStyle.Bold, r) {
			p.t.Errorf("%s: the font lacks %q (%U)", p.at, r, r)
		}
	}
	need := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle)
	if middle := here.Y + need.Height/2; middle < clip.Y || middle > clip.Y+clip.H {
		return // a scroll hides it
	}
	p.contrast(o, Box{here.X, here.Y, need.Width, need.Height})
}

// contrast compares a text with what was painted last below its middle, and
// finds text that is wider than what it stands on.
func (p *Paper) contrast(o *canvas.Text, here Box) {
	p.t.Helper()
	ground := theme.Colour(theme.Ground)
	x, y := here.X+here.W/2, here.Y+here.H/2
	var on Box
	for _, r := range p.rects {
		if x < r.box.X || x > r.box.X+r.box.W || y < r.box.Y || y > r.box.Y+r.box.H {
			continue
		}
		if r.fill.A < 0xFF { // the shade below an overlay: what is dimmed is not read
			return
		}
		ground, on = r.fill, r.box
	}
	if on.W > 0 && (here.X < on.X-0.5 || here.X+here.W > on.X+on.W+0.5) {
		p.t.Errorf("%s: %q is wider than what it stands on", p.at, o.Text)
	}
	ink, ok := o.Color.(color.NRGBA)
	if !ok {
		p.t.Errorf("%s: %q has a colour that is no token", p.at, o.Text)
		return
	}
	if ratio := Contrast(ink, ground); ratio < leastContrast {
		p.t.Errorf("%s: %q has a contrast of %.1f, less than %d", p.at, o.Text, ratio, leastContrast)
	}
}

// Contrast is the ratio of WCAG 2, from 1 to 21.
func Contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Fonts are the embedded faces, by boldness.
type Fonts map[bool]*face

// face is a font that remembers which runes it has.
type face struct {
	font *sfnt.Font
	has  map[rune]bool
}

// LoadFonts reads the embedded faces.
func LoadFonts(t *testing.T) Fonts {
	t.Helper()
	all := Fonts{}
	for bold, content := range map[bool][]byte{false: assets.FontRegular(), true: assets.FontBold()} {
		font, err := sfnt.Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		all[bold] = &face{font: font, has: map[rune]bool{}}
	}
	return all
}

// Cover tells whether the bold or the regular face has a sign.
func (f Fonts) Cover(t *testing.T, bold bool, r rune) bool {
	t.Helper()
	face := f[bold]
	has, known := face.has[r]
	if !known {
		index, err := face.font.GlyphIndex(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		has = index != 0
		face.has[r] = has
	}
	return has
}
