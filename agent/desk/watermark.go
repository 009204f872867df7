package desk

import (
	"image"
	"image/color"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// inked is the watermark's colour: seen, but what is below stays readable.
var inked = color.NRGBA{R: 0x0b, G: 0x4a, B: 0xa2, A: 0x50}

// Distances between the marks in pixels.
const (
	markLine = 48
	markGap  = 24
)

// mark says at which terminal, by which account and on which day a page is looked at.
func (m *machine) mark() string {
	return m.options.Place.Terminal + " " + m.shift.account.ID + " " + m.date()
}

// watermark writes a mark across a picture, line below line, each begun further to the left.
func watermark(picture *image.RGBA, mark string) {
	d := font.Drawer{Dst: picture, Src: image.NewUniform(inked), Face: basicfont.Face7x13}
	width := d.MeasureString(mark).Ceil() + markGap
	size := picture.Bounds().Size()
	for line, y := 0, markLine/2; y < size.Y+markLine; line, y = line+1, y+markLine {
		for x := -(line * markLine % width); x < size.X; x += width {
			d.Dot = fixed.P(x, y)
			d.DrawString(mark)
		}
	}
}
