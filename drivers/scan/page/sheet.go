package page

import (
	"image"
	"math"
)

// When a sheet is believed to lie on a table, and lines are believed to lean.
const (
	small      = 500   // px of the longer side on which the sheet is looked for
	ring       = 0.02  // share of each side that is table if there is one
	tableStep  = 25    // greys that the table is darker than the paper
	tableRange = 60    // greys between the darker and the lighter tenth of the table
	tableDeep  = 35    // greys below the table that are no table
	strange    = 0.001 // share of the picture outside the sheet that may be no table
	sheetLeast = 0.08  // share of the picture that a sheet covers
	sheetFull  = 0.93  // share of its rectangle that a sheet fills
	sheetTurn  = 15.0  // degrees to each side
	frameLeast = 0.8   // share of width and height from which a level light area may be a page with a printed frame
	leanLeast  = 0.5   // degrees below which lines are left as they are
	turnLeast  = 0.2   // degrees below which a sheet is cut out without turning
)

// Straighten cuts the sheet out of the table it lies on; where no table is seen, it turns leaning lines level.
// It tells whether it has changed anything; a picture that it does not understand comes back as it was.
func Straighten(img image.Image) (page image.Image, changed bool) {
	if img.Bounds().Dx() < 100 || img.Bounds().Dy() < 100 {
		return img, false
	}
	grey := Grey(img)
	if sheet, ok := findSheet(grey); ok {
		r := rasterOf(img)
		if math.Abs(sheet.degrees) < turnLeast {
			return r.part(sheet.upright().Intersect(image.Rect(0, 0, r.width, r.height))).picture, true
		}
		return r.cut(sheet, r.paper()).picture, true
	}
	paper, _ := Tones(grey)
	degrees := Lean(grey, paper)
	if math.Abs(degrees) < leanLeast || math.Abs(degrees) >= leanSearch {
		return img, false // at the end of the search it is no peak
	}
	return rasterOf(img).level(degrees).picture, true
}

func (r rect) upright() image.Rectangle {
	return image.Rect(int(math.Floor(r.x-r.width/2)), int(math.Floor(r.y-r.height/2)), int(math.Ceil(r.x+r.width/2)), int(math.Ceil(r.y+r.height/2)))
}

// findSheet looks for one light rectangle with nothing but darker table around it.
func findSheet(full *image.Gray) (rect, bool) {
	g, scale := reduce(full)
	paper, _ := Tones(g)
	table, even := tableTone(g)
	if paper-table < tableStep || !even {
		return rect{}, false
	}
	light := (paper + table) / 2
	edges, area := largest(g, light)
	total := float64(g.Rect.Dx() * g.Rect.Dy())
	if float64(area) < sheetLeast*total {
		return rect{}, false
	}
	sheet := enclose(edges)
	if float64(area) < sheetFull*sheet.width*sheet.height {
		return rect{}, false
	}
	if math.Abs(sheet.degrees) < turnLeast && sheet.width > frameLeast*float64(g.Rect.Dx()) && sheet.height > frameLeast*float64(g.Rect.Dy()) {
		return rect{}, false
	}
	sheet.width, sheet.height = sheet.width*1.006+2, sheet.height*1.006+2 // rather some table than less sheet
	if float64(outside(g, sheet, table-tableDeep, light)) > strange*total {
		return rect{}, false
	}
	return rect{sheet.x * scale, sheet.y * scale, sheet.width * scale, sheet.height * scale, sheet.degrees}, true
}

// reduce averages squares of pixels, so that noise and fine print do not count.
func reduce(g *image.Gray) (*image.Gray, float64) {
	n := max(1, (max(g.Rect.Dx(), g.Rect.Dy())+small-1)/small)
	out := image.NewGray(image.Rect(0, 0, g.Rect.Dx()/n, g.Rect.Dy()/n))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum := 0
			for dy := range n {
				for _, v := range g.Pix[(y*n+dy)*g.Stride+x*n:][:n] {
					sum += int(v)
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / (n * n))
		}
	}
	return out, float64(n)
}

