package ui

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"golang.org/x/image/vector"

	"bianmin/ui/theme"
)

// Point is a place on a drawing, in its own units.
type Point struct{ X, Y float32 }

// sketch draws smooth lines and shapes on an image.
type sketch struct {
	img   draw.Image
	scale float32 // image pixels per unit
}

func newSketch(width, height int, scale float32) sketch {
	return sketch{img: image.NewRGBA(image.Rect(0, 0, width, height)), scale: scale}
}

// path collects shapes in pixels. Shapes may overlap: each is smoothed for
// itself and the darker wins, so that joints do not swell.
type path struct{ shapes []shape }

// shape is one closed outline and how far it reaches.
type shape struct {
	steps  []step
	bounds image.Rectangle
}

// step is one piece of an outline: a move, a straight line, or a curve.
type step struct {
	kind                     byte // 'm', 'l' or 'c'
	ax, ay, bx, by, toX, toY float32
}

func (s *shape) reach(x0, y0, x1, y1 float32) {
	box := image.Rect(int(math.Floor(float64(x0))), int(math.Floor(float64(y0))), int(math.Ceil(float64(x1))), int(math.Ceil(float64(y1))))
	s.bounds = s.bounds.Union(box)
}

// circle goes round a circle.
func (p *path) circle(x, y, radius float32) {
	const bend = 0.5522848
	k := radius * bend
	round := shape{steps: []step{
		{kind: 'm', toX: x + radius, toY: y},
		{'c', x + radius, y + k, x + k, y + radius, x, y + radius},
		{'c', x - k, y + radius, x - radius, y + k, x - radius, y},
		{'c', x - radius, y - k, x - k, y - radius, x, y - radius},
		{'c', x + k, y - radius, x + radius, y - k, x + radius, y},
	}}
	round.reach(x-radius, y-radius, x+radius, y+radius)
	p.shapes = append(p.shapes, round)
}

// corners goes from corner to corner.
func (p *path) corners(points ...Point) {
	var sharp shape
	for i, point := range points {
		kind := byte('l')
		if i == 0 {
			kind = 'm'
		}
		sharp.steps = append(sharp.steps, step{kind: kind, toX: point.X, toY: point.Y})
		sharp.reach(point.X, point.Y, point.X+1, point.Y+1)
	}
	p.shapes = append(p.shapes, sharp)
}

// segment goes round one straight piece of a line.
func (p *path) segment(from, to Point, half float32) {
	long := float32(math.Hypot(float64(to.X-from.X), float64(to.Y-from.Y)))
	if long == 0 {
		return
	}
	nx, ny := (to.Y-from.Y)/long*half, (from.X-to.X)/long*half
	p.corners(Point{from.X + nx, from.Y + ny}, Point{to.X + nx, to.Y + ny}, Point{to.X - nx, to.Y - ny}, Point{from.X - nx, from.Y - ny})
}

// line goes round a line through points with round ends and joints.
func (p *path) line(points []Point, half float32) {
	for i, point := range points {
		if i > 0 {
			p.segment(points[i-1], point, half)
		}
		p.circle(point.X, point.Y, half)
	}
}

// paint fills a path; only the part of the image that it reaches is touched.
func (s sketch) paint(p *path, ink color.Color) {
	var reach image.Rectangle
	for _, shape := range p.shapes {
		reach = reach.Union(shape.bounds)
	}
	reach = reach.Intersect(s.img.Bounds())
	if reach.Empty() {
		return
	}
	mask := image.NewAlpha(reach)
	for _, shape := range p.shapes {
		darken(mask, shape)
	}
	draw.DrawMask(s.img, reach, image.NewUniform(ink), image.Point{}, mask, reach.Min, draw.Over)
}

// darken lays a shape on a mask: the darker wins.
func darken(mask *image.Alpha, s shape) {
	box := s.bounds.Intersect(mask.Rect)
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	x, y := float32(box.Min.X), float32(box.Min.Y)
	for _, step := range s.steps {
		switch step.kind {
		case 'm':
			r.MoveTo(step.toX-x, step.toY-y)
		case 'l':
			r.LineTo(step.toX-x, step.toY-y)
		default:
			r.CubeTo(step.ax-x, step.ay-y, step.bx-x, step.by-y, step.toX-x, step.toY-y)
		}
	}
	r.ClosePath()
	r.DrawOp = draw.Src
	one := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	r.Draw(one, one.Rect, image.Opaque, image.Point{})
	for row := range box.Dy() {
		to := mask.Pix[mask.PixOffset(box.Min.X, box.Min.Y+row):]
		for i, alpha := range one.Pix[row*one.Stride : row*one.Stride+box.Dx()] {
			to[i] = max(to[i], alpha)
		}
	}
}

// pixels turns points into pixels.
func (s sketch) pixels(points []Point) []Point {
	out := make([]Point, len(points))
	for i, point := range points {
		out[i] = Point{point.X * s.scale, point.Y * s.scale}
	}
	return out
}

// disc paints a filled circle.
func (s sketch) disc(centre Point, radius float32, ink color.Color) {
	p := &path{}
	p.circle(centre.X*s.scale, centre.Y*s.scale, radius*s.scale)
	s.paint(p, ink)
}

