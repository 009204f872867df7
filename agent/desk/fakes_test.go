package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/drivers"
)

// noon is when tests begin inside synctest's bubble plus this: a Wednesday.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, casefile.Zone)

const goodSecret = "四棵 白杨 河湾 石桥"

// fakeOffice is a point in memory. Its books obey the rules of core/agency.
type fakeOffice struct {
	mu       sync.Mutex
	accounts []agency.AccountLine
	secrets  map[string]string
	cards    map[string]string // ID number → account
	tries    map[string]int
	today    func() time.Time
	seen     time.Time
	ready    error
	health   agency.Health
	codes    map[string]receipt.Code
	open     int // books that are not closed
	begun    int
	slow     time.Duration
	slowSave time.Duration // of a draft
	badSave  error         // what saving a draft comes to
	failAt   int           // the Submit of this number fails, 0 for none
	full     error         // of every Submit
	submits  int

	drafts map[string]map[string]agency.Draft // account → id
	files  map[string][]byte
	cases  map[casefile.Number]*fakeCase
	order  []casefile.Number
	fees   []agency.FeeLine
	days   map[string]*casefile.DayClosing // "account date"
	visits []agency.VisitLine
	sheets []agency.SheetLine
	apart  [][]casefile.Attachment // files of closings and sheets
	jobs   []agency.PrintJob
	ends   map[int64]drivers.PrintReport
	said   map[int64]bool
	audits []string
	retry  int
	broken []string
}

type fakeCase struct {
	file    agency.CaseFile
	account string
	foreign bool
	status  casefile.Status
	events  []casefile.Event
}

func newOffice() *fakeOffice {
	line := func(id, name string, role agency.Role, confirm bool) agency.AccountLine {
		return agency.AccountLine{Account: agency.Account{ID: id, Name: name, Role: role, CanConfirm: confirm}, Active: true}
	}
	return &fakeOffice{
		accounts: []agency.AccountLine{
			line("100001", "王秀兰", agency.RoleAgent, false), line("100002", "李建国", agency.RoleLead, true), line("100003", "赵小雨", agency.RoleTrainee, false),
			{Account: agency.Account{ID: "100004", Name: "周新来", Role: agency.RoleAgent}},
		},
		secrets: map[string]string{"100001": goodSecret, "100002": goodSecret, "100003": goodSecret},
		cards:   map[string]string{agentCard().Number: "100001"}, tries: map[string]int{}, today: func() time.Time { return now() }, seen: now(),
		codes: map[string]receipt.Code{}, drafts: map[string]map[string]agency.Draft{}, files: map[string][]byte{}, cases: map[casefile.Number]*fakeCase{},
		days: map[string]*casefile.DayClosing{}, ends: map[int64]drivers.PrintReport{}, said: map[int64]bool{},
	}
}

// bubbleStart is when synctest's clock begins.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// now is the test's wall clock: virtual time moved to noon.
func now() time.Time { return noon.Add(time.Since(bubbleStart)) }

func (o *fakeOffice) lock() func() { o.mu.Lock(); return o.mu.Unlock }

func (o *fakeOffice) Accounts(context.Context) ([]agency.AccountLine, error) {
	defer o.lock()()
	return slices.Clone(o.accounts), nil
}

func (o *fakeOffice) ByCard(_ context.Context, card identity.Card) (string, error) {
	defer o.lock()()
	return o.cards[card.Number], nil
}

func (o *fakeOffice) find(id string) *agency.AccountLine {
	for i := range o.accounts {
		if o.accounts[i].ID == id {
			return &o.accounts[i]
		}
	}
	return nil
}

func (o *fakeOffice) Activate(_ context.Context, account, code, secret string, card *identity.Card) error {
	defer o.lock()()
	if code != "ABCD-1234" {
		return agency.ErrSecret
	}
	o.secrets[account] = secret
	o.find(account).Active = true
	if card != nil {
		o.cards[card.Number] = account
	}
	return nil
}

func (o *fakeOffice) SignOn(ctx context.Context, account, secret string) (Book, error) {
	pause(ctx, time.Second)
	defer o.lock()()
	line := o.find(account)
	switch {
	case line == nil || o.secrets[account] == "":
		return nil, agency.ErrNotActive
	case o.tries[account] >= 5:
		return nil, &agency.LockedError{Left: 10 * time.Minute}
	case o.secrets[account] != secret:
		o.tries[account]++
		return nil, agency.ErrSecret
	}
	o.tries[account] = 0
	o.open++
	return &fakeBook{o: o, account: line.Account}, nil
}

func (o *fakeOffice) Ready(context.Context) error { defer o.lock()(); return o.ready }

// Able is Ready without regard to the room on the disk, as the real one.
func (o *fakeOffice) Able(ctx context.Context) error {
	err := o.Ready(ctx)
	var known *casefile.Error
	if errors.As(err, &known) && known.Code == casefile.DiskFull {
		return nil
	}
	return err
}

func (o *fakeOffice) Health(context.Context) (agency.Health, error) {
	defer o.lock()()
	return o.health, nil
}
func (o *fakeOffice) Today(context.Context) (time.Time, error) { return o.today(), nil }
func (o *fakeOffice) Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (o *fakeOffice) Verify(code string) (receipt.Code, error) {
	defer o.lock()()
	c, ok := o.codes[code]
	if !ok {
		return c, receipt.ErrCode
	}
	return c, nil
}

