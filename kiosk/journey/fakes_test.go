package journey

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"bianmin/core/catalogue"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/drivers"
)

// canary is the synthetic person's name; nothing of it may stay after a session.
const canary = "柳青canary"

// person1 is invented; the check digit holds.
func person1() identity.Card {
	card := identity.Card{
		Kind: identity.Resident, Name: canary, Sex: "2", Nation: "01", Birth: identity.Date{Year: 1948, Month: 3, Day: 7},
		Address: "青禾县石桥镇柳树沟村1号", Issuer: "青禾县公安局", ValidFrom: identity.Date{Year: 2010, Month: 1, Day: 1}, LongTerm: true,
		Photo: []byte{1, 2, 3},
	}
	card.Number = numberFor("99030119480307782")
	card.Raw[0] = 0x67
	return card
}

func numberFor(first string) string {
	digit, err := identity.NumberCheckDigit(first)
	if err != nil {
		panic(err)
	}
	return first + string(digit)
}

// loadCatalogue reads the catalogue below testdata.
func loadCatalogue(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	set, err := catalogue.Load(os.DirFS("testdata/catalogue"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// script answers calls of one kind in turn: set makes every further answer.
type script[T any] struct {
	mu    sync.Mutex
	value T
	calls int
}

func (s *script[T]) set(v T) { s.mu.Lock(); s.value = v; s.mu.Unlock() }

func (s *script[T]) get() T {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return s.value
}

func (s *script[T]) count() int { s.mu.Lock(); defer s.mu.Unlock(); return s.calls }

// record is the order in which things happened at the outside.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(format string, args ...any) {
	r.mu.Lock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
	r.mu.Unlock()
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

// fakeReader holds a card or a fault.
type fakeReader struct {
	log   *record
	mu    sync.Mutex
	card  *identity.Card
	err   error
	delay time.Duration
	busy  bool
	clash bool // two at once: the contract is broken

	protects bool // it does not find a card again that it has read until it is lifted
	held     bool // it has read one, so "no card" means nothing
}

func (r *fakeReader) place(card identity.Card) {
	r.mu.Lock()
	r.card, r.held = &card, false
	r.mu.Unlock()
}
func (r *fakeReader) remove() { r.mu.Lock(); r.card = nil; r.mu.Unlock() }
func (r *fakeReader) fail(fault drivers.Fault) {
	r.mu.Lock()
	r.err = nil
	if fault != "" {
		r.err = &drivers.Error{Role: drivers.RoleReader, Fault: fault, Op: "read card"}
	}
	r.mu.Unlock()
}

func (r *fakeReader) enter() { r.mu.Lock(); r.clash = r.clash || r.busy; r.busy = true; r.mu.Unlock() }
func (r *fakeReader) leave() { r.mu.Lock(); r.busy = false; r.mu.Unlock() }

func (r *fakeReader) Read(ctx context.Context) (identity.Card, error) {
	r.enter()
	defer r.leave()
	r.mu.Lock()
	delay := r.delay
	r.mu.Unlock()
	if delay > 0 && !pause(ctx, delay) {
		return identity.Card{}, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.err != nil:
		return identity.Card{}, r.err
	case r.card == nil || r.held:
		return identity.Card{}, drivers.ErrNoCard
	}
	r.log.add("card read")
	r.held = r.protects
	card := *r.card
	card.Photo = append([]byte(nil), card.Photo...)
	return card, nil
}

func (r *fakeReader) Present(ctx context.Context) (drivers.Presence, error) {
	r.enter()
	defer r.leave()
	r.mu.Lock()
	delay := r.delay
	if r.err == nil {
		delay = 0 // looking is quick, only silence takes its time
	}
	r.mu.Unlock()
	if delay > 0 && !pause(ctx, delay) {
		return "", ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.err != nil:
		return "", r.err
	case r.held:
		return drivers.CardUnsure, nil
	case r.card == nil:
		return drivers.CardGone, nil
	}
	return drivers.CardLies, nil
}

func (r *fakeReader) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.RoleReader, Condition: drivers.Online}, nil
}
func (r *fakeReader) Close() error { return nil }

// fakePrinter answers with an outcome.
type fakePrinter struct {
	log     *record
	mu      sync.Mutex
	outcome drivers.Outcome
	fault   drivers.Fault
	delay   time.Duration
	printed []receipt.Document
}

func (p *fakePrinter) set(outcome drivers.Outcome, fault drivers.Fault) {
	p.mu.Lock()
	p.outcome, p.fault = outcome, fault
	p.mu.Unlock()
}

func (p *fakePrinter) Print(ctx context.Context, document receipt.Document) (drivers.PrintReport, error) {
	p.mu.Lock()
	delay := p.delay
	p.mu.Unlock()
	if delay > 0 && !pause(ctx, delay) {
		return drivers.PrintReport{Outcome: drivers.Unconfirmed, Fault: drivers.FaultCancelled}, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.add("print %s", p.outcome)
	if p.outcome != drivers.NotPrinted {
		p.printed = append(p.printed, document)
	}
	report := drivers.PrintReport{Outcome: p.outcome, Fault: p.fault}
	if p.outcome != drivers.Printed {
		return report, &drivers.Error{Role: drivers.RolePrinter, Fault: p.fault, Op: "print"}
	}
	return report, nil
}

func (p *fakePrinter) documents() []receipt.Document {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]receipt.Document(nil), p.printed...)
}

func (p *fakePrinter) Status(context.Context) (drivers.Status, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := drivers.Status{Role: drivers.RolePrinter, Condition: drivers.Online}
	if p.outcome == drivers.NotPrinted {
		s.Fault, s.Condition = p.fault, drivers.UserError
	}
	return s, nil
}
func (p *fakePrinter) Close() error { return nil }

// fakeScanner gives pages one after the other.
type fakeScanner struct {
	mu      sync.Mutex
	fault   drivers.Fault
	quality drivers.Quality
	delay   time.Duration
	image   []byte
	scans   int
}

func (s *fakeScanner) set(fault drivers.Fault) { s.mu.Lock(); s.fault = fault; s.mu.Unlock() }

func (s *fakeScanner) Scan(ctx context.Context, _ drivers.ScanOptions) (drivers.ScannedPage, error) {
	s.mu.Lock()
	delay := s.delay
	s.mu.Unlock()
	if delay > 0 && !pause(ctx, delay) {
		return drivers.ScannedPage{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != "" {
		return drivers.ScannedPage{}, &drivers.Error{Role: drivers.RoleScanner, Fault: s.fault, Op: "scan"}
	}
	s.scans++
	return drivers.ScannedPage{
		Image: append([]byte(nil), s.image...), MediaType: "image/png", Width: 60, Height: 80, Quality: s.quality,
	}, nil
}

func (s *fakeScanner) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online}, nil
}
func (s *fakeScanner) Close() error { return nil }

type fakeButton struct{ presses chan struct{} }

func (b *fakeButton) Wait(ctx context.Context) error {
	select {
	case <-b.presses:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
func (b *fakeButton) Close() error { return nil }

var (
	_ Filing                 = (*fakeDesk)(nil)
	_ Ledger                 = (*fakeDesk)(nil)
	_ Terminal               = (*fakeDesk)(nil)
	_ drivers.CardReader     = (*fakeReader)(nil)
	_ drivers.ReceiptPrinter = (*fakePrinter)(nil)
	_ drivers.Scanner        = (*fakeScanner)(nil)
	_ drivers.Button         = (*fakeButton)(nil)
)