// tableTone is the middle grey of the picture's border, and whether the border is of one tone.
func tableTone(g *image.Gray) (tone int, even bool) {
	var count [256]int
	total := 0
	wide, high := max(2, int(ring*float64(g.Rect.Dx()))), max(2, int(ring*float64(g.Rect.Dy())))
	Rows(g, func(y int, row []uint8) {
		for x, v := range row {
			if x < wide || y < high || x >= len(row)-wide || y >= g.Rect.Dy()-high {
				count[v]++
				total++
			}
		}
	})
	return percentile(&count, total/2), percentile(&count, total*9/10)-percentile(&count, total/10) <= tableRange
}

// largest is the outline, by rows, of the largest light area, and what lies within: ink inside belongs to it.
func largest(g *image.Gray, light int) (outline [][2]float64, area int) {
	width, height := g.Rect.Dx(), g.Rect.Dy()
	seen := make([]bool, width*height)
	rows := make([]span, height)
	for start := range seen {
		if seen[start] || int(g.Pix[start/width*g.Stride+start%width]) <= light {
			continue
		}
		last := flood(g, light, start, seen, rows)
		inside := 0
		for _, row := range rows[start/width : last+1] {
			inside += row.to - row.from
		}
		if inside > area {
			area, outline = inside, corners(rows[start/width:last+1], start/width)
		}
		clear(rows[start/width : last+1])
	}
	return outline, area
}

// span is what an area covers of a row: its first pixel, and the one after its last.
type span struct{ from, to int }

// flood walks the light area whose uppermost row start is in, marks its rows, and gives its last row.
func flood(g *image.Gray, light, start int, seen []bool, rows []span) (last int) {
	width, height := g.Rect.Dx(), g.Rect.Dy()
	seen[start] = true
	for open := []int{start}; len(open) > 0; {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		x, y := at%width, at/width
		if rows[y].to == 0 {
			rows[y].from = x
		}
		rows[y].from, rows[y].to, last = min(rows[y].from, x), max(rows[y].to, x+1), max(last, y)
		for _, to := range [4][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
			if to[0] < 0 || to[1] < 0 || to[0] >= width || to[1] >= height {
				continue
			}
			next := to[1]*width + to[0]
			if !seen[next] && int(g.Pix[to[1]*g.Stride+to[0]]) > light {
				seen[next] = true
				open = append(open, next)
			}
		}
	}
	return last
}

func corners(rows []span, first int) (points [][2]float64) {
	for i, row := range rows {
		l, r, top, bottom := float64(row.from), float64(row.to), float64(first+i), float64(first+i+1)
		points = append(points, [2]float64{l, top}, [2]float64{l, bottom}, [2]float64{r, top}, [2]float64{r, bottom})
	}
	return points
}

// enclose is the smallest turned rectangle around the points.
func enclose(points [][2]float64) (best rect) {
	least := math.Inf(1)
	for degrees := -sheetTurn; degrees <= sheetTurn; degrees += 0.125 {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		fromU, toU, fromV, toV := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		for _, p := range points {
			u, v := p[0]*cos+p[1]*sin, p[1]*cos-p[0]*sin
			fromU, toU, fromV, toV = min(fromU, u), max(toU, u), min(fromV, v), max(toV, v)
		}
		if size := (toU - fromU) * (toV - fromV); size < least {
			u, v := (fromU+toU)/2, (fromV+toV)/2
			least, best = size, rect{u*cos - v*sin, u*sin + v*cos, toU - fromU, toV - fromV, degrees}
		}
	}
	return best
}

// outside counts the pixels beyond the sheet that are no table: another paper, ink on a dark edge.
func outside(g *image.Gray, sheet rect, dark, light int) (n int) {
	sin, cos := math.Sincos(sheet.degrees * math.Pi / 180)
	Rows(g, func(y int, row []uint8) {
		for x, v := range row {
			dx, dy := float64(x)+0.5-sheet.x, float64(y)+0.5-sheet.y
			within := math.Abs(dx*cos+dy*sin) <= sheet.width/2 && math.Abs(dy*cos-dx*sin) <= sheet.height/2
			if !within && (int(v) < dark || int(v) > light) {
				n++
			}
		}
	})
	return n
}
