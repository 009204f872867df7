package scan

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"bianmin/drivers/scan/page"
)

// mark draws an area of a page, in mm, darker than the paper by so many greys.
func mark(g *image.Gray, x, y, width, height float64, darker int) *image.Gray {
	out := image.NewGray(g.Rect)
	copy(out.Pix, g.Pix)
	scale := float64(g.Rect.Dx()) / 210
	area := image.Rect(int(x*scale), int(y*scale), int((x+width)*scale), int((y+height)*scale))
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			out.Pix[y*out.Stride+x] = uint8(max(0, int(out.Pix[y*out.Stride+x])-darker))
		}
	}
	return out
}

// through is the other side shining through the paper, mirrored.
func through(front *image.Gray, darker int) *image.Gray {
	out := image.NewGray(front.Rect)
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			v := uint8(245)
			if front.Pix[y*front.Stride+front.Rect.Dx()-1-x] < 128 {
				v -= uint8(darker)
			}
			out.Pix[y*out.Stride+x] = v
		}
	}
	return out
}

// coloured is the page with an area of the colour, in mm.
func coloured(g *image.Gray, area image.Rectangle, c color.Color) image.Image {
	out := image.NewRGBA(g.Rect)
	draw.Draw(out, g.Rect, g, image.Point{}, draw.Src)
	scale := g.Rect.Dx() / 210
	draw.Draw(out, image.Rect(area.Min.X*scale, area.Min.Y*scale, area.Max.X*scale, area.Max.Y*scale), image.NewUniform(c), image.Point{}, draw.Src)
	return out
}

// TestEmpty: empty is only where nothing at all is seen. In doubt something is, and nobody is asked to leave it out.
func TestEmpty(t *testing.T) {
	white := letter(t, 0, 245)
	for name, c := range map[string]struct {
		picture image.Image
		want    bool
	}{
		"white":                          {white, true},
		"recycled paper with grain":      {grain(letter(t, 0, 200), 12), true},
		"the front shines through":       {grain(through(letter(t, 25, 245), 14), 6), true},
		"a grain of dust":                {mark(white, 60, 80, 0.5, 0.5, 200), true},
		"the lid's shadow at the edge":   {mark(white, 0, 0, 3, 297, 120), true},
		"a full page":                    {letter(t, 25, 245), false},
		"one line":                       {letter(t, 1, 245), false},
		"a page number":                  {mark(mark(white, 104, 285, 0.35, 2.5, 220), 106, 285, 0.35, 2.5, 220), false},
		"a faint pencil line":            {mark(white, 50, 100, 40, 0.4, 36), false},
		"a pencil tick on rough paper":   {grain(mark(mark(white, 50, 100, 0.5, 4, 60), 50.5, 102, 0.5, 4, 60), 8), false},
		"a yellow mark in colour":        {coloured(white, image.Rect(40, 60, 60, 64), color.RGBA{250, 245, 120, 255}), false},
		"a pale red stamp in colour":     {coloured(white, image.Rect(40, 60, 60, 61), color.RGBA{245, 205, 205, 255}), false},
		"a hole for the binder":          {mark(white, 12, 140, 6, 6, 200), false},
		"a page in the dark":             {grain(letter(t, 12, 90), 4), false},
		"half of it in shadow":           {mark(white, 0, 0, 80, 297, 60), false},
		"handwriting at the very margin": {mark(white, 6, 6, 8, 0.5, 150), false},
	} {
		if got := page.Empty(c.picture); got != c.want {
			t.Errorf("%s: empty %v", name, got)
		}
	}
	for want, picture := range map[bool]image.Image{true: white, false: letter(t, 1, 245)} {
		if p, err := Page(picture, 0); err != nil || p.Empty != want {
			t.Errorf("packed: empty %v, want %v (%v)", p.Empty, want, err)
		}
	}
}
