package ui

import "fyne.io/fyne/v2"

// Row stands its children side by side, each as wide as it likes; shares and
// growers divide the room that is left by their weights.
type Row struct {
	drawn
	gap     float32
	stretch bool
}

// NewRow makes a row; children stand in the middle of its height.
func NewRow(gap float32, children ...fyne.CanvasObject) *Row {
	r := &Row{gap: gap}
	r.parts = children
	r.arrange = r.arrangeRow
	r.measure = r.measureRow
	r.ExtendBaseWidget(r)
	return r
}

// Stretch gives every child the row's full height, and returns the row.
func (r *Row) Stretch() *Row {
	r.stretch = true
	return r
}

// Set changes the children.
func (r *Row) Set(children ...fyne.CanvasObject) {
	r.parts = children
	r.Refresh()
}

func weight(object fyne.CanvasObject) float32 {
	if share, ok := object.(*Share); ok {
		return share.weight
	}
	if grows(object) {
		return 1
	}
	return 0
}

// widths divides a width among the visible children.
func (r *Row) widths(width float32) []float32 {
	out := make([]float32, len(r.parts))
	left, weights := width, float32(0)
	shown := 0
	for i, child := range r.parts {
		if !child.Visible() {
			continue
		}
		shown++
		if w := weight(child); w > 0 {
			weights += w
			continue
		}
		out[i] = naturalWidth(child)
		left -= out[i]
	}
	left -= r.gap * float32(max(0, shown-1))
	for i, child := range r.parts {
		if w := weight(child); w > 0 && child.Visible() {
			out[i] = max(0, left*w/weights)
		}
	}
	return out
}

func (r *Row) measureRow(width float32) fyne.Size {
	var need fyne.Size
	if width <= 0 {
		shown := 0
		for _, child := range r.parts {
			if child.Visible() {
				shown++
				need.Width += naturalWidth(child)
				need.Height = max(need.Height, heightAt(child, 0))
			}
		}
		need.Width += r.gap * float32(max(0, shown-1))
		return need
	}
	for i, wide := range r.widths(width) {
		if r.parts[i].Visible() {
			need.Height = max(need.Height, heightAt(r.parts[i], wide))
		}
	}
	return need
}

func (r *Row) arrangeRow(size fyne.Size) {
	var x float32
	for i, wide := range r.widths(size.Width) {
		child := r.parts[i]
		if !child.Visible() {
			continue
		}
		height := size.Height
		if !r.stretch {
			height = min(height, heightAt(child, wide))
		}
		place(child, x, (size.Height-height)/2, wide, height)
		x += wide + r.gap
	}
}

// Share gives its child a share of the room that is left in a row.
type Share struct {
	drawn
	weight float32
}

// NewShare makes a share with a weight.
func NewShare(weight float32, child fyne.CanvasObject) *Share {
	s := &Share{weight: weight}
	s.parts = []fyne.CanvasObject{child}
	s.arrange = func(size fyne.Size) { place(child, 0, 0, size.Width, size.Height) }
	s.measure = func(width float32) fyne.Size {
		return fyne.NewSize(naturalWidth(child), heightAt(child, width))
	}
	s.ExtendBaseWidget(s)
	return s
}

// Grid stands its children in cells of equal width, row by row; each row is as
// high as its highest cell.
type Grid struct {
	drawn
	columns int
	least   float32 // narrowest cell that lets another column in, 0 for a fixed number
	gap     float32
}

// NewGrid makes a grid.
func NewGrid(columns int, gap float32, children ...fyne.CanvasObject) *Grid {
	g := &Grid{columns: columns, gap: gap}
	g.parts = children
	g.arrange = func(size fyne.Size) {
		cell := g.cell(size.Width)
		var y float32
		for _, line := range g.lines(size.Width) {
			height := g.lineHeight(line, cell)
			for i, child := range line {
				place(child, float32(i)*(cell+g.gap), y, cell, height)
			}
			y += height + g.gap
		}
	}
	g.measure = func(width float32) fyne.Size {
		need := fyne.NewSize(0, 0)
		if width <= 0 {
			for _, child := range g.parts {
				need.Width = max(need.Width, naturalWidth(child))
			}
			need.Width = need.Width*float32(g.columns) + g.gap*float32(g.columns-1)
			width = need.Width
		}
		lines := g.lines(width)
		for _, line := range lines {
			need.Height += g.lineHeight(line, g.cell(width))
		}
		need.Height += g.gap * float32(max(0, len(lines)-1))
		return need
	}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes the children.
func (g *Grid) Set(children ...fyne.CanvasObject) {
	g.parts = children
	g.Refresh()
}

// SetColumns changes how many cells a row has.
func (g *Grid) SetColumns(columns int) {
	g.columns = columns
	g.relayout()
}

// Adapt lets more columns in where each cell can still be as wide as least, and returns the grid.
func (g *Grid) Adapt(least float32) *Grid {
	g.least = least
	return g
}

// across is how many cells a row has at a width.
func (g *Grid) across(width float32) int {
	if g.least <= 0 {
		return g.columns
	}
	return max(g.columns, int((width+g.gap)/(g.least+g.gap)))
}

func (g *Grid) cell(width float32) float32 {
	columns := float32(g.across(width))
	return (width - g.gap*(columns-1)) / columns
}

func (g *Grid) lines(width float32) [][]fyne.CanvasObject {
	columns := g.across(width)
	var lines [][]fyne.CanvasObject
	var line []fyne.CanvasObject
	for _, child := range g.parts {
		if !child.Visible() {
			continue
		}
		line = append(line, child)
		if len(line) == columns {
			lines = append(lines, line)
			line = nil
		}
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

func (g *Grid) lineHeight(line []fyne.CanvasObject, cell float32) float32 {
	var height float32
	for _, child := range line {
		height = max(height, heightAt(child, cell))
	}
	return height
}
