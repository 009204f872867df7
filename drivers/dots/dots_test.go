package dots_test

import (
	"image/color"
	"testing"

	"bianmin/assets"
	"bianmin/drivers/dots"
)

func face(t *testing.T) *dots.Face {
	t.Helper()
	f, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func black(b *dots.Bitmap) (n int) {
	for y := range b.Height {
		for x := range b.Width {
			if b.Black(x, y) {
				n++
			}
		}
	}
	return n
}

func TestBitmap(t *testing.T) {
	b := dots.New(10, 3)
	b.Set(0, 0)
	b.Set(9, 2)
	b.Set(10, 0) // outside: ignored
	b.Set(-1, 0)
	b.Set(0, 3)
	if black(b) != 2 || b.Pix[0] != 0x80 || b.Pix[2*b.Stride+1] != 0x40 {
		t.Errorf("%x", b.Pix)
	}
	b.Grow(5)
	b.Paste(b, 0, 3, 1, 1)
	if b.Height != 5 || !b.Black(0, 3) || b.Black(9, 5) {
		t.Errorf("after growing and pasting: %x", b.Pix)
	}
	zoomed := dots.New(8, 8)
	dot := dots.New(1, 1)
	dot.Set(0, 0)
	zoomed.Paste(dot, 2, 2, 3, 2)
	if black(zoomed) != 6 || !zoomed.Black(4, 3) || zoomed.Black(5, 3) {
		t.Errorf("zoomed: %x", zoomed.Pix)
	}
	img := zoomed.Image()
	if img.At(2, 2) != color.Black || img.At(0, 0) != color.White {
		t.Error("the image is not black on white")
	}
	zoomed.Invert()
	if zoomed.Black(2, 2) || !zoomed.Black(0, 0) {
		t.Error("not inverted")
	}
}

// No character leaves its cell, whatever its shape, and every one leaves ink.
func TestCharactersStayInTheirCells(t *testing.T) {
	f := face(t)
	for _, r := range "WMgjyQ@|_，。《》（）一鑫龘ëÅ€…─□" {
		width := 24
		if r < 0x80 {
			width = 12
		}
		for _, bold := range []bool{false, true} {
			b := dots.New(72, 72)
			f.Draw(b, 24, 24, width, 24, r, bold)
			ink, inside := black(b), 0
			for y := 24; y < 48; y++ {
				for x := 24; x < 24+width; x++ {
					if b.Black(x, y) {
						inside++
					}
				}
			}
			if ink == 0 || ink != inside {
				t.Errorf("%q bold %v: %d dots, %d of them in the cell", r, bold, ink, inside)
			}
		}
	}
}

func TestHas(t *testing.T) {
	f := face(t)
	for r, want := range map[rune]bool{'民': true, 'A': true, '㛃': true, '𠮷': false, '\uE188': false, '😀': false} {
		if f.Has(r) != want {
			t.Errorf("Has(%q) = %v", r, !want)
		}
	}
	b := dots.New(24, 24)
	f.Draw(b, 0, 0, 24, 24, '\uE188', false)
	if black(b) < 60 {
		t.Error("a missing character is drawn as nothing instead of a box")
	}
	blank := dots.New(24, 24)
	f.Draw(blank, 0, 0, 24, 24, '　', false)
	if black(blank) != 0 {
		t.Error("a space leaves ink")
	}
	if _, err := dots.NewFace([]byte("no font")); err == nil {
		t.Error("nonsense was taken for a font")
	}
}