// line paints a line through points with round ends and joints.
func (s sketch) line(points []Point, width float32, ink color.Color) {
	p := &path{}
	p.line(s.pixels(points), width*s.scale/2)
	s.paint(p, ink)
}

// fillRound paints a rounded rectangle.
func (s sketch) fillRound(x0, y0, x1, y1, radius float32, ink color.Color) {
	p := &path{}
	p.corners(s.pixels(roundOutline(x0, y0, x1, y1, radius))...)
	s.paint(p, ink)
}

// arc gives points on a part of a circle, angles in degrees clockwise from the right.
func arc(centre Point, radius float32, from, to float64) []Point {
	const steps = 24
	points := make([]Point, 0, steps+1)
	for i := 0; i <= steps; i++ {
		angle := (from + (to-from)*float64(i)/steps) * math.Pi / 180
		points = append(points, Point{
			X: centre.X + radius*float32(math.Cos(angle)),
			Y: centre.Y + radius*float32(math.Sin(angle)),
		})
	}
	return points
}

// dashes paints dashes along a rounded rectangle inset by half the line.
func (s sketch) dashes(width, height, radius, thick, dash, gap float32, ink color.Color) {
	inset := thick / 2
	outline := roundOutline(inset, inset, width-inset, height-inset, radius)
	all := &path{}
	var walked float32
	for i := 1; i < len(outline); i++ {
		a, b := outline[i-1], outline[i]
		long := float32(math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y)))
		for at := float32(0); at < long; {
			phase := float32(math.Mod(float64(walked+at), float64(dash+gap)))
			step := min(long-at, dash+gap-phase)
			if phase < dash {
				step = min(step, dash-phase)
				all.line(s.pixels([]Point{along(a, b, at/long), along(a, b, (at+step)/long)}), thick*s.scale/2)
			}
			at += max(step, 0.01)
		}
		walked += long
	}
	s.paint(all, ink)
}

func along(a, b Point, part float32) Point {
	return Point{X: a.X + (b.X-a.X)*part, Y: a.Y + (b.Y-a.Y)*part}
}

func roundOutline(x0, y0, x1, y1, radius float32) []Point {
	var points []Point
	points = append(points, arc(Point{x1 - radius, y0 + radius}, radius, -90, 0)...)
	points = append(points, arc(Point{x1 - radius, y1 - radius}, radius, 0, 90)...)
	points = append(points, arc(Point{x0 + radius, y1 - radius}, radius, 90, 180)...)
	points = append(points, arc(Point{x0 + radius, y0 + radius}, radius, 180, 270)...)
	return append(points, points[0])
}

// glyph draws an icon in a square of 100 units.
type glyph func(s sketch, ink color.Color)

func arrowRight(s sketch, ink color.Color) {
	s.line([]Point{{35, 15}, {70, 50}, {35, 85}}, 13, ink)
}

func arrowUp(s sketch, ink color.Color) {
	s.line([]Point{{15, 65}, {50, 30}, {85, 65}}, 13, ink)
}

func arrowDown(s sketch, ink color.Color) {
	s.line([]Point{{15, 35}, {50, 70}, {85, 35}}, 13, ink)
}

// icon is a drawing that fits its square at any scale.
func icon(draw glyph, role theme.Role) *canvas.Raster {
	return canvas.NewRaster(func(width, height int) image.Image {
		s := newSketch(max(width, 1), max(height, 1), float32(min(width, height))/100)
		draw(s, theme.Colour(role))
		return s.img
	})
}

// Icon is a drawing of a fixed size.
type Icon struct{ drawn }

func newIcon(size float32, draw glyph, role theme.Role) *Icon {
	i := &Icon{}
	raster := icon(draw, role)
	i.parts = []fyne.CanvasObject{raster}
	i.arrange = func(given fyne.Size) {
		side := min(size, given.Width, given.Height)
		place(raster, (given.Width-side)/2, (given.Height-side)/2, side, side)
	}
	i.measure = func(float32) fyne.Size { return fyne.NewSize(size, size) }
	i.ExtendBaseWidget(i)
	return i
}

// NewCheckIcon makes the tick on a green disc that says: it is done.
func NewCheckIcon(look theme.Look) *Icon {
	return newIcon(look.Size(theme.IconSize), func(s sketch, _ color.Color) {
		s.disc(Point{50, 50}, 50, theme.Colour(theme.GoodSolid))
		s.line([]Point{{27, 52}, {43, 67}, {75, 35}}, 9, theme.Colour(theme.OnAction))
	}, theme.GoodSolid)
}

// NewWarnIcon makes the mark on an amber disc that says: mind this.
func NewWarnIcon(look theme.Look) *Icon {
	return newIcon(look.Size(theme.IconSize), func(s sketch, _ color.Color) {
		s.disc(Point{50, 50}, 50, theme.Colour(theme.WarnText))
		s.line([]Point{{50, 24}, {50, 56}}, 10, theme.Colour(theme.OnAction))
		s.disc(Point{50, 75}, 6, theme.Colour(theme.OnAction))
	}, theme.WarnText)
}

// paste lays one sketch over another, moved by units.
func paste(onto, from sketch, x, y float32) {
	at := image.Pt(int(x*onto.scale+0.5), int(y*onto.scale+0.5))
	draw.Draw(onto.img, onto.img.Bounds().Add(at), from.img, image.Point{}, draw.Over)
}
