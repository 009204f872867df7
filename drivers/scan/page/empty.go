package page

import (
	"image"
	"image/color"
)

// Limits of a side on which nothing stands. In doubt something does: a page number, a stamp's edge, a pencil's tick.
const (
	emptyMargin = 0.02      // share of each side that is not looked at: shadows of the lid
	emptyStep   = 22        // greys below the paper that a mark has, as the mean of 3 by 3 px; the other side shines through with less
	emptyInk    = 0.7       // mm² of marks, as much as a full stop or two
	sheetArea   = 210 * 297 // mm²
)

// Empty tells whether nothing at all is seen on a side, however faint or small, in any colour.
func Empty(img image.Image) bool {
	g := darkest(img)
	dx, dy := int(float64(g.Rect.Dx())*emptyMargin), int(float64(g.Rect.Dy())*emptyMargin)
	inner := g.SubImage(image.Rect(dx, dy, g.Rect.Dx()-dx, g.Rect.Dy()-dy)).(*image.Gray)
	if inner.Rect.Dx() < 3 || inner.Rect.Dy() < 3 {
		return false
	}
	paper := middle(inner)
	limit := float64(inner.Rect.Dx()*inner.Rect.Dy()) * emptyInk / sheetArea
	marks := 0
	var above, here []uint8
	Rows(inner, func(_ int, row []uint8) {
		if above != nil {
			marks += faint(above, here, row, paper-emptyStep)
		}
		above, here = here, row
	})
	return float64(marks) < limit
}

// faint counts the pixels of the middle row around which it is darker than the limit.
func faint(above, here, below []uint8, limit int) (n int) {
	for x := 1; x+1 < len(here); x++ {
		sum := 0
		for _, row := range [][]uint8{above, here, below} {
			sum += int(row[x-1]) + int(row[x]) + int(row[x+1])
		}
		if sum < 9*limit {
			n++
		}
	}
	return n
}

// middle is the grey that half of the picture is not lighter than: on an empty side the paper's.
func middle(g *image.Gray) int {
	var count [256]int
	Rows(g, func(_ int, row []uint8) {
		for _, v := range row {
			count[v]++
		}
	})
	return percentile(&count, g.Rect.Dx()*g.Rect.Dy()/2)
}

// darkest is the picture in grey by each pixel's darkest colour, so that a yellow mark is one too.
func darkest(img image.Image) *image.Gray {
	if g, ok := img.(*image.Gray); ok {
		return g
	}
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		row := out.Pix[y*out.Stride : y*out.Stride+b.Dx()]
		for x := range row {
			switch from := img.(type) {
			case *image.RGBA:
				p := from.Pix[from.PixOffset(b.Min.X+x, b.Min.Y+y):]
				row[x] = min(p[0], p[1], p[2])
			case *image.YCbCr:
				c := from.YCbCrAt(b.Min.X+x, b.Min.Y+y)
				row[x] = min(color.YCbCrToRGB(c.Y, c.Cb, c.Cr))
			default:
				r, g, bl, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
				row[x] = uint8(min(r, g, bl) >> 8)
			}
		}
	}
	return out
}
