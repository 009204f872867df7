// Package practice is what stands round a kiosk in practice mode (练习): an invented person whose card comes to the
// reader by itself, and a scanner that draws its sheets. There is no printer, so that no strip of paper looks like a
// receipt. It must not touch real devices, the network or any folder.
package practice

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

	"bianmin/core/identity"
	"bianmin/drivers"
)

const (
	// cardAfter is how long a trainee sees where the card goes before it lies there.
	cardAfter = 3 * time.Second
	// waitEnded is after how long without a look at the reader a new waiting begins.
	waitEnded = time.Second
	// scanTime is how long a sheet takes, so that one sees it being scanned.
	scanTime = 600 * time.Millisecond
)

// Person is the invented person's card. Numbers begin with 99, which no division has.
func Person() (identity.Card, error) {
	const first = "99030119440307782" // old enough for what old people apply for
	digit, err := identity.NumberCheckDigit(first)
	if err != nil {
		return identity.Card{}, fmt.Errorf("invent a person: %w", err)
	}
	birth, err := identity.ParseDate(first[6:14])
	if err != nil {
		return identity.Card{}, fmt.Errorf("invent a person: %w", err)
	}
	number := first + string(digit)
	return identity.Card{
		Kind: identity.Resident, Name: "练春妮", Nation: "01", Number: number, Sex: identity.NumberSex(number), Birth: birth,
		Issuer: "青禾县公安局", Address: "青禾县柳林镇柳树沟村1号", ValidFrom: identity.Date{Year: 2019, Month: 5, Day: 6}, LongTerm: true, ReadTwice: true,
	}, nil
}

// Reader is a card reader on which the invented person's card comes to lie whenever one is waited for.
type Reader struct {
	card identity.Card
	now  func() time.Time

	mu    sync.Mutex
	since time.Time // this waiting began
	last  time.Time // the last look
}

var _ drivers.CardReader = (*Reader)(nil)

// NewReader makes a reader without a card on it.
func NewReader(now func() time.Time) (*Reader, error) {
	card, err := Person()
	return &Reader{card: card, now: now}, err
}

// Present tells whether the card has come.
func (r *Reader) Present(context.Context) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if now.Sub(r.last) > waitEnded {
		r.since = now
	}
	r.last = now
	return now.Sub(r.since) >= cardAfter, nil
}

// Read reads the card once it has come, and it is lifted.
func (r *Reader) Read(ctx context.Context) (identity.Card, error) {
	if there, err := r.Present(ctx); err != nil || !there {
		return identity.Card{}, drivers.ErrNoCard
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.since = r.now()
	return r.card, nil
}

// Status is always in order.
func (r *Reader) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.RoleReader, Condition: drivers.Online}, nil
}

// Close has nothing to close.
func (r *Reader) Close() error { return nil }

// A sheet is A4 at 72 dots per inch.
const (
	sheetWide = 595
	sheetHigh = 842
	margin    = 56
)

// Scanner draws sheets that say what they are.
type Scanner struct {
	word string

	mu    sync.Mutex
	face  font.Face
	drawn int
}

var _ drivers.Scanner = (*Scanner)(nil)

// NewScanner makes a scanner whose sheets bear a word, in a TrueType font.
func NewScanner(file []byte, word string) (*Scanner, error) {
	parsed, err := opentype.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("open the font of drawn sheets: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 40, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("open the font of drawn sheets: %w", err)
	}
	return &Scanner{word: word, face: face}, nil
}

// Scan draws a sheet; no two are the same.
func (s *Scanner) Scan(ctx context.Context, _ drivers.ScanOptions) (drivers.ScannedPage, error) {
	timer := time.NewTimer(scanTime)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return drivers.ScannedPage{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultCancelled, Op: "scan", Err: ctx.Err()}
	case <-timer.C:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn++
	sheet := image.NewGray(image.Rect(0, 0, sheetWide, sheetHigh))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.Gray{Y: 0xFA}), image.Point{}, draw.Src)
	d := font.Drawer{Dst: sheet, Src: image.NewUniform(color.Gray{Y: 0x20}), Face: s.face}
	d.Dot = fixed.Point26_6{X: (fixed.I(sheetWide) - d.MeasureString(s.word)) / 2, Y: fixed.I(120)}
	d.DrawString(s.word)
	for line, y := 0, 200; y < sheetHigh-2*margin; line, y = line+1, y+34 {
		wide := sheetWide - 2*margin - (line*47+s.drawn*61)%180
		draw.Draw(sheet, image.Rect(margin, y, margin+wide, y+8), image.NewUniform(color.Gray{Y: 0xB8}), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, sheet); err != nil {
		return drivers.ScannedPage{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultDevice, Op: "draw a sheet", Err: err}
	}
	return drivers.ScannedPage{Image: out.Bytes(), MediaType: "image/png", Width: sheetWide, Height: sheetHigh, Quality: drivers.QualityGood}, nil
}

// Status is always in order.
func (s *Scanner) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online}, nil
}

// Close has nothing to close.
func (s *Scanner) Close() error { return nil }

// Statuses are the devices of practice, all in order.
func Statuses() []drivers.Status {
	return []drivers.Status{{Role: drivers.RoleReader, Condition: drivers.Online}, {Role: drivers.RoleScanner, Condition: drivers.Online}}
}
