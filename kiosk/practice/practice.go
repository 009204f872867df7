// Package practice is what stands round a kiosk in practice mode (练习): an invented person whose card comes to the
// reader by itself, and a scanner that draws its sheets. There is no printer, so that no strip of paper looks like a
// receipt. It must not touch real devices, the network or any folder.
package practice

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/drawn"
)

const (
	// cardAfter is how long a trainee sees where the card goes before it lies there.
	cardAfter = 3 * time.Second
	// waitEnded is after how long without a look at the reader a new waiting begins.
	waitEnded = time.Second
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
func (r *Reader) Present(context.Context) (drivers.Presence, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if now.Sub(r.last) > waitEnded {
		r.since = now
	}
	r.last = now
	if now.Sub(r.since) < cardAfter {
		return drivers.CardGone, nil
	}
	return drivers.CardLies, nil
}

// Read reads the card once it has come, and it is lifted.
func (r *Reader) Read(ctx context.Context) (identity.Card, error) {
	if there, err := r.Present(ctx); err != nil || there != drivers.CardLies {
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

// Scanner draws sheets that say what they are.
type Scanner struct{ *drawn.Sheets }

var _ drivers.Scanner = Scanner{}

// Scan draws a sheet; no two are the same.
func (s Scanner) Scan(ctx context.Context, _ drivers.ScanOptions) (drivers.ScannedPage, error) {
	if err := s.Wait(ctx); err != nil {
		return drivers.ScannedPage{}, err
	}
	return s.Next()
}

// Status is always in order.
func (s Scanner) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online}, nil
}

// Close has nothing to close.
func (s Scanner) Close() error { return nil }

// Statuses are the devices of practice, all in order.
func Statuses() []drivers.Status {
	return []drivers.Status{{Role: drivers.RoleReader, Condition: drivers.Online}, {Role: drivers.RoleScanner, Condition: drivers.Online}}
}
