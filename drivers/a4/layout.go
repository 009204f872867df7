package a4

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/signintech/gopdf"

	"bianmin/core/receipt"
)

// Measures in points.
const (
	long, short = 841.89, 595.28 // A4
	mm          = 72 / 25.4

	side   = 20 * mm
	top    = 17 * mm
	bottom = 20 * mm
	foot   = 12 * mm // of the foot's line from the lower edge

	body       = 10.5
	small      = 9.0
	titleSize  = 20.0
	leading    = 1.62 // line height of running text
	cellLead   = 1.38 // in cells
	hair, thin = 0.4, 0.7
)

// op draws something on a page that is open.
type op func(pdf *gopdf.GoPdf) error

// layout places parts on pages; drawing comes after, when the number of pages is known.
type layout struct {
	*Setter
	document      receipt.Pages
	width, height float64
	pages         [][]op
	y             float64 // where the next part begins
	fresh         bool    // nothing stands on the page yet
}

func newLayout(s *Setter, d receipt.Pages) *layout {
	l := &layout{Setter: s, document: d, width: short, height: long}
	if d.Landscape {
		l.width, l.height = long, short
	}
	l.newPage()
	return l
}

func (l *layout) newPage() {
	l.pages = append(l.pages, nil)
	l.y, l.fresh = top, true
}

func (l *layout) inner() float64 { return l.width - 2*side }
func (l *layout) room() float64  { return l.height - bottom - l.y }
func (l *layout) whole() float64 { return l.height - bottom - top }

// need begins a page when a part of this height does not fit any more.
func (l *layout) need(height float64) {
	if height > l.room() && !l.fresh {
		l.newPage()
	}
}

func (l *layout) add(o op) {
	last := len(l.pages) - 1
	l.pages[last] = append(l.pages[last], o)
	l.fresh = false
}

// down moves on; space at a page's begin is left out.
func (l *layout) down(height float64) {
	if !l.fresh {
		l.y += height
	}
}

// text writes one line in the box that begins at (x, y).
func (l *layout) text(f *face, size, x, y, height float64, s string) {
	if s == "" {
		return
	}
	baseline := y + (height-size)/2 + size*0.88
	l.add(func(pdf *gopdf.GoPdf) error { return write(pdf, f, size, x, baseline, s) })
}

// aligned writes one line within a width.
func (l *layout) aligned(f *face, size, x, y, width, height float64, align receipt.Align, s string) {
	switch align {
	case receipt.Center:
		x += (width - f.width(s, size)) / 2
	case receipt.Right:
		x += width - f.width(s, size)
	}
	l.text(f, size, x, y, height, s)
}

func write(pdf *gopdf.GoPdf, f *face, size, x, baseline float64, s string) error {
	if err := pdf.SetFont(f.name, "", size); err != nil {
		return fmt.Errorf("set font: %w", err)
	}
	pdf.SetXY(x, baseline)
	if err := pdf.Text(s); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

func (l *layout) line(x1, y1, x2, y2, weight float64) {
	l.add(func(pdf *gopdf.GoPdf) error {
		pdf.SetLineWidth(weight)
		pdf.Line(x1, y1, x2, y2)
		return nil
	})
}

func (l *layout) fill(x, y, width, height, grey float64) {
	l.add(func(pdf *gopdf.GoPdf) error {
		pdf.SetGrayFill(grey)
		pdf.RectFromUpperLeftWithStyle(x, y, width, height, "F")
		pdf.SetGrayFill(0)
		return nil
	})
}

// draw makes the PDF of what was placed.
func (l *layout) draw() ([]byte, error) {
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: l.width, H: l.height}, Unit: gopdf.UnitPT})
	pdf.SetInfo(gopdf.PdfInfo{Title: l.document.Title, Producer: "bianmin"})
	for _, f := range []*face{l.regular, l.bold} {
		if err := pdf.AddTTFFontData(f.name, f.file); err != nil {
			return nil, fmt.Errorf("embed %s font: %w", f.name, err)
		}
	}
	for i, ops := range l.pages {
		pdf.AddPage()
		if err := l.watermark(pdf); err != nil {
			return nil, err
		}
		for _, o := range ops {
			if err := o(pdf); err != nil {
				return nil, err
			}
		}
		if err := l.foot(pdf, i+1); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if _, err := pdf.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return mend(out.Bytes())
}

func (l *layout) foot(pdf *gopdf.GoPdf, page int) error {
	y := l.height - foot
	pdf.SetLineWidth(hair)
	pdf.Line(side, y-12, l.width-side, y-12)
	count := strings.NewReplacer("{page}", strconv.Itoa(page), "{pages}", strconv.Itoa(len(l.pages))).Replace(l.document.Count)
	wide := l.regular.width(count, small)
	left := wrap(l.document.Foot, l.regular, small, l.inner()-wide-12, 0)[0]
	if left != "" {
		if err := write(pdf, l.regular, small, side, y, left); err != nil {
			return err
		}
	}
	if count == "" {
		return nil
	}
	return write(pdf, l.regular, small, l.width-side-wide, y, count)
}

// watermark writes the document's watermark across the page, below everything else.
func (l *layout) watermark(pdf *gopdf.GoPdf) error {
	if l.document.Watermark == "" {
		return nil
	}
	return l.across(pdf, l.document.Watermark, box{0, 0, l.width, l.height}, 0.10)
}

// box is a place on a page.
type box struct{ x, y, w, h float64 }

// across writes s slanted in several rows over a box, faintly.
func (l *layout) across(pdf *gopdf.GoPdf, s string, over box, alpha float64) error {
	faint, err := gopdf.NewTransparency(alpha, string(gopdf.NormalBlendMode))
	if err != nil {
		return fmt.Errorf("watermark: %w", err)
	}
	size := min(30, 0.8*over.w/max(l.bold.width(s, 1), 1))
	wide := l.bold.width(s, size)
	if err := pdf.SetFont(l.bold.name, "", size); err != nil {
		return fmt.Errorf("set font: %w", err)
	}
	for row := range 3 {
		x, y := over.x+over.w/2, over.y+over.h*(float64(row)*2+1)/6
		pdf.Rotate(28, x, y)
		pdf.SetXY(x-wide/2, y-size/2)
		err := pdf.CellWithOption(&gopdf.Rect{W: wide, H: size}, s, gopdf.CellOption{Transparency: &faint})
		pdf.RotateReset()
		if err != nil {
			return fmt.Errorf("watermark: %w", err)
		}
	}
	return nil
}
