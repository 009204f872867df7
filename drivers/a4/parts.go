package a4

import (
	"strconv"

	"bianmin/core/receipt"
)

// place puts one part below what stands already; next is what follows it, nil at the end.
func (l *layout) place(p receipt.Part, next *receipt.Part) error {
	switch p.Kind {
	case receipt.PartTitle:
		return l.title(p)
	case receipt.PartHeading:
		l.heading(p.Text)
	case receipt.PartParagraph:
		l.paragraph(p, next)
	case receipt.PartPoints:
		l.points(p.Items)
	case receipt.PartFields:
		l.fields(p.Fields)
	case receipt.PartTable:
		l.table(p)
	case receipt.PartSignature:
		return l.signature(p.Lines)
	case receipt.PartCode:
		return l.code(p)
	case receipt.PartPicture:
		return l.picture(p)
	case receipt.PartCut:
		l.cut(p.Text)
	case receipt.PartSpace:
		l.down(float64(p.Height) * mm)
	case receipt.PartBreak:
		l.newPage()
	}
	return nil
}

func (l *layout) title(p receipt.Part) error {
	const height = titleSize * 1.5
	width, corner := l.inner(), 0.0
	if p.Data != "" {
		code, err := l.encode(p.Data)
		if err != nil {
			return err
		}
		corner = code.edge()
		width -= 2 * (corner + 8)
		l.need(corner + 90)
		l.modules(code, side+l.inner()-corner, l.y)
	}
	lines := wrap(p.Text, l.bold, titleSize, max(width, 4*titleSize), 0)
	l.need(float64(len(lines))*height + 90)
	begin := l.y
	if corner > 0 {
		l.y += 8
	}
	for _, line := range lines {
		l.aligned(l.bold, titleSize, side, l.y, l.inner(), height, receipt.Center, line)
		l.y += height
	}
	if p.Label != "" {
		l.aligned(l.regular, small, side, l.y, l.inner(), small*leading, receipt.Center, p.Label)
		l.y += small * leading
	}
	l.y = max(l.y, begin+corner-10) + 8
	return nil
}

// followed is the room a heading wants below itself, so that it never ends a page.
const followed = 64

func (l *layout) heading(s string) {
	const size, height = body + 1, (body + 1) * 1.5
	lines := wrap(s, l.bold, size, l.inner(), 0)
	l.need(6 + float64(len(lines))*height + followed)
	l.down(6)
	for _, line := range lines {
		l.text(l.bold, size, side, l.y, height, line)
		l.y += height
	}
	l.y += 2
}

// paragraph sets running text; the words above a place to sign stay with it.
func (l *layout) paragraph(p receipt.Part, next *receipt.Part) {
	f, indent := l.regular, 0.0
	if p.Bold {
		f = l.bold
	}
	if p.Indent {
		indent = 2 * body
	}
	lines := wrap(p.Text, f, body, l.inner(), indent)
	if next != nil && next.Kind == receipt.PartSignature {
		l.need(6 + float64(len(lines))*body*leading + signatureHeight(next.Lines))
	}
	l.down(3)
	l.running(lines, f, side, l.inner(), indent, p.Align)
	l.y += 3
}

// running sets lines one below the other; a page's last and first line are never a paragraph's first or last alone.
func (l *layout) running(lines []string, f *face, x, width, indent float64, align receipt.Align) {
	const height = body * leading
	for i, line := range lines {
		if left := len(lines) - i; i == 0 && left > 1 || left == 2 {
			l.need(2 * height)
		} else {
			l.need(height)
		}
		at := x
		if i == 0 {
			at += indent
		}
		l.aligned(f, body, at, l.y, width-(at-x), height, align, line)
		l.y += height
	}
}

func (l *layout) points(items []string) {
	l.down(3)
	hang := l.regular.width(strconv.Itoa(len(items))+". ", body) + 4
	first := 2 * body
	for i, item := range items {
		lines := wrap(item, l.regular, body, l.inner()-first-hang, 0)
		l.need(float64(min(2, len(lines))) * body * leading)
		l.text(l.regular, body, side+first, l.y, body*leading, strconv.Itoa(i+1)+".")
		l.running(lines, l.regular, side+first+hang, l.inner()-first-hang, 0, receipt.Left)
	}
	l.y += 3
}

func (l *layout) cut(s string) {
	const height = 34
	l.need(height + followed)
	y, middle := l.y+height/2, l.width/2
	gap := 0.0
	if s != "" {
		gap = l.regular.width(s, small)/2 + 6
		l.aligned(l.regular, small, side, y-small*0.8, l.inner(), small*1.6, receipt.Center, s)
	}
	l.dashed(side/2, y, middle-gap)
	l.dashed(middle+gap, y, l.width-side/2)
	l.y += height
}
