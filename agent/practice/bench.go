package practice

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"bianmin/agent/desk"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/drawn"
)

// Options of a bench. All are required but Camera.
type Options struct {
	Papers string // folder into which printers print
	Words  *text.Catalog
	Setter desk.Paper // sets what the receipt printer would print
	Font   []byte     // TrueType, for drawn sheets
	Secret string     // opens the invented accounts
	Code   string     // activates the one without keys
	Camera bool       // the scanner is a document camera, as this desk's real one
}

// Bench is the invented devices with who has a card on the reader. It is safe for use by several goroutines.
type Bench struct {
	options Options
	people  []person
	sheets  *drawn.Sheets

	mu     sync.Mutex
	placed string
	fed    int // sheets taken from the feeder since it was filled
	papers int
	last   string
}

var _ desk.Practice = (*Bench)(nil)

// feeder is how many sheets lie in the scanner's feeder; when they are gone it is filled again.
const feeder = 3

// NewBench makes a bench with no card on its reader.
func NewBench(o Options) (*Bench, error) {
	if o.Papers == "" || o.Words == nil || o.Setter == nil || o.Secret == "" || o.Code == "" {
		return nil, errors.New("practice bench: an option is missing")
	}
	people, err := cards()
	if err != nil {
		return nil, err
	}
	sheets, err := drawn.New(o.Font, o.Words.T(text.Chinese, "desk.practice.sheet", nil), func(n int) string {
		return o.Words.T(text.Chinese, "desk.practice.sheet-number", map[string]any{"n": n})
	})
	if err != nil {
		return nil, err
	}
	return &Bench{options: o, people: people, sheets: sheets}, nil
}

// People are the invented people, in their order.
func (b *Bench) People() []desk.Choice {
	var all []desk.Choice
	for _, p := range b.people {
		all = append(all, p.choice())
	}
	return all
}

// Placed is whose card lies on the reader.
func (b *Bench) Placed() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.placed
}

// Place puts a card on the reader, "" takes it away.
func (b *Bench) Place(code string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.placed = code
}

// Paper is the file name of the paper that came out last.
func (b *Bench) Paper() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last
}

// Secret opens the invented accounts.
func (b *Bench) Secret() string { return b.options.Secret }

// Code activates the account without keys.
func (b *Bench) Code() string { return b.options.Code }

// Devices are the bench's, all in order.
func (b *Bench) Devices() desk.Devices {
	all := desk.Devices{Reader: reader{b, device(drivers.RoleReader)}, Printer: strip{b, device(drivers.RolePrinter)}, Document: document{b, device(drivers.RoleDocument)}, Scanner: scanner{b, device(drivers.RoleScanner)}, Statuses: Statuses}
	if b.options.Camera {
		all.Scanner = camera{scanner{b, device(drivers.RoleScanner)}}
	}
	return all
}

// Statuses are the bench's devices, all in order.
func Statuses() []drivers.Status {
	var all []drivers.Status
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner} {
		all = append(all, drivers.Status{Role: role, Condition: drivers.Online})
	}
	return all
}

type (
	device drivers.Role
	reader struct {
		*Bench
		device
	}
	scanner struct {
		*Bench
		device
	}
	strip struct {
		*Bench
		device
	}
	document struct {
		*Bench
		device
	}
)

// Status is always in order.
func (d device) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.Role(d), Condition: drivers.Online}, nil
}

// Close has nothing to close.
func (device) Close() error { return nil }

// Read reads the card that was placed.
func (r reader) Read(context.Context) (identity.Card, error) {
	code := r.Placed()
	at := slices.IndexFunc(r.people, func(p person) bool { return p.code == code })
	if at < 0 {
		return identity.Card{}, drivers.ErrNoCard
	}
	card := r.people[at].card
	card.ReadTwice = true
	return card, nil
}

// Present tells whether a card was placed.
func (r reader) Present(context.Context) (drivers.Presence, error) {
	if r.Placed() == "" {
		return drivers.CardGone, nil
	}
	return drivers.CardLies, nil
}

// Scan draws a sheet. The feeder holds three, then is empty once.
func (s scanner) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	if err := s.sheets.Wait(ctx); err != nil {
		return drivers.ScannedPage{}, err
	}
	if options.Feeder && s.emptied() {
		return drivers.ScannedPage{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultNoDocument, Op: "scan"}
	}
	return s.sheets.Next()
}

// camera is a scanner that shows what lies before it.
type camera struct{ scanner }

var _ drivers.Viewer = camera{}

// Scan takes the sheet that lies there.
func (c camera) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	options.Feeder = false
	page, err := c.scanner.Scan(ctx, options)
	page.Glass = err == nil
	return page, err
}

// View shows the sheet that lies there.
func (c camera) View(ctx context.Context, show func(image.Image)) error {
	return c.sheets.View(ctx, show)
}

// emptied takes a sheet from the feeder and tells whether there was none.
func (s scanner) emptied() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fed == feeder {
		s.fed = 0
		return true
	}
	s.fed++
	return false
}

// Print keeps what would come out of the receipt printer as a page.
func (p strip) Print(_ context.Context, d receipt.Document) (drivers.PrintReport, error) {
	pdf, err := p.options.Setter.PDF(pagesOf(d, p.options.Words.T(text.Chinese, "receipt.paper.practice", nil)))
	if err != nil {
		return failed(drivers.RolePrinter, err)
	}
	return p.keep(drivers.RolePrinter, "receipt", pdf)
}

// Print keeps the document; its pages carry practice's watermark already.
func (p document) Print(_ context.Context, _ string, pdf []byte) (drivers.PrintReport, error) {
	return p.keep(drivers.RoleDocument, "page", pdf)
}

func failed(role drivers.Role, err error) (drivers.PrintReport, error) {
	return drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultDevice}, &drivers.Error{Role: role, Fault: drivers.FaultDevice, Op: "print", Err: err}
}

// keep writes a paper into the folder.
func (b *Bench) keep(role drivers.Role, kind string, pdf []byte) (drivers.PrintReport, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := fmt.Sprintf("%03d-%s.pdf", b.papers+1, kind)
	err := os.MkdirAll(b.options.Papers, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(b.options.Papers, name), pdf, 0o600)
	}
	if err != nil {
		return failed(role, fmt.Errorf("keep a paper: %w", err))
	}
	b.papers++
	b.last = name
	return drivers.PrintReport{Outcome: drivers.Printed, Bytes: len(pdf)}, nil
}
