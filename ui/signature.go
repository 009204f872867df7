package ui

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"

	"bianmin/ui/theme"
)

// Stroke is one line of a signature, points in the pad's units.
type Stroke []Point

// SignaturePad is the box one signs in with a finger. It reports all strokes
// after each one, and none after a wipe.
type SignaturePad struct {
	touch
	ground  *canvas.Rectangle
	border  *canvas.Raster
	ink     *canvas.Raster
	redo    *Button
	strokes []Stroke
	open    bool // a stroke is being written
	signed  func([]Stroke)
	picture *image.RGBA  // of the finished pieces, in pixels
	mask    *image.Alpha // where there is ink on it
	drawn   int          // pieces of all strokes in the picture
	scale   float32
}

var (
	_ fyne.Draggable    = (*SignaturePad)(nil)
	_ desktop.Mouseable = (*SignaturePad)(nil)
	_ mobile.Touchable  = (*SignaturePad)(nil)
)

// NewSignaturePad makes a pad. redo are the words of the button that wipes it;
// name is what journey files call it.
func NewSignaturePad(look theme.Look, name, redo string, signed func([]Stroke)) *SignaturePad {
	p := &SignaturePad{signed: signed}
	p.look, p.name = look, name
	p.ground = panel(look, theme.Surface, theme.Surface, theme.Border)
	p.ground.StrokeWidth = 0
	p.border = canvas.NewRaster(p.drawBorder)
	p.ink = canvas.NewRaster(p.drawInk)
	p.redo = NewPill(look, redo, Plain, p.Clear)
	p.redo.Hide()
	p.parts = []fyne.CanvasObject{p.ground, p.border, p.ink, p.redo}
	p.arrange = func(size fyne.Size) {
		place(p.ground, 0, 0, size.Width, size.Height)
		place(p.border, 0, 0, size.Width, size.Height)
		place(p.ink, 0, 0, size.Width, size.Height)
		need := p.redo.measure(0)
		edge := look.Size(theme.Gap)
		place(p.redo, size.Width-need.Width-edge, size.Height-need.Height-edge, need.Width, need.Height)
	}
	p.measure = func(float32) fyne.Size { return fyne.NewSize(0, look.Size(theme.PadHeight)) }
	p.ExtendBaseWidget(p)
	return p
}

// LeastHeight is the lowest pad one can still sign in.
func (p *SignaturePad) LeastHeight(float32) float32 { return p.look.Px(260) }

// Strokes returns what is written.
func (p *SignaturePad) Strokes() []Stroke {
	out := make([]Stroke, len(p.strokes))
	for i, stroke := range p.strokes {
		out[i] = append(Stroke(nil), stroke...)
	}
	return out
}

// SetStrokes shows strokes written before, without reporting them.
func (p *SignaturePad) SetStrokes(strokes []Stroke) {
	p.wipe()
	for _, stroke := range strokes {
		p.strokes = append(p.strokes, append(Stroke(nil), stroke...))
	}
	p.redo.Hidden = len(p.strokes) == 0
	p.ink.Refresh()
	p.redo.Refresh()
}

// Clear wipes the pad and reports it.
func (p *SignaturePad) Clear() {
	p.wipe()
	p.redo.Hide()
	p.ink.Refresh()
	p.report()
}

