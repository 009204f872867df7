package printer

import (
	"image"
	"image/draw"
	"slices"

	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/drivers/dots"
)

const (
	cellWidth   = 12 // dots of a Latin character
	cellHeight  = 24 // dots
	lineSpacing = 30 // dots from one line to the next, ESC 2
	cutterGap   = 96 // dots from the head to the cutter: 12 mm
)

// Strip is a piece of printed paper.
type Strip struct {
	Dots  *dots.Bitmap
	Lines []string // the text lines on it, as a person would read them
	Raw   []byte   // the bytes that made it, real-time commands left out
	Cut   bool     // false while it hangs in the printer
}

// Image is the strip as a picture, with a white margin as wide as real paper has.
func (s Strip) Image() image.Image {
	const margin = 32
	out := image.NewGray(image.Rect(0, 0, s.Dots.Width+2*margin, s.Dots.Height+margin))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(margin, margin/2, margin+s.Dots.Width, margin/2+s.Dots.Height), s.Dots.Image(), image.Point{}, draw.Src)
	return out
}

func (s Strip) clone() Strip {
	c := s
	picture := *s.Dots
	picture.Pix = append([]byte(nil), s.Dots.Pix...)
	c.Dots = &picture
	c.Lines = append([]string(nil), s.Lines...)
	c.Raw = append([]byte(nil), s.Raw...)
	return c
}

// Face draws characters of the printer's own fonts.
type Face interface {
	Draw(dst *dots.Bitmap, x, y, width, height int, r rune, bold bool)
}

// glyph is one character waiting in the line buffer.
type glyph struct {
	r         rune
	x         int // dots from the left margin
	cells     int
	zx, zy    int
	bold      bool
	reverse   bool
	underline bool
	picture   *dots.Bitmap // instead of a character: ESC *
}

func (g glyph) width() int {
	if g.picture != nil {
		return g.picture.Width
	}
	return g.cells * g.zx * cellWidth
}

// modes is everything ESC @ resets.
type modes struct {
	align     byte
	zx, zy    int
	bold      bool
	reverse   bool
	underline bool
	spacing   int
	margin    int // dots
	area      int // dots, width of the printing area
	code      qrState
	graphics  *dots.Bitmap // stored by GS ( L, waiting to be printed
	page      byte         // code page of single bytes from 0x80
	barHeight int
}

// head is the mechanism: modes, the line being gathered, and the paper under it.
type head struct {
	modes
	width int // dots
	roll  int // of the paper that lies in: the next strip is so wide
	face  Face
	strip *Strip
	y     int // rows printed on the strip
	line  []glyph
	x     int // dots from the left margin, where the next character goes

	nameless bool // knows no GS I
}

type qrState struct {
	module int
	level  byte
	data   string
}

func newHead(width int, face Face) *head {
	h := &head{roll: width, face: face}
	h.fresh()
	h.reset()
	return h
}

// fresh begins a new strip.
func (h *head) fresh() {
	h.width = h.roll
	h.strip = &Strip{Dots: dots.New(h.width, 0)}
	h.y = 0
}

// reset is ESC @: modes and the line buffer go, the paper stays.
func (h *head) reset() {
	h.line, h.x = nil, 0
	h.modes = modes{zx: 1, zy: 1, spacing: lineSpacing, area: h.width, code: qrState{module: 3, level: 48}, barHeight: 162}
}

// gather puts one character into the line buffer; full says that it did not fit.
func (h *head) gather(code []byte) (full bool) {
	g := glyph{r: h.decode(code), x: h.x, cells: 1, zx: h.zx, zy: h.zy, bold: h.bold, reverse: h.reverse, underline: h.underline}
	if len(code) > 1 {
		g.cells = 2
	}
	if g.x+g.width() > h.room() && len(h.line) > 0 {
		return true
	}
	h.line = append(h.line, g)
	h.x += g.width()
	return false
}

// room is how much of the printing area lies on the paper.
func (h *head) room() int { return min(h.area, h.width-h.margin) }

func (h *head) decode(code []byte) rune {
	if len(code) == 1 {
		return h.single(code[0])
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(code)
	if err != nil {
		return '\uFFFD'
	}
	return []rune(string(text))[0]
}

// pitch is how far the paper moves for the gathered line.
func (h *head) pitch() int {
	pitch := h.spacing
	for _, g := range h.line {
		if g.picture == nil { // what is drawn in columns joins the next line of columns
			pitch = max(pitch, g.zy*cellHeight+lineSpacing-cellHeight)
		}
	}
	return pitch
}

// print puts the gathered line on paper.
func (h *head) print() {
	pitch := h.pitch()
	h.strip.Dots.Grow(h.y + pitch)
	extent, tallest := 0, 1
	for _, g := range h.line {
		extent, tallest = max(extent, g.x+g.width()), max(tallest, g.zy)
	}
	left := h.left(extent)
	var words []rune
	slices.SortStableFunc(h.line, func(a, b glyph) int { return a.x - b.x }) // as one reads, not as they came
	for _, g := range h.line {
		if g.picture != nil {
			h.strip.Dots.Paste(g.picture, left+g.x, h.y, 1, 1)
			continue
		}
		one := dots.New(g.cells*cellWidth, cellHeight)
		h.face.Draw(one, 0, 0, one.Width, one.Height, g.r, g.bold)
		if g.underline {
			one.Fill(0, cellHeight-1, one.Width, 1)
		}
		if g.reverse {
			one.Invert()
		}
		h.strip.Dots.Paste(one, left+g.x, h.y+(tallest-g.zy)*cellHeight, g.zx, g.zy)
		words = append(words, g.r)
	}
	h.strip.Lines = append(h.strip.Lines, string(words))
	h.y += pitch
	h.line, h.x = nil, 0
}

// left is where something of the given width begins under margin and alignment.
func (h *head) left(width int) int {
	free := max(0, h.room()-width)
	switch h.align {
	case 1:
		free /= 2
	case 2:
	default:
		free = 0
	}
	return h.margin + free
}

func (h *head) feed(rows int) {
	h.y += rows
	h.strip.Dots.Grow(h.y)
}

func (h *head) paste(p *dots.Bitmap, zx, zy int) {
	h.strip.Dots.Grow(h.y + p.Height*zy)
	h.strip.Dots.Paste(p, h.left(p.Width*zx), h.y, zx, zy)
	h.y += p.Height * zy
}
