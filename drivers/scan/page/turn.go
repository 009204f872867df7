package page

import (
	"image"
	"image/draw"
	"math"
)

// raster is a picture as rows of one (grey) or four (colour) bytes per pixel.
type raster struct {
	pix              []uint8
	stride, channels int
	width, height    int
	picture          image.Image
}

func newRaster(width, height, channels int) raster {
	size := image.Rect(0, 0, width, height)
	if channels == 1 {
		g := image.NewGray(size)
		return raster{g.Pix, g.Stride, 1, width, height, g}
	}
	c := image.NewRGBA(size)
	return raster{c.Pix, c.Stride, 4, width, height, c}
}

func rasterOf(img image.Image) raster {
	b := img.Bounds()
	switch from := img.(type) {
	case *image.Gray:
		return raster{from.Pix, from.Stride, 1, b.Dx(), b.Dy(), from}
	case *image.RGBA:
		return raster{from.Pix, from.Stride, 4, b.Dx(), b.Dy(), from}
	}
	r := newRaster(b.Dx(), b.Dy(), 4)
	draw.Draw(r.picture.(draw.Image), r.picture.Bounds(), img, b.Min, draw.Src)
	return r
}

// part copies a rectangle of the picture, pixel by pixel.
func (r raster) part(area image.Rectangle) raster {
	out := newRaster(area.Dx(), area.Dy(), r.channels)
	for y := range area.Dy() {
		from := r.pix[(area.Min.Y+y)*r.stride+area.Min.X*r.channels:]
		copy(out.pix[y*out.stride:], from[:area.Dx()*r.channels])
	}
	return out
}

// rect is a turned rectangle: its middle and size in px, and how many degrees its upper edge leans.
type rect struct{ x, y, width, height, degrees float64 }

// cut samples the turned rectangle into a level picture; what lies outside the picture is paper.
func (r raster) cut(area rect, paper []uint8) raster {
	out := newRaster(int(math.Ceil(area.width)), int(math.Ceil(area.height)), r.channels)
	sin, cos := math.Sincos(area.degrees * math.Pi / 180)
	midX, midY := float64(out.width)/2, float64(out.height)/2
	for y := range out.height {
		for x := range out.width {
			dx, dy := float64(x)+0.5-midX, float64(y)+0.5-midY
			r.sample(out.pix[y*out.stride+x*r.channels:][:r.channels], area.x+cos*dx-sin*dy-0.5, area.y+sin*dx+cos*dy-0.5, paper)
		}
	}
	return out
}

// sample is the colour at a point between four pixels.
func (r raster) sample(to []uint8, x, y float64, paper []uint8) {
	px, py := int(math.Floor(x)), int(math.Floor(y))
	fx, fy := int((x-float64(px))*256), int((y-float64(py))*256)
	for c := range to {
		top := r.at(px, py, c, paper)*(256-fx) + r.at(px+1, py, c, paper)*fx
		bottom := r.at(px, py+1, c, paper)*(256-fx) + r.at(px+1, py+1, c, paper)*fx
		to[c] = uint8((top*(256-fy) + bottom*fy + 1<<15) >> 16)
	}
}

func (r raster) at(x, y, channel int, paper []uint8) int {
	if x < 0 || y < 0 || x >= r.width || y >= r.height {
		return int(paper[channel])
	}
	return int(r.pix[y*r.stride+x*r.channels+channel])
}

// paper is the colour that nineteen twentieths of the picture are not lighter than.
func (r raster) paper() []uint8 {
	colour := make([]uint8, r.channels)
	for c := range colour {
		var count [256]int
		for y := range r.height {
			for x := range r.width {
				count[r.pix[y*r.stride+x*r.channels+c]]++
			}
		}
		colour[c] = uint8(percentile(&count, r.width*r.height*19/20))
	}
	return colour
}

// level turns the picture by the lean of its lines. The canvas grows so that nothing is cut off,
// and is trimmed towards the old size as far as there is no ink.
func (r raster) level(degrees float64) raster {
	sin, cos := math.Sincos(math.Abs(degrees) * math.Pi / 180)
	w, h := float64(r.width), float64(r.height)
	grown := r.cut(rect{w / 2, h / 2, w*cos + h*sin, h*cos + w*sin, degrees}, r.paper())
	return grown.part(trim(Grey(grown.picture), r.width, r.height))
}

// trim takes rows and columns without ink from the sides in turn, while there are more than asked for.
func trim(g *image.Gray, width, height int) image.Rectangle {
	paper, _ := Tones(g)
	area := g.Rect
	clean := func(strip image.Rectangle) bool {
		found := false
		Rows(g.SubImage(strip).(*image.Gray), func(_ int, row []uint8) {
			for _, v := range row {
				found = found || int(v) < paper-InkStep/2
			}
		})
		return !found
	}
	for again := true; again; {
		again = false
		if area.Dx() > width && clean(image.Rect(area.Min.X, area.Min.Y, area.Min.X+1, area.Max.Y)) {
			area.Min.X, again = area.Min.X+1, true
		}
		if area.Dx() > width && clean(image.Rect(area.Max.X-1, area.Min.Y, area.Max.X, area.Max.Y)) {
			area.Max.X, again = area.Max.X-1, true
		}
		if area.Dy() > height && clean(image.Rect(area.Min.X, area.Min.Y, area.Max.X, area.Min.Y+1)) {
			area.Min.Y, again = area.Min.Y+1, true
		}
		if area.Dy() > height && clean(image.Rect(area.Min.X, area.Max.Y-1, area.Max.X, area.Max.Y)) {
			area.Max.Y, again = area.Max.Y-1, true
		}
	}
	return area
}
