package a4

import (
	"github.com/signintech/gopdf"

	"bianmin/core/receipt"
)

// cell is one cell of a ruled grid.
type cell struct {
	text  string
	width float64
	align receipt.Align
	bold  bool
	grey  bool
	pad   float64 // at the sides
	lines []string
}

const (
	padX, padY = 5, 4.2
	padDense   = 3  // at the sides of a table with many columns
	lowest     = 22 // of a row
	greyLevel  = 0.94
)

// fields sets names with values, two beside each other, in a ruled grid.
func (l *layout) fields(fields []receipt.Field) {
	l.down(3)
	label := l.labelWidth(fields)
	half := l.inner() / 2
	l.begin()
	for i := 0; i < len(fields); {
		row := []receipt.Field{fields[i]}
		if !fields[i].Wide && i+1 < len(fields) && !fields[i+1].Wide {
			row = append(row, fields[i+1])
		}
		i += len(row)
		value := l.inner() - label
		if len(row) == 2 {
			value = half - label
		}
		var cells []cell
		for _, f := range row {
			cells = append(cells, cell{text: f.Label, width: label, align: receipt.Center, grey: true, pad: padX}, cell{text: f.Text, width: value, pad: padX})
		}
		l.row(cells, small+0.8, nil)
	}
	l.y += 6
}

// labelWidth is as wide as the widest name, but leaves the values the most room.
func (l *layout) labelWidth(fields []receipt.Field) float64 {
	const least, most = 66, 98
	width := float64(least)
	for _, f := range fields {
		width = max(width, l.regular.width(f.Label, small+0.8)+2*padX+1)
	}
	return min(width, most)
}

// table sets rows under a header that stands again on every page.
func (l *layout) table(p receipt.Part) {
	l.down(3)
	sum := 0
	for _, c := range p.Columns {
		sum += c.Share
	}
	size, pad := small+0.5, float64(padX)
	if len(p.Columns) > 8 {
		size, pad = small-1.5, padDense
	}
	row := func(texts []string, bold, grey bool) []cell {
		var cells []cell
		for i, c := range p.Columns {
			align := c.Align
			if grey && align != receipt.Right {
				align = receipt.Center
			}
			cells = append(cells, cell{text: texts[i], width: l.inner() * float64(c.Share) / float64(sum), align: align, bold: bold, grey: grey, pad: pad})
		}
		return cells
	}
	var labels []string
	for _, c := range p.Columns {
		labels = append(labels, c.Label)
	}
	header := func() { l.row(row(labels, true, true), size, nil) }
	l.need(2 * lowest)
	l.begin()
	header()
	for i, texts := range p.Rows {
		total := p.Total && i == len(p.Rows)-1
		l.row(row(texts, total, false), size, header)
	}
	l.y += 6
}

// begin rules the upper edge of a grid.
func (l *layout) begin() {
	l.need(lowest)
	l.line(side, l.y, side+l.inner(), l.y, thin)
}

// row sets one row; when it begins a page, header stands above it. A row higher than a page goes on on the next.
func (l *layout) row(cells []cell, size float64, header func()) {
	most := 1
	for i := range cells {
		c := &cells[i]
		c.lines = wrap(c.text, l.face(*c), size, c.width-2*c.pad, 0)
		most = max(most, len(c.lines))
	}
	lead := size * cellLead
	fits := func(room float64) int { return int((room - 2*padY) / lead) }
	for most > 0 {
		n := most
		if n > fits(l.room()) || l.room() < lowest {
			if most <= fits(l.whole()-2*lowest) || fits(l.room()) < 3 {
				l.newPage()
				l.begin()
				if header != nil {
					header()
				}
			}
			n = max(1, min(most, fits(l.room())))
		}
		l.strip(cells, size, lead, n)
		most -= n
	}
}

func (l *layout) face(c cell) *face {
	if c.bold {
		return l.bold
	}
	return l.regular
}

// strip draws the next n lines of a row's cells and takes them away.
func (l *layout) strip(cells []cell, size, lead float64, n int) {
	height := max(lowest, float64(n)*lead+2*padY)
	x := side
	for i := range cells {
		c := &cells[i]
		take := min(n, len(c.lines))
		if c.grey {
			l.fill(x, l.y, c.width, height, greyLevel)
		}
		y := l.y + (height-float64(take)*lead)/2
		for _, line := range c.lines[:take] {
			l.aligned(l.face(*c), size, x+c.pad, y, c.width-2*c.pad, lead, c.align, line)
			y += lead
		}
		c.lines = c.lines[take:]
		x += c.width
	}
	l.rules(cells, height)
	l.y += height
}

// rules draws the lines around a row's cells.
func (l *layout) rules(cells []cell, height float64) {
	y := l.y
	l.line(side, y, side+l.inner(), y, hair) // again: a grey cell has covered half of it
	l.line(side, y+height, side+l.inner(), y+height, hair)
	x := side
	for i := range len(cells) + 1 {
		weight := hair
		if i == 0 || i == len(cells) {
			weight = thin
		}
		l.line(x, y, x, y+height, weight)
		if i < len(cells) {
			x += cells[i].width
		}
	}
}

func (l *layout) dashed(x1, y, x2 float64) {
	l.add(func(pdf *gopdf.GoPdf) error {
		pdf.SetLineWidth(hair)
		pdf.SetLineType("dashed")
		pdf.Line(x1, y, x2, y)
		pdf.SetLineType("solid")
		return nil
	})
}
