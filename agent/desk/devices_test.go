package desk

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"sync"
	"time"

	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/drivers"
	set "bianmin/drivers/a4"
)

// Names of invented people; nothing of them may stay after a shift.
const (
	principalName = "柳青canary"
	delegateName  = "柳小川canary"
)

func numberFor(first string) string {
	digit, err := identity.NumberCheckDigit(first)
	if err != nil {
		panic(err)
	}
	return first + string(digit)
}

func person(name, number string) identity.Card {
	birth, err := identity.ParseDate(number[6:14])
	if err != nil {
		panic(err)
	}
	return identity.Card{
		Kind: identity.Resident, Name: name, Sex: identity.NumberSex(number + "0"), Nation: "01", Birth: birth, Address: "青禾县柳林镇柳树沟村1号", Issuer: "青禾县公安局",
		ValidFrom: identity.Date{Year: 2010, Month: 1, Day: 1}, LongTerm: true, Number: number,
	}
}

func principal() identity.Card { return person(principalName, numberFor("99030119480307782")) }
func delegate() identity.Card  { return person(delegateName, numberFor("99030119750612331")) }
func agentCard() identity.Card { return person("王秀兰", numberFor("99030119820411226")) }

type fakeReader struct {
	mu   sync.Mutex
	card *identity.Card
	err  error
	busy bool
	both bool
}

func (r *fakeReader) place(card identity.Card) { r.mu.Lock(); r.card = &card; r.mu.Unlock() }
func (r *fakeReader) remove()                  { r.mu.Lock(); r.card = nil; r.mu.Unlock() }

func (r *fakeReader) Read(ctx context.Context) (identity.Card, error) {
	r.mu.Lock()
	r.both = r.both || r.busy
	r.busy = true
	r.mu.Unlock()
	pause(ctx, 20*time.Millisecond)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy = false
	switch {
	case r.err != nil:
		return identity.Card{}, r.err
	case r.card == nil:
		return identity.Card{}, drivers.ErrNoCard
	}
	return *r.card, nil
}

func (r *fakeReader) Present(context.Context) (drivers.Presence, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.card == nil {
		return drivers.CardGone, r.err
	}
	return drivers.CardLies, r.err
}
func (r *fakeReader) Status(context.Context) (drivers.Status, error) { return drivers.Status{}, nil }
func (r *fakeReader) Close() error                                   { return nil }

type fakePrinter struct {
	mu      sync.Mutex
	outcome drivers.Outcome
	fault   drivers.Fault
	strips  []receipt.Document
	titles  []string
}

func (p *fakePrinter) set(outcome drivers.Outcome, fault drivers.Fault) {
	p.mu.Lock()
	p.outcome, p.fault = outcome, fault
	p.mu.Unlock()
}

func (p *fakePrinter) report(role drivers.Role) (drivers.PrintReport, error) {
	report := drivers.PrintReport{Outcome: p.outcome, Fault: p.fault}
	if p.outcome != drivers.Printed {
		return report, &drivers.Error{Role: role, Fault: p.fault, Op: "print"}
	}
	return report, nil
}

func (p *fakePrinter) Print(_ context.Context, d receipt.Document) (drivers.PrintReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.strips = append(p.strips, d)
	return p.report(drivers.RolePrinter)
}
func (p *fakePrinter) Status(context.Context) (drivers.Status, error) { return drivers.Status{}, nil }
func (p *fakePrinter) Close() error                                   { return nil }

type fakeDocument struct {
	fakePrinter
	held  chan struct{} // while it is there a job waits until it is closed or taken back
	taken int           // jobs that were taken back
}

func (p *fakeDocument) Print(ctx context.Context, title string, pdf []byte) (drivers.PrintReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held := p.held; held != nil {
		p.mu.Unlock()
		select {
		case <-held:
			p.mu.Lock()
		case <-ctx.Done():
			p.mu.Lock()
			p.taken++
			return drivers.PrintReport{Outcome: drivers.Unconfirmed, Fault: drivers.FaultCancelled}, ctx.Err()
		}
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		return drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultProtocol}, errors.New("no PDF")
	}
	p.titles = append(p.titles, title)
	return p.report(drivers.RoleDocument)
}

type fakeScanner struct {
	mu      sync.Mutex
	fault   drivers.Fault
	quality drivers.Quality
	left    int // pages in the feeder; -1 is a glass that always has one
	large   bool
	backs   string // of the feeder's sheets in turn: "e" empty, "w" written on, "-" none comes
	turn    int
}

func (s *fakeScanner) load(n int) { s.mu.Lock(); s.left = n; s.mu.Unlock() }

func (s *fakeScanner) loadBoth(backs string) {
	s.mu.Lock()
	s.left, s.backs, s.turn = len(backs), backs, 0
	s.mu.Unlock()
}

func (s *fakeScanner) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	if !pause(ctx, 200*time.Millisecond) {
		return drivers.ScannedPage{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fault := s.fault
	if fault == "" && s.left == 0 {
		fault = drivers.FaultNoDocument
	}
	if fault != "" {
		return drivers.ScannedPage{}, &drivers.Error{Role: drivers.RoleScanner, Fault: fault, Op: "scan"}
	}
	if s.left > 0 {
		s.left--
	}
	scanned := drivers.ScannedPage{Image: bytes.Clone(onePage), MediaType: "image/png", Width: 60, Height: 80, Quality: s.quality, Large: s.large, Glass: s.left < 0}
	if options.Duplex && s.turn < len(s.backs) {
		if s.backs[s.turn] != '-' {
			back := scanned
			back.Image, back.Empty = bytes.Clone(onePage), s.backs[s.turn] == 'e'
			if back.Empty {
				back.Quality = drivers.QualityBlank
			}
			scanned.Back = &back
		}
		s.turn++
	}
	return scanned, nil
}
func (s *fakeScanner) Status(context.Context) (drivers.Status, error) { return drivers.Status{}, nil }
func (s *fakeScanner) Close() error                                   { return nil }

var onePage = func() []byte {
	img := image.NewGray(image.Rect(0, 0, 60, 80))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err)
	}
	return out.Bytes()
}()

// fakePaper makes something that says it is a PDF and holds every word of the document.
type fakePaper struct {
	mu   sync.Mutex
	made []receipt.Pages
}

func (p *fakePaper) Bind(pages [][]byte) ([]byte, error)      { return set.Bind(pages) }
func (p *fakePaper) Unbind(document []byte) ([][]byte, error) { return set.Unbind(document) }

func (p *fakePaper) PDF(pages receipt.Pages) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made = append(p.made, pages)
	return []byte("%PDF " + pages.Title), nil
}

type fakeSaver struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (s *fakeSaver) Save(_ context.Context, name string, content []byte) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = bytes.Clone(content)
	return name, nil
}

func (s *fakeSaver) Load(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.files[name]
	if !ok {
		return nil, errors.New("no such file")
	}
	return bytes.Clone(content), nil
}