func (o *fakeOffice) RecoveryRequest(_ context.Context, account string) ([]byte, error) {
	return []byte("request of " + account), nil
}

func (o *fakeOffice) RecoveryAnswer(_ context.Context, account string, answer []byte, secret string) error {
	defer o.lock()()
	if string(answer) != "answer for "+account {
		return errors.New("no answer to this request")
	}
	o.secrets[account] = secret
	return nil
}

// fakeBook is one signed-on agent's view of the office.
type fakeBook struct {
	o       *fakeOffice
	account agency.Account
	closed  bool
}

func (b *fakeBook) use() func() {
	b.o.mu.Lock()
	if b.closed {
		b.o.broken = append(b.o.broken, "a closed book was used")
	}
	return b.o.mu.Unlock
}

func (b *fakeBook) Account() agency.Account { return b.account }
func (b *fakeBook) Standing(context.Context) (agency.Standing, error) {
	defer b.use()()
	return b.account.Standing(b.o.today(), b.o.seen), nil
}

func (b *fakeBook) Close() error {
	defer b.o.lock()()
	if b.closed {
		b.o.broken = append(b.o.broken, "a book was closed twice")
	}
	b.closed = true
	b.o.open--
	return nil
}

func (b *fakeBook) writes() error {
	switch b.account.Standing(b.o.today(), b.o.seen) {
	case agency.StandingReading:
		return &agency.Error{Code: agency.OnlyReading}
	case agency.StandingPractice:
		return &agency.Error{Code: agency.OnlyPractice}
	}
	return nil
}

func (b *fakeBook) Drafts(context.Context) ([]agency.Draft, error) {
	defer b.use()()
	var all []agency.Draft
	for _, d := range b.o.drafts[b.account.ID] {
		all = append(all, d)
	}
	slices.SortFunc(all, func(x, y agency.Draft) int { return y.Saved.Compare(x.Saved) })
	return all, nil
}

func (b *fakeBook) SaveDraft(_ context.Context, d agency.Draft) error {
	time.Sleep(b.o.slowSave)
	defer b.use()()
	if b.o.badSave != nil {
		return b.o.badSave
	}
	for _, a := range d.Attached {
		if _, ok := b.o.files[a.Digest]; !ok {
			b.o.broken = append(b.o.broken, "a draft names a file that is not there")
		}
	}
	if b.o.drafts[b.account.ID] == nil {
		b.o.drafts[b.account.ID] = map[string]agency.Draft{}
	}
	b.o.drafts[b.account.ID][d.ID] = d
	return nil
}

func (b *fakeBook) DropDraft(_ context.Context, id string) error {
	defer b.use()()
	gone := b.o.drafts[b.account.ID][id]
	delete(b.o.drafts[b.account.ID], id)
	for _, a := range gone.Attached {
		if !b.o.named(a.Digest) {
			delete(b.o.files, a.Digest)
		}
	}
	return nil
}

// whole tells of an event that names a file that does not go out with it.
func (o *fakeOffice) whole(event casefile.Event, files []casefile.Attachment) {
	content, err := json.Marshal(event)
	if err != nil {
		o.broken = append(o.broken, err.Error())
	}
	for _, m := range attachmentNames.FindAllSubmatch(content, -1) {
		digest := string(m[1])
		if _, there := o.files[digest]; !there || !slices.ContainsFunc(files, func(f casefile.Attachment) bool { return f.Digest == digest }) {
			o.broken = append(o.broken, "an event names a file that was not given: "+string(event.Kind))
		}
	}
}

var attachmentNames = regexp.MustCompile(`"attachment":"([^"]+)"`)

// named tells whether a draft or a case names a file.
func (o *fakeOffice) named(digest string) bool {
	is := func(a casefile.Attachment) bool { return a.Digest == digest }
	for _, drafts := range o.drafts {
		for _, d := range drafts {
			if slices.ContainsFunc(d.Attached, is) {
				return true
			}
		}
	}
	for _, c := range o.cases {
		if slices.ContainsFunc(c.file.Attachments, is) {
			return true
		}
	}
	return slices.ContainsFunc(o.apart, func(files []casefile.Attachment) bool { return slices.ContainsFunc(files, is) })
}

func (b *fakeBook) Attach(_ context.Context, mediaType string, content []byte) (casefile.Attachment, error) {
	defer b.use()()
	b.o.begun++
	digest := b.o.Digest(fmt.Append(bytes.Clone(content), b.o.begun))
	b.o.files[digest] = bytes.Clone(content)
	return casefile.Attachment{Digest: digest, MediaType: mediaType, Plain: int64(len(content))}, nil
}

func (b *fakeBook) Open(_ context.Context, a casefile.Attachment) (io.ReadCloser, error) {
	defer b.use()()
	content, ok := b.o.files[a.Digest]
	if !ok {
		return nil, errors.New("no such file")
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

func (b *fakeBook) Drop(_ context.Context, digest string) error {
	defer b.use()()
	for _, drafts := range b.o.drafts {
		for _, d := range drafts {
			if slices.ContainsFunc(d.Attached, func(a casefile.Attachment) bool { return a.Digest == digest }) {
				b.o.broken = append(b.o.broken, "a file was dropped that a draft names")
			}
		}
	}
	delete(b.o.files, digest)
	return nil
}
