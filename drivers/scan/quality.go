package scan

import (
	"image"
	"image/color"
	"math"

	"bianmin/drivers"
)

// Limits of a usable page, found on drawn pages with known faults (see the tests).
const (
	darkPaper    = 110    // the paper's grey below which nobody reads it
	inkStep      = 40     // greys below the paper that count as ink
	blankInk     = 0.0002 // share of ink below which a page is blank
	softEdge     = 0.24   // steepest edges, as a share of the contrast, below which text is blurred
	steepShare   = 0.001  // share of the pixels that count as steepest
	margin       = 0.03   // share of each side that is not looked at: shadows of the lid
	skewDegrees  = 2.0    // lines that lean more are skewed
	skewGain     = 1.25   // how much clearer the lines must get when turned
	skewWidth    = 700    // px; turning needs no more
	skewSearch   = 10.0   // degrees to each side
	skewFineness = 0.5    // degrees
)

// judge says what looks wrong with a page, the most hopeless fault first.
func judge(img image.Image) drivers.Quality {
	grey := inner(toGrey(img))
	paper, darkest := tones(grey)
	switch {
	case paper < darkPaper:
		return drivers.QualityDark
	case inkShare(grey, paper) < blankInk:
		return drivers.QualityBlank
	case steepness(grey) < softEdge*float64(paper-darkest):
		return drivers.QualityBlurred
	case math.Abs(skew(grey, paper)) > skewDegrees:
		return drivers.QualitySkewed
	default:
		return drivers.QualityGood
	}
}

func toGrey(img image.Image) *image.Gray {
	if g, ok := img.(*image.Gray); ok {
		return g
	}
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	rgba, fast := img.(*image.RGBA)
	for y := range b.Dy() {
		for x := range b.Dx() {
			if fast {
				p := rgba.Pix[y*rgba.Stride+4*x:]
				out.Pix[y*out.Stride+x] = uint8((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000)
				continue
			}
			out.Pix[y*out.Stride+x] = color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y
		}
	}
	return out
}

func inner(g *image.Gray) *image.Gray {
	dx, dy := int(float64(g.Rect.Dx())*margin), int(float64(g.Rect.Dy())*margin)
	return g.SubImage(image.Rect(g.Rect.Min.X+dx, g.Rect.Min.Y+dy, g.Rect.Max.X-dx, g.Rect.Max.Y-dy)).(*image.Gray)
}

// rows calls f with each row of pixels.
func rows(g *image.Gray, f func(y int, row []uint8)) {
	for y := range g.Rect.Dy() {
		f(y, g.Pix[y*g.Stride:y*g.Stride+g.Rect.Dx()])
	}
}

// tones gives the paper's grey, the one nineteen twentieths of the page are not lighter than, and the darkest that matters.
func tones(g *image.Gray) (paper, darkest int) {
	var count [256]int
	rows(g, func(_ int, row []uint8) {
		for _, v := range row {
			count[v]++
		}
	})
	total := g.Rect.Dx() * g.Rect.Dy()
	return percentile(&count, total*19/20), percentile(&count, total/1000)
}

func percentile(count *[256]int, rank int) int {
	for v, n := range count {
		if rank -= n; rank < 0 {
			return v
		}
	}
	return 255
}

func inkShare(g *image.Gray, paper int) float64 {
	ink := 0
	rows(g, func(_ int, row []uint8) {
		for _, v := range row {
			if int(v) < paper-inkStep {
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
	rows(g, func(_ int, row []uint8) {
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

// skew is how many degrees the lines lean, 0 when the page shows no lines to tell
// by. It looks at upper edges only: they are sharper than text as a whole, and
// fall into lines also where black and white areas are as large as each other.
func skew(g *image.Gray, paper int) float64 {
	step := max(1, g.Rect.Dx()/skewWidth)
	var points [][2]float64
	for y := step; y < g.Rect.Dy(); y += step {
		row, above := g.Pix[y*g.Stride:], g.Pix[(y-step)*g.Stride:]
		for x := 0; x < g.Rect.Dx(); x += step {
			if int(row[x]) < paper-inkStep && int(above[x]) >= paper-inkStep {
				points = append(points, [2]float64{float64(x / step), float64(y / step)})
			}
		}
	}
	height := g.Rect.Dy()/step + 1
	spread := int(float64(g.Rect.Dx()/step)*math.Tan(skewSearch*math.Pi/180)) + 2
	straight := lineness(points, 0, height, spread)
	best, bestAngle := straight, 0.0
	for angle := -skewSearch; angle <= skewSearch; angle += skewFineness {
		if score := lineness(points, angle, height, spread); score > best {
			best, bestAngle = score, angle
		}
	}
	if best < skewGain*straight {
		return 0
	}
	return bestAngle
}

// lineness is high when the ink, seen along the angle, falls into lines with white between them.
func lineness(points [][2]float64, degrees float64, height, spread int) float64 {
	slope := math.Tan(degrees * math.Pi / 180)
	profile := make([]float64, height+2*spread+1)
	for _, p := range points {
		profile[int(p[1]-p[0]*slope)+spread]++
	}
	sum := 0.0
	for i := 1; i < len(profile); i++ {
		d := profile[i] - profile[i-1]
		sum += d * d
	}
	return sum
}
