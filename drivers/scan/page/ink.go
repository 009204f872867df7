// Package page makes a page of a picture: reads it within bounds, cuts the sheet
// out of the table it lies on, turns leaning lines level. It works in memory on
// pixels only; it knows no scanner, writes nothing, and where it is in doubt it
// leaves the picture as it is.
package page

import (
	"image"
	"image/color"
	"math"
)

// InkStep is how many greys below the paper count as ink.
const InkStep = 40

// How leaning lines are looked for.
const (
	leanGain   = 1.25  // how much clearer the lines must get when turned
	leanWidth  = 700   // px; turning needs no more
	leanSearch = 10.0  // degrees to each side
	leanCoarse = 0.5   // degrees
	leanFine   = 0.125 // degrees, around the best
)

// Grey is the picture in grey, from 0, 0; a grey picture is itself.
func Grey(img image.Image) *image.Gray {
	b := img.Bounds()
	if g, ok := img.(*image.Gray); ok {
		return g
	}
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		row := out.Pix[y*out.Stride : y*out.Stride+b.Dx()]
		switch from := img.(type) {
		case *image.YCbCr:
			copy(row, from.Y[from.YOffset(b.Min.X, b.Min.Y+y):])
		case *image.RGBA:
			for x := range row {
				p := from.Pix[from.PixOffset(b.Min.X+x, b.Min.Y+y):]
				row[x] = uint8((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000)
			}
		default:
			for x := range row {
				row[x] = color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y
			}
		}
	}
	return out
}

// Rows calls f with each row of pixels.
func Rows(g *image.Gray, f func(y int, row []uint8)) {
	for y := range g.Rect.Dy() {
		f(y, g.Pix[y*g.Stride:y*g.Stride+g.Rect.Dx()])
	}
}

// Tones gives the paper's grey, the one nineteen twentieths of the page are not lighter than, and the darkest that matters.
func Tones(g *image.Gray) (paper, darkest int) {
	var count [256]int
	Rows(g, func(_ int, row []uint8) {
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

// Lean is how many degrees the lines lean, 0 when the page shows no lines to tell
// by. It looks at upper edges only: they are sharper than text as a whole, and
// fall into lines also where black and white areas are as large as each other.
func Lean(g *image.Gray, paper int) float64 {
	step := max(1, g.Rect.Dx()/leanWidth)
	points := upperEdges(g, paper, step)
	height := g.Rect.Dy()/step + 1
	spread := int(float64(g.Rect.Dx()/step)*math.Tan((leanSearch+leanCoarse)*math.Pi/180)) + 2
	straight := lineness(points, 0, height, spread)
	best, bestAngle := straight, 0.0
	search := func(from, to, by float64) {
		for angle := from; angle <= to; angle += by {
			if score := lineness(points, angle, height, spread); score > best {
				best, bestAngle = score, angle
			}
		}
	}
	search(-leanSearch, leanSearch, leanCoarse)
	search(bestAngle-leanCoarse, bestAngle+leanCoarse, leanFine)
	if best < leanGain*straight {
		return 0
	}
	return bestAngle
}

func upperEdges(g *image.Gray, paper, step int) (points [][2]float64) {
	for y := step; y < g.Rect.Dy(); y += step {
		row, above := g.Pix[y*g.Stride:], g.Pix[(y-step)*g.Stride:]
		for x := 0; x < g.Rect.Dx(); x += step {
			if int(row[x]) < paper-InkStep && int(above[x]) >= paper-InkStep {
				points = append(points, [2]float64{float64(x / step), float64(y / step)})
			}
		}
	}
	return points
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
