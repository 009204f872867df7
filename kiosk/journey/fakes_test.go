package journey

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
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
}

func (r *fakeReader) place(card identity.Card) { r.mu.Lock(); r.card = &card; r.mu.Unlock() }
func (r *fakeReader) remove()                  { r.mu.Lock(); r.card = nil; r.mu.Unlock() }
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
	case r.card == nil:
		return identity.Card{}, drivers.ErrNoCard
	}
	r.log.add("card read")
	card := *r.card
	card.Photo = append([]byte(nil), card.Photo...)
	return card, nil
}

func (r *fakeReader) Present(context.Context) (bool, error) {
	r.enter()
	defer r.leave()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.card != nil, r.err
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

// fakeDesk is filing, ledger and terminal: it keeps what was filed and checks the order of things.
type fakeDesk struct {
	log       *record
	ready     script[error]
	health    script[Health]
	healthErr script[error]
	submitErr script[error]
	attachErr script[error]
	rateErr   script[error]
	state     script[casefile.Summary]
	list      script[[]casefile.Summary]
	listErr   script[error]
	signIn    script[staffAnswer]
	accounts  script[[]StaffAccount]
	delay     script[time.Duration]

	set *catalogue.Catalogue // to look at what is submitted

	mu          sync.Mutex
	next        int
	attached    map[string]bool // by digest: true while it is kept
	submissions []casefile.Submission
	ratings     []casefile.Evaluation
	jobs        []PrintJob
	ended       map[int64]drivers.PrintReport
	answers     []bool
	broken      []string // what broke the rules
}

func newDesk(log *record) *fakeDesk {
	d := &fakeDesk{log: log, attached: map[string]bool{}, ended: map[int64]drivers.PrintReport{}}
	d.health.set(Health{Online: true})
	d.state.set(casefile.Summary{State: casefile.StateQueued})
	d.accounts.set([]StaffAccount{{ID: "t1", Name: "运维一"}, {ID: "t2", Name: "运维二"}})
	d.signIn.set(staffAnswer{ok: true})
	return d
}

func (d *fakeDesk) Ready(context.Context) error { return d.ready.get() }

func (d *fakeDesk) Attach(ctx context.Context, mediaType string, content []byte) (casefile.Attachment, error) {
	if err := d.attachErr.get(); err != nil {
		return casefile.Attachment{}, err
	}
	if err := ctx.Err(); err != nil {
		return casefile.Attachment{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	digest := fmt.Sprintf("%064d", d.next)
	d.attached[digest] = true
	d.log.add("attach %s", mediaType)
	return casefile.Attachment{Digest: digest, MediaType: mediaType, Plain: int64(len(content)), Key: [16]byte{1}}, nil
}

func (d *fakeDesk) Drop(_ context.Context, digest string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.attached[digest] {
		d.broken = append(d.broken, "dropped a page that is not kept")
	}
	delete(d.attached, digest)
	return nil
}

func (d *fakeDesk) Submit(ctx context.Context, s casefile.Submission, attachments []casefile.Attachment, _ identity.Card) (casefile.Filed, error) {
	if delay := d.delay.get(); delay > 0 && !pause(ctx, delay) {
		return casefile.Filed{}, ctx.Err()
	}
	if err := d.submitErr.get(); err != nil {
		return casefile.Filed{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range attachments {
		if !d.attached[a.Digest] {
			d.broken = append(d.broken, "submitted a page that is not kept")
		}
		delete(d.attached, a.Digest) // it belongs to the case now: dropping it would be wrong
	}
	d.look(s)
	d.submissions = append(d.submissions, s)
	number := casefile.Number(fmt.Sprintf("QH0301A-261122-%04d-X", len(d.submissions)))
	d.log.add("submit")
	return casefile.Filed{
		Number: number, QR: "BM1:TEST", Digest: "ab",
		Event: casefile.Event{Case: number, Submission: &s, Point: "柳树沟村便民服务点"},
	}, nil
}

func (d *fakeDesk) Evaluate(_ context.Context, _ casefile.Filed, e casefile.Evaluation) error {
	if err := d.rateErr.get(); err != nil {
		return err
	}
	d.mu.Lock()
	d.ratings = append(d.ratings, e)
	d.mu.Unlock()
	return nil
}

func (d *fakeDesk) Cases(context.Context, identity.Card) ([]casefile.Summary, error) {
	return d.list.get(), d.listErr.get()
}

func (d *fakeDesk) Summary(_ context.Context, f casefile.Filed) (casefile.Summary, error) {
	s := d.state.get()
	s.Number = f.Number
	return s, nil
}
func (d *fakeDesk) Digest(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }
func (d *fakeDesk) Today(context.Context) (time.Time, error) {
	return day, nil
}

func (d *fakeDesk) BeginPrint(_ context.Context, job PrintJob) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if job.Kind == jobReceipt && !d.known(job.Case) {
		d.broken = append(d.broken, "a receipt begins of a case that is not committed")
	}
	d.jobs = append(d.jobs, job)
	d.log.add("begin %s", job.Kind)
	return int64(len(d.jobs)), nil
}

// known tells whether a case was committed, now or in the past.
func (d *fakeDesk) known(number casefile.Number) bool {
	for _, summary := range d.list.value {
		if summary.Number == number {
			return true
		}
	}
	var n int
	_, err := fmt.Sscanf(string(number), "QH0301A-261122-%04d-X", &n)
	return err == nil && n >= 1 && n <= len(d.submissions)
}

// look checks that what is submitted may be submitted.
func (d *fakeDesk) look(s casefile.Submission) {
	values := form.Values{}
	if err := json.Unmarshal(s.Values, &values); err != nil {
		d.broken = append(d.broken, "values are no JSON")
		return
	}
	checked := d.set.Form(s.Item.Code)
	if problems := checked.Validate(values, form.Env{Today: day, Regions: d.set}); len(problems) > 0 {
		d.broken = append(d.broken, fmt.Sprintf("submitted values with problems: %s %s", problems[0].Field, problems[0].Code))
	}
	content, err := casefile.SignedContent(s)
	if err != nil || s.Signature == nil || s.Signature.Content != d.Digest(content) {
		d.broken = append(d.broken, "the signature is not bound to what is submitted")
	}
	item, _ := d.set.Item(s.Item.Code)
	for _, material := range d.set.NeededMaterials(item, values) {
		if !material.Optional && !slices.ContainsFunc(s.Materials, func(m casefile.Material) bool { return m.Code == material.Code }) {
			d.broken = append(d.broken, "a needed material is missing")
		}
	}
}

func (d *fakeDesk) EndPrint(_ context.Context, id int64, report drivers.PrintReport) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, twice := d.ended[id]; twice || id < 1 || int(id) > len(d.jobs) {
		d.broken = append(d.broken, "ended a print that was not begun")
	}
	d.ended[id] = report
	d.log.add("end")
	return nil
}

func (d *fakeDesk) ConfirmPrint(_ context.Context, id int64, cameOut bool, _ string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended[id].Outcome != drivers.Unconfirmed {
		d.broken = append(d.broken, "asked about a print whose outcome is known")
	}
	d.answers = append(d.answers, cameOut)
	return nil
}

func (d *fakeDesk) Health(context.Context) (Health, error) { return d.health.get(), d.healthErr.get() }
func (d *fakeDesk) StaffAccounts(context.Context) ([]StaffAccount, error) {
	return d.accounts.get(), nil
}

func (d *fakeDesk) StaffSignIn(context.Context, string, string) (bool, time.Duration, error) {
	a := d.signIn.get()
	return a.ok, a.locked, a.err
}
func (d *fakeDesk) ConfirmClock(context.Context, string) error {
	d.log.add("confirm-clock")
	return nil
}
func (d *fakeDesk) RetryQueue(context.Context, string) error {
	d.log.add("retry-queue")
	return errors.New("nobody listens")
}

var (
	_ Filing                 = (*fakeDesk)(nil)
	_ Ledger                 = (*fakeDesk)(nil)
	_ Terminal               = (*fakeDesk)(nil)
	_ drivers.CardReader     = (*fakeReader)(nil)
	_ drivers.ReceiptPrinter = (*fakePrinter)(nil)
	_ drivers.Scanner        = (*fakeScanner)(nil)
	_ drivers.Button         = (*fakeButton)(nil)
)
