// Package drawn draws the sheets that lie on the scanner in practice: papers that say that they are for practice, no two
// the same. It must not touch a device.
package drawn

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"bianmin/drivers"
)

// scanTime is how long a sheet takes, so that one sees it being scanned.
const scanTime = 400 * time.Millisecond

// viewTime is between two pictures of a view.
const viewTime = 500 * time.Millisecond

// A sheet is A4 at 72 dots per inch.
const (
	wide   = 595
	high   = 842
	margin = 56
)

var (
	paperWhite = color.Gray{Y: 0xFA}
	inkBlack   = color.Gray{Y: 0x20}
	inkGrey    = color.Gray{Y: 0xB8}
	tableGrey  = color.Gray{Y: 0x50}
)

// Sheets are drawn one after the other. Any number of goroutines may use them.
type Sheets struct {
	title string
	note  func(n int) string

	mu    sync.Mutex
	big   font.Face // a face is for one goroutine at a time
	small font.Face
	drawn int
}

// New makes sheets with a title and below it what note says of the n-th, in a TrueType font.
func New(file []byte, title string, note func(n int) string) (*Sheets, error) {
	parsed, err := opentype.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("open the font of drawn sheets: %w", err)
	}
	s := &Sheets{title: title, note: note}
	for size, face := range map[float64]*font.Face{36: &s.big, 16: &s.small} {
		if *face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone}); err != nil {
			return nil, fmt.Errorf("open the font of drawn sheets: %w", err)
		}
	}
	return s, nil
}

// Wait takes as long as a sheet does; the error is a *drivers.Error when ctx ends first.
func (s *Sheets) Wait(ctx context.Context) error {
	timer := time.NewTimer(scanTime)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultCancelled, Op: "scan", Err: ctx.Err()}
	case <-timer.C:
		return nil
	}
}

// Next draws the next sheet.
func (s *Sheets) Next() (drivers.ScannedPage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn++
	var out bytes.Buffer
	if err := png.Encode(&out, s.draw(s.drawn)); err != nil {
		return drivers.ScannedPage{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultDevice, Op: "draw a sheet", Err: err}
	}
	return drivers.ScannedPage{Image: out.Bytes(), MediaType: "image/png", Width: wide, Height: high, Quality: drivers.QualityGood}, nil
}

// View shows the next sheet as it lies on a table before a document camera, until ctx ends: that is the error.
func (s *Sheets) View(ctx context.Context, show func(image.Image)) error {
	tick := time.NewTicker(viewTime)
	defer tick.Stop()
	for {
		s.mu.Lock()
		sheet := s.draw(s.drawn + 1)
		s.mu.Unlock()
		table := image.NewGray(image.Rect(0, 0, high*4/3, high))
		draw.Draw(table, table.Bounds(), image.NewUniform(tableGrey), image.Point{}, draw.Src)
		left := (table.Rect.Dx() - wide) / 2
		draw.Draw(table, image.Rect(left, 0, left+wide, high), sheet, image.Point{}, draw.Src)
		show(table)
		select {
		case <-ctx.Done():
			return &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultCancelled, Op: "view", Err: ctx.Err()}
		case <-tick.C:
		}
	}
}

// draw draws the n-th sheet; the mutex is held.
func (s *Sheets) draw(n int) image.Image {
	sheet := image.NewGray(image.Rect(0, 0, wide, high))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(paperWhite), image.Point{}, draw.Src)
	write(sheet, s.big, 110, s.title)
	write(sheet, s.small, 150, s.note(n))
	for line, y := 0, 210; y < high-2*margin; line, y = line+1, y+34 {
		long := wide - 2*margin - (line*47+n*61)%180
		draw.Draw(sheet, image.Rect(margin, y, margin+long, y+8), image.NewUniform(inkGrey), image.Point{}, draw.Src)
	}
	return sheet
}

func write(on draw.Image, face font.Face, y int, words string) {
	d := font.Drawer{Dst: on, Src: image.NewUniform(inkBlack), Face: face}
	d.Dot = fixed.Point26_6{X: (fixed.I(wide) - d.MeasureString(words)) / 2, Y: fixed.I(y)}
	d.DrawString(words)
}
