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

// fill paints the shapes that path draws.
func (s sketch) fill(ink color.Color, path func(*vector.Rasterizer)) {
	size := s.img.Bounds().Size()
	r := vector.NewRasterizer(size.X, size.Y)
	path(r)
	r.Draw(s.img, s.img.Bounds(), image.NewUniform(ink), image.Point{})
}

// circlePath goes round a circle, in pixels.
func circlePath(r *vector.Rasterizer, x, y, radius float32) {
	const bend = 0.5522848
	k := radius * bend
	r.MoveTo(x+radius, y)
	r.CubeTo(x+radius, y+k, x+k, y+radius, x, y+radius)
	r.CubeTo(x-k, y+radius, x-radius, y+k, x-radius, y)
	r.CubeTo(x-radius, y-k, x-k, y-radius, x, y-radius)
	r.CubeTo(x+k, y-radius, x+radius, y-k, x+radius, y)
	r.ClosePath()
}

// disc paints a filled circle.
func (s sketch) disc(centre Point, radius float32, ink color.Color) {
	s.fill(ink, func(r *vector.Rasterizer) {
		circlePath(r, centre.X*s.scale, centre.Y*s.scale, radius*s.scale)
	})
}

// line paints a line through points with round ends and joints.
func (s sketch) line(points []Point, width float32, ink color.Color) {
	if len(points) == 0 {
		return
	}
	half := width * s.scale / 2
	s.fill(ink, func(r *vector.Rasterizer) {
		circlePath(r, points[0].X*s.scale, points[0].Y*s.scale, half)
		for i := 1; i < len(points); i++ {
			segmentPath(r, points[i-1], points[i], s.scale, half)
			circlePath(r, points[i].X*s.scale, points[i].Y*s.scale, half)
		}
	})
}

// segmentPath goes round one straight piece of a line. All paths turn the same
// way, so that overlaps stay filled.
func segmentPath(r *vector.Rasterizer, from, to Point, scale, half float32) {
	ax, ay, bx, by := from.X*scale, from.Y*scale, to.X*scale, to.Y*scale
	long := float32(math.Hypot(float64(bx-ax), float64(by-ay)))
	if long == 0 {
		return
	}
	nx, ny := (by-ay)/long*half, (ax-bx)/long*half
	r.MoveTo(ax+nx, ay+ny)
	r.LineTo(bx+nx, by+ny)
	r.LineTo(bx-nx, by-ny)
	r.LineTo(ax-nx, ay-ny)
	r.ClosePath()
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
	var walked float32
	for i := 1; i < len(outline); i++ {
		a, b := outline[i-1], outline[i]
		long := float32(math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y)))
		for at := float32(0); at < long; {
			phase := float32(math.Mod(float64(walked+at), float64(dash+gap)))
			step := min(long-at, dash+gap-phase)
			if phase < dash {
				step = min(step, dash-phase)
				s.line([]Point{along(a, b, at/long), along(a, b, (at+step)/long)}, thick, ink)
			}
			at += max(step, 0.01)
		}
		walked += long
	}
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

// fillRound paints a rounded rectangle.
func (s sketch) fillRound(x0, y0, x1, y1, radius float32, ink color.Color) {
	s.fill(ink, func(r *vector.Rasterizer) {
		for i, p := range roundOutline(x0, y0, x1, y1, radius) {
			if i == 0 {
				r.MoveTo(p.X*s.scale, p.Y*s.scale)
			} else {
				r.LineTo(p.X*s.scale, p.Y*s.scale)
			}
		}
		r.ClosePath()
	})
}

// paste lays one sketch over another, moved by units.
func paste(onto, from sketch, x, y float32) {
	at := image.Pt(int(x*onto.scale+0.5), int(y*onto.scale+0.5))
	draw.Draw(onto.img, onto.img.Bounds().Add(at), from.img, image.Point{}, draw.Over)
}