// Image returns the signature as black ink on white, in pad units times scale.
func (p *SignaturePad) Image(scale float32) image.Image {
	size := p.Size()
	s := newSketch(max(1, int(size.Width*scale)), max(1, int(size.Height*scale)), scale)
	draw.Draw(s.img, s.img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, stroke := range p.strokes {
		s.line(stroke, p.look.Size(theme.Stroke), color.Black)
	}
	return s.img
}

func (p *SignaturePad) wipe() {
	p.strokes, p.open = nil, false
	p.picture, p.mask, p.drawn = nil, nil, 0
}

func (p *SignaturePad) report() {
	if p.signed != nil {
		p.signed(p.Strokes())
	}
}

// begin starts a stroke where the finger comes down.
func (p *SignaturePad) begin(at fyne.Position) {
	p.strokes = append(p.strokes, Stroke{p.inside(at)})
	p.open = true
	p.ink.Refresh()
}

// extend carries the stroke on.
func (p *SignaturePad) extend(at fyne.Position) {
	if !p.open {
		p.begin(at)
		return
	}
	last := len(p.strokes) - 1
	to := p.inside(at)
	if p.strokes[last][len(p.strokes[last])-1] == to {
		return
	}
	p.strokes[last] = append(p.strokes[last], to)
	p.ink.Refresh()
}

// end closes the stroke and reports.
func (p *SignaturePad) end() {
	if !p.open {
		return
	}
	p.open = false
	if p.redo.Hidden {
		p.redo.Show()
		canvas.Refresh(p)
	}
	p.report()
}

func (p *SignaturePad) inside(at fyne.Position) Point {
	size := p.Size()
	return Point{X: min(max(at.X, 0), size.Width), Y: min(max(at.Y, 0), size.Height)}
}

// MouseDown is called by the toolkit when the finger comes down.
func (p *SignaturePad) MouseDown(event *desktop.MouseEvent) {
	if !p.off {
		p.begin(event.Position)
	}
}

// MouseUp is called by the toolkit when the finger goes up.
func (p *SignaturePad) MouseUp(*desktop.MouseEvent) { p.end() }

// MouseOut does nothing: a stroke may leave the pad and come back.
func (p *SignaturePad) MouseOut() {}

// Tapped does nothing: a dot was written already.
func (p *SignaturePad) Tapped(*fyne.PointEvent) {}

// Dragged is called by the toolkit while the finger moves.
func (p *SignaturePad) Dragged(event *fyne.DragEvent) {
	if !p.off {
		p.extend(event.Position)
	}
}

// DragEnd is called by the toolkit when the finger goes up after moving.
func (p *SignaturePad) DragEnd() { p.end() }

// TouchDown is called where the toolkit knows touches.
func (p *SignaturePad) TouchDown(event *mobile.TouchEvent) {
	if !p.off {
		p.begin(event.Position)
	}
}

// TouchUp ends a stroke where the toolkit knows touches.
func (p *SignaturePad) TouchUp(*mobile.TouchEvent) { p.end() }

// TouchCancel ends a stroke where the toolkit knows touches.
func (p *SignaturePad) TouchCancel(*mobile.TouchEvent) { p.end() }

func (p *SignaturePad) drawBorder(width, height int) image.Image {
	units := p.Size()
	if units.Width <= 0 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	s := newSketch(width, height, float32(width)/units.Width)
	s.dashes(units.Width, units.Height, p.look.Size(theme.Radius), p.look.Size(theme.BorderStrong),
		p.look.Px(12), p.look.Px(8), theme.Colour(theme.LinePad))
	return s.img
}

// drawInk paints only what came since the last time.
func (p *SignaturePad) drawInk(width, height int) image.Image {
	units := p.Size()
	if units.Width <= 0 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	scale := float32(width) / units.Width
	if p.picture == nil || p.picture.Rect.Dx() != width || p.picture.Rect.Dy() != height {
		p.picture, p.mask = image.NewRGBA(image.Rect(0, 0, width, height)), image.NewAlpha(image.Rect(0, 0, width, height))
		p.drawn, p.scale = 0, scale
	}
	pen, ink := p.look.Size(theme.Stroke), theme.Colour(theme.Ink)
	piece := 0
	for _, stroke := range p.strokes {
		for i := range stroke {
			piece++
			if piece <= p.drawn {
				continue
			}
			from := stroke[max(0, i-1)]
			p.drawPiece(from, stroke[i], pen, ink)
		}
	}
	p.drawn = piece
	return p.picture
}

// drawPiece paints one short piece on its own small part of the picture.
func (p *SignaturePad) drawPiece(from, to Point, pen float32, ink color.Color) {
	piece := &path{}
	piece.line([]Point{{from.X * p.scale, from.Y * p.scale}, {to.X * p.scale, to.Y * p.scale}}, pen*p.scale/2)
	var box image.Rectangle
	for _, shape := range piece.shapes {
		darken(p.mask, shape)
		box = box.Union(shape.bounds)
	}
	box = box.Intersect(p.picture.Rect)
	draw.Draw(p.picture, box, image.Transparent, image.Point{}, draw.Src)
	draw.DrawMask(p.picture, box, image.NewUniform(ink), image.Point{}, p.mask, box.Min, draw.Over)
}
