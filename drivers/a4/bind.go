package a4

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/signintech/gopdf"
)

// ErrNoPages means that a document has no page, or more than any has.
var ErrNoPages = errors.New("not as many pages as a document has")

// mostPages is the most pages of a document.
const mostPages = 200

// Bind makes one PDF of scanned pages, in their order: each fills a sheet of A4, upright or across as it lies. A JPEG goes in as it
// is, so that the document is hardly larger than its pages. The same pages give the same bytes; nothing says when or by whom.
func Bind(pages [][]byte) ([]byte, error) {
	if len(pages) == 0 || len(pages) > mostPages {
		return nil, ErrNoPages
	}
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitPT})
	pdf.SetNoCompression() // of where the pictures stand, by which Unbind finds them; the pictures are compressed as they come
	pdf.SetInfo(gopdf.PdfInfo{Producer: "bianmin"})
	for i, page := range pages {
		holder, size, err := readPicture(page)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		sheet := *gopdf.PageSizeA4
		if size.X > size.Y {
			sheet = *gopdf.PageSizeA4Landscape
		}
		pdf.AddPageWithOption(gopdf.PageOption{PageSize: &sheet})
		scale := min(sheet.W/float64(size.X), sheet.H/float64(size.Y))
		at := gopdf.Rect{W: float64(size.X) * scale, H: float64(size.Y) * scale}
		if err := pdf.ImageByHolder(holder, (sheet.W-at.W)/2, (sheet.H-at.H)/2, &at); err != nil {
			return nil, fmt.Errorf("page %d: %w: %w", i+1, ErrPicture, err)
		}
	}
	var out bytes.Buffer
	if _, err := pdf.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return out.Bytes(), nil
}
