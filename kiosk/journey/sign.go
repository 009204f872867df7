package journey

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// What counts as a signature, in pad pixels.
const (
	minInk      = 150    // length of all strokes together
	minOneInk   = 350    // of a signature in a single stroke
	maxStrokes  = 500    // more is scribbling
	maxPoints   = 20_000 // of all strokes together
	padLimit    = 4000   // no pad is larger
	penRadius   = 3
	penMargin   = 16
	maxPicture  = 1600 // longer side of the picture
	inkDarkness = 0x16
)

func (m *machine) signEvent(event Event) bool {
	sign, ok := event.(Sign)
	if !ok {
		return false
	}
	if m.screen == Review {
		m.draft.unsigned()
		m.draft.strokes = sound(sign.Strokes)
	}
	return true
}

// sound copies strokes within limits and leaves out points that are no points.
func sound(strokes []Stroke) []Stroke {
	var out []Stroke
	points := 0
	for _, stroke := range strokes {
		var kept []Point
		for _, p := range stroke.Points {
			if points < maxPoints && onPad(p.X) && onPad(p.Y) {
				kept = append(kept, p)
				points++
			}
		}
		if len(kept) > 0 && len(out) < maxStrokes {
			out = append(out, Stroke{Points: kept})
		}
	}
	return out
}

func onPad(v float32) bool { return v >= -padLimit && v <= padLimit }

// signed tells whether the strokes are a signature and no slip of the finger.
func signed(strokes []Stroke) bool {
	ink := 0.0
	for _, stroke := range strokes {
		for i := 1; i < len(stroke.Points); i++ {
			a, b := stroke.Points[i-1], stroke.Points[i]
			ink += math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))
		}
	}
	return ink >= minOneInk || (len(strokes) > 1 && ink >= minInk)
}

// picture draws the strokes as a grey PNG, cut to the ink.
func picture(strokes []Stroke) ([]byte, error) {
	lowX, lowY := math.Inf(1), math.Inf(1)
	highX, highY := math.Inf(-1), math.Inf(-1)
	for _, stroke := range strokes {
		for _, p := range stroke.Points {
			lowX, highX = math.Min(lowX, float64(p.X)), math.Max(highX, float64(p.X))
			lowY, highY = math.Min(lowY, float64(p.Y)), math.Max(highY, float64(p.Y))
		}
	}
	if lowX > highX {
		return nil, fmt.Errorf("draw signature: no strokes")
	}
	scale := math.Min(1, maxPicture/math.Max(highX-lowX, highY-lowY))
	at := func(p Point) (float64, float64) {
		return (float64(p.X)-lowX)*scale + penMargin, (float64(p.Y)-lowY)*scale + penMargin
	}
	canvas := image.NewGray(image.Rect(0, 0, int((highX-lowX)*scale)+2*penMargin+1, int((highY-lowY)*scale)+2*penMargin+1))
	for i := range canvas.Pix {
		canvas.Pix[i] = 0xff
	}
	for _, stroke := range strokes {
		x0, y0 := at(stroke.Points[0])
		pen(canvas, x0, y0, x0, y0)
		for _, p := range stroke.Points[1:] {
			x1, y1 := at(p)
			pen(canvas, x0, y0, x1, y1)
			x0, y0 = x1, y1
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return nil, fmt.Errorf("draw signature: %w", err)
	}
	clear(canvas.Pix)
	return out.Bytes(), nil
}

// pen draws one line with round ends; where lines meet the darker counts.
func pen(canvas *image.Gray, x0, y0, x1, y1 float64) {
	reach := float64(penRadius) + 1
	area := image.Rect(
		int(math.Min(x0, x1)-reach), int(math.Min(y0, y1)-reach),
		int(math.Max(x0, x1)+reach)+1, int(math.Max(y0, y1)+reach)+1,
	).Intersect(canvas.Rect)
	dx, dy := x1-x0, y1-y0
	length := dx*dx + dy*dy
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			along := 0.0
			if length > 0 {
				along = math.Max(0, math.Min(1, ((float64(x)-x0)*dx+(float64(y)-y0)*dy)/length))
			}
			distance := math.Hypot(float64(x)-x0-along*dx, float64(y)-y0-along*dy)
			cover := math.Max(0, math.Min(1, penRadius+0.5-distance))
			if shade := 0xff - uint8(cover*(0xff-inkDarkness)); shade < canvas.GrayAt(x, y).Y {
				canvas.SetGray(x, y, color.Gray{Y: shade})
			}
		}
	}
}
