// Package dots holds the pictures of thermal heads: one bit per dot, and
// characters drawn into cells from a TrueType font. It knows no printer and no
// layout.
package dots

import (
	"image"
	"image/color"
)

// Bitmap is a picture of black and white dots. Rows are packed in bytes, the
// leftmost dot in the highest bit, 1 is black, as thermal printers take them.
type Bitmap struct {
	Width  int // dots
	Height int // dots
	Stride int // bytes per row
	Pix    []byte
}

// New makes a white picture of width × height dots.
func New(width, height int) *Bitmap {
	stride := (width + 7) / 8
	return &Bitmap{Width: width, Height: height, Stride: stride, Pix: make([]byte, stride*height)}
}

// Set blackens one dot; dots outside the picture are ignored.
func (b *Bitmap) Set(x, y int) {
	if x >= 0 && y >= 0 && x < b.Width && y < b.Height {
		b.Pix[y*b.Stride+x/8] |= 0x80 >> (x % 8)
	}
}

// Black tells whether a dot is black; outside the picture all is white.
func (b *Bitmap) Black(x, y int) bool {
	return x >= 0 && y >= 0 && x < b.Width && y < b.Height && b.Pix[y*b.Stride+x/8]&(0x80>>(x%8)) != 0
}

// Fill blackens a rectangle of w × h dots.
func (b *Bitmap) Fill(x, y, w, h int) {
	for dy := range h {
		for dx := range w {
			b.Set(x+dx, y+dy)
		}
	}
}

// Paste blackens the dots of src at (x, y), each as a block of zx × zy dots.
func (b *Bitmap) Paste(src *Bitmap, x, y, zx, zy int) {
	for sy := range src.Height {
		for sx := range src.Width {
			if src.Black(sx, sy) {
				b.Fill(x+sx*zx, y+sy*zy, zx, zy)
			}
		}
	}
}

// Invert makes black dots white and white ones black.
func (b *Bitmap) Invert() {
	for i := range b.Pix {
		b.Pix[i] = ^b.Pix[i]
	}
}

// Grow adds white rows at the bottom until the picture has height rows.
func (b *Bitmap) Grow(height int) {
	if height > b.Height {
		b.Pix = append(b.Pix, make([]byte, (height-b.Height)*b.Stride)...)
		b.Height = height
	}
}

// Image copies the picture into an image of two colours.
func (b *Bitmap) Image() *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, b.Width, b.Height), color.Palette{color.White, color.Black})
	for y := range b.Height {
		for x := range b.Width {
			if b.Black(x, y) {
				img.Pix[y*img.Stride+x] = 1
			}
		}
	}
	return img
}
