package practice

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
)

// A sheet is A4 at 72 dots per inch.
const (
	sheetWide   = 595
	sheetHigh   = 842
	sheetMargin = 56
)

var (
	paperWhite = color.Gray{Y: 0xFA}
	inkBlack   = color.Gray{Y: 0x20}
	inkGrey    = color.Gray{Y: 0xB8}
)

// sheets draws what lies in the scanner: papers that say that they are for practice.
type sheets struct {
	words *text.Catalog
	mu    sync.Mutex
	big   font.Face // a face is for one goroutine at a time
	small font.Face
	drawn int
}

func newSheets(file []byte, words *text.Catalog) (*sheets, error) {
	parsed, err := opentype.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("open the font of drawn sheets: %w", err)
	}
	s := &sheets{words: words}
	for size, face := range map[float64]*font.Face{36: &s.big, 16: &s.small} {
		if *face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone}); err != nil {
			return nil, fmt.Errorf("open the font of drawn sheets: %w", err)
		}
	}
	return s, nil
}

// next draws the next sheet; no two are the same.
func (s *sheets) next() (drivers.ScannedPage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn++
	sheet := image.NewGray(image.Rect(0, 0, sheetWide, sheetHigh))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(paperWhite), image.Point{}, draw.Src)
	s.write(sheet, s.big, 110, s.words.T(text.Chinese, "desk.practice.sheet", nil))
	s.write(sheet, s.small, 150, s.words.T(text.Chinese, "desk.practice.sheet-number", map[string]any{"n": s.drawn}))
	for line, y := 0, 210; y < sheetHigh-2*sheetMargin; line, y = line+1, y+34 {
		wide := sheetWide - 2*sheetMargin - (line*47+s.drawn*61)%180
		draw.Draw(sheet, image.Rect(sheetMargin, y, sheetMargin+wide, y+8), image.NewUniform(inkGrey), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, sheet); err != nil {
		return drivers.ScannedPage{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultDevice, Op: "draw a sheet", Err: err}
	}
	return drivers.ScannedPage{Image: out.Bytes(), MediaType: "image/png", Width: sheetWide, Height: sheetHigh, Quality: drivers.QualityGood}, nil
}

func (s *sheets) write(on draw.Image, face font.Face, y int, words string) {
	d := font.Drawer{Dst: on, Src: image.NewUniform(inkBlack), Face: face}
	d.Dot = fixed.Point26_6{X: (fixed.I(sheetWide) - d.MeasureString(words)) / 2, Y: fixed.I(y)}
	d.DrawString(words)
}

// pagesOf sets a strip as a page, with a watermark.
func pagesOf(d receipt.Document, watermark string) receipt.Pages {
	pages := receipt.Pages{Title: d.Title, Watermark: watermark}
	for _, b := range d.Blocks {
		part := receipt.Part{Kind: receipt.PartParagraph, Text: b.Text, Align: b.Align, Bold: b.Bold}
		switch b.Kind {
		case receipt.Pair:
			part = receipt.Part{Kind: receipt.PartFields, Fields: []receipt.Field{{Label: b.Label, Text: b.Text, Wide: true}}}
		case receipt.QR:
			part = receipt.Part{Kind: receipt.PartCode, Data: b.Data}
		case receipt.Rule, receipt.Feed:
			part = receipt.Part{Kind: receipt.PartSpace, Height: 3}
		}
		pages.Parts = append(pages.Parts, part)
	}
	return pages
}
