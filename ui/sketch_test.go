package ui

import (
	"image"
	"image/color"
	"testing"

	"bianmin/ui/theme"
)

func filled(img image.Image, x, y int) bool {
	_, _, _, alpha := img.At(x, y).RGBA()
	return alpha > 0x8000
}

func TestSketch(t *testing.T) {
	s := newSketch(200, 100, 2)
	s.line([]Point{{10, 10}, {60, 10}, {60, 40}}, 6, color.Black)
	for _, c := range []struct {
		x, y int
		want bool
	}{
		{20, 20, true}, {120, 20, true}, {70, 20, true}, {120, 50, true}, {120, 80, true}, // on the line, its joint and its ends
		{15, 20, true}, {11, 20, false}, {70, 30, false}, {120, 90, false}, {60, 60, false},
	} {
		if got := filled(s.img, c.x, c.y); got != c.want {
			t.Errorf("at %d,%d: %v, want %v", c.x, c.y, got, c.want)
		}
	}
	s.disc(Point{500, 500}, 10, color.Black) // outside: nothing happens
	s.line(nil, 3, color.Black)
	s.fillRound(80, 30, 95, 45, 5, color.Black)
	if !filled(s.img, 175, 75) || filled(s.img, 161, 61) {
		t.Error("the rounded rectangle is wrong")
	}
}

func TestDashes(t *testing.T) {
	s := newSketch(300, 200, 1)
	s.dashes(300, 200, 20, 4, 12, 8, color.Black)
	on, off := 0, 0
	for x := 30; x < 270; x++ {
		if filled(s.img, x, 2) {
			on++
		} else {
			off++
		}
	}
	if on < 120 || off < 30 {
		t.Errorf("%d pixels drawn, %d not: these are no dashes", on, off)
	}
	if filled(s.img, 150, 100) || filled(s.img, 0, 0) {
		t.Error("it draws beside the border")
	}
}

// BenchmarkPadBorder draws the signature pad's border: it is drawn when the page appears.
func BenchmarkPadBorder(b *testing.B) {
	for b.Loop() {
		s := newSketch(968, 418, 1)
		s.dashes(968, 418, 24, 4, 12, 8, theme.Colour(theme.LinePad))
	}
}

// BenchmarkCardPicture draws the picture of card and reader.
func BenchmarkCardPicture(b *testing.B) {
	c := &CardPicture{}
	for b.Loop() {
		c.draw(968, 758)
	}
}
