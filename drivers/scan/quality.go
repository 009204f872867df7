package scan

import (
	"image"
	"math"

	"bianmin/drivers"
	"bianmin/drivers/scan/page"
)

// Limits of a usable page, found on drawn pages with known faults (see the tests).
const (
	darkPaper   = 110    // the paper's grey below which nobody reads it
	blankInk    = 0.0002 // share of ink below which a page is blank
	softEdge    = 0.24   // steepest edges, as a share of the contrast, below which text is blurred
	steepShare  = 0.001  // share of the pixels that count as steepest
	margin      = 0.03   // share of each side that is not looked at: shadows of the lid
	skewDegrees = 2.0    // lines that lean more are skewed
)

// judge says what looks wrong with a page, the most hopeless fault first.
func judge(img image.Image) drivers.Quality {
	grey := inner(page.Grey(img))
	paper, darkest := page.Tones(grey)
	switch {
	case paper < darkPaper:
		return drivers.QualityDark
	case inkShare(grey, paper) < blankInk:
		return drivers.QualityBlank
	case steepness(grey) < softEdge*float64(paper-darkest):
		return drivers.QualityBlurred
	case math.Abs(page.Lean(grey, paper)) > skewDegrees:
		return drivers.QualitySkewed
	default:
		return drivers.QualityGood
	}
}

func inner(g *image.Gray) *image.Gray {
	dx, dy := int(float64(g.Rect.Dx())*margin), int(float64(g.Rect.Dy())*margin)
	return g.SubImage(image.Rect(g.Rect.Min.X+dx, g.Rect.Min.Y+dy, g.Rect.Max.X-dx, g.Rect.Max.Y-dy)).(*image.Gray)
}

func inkShare(g *image.Gray, paper int) float64 {
	ink := 0
	page.Rows(g, func(_ int, row []uint8) {
		for _, v := range row {
			if int(v) < paper-page.InkStep {
				ink++
			}
		}
	})
	return float64(ink) / float64(g.Rect.Dx()*g.Rect.Dy())
}

// steepness is the mean difference of neighbouring pixels at the steepest edges.
func steepness(g *image.Gray) float64 {
	var count [256]int
	var above []uint8
	total := 0
	page.Rows(g, func(_ int, row []uint8) {
		for x := 1; x < len(row); x++ {
			step := absDiff(row[x], row[x-1])
			if above != nil {
				step = max(step, absDiff(row[x], above[x]))
			}
			count[step]++
			total++
		}
		above = row
	})
	left := max(1, int(float64(total)*steepShare))
	sum, n := 0, 0
	for v := 255; v >= 0 && n < left; v-- {
		take := min(count[v], left-n)
		sum, n = sum+take*v, n+take
	}
	return float64(sum) / float64(max(1, n))
}

func absDiff(a, b uint8) int {
	if a > b {
		return int(a - b)
	}
	return int(b - a)
}
