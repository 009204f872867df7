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
	"strings"
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
	failAt   int // the Submit of this number fails, 0 for none
	submits  int

	drafts map[string]map[string]agency.Draft // account → id
	files  map[string][]byte
	cases  map[casefile.Number]*fakeCase
	order  []casefile.Number
	fees   []agency.FeeLine
	days   map[string]*casefile.DayClosing // "account date"
	visits []agency.VisitLine
	sheets []casefile.Sheet
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
	defer b.use()()
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

func (b *fakeBook) Submit(ctx context.Context, s casefile.Submission, files []casefile.Attachment, draft string) (casefile.Filed, error) {
	if b.o.slow > 0 {
		pause(ctx, b.o.slow)
	}
	defer b.use()()
	if err := b.writes(); err != nil {
		return casefile.Filed{}, err
	}
	b.o.submits++
	if b.o.failAt == b.o.submits {
		return casefile.Filed{}, errors.New("disk")
	}
	b.o.whole(casefile.Event{Kind: casefile.Submitted, Submission: &s}, files)
	b.o.health.Waiting++
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: b.o.today().Format(time.DateOnly), Sequence: len(b.o.order) + 1})
	if err != nil {
		return casefile.Filed{}, err
	}
	event := casefile.Event{Case: number, Kind: casefile.Submitted, At: casefile.Stamp{Wall: b.o.today(), BusinessDate: b.o.today().Format(time.DateOnly)}, Point: "柳树沟村便民服务点", Submission: &s}
	c := &fakeCase{account: b.account.ID, file: agency.CaseFile{
		CaseLine: agency.CaseLine{
			Number: number, Person: s.Applicant.Name, Item: s.Item.Code, ItemName: s.Item.Name, Filed: b.o.today(), State: casefile.StateQueued,
		},
		Submission: s, Attachments: files, Agent: b.account.ID, QR: "QR " + string(number), Days: s.Item.PromisedDays, Department: s.Item.DepartmentName,
	}}
	c.file.Moments = append(c.file.Moments, agency.Moment{At: b.o.today(), Kind: casefile.Submitted, By: b.account.ID})
	c.status, _ = c.status.Apply(casefile.Entry{Kind: casefile.Submitted, At: b.o.today()})
	b.o.cases[number] = c
	b.o.order = append(b.o.order, number)
	delete(b.o.drafts[b.account.ID], draft)
	return casefile.Filed{Number: number, Event: event, QR: "QR " + string(number)}, nil
}

func (b *fakeBook) Add(_ context.Context, number casefile.Number, kind casefile.EventKind, body casefile.Event, files []casefile.Attachment) (casefile.Filed, error) {
	defer b.use()()
	if err := b.writes(); err != nil {
		return casefile.Filed{}, err
	}
	if number == "" && kind == casefile.Visited { // of no case: a record of its own
		for i := range b.o.visits {
			if b.o.visits[i].ID == body.Visit.Appointment {
				b.o.visits[i].Outcome = body.Visit.Outcome
				return casefile.Filed{Event: body}, nil
			}
		}
		return casefile.Filed{}, &agency.Error{Code: agency.NotYours}
	}
	b.o.health.Waiting++
	c := b.o.cases[number]
	if c == nil { // begun at another terminal
		c = &fakeCase{foreign: true, file: agency.CaseFile{CaseLine: agency.CaseLine{Number: number}}}
		b.o.cases[number] = c
	}
	if c.foreign { // how it stands is known to the platform alone
		c.status.State = map[casefile.EventKind]string{casefile.Corrected: casefile.StateCorrection, casefile.Closed: casefile.StateDelivered}[kind]
		if c.status.State == "" {
			c.status.State = casefile.StateAccepted
		}
	}
	if !c.foreign && c.account != b.account.ID {
		return casefile.Filed{}, &agency.Error{Code: agency.NotYours}
	}
	if body.Papers != nil {
		custody, err := c.file.Custody.Apply(*body.Papers)
		if err != nil {
			return casefile.Filed{}, err
		}
		c.file.Custody = custody
	}
	entry := casefile.Entry{Kind: kind, At: b.o.today()}
	if body.Evaluation != nil {
		entry.Times = body.Evaluation.Times
	}
	status, err := c.status.Apply(entry)
	if err != nil {
		return casefile.Filed{}, &agency.Error{Code: agency.NotNow}
	}
	c.status = status
	c.file.State, c.file.Evaluations = status.State, status.Evaluations
	if kind == casefile.Corrected {
		c.file.Notice = nil
	}
	if body.Confirmation != nil {
		c.file.Submission.Materials = slices.Clone(c.file.Submission.Materials)
		for i := range c.file.Submission.Materials {
			if slices.Contains(body.Confirmation.Materials, c.file.Submission.Materials[i].Code) {
				c.file.Submission.Materials[i].Trust = casefile.TrustConfirmed
			}
		}
	}
	if body.Visit != nil {
		for i := range b.o.visits {
			if b.o.visits[i].ID == body.Visit.Appointment {
				b.o.visits[i].Outcome, b.o.visits[i].Case = body.Visit.Outcome, number
			}
		}
	}
	body.Case, body.Kind = number, kind
	b.o.whole(body, files)
	c.events = append(c.events, body)
	c.file.Moments = append(c.file.Moments, agency.Moment{At: b.o.today(), Kind: kind, By: b.account.ID})
	c.file.Attachments = append(c.file.Attachments, files...)
	return casefile.Filed{Number: number, Event: body}, nil
}

func (b *fakeBook) Fee(_ context.Context, number casefile.Number, e casefile.FeeEntry, guide func(string) (int64, bool)) (casefile.FeeEntry, error) {
	defer b.use()()
	if err := b.writes(); err != nil {
		return e, err
	}
	date := b.o.today().Format(time.DateOnly)
	if b.o.days[b.account.ID+" "+date] != nil {
		return e, &agency.Error{Code: agency.DayIsClosed}
	}
	c := b.o.cases[number]
	if err := agency.CheckFee(e, guide, c.file.Fees); err != nil {
		return e, err
	}
	e.Receipt = agency.ReceiptNumber("QH0301", "A", int64(len(b.o.fees)+1))
	c.file.Fees = append(c.file.Fees, e)
	b.o.fees = append(b.o.fees, agency.FeeLine{FeeEntry: e, Case: number, Person: c.file.Person, At: b.o.today(), Date: date})
	return e, nil
}

func (b *fakeBook) CloseDay(_ context.Context, date string, counted int64, reason string, signature *casefile.Signature, files []casefile.Attachment) (casefile.DayClosing, error) {
	defer b.use()()
	if b.o.days[b.account.ID+" "+date] != nil {
		return casefile.DayClosing{}, &agency.Error{Code: agency.DayIsClosed}
	}
	var entries []casefile.FeeEntry
	for _, f := range b.o.fees {
		if f.Date == date {
			entries = append(entries, f.FeeEntry)
		}
	}
	day, err := agency.Closing(date, b.account.ID, entries, counted, reason)
	if err != nil {
		return day, err
	}
	day.Signature = signature
	b.o.apart = append(b.o.apart, files)
	b.o.days[b.account.ID+" "+date] = &day
	return day, nil
}

func (b *fakeBook) Issue(_ context.Context, sheet casefile.Sheet, files []casefile.Attachment) (casefile.Filed, error) {
	defer b.use()()
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: b.o.today().Format(time.DateOnly), Sequence: 9000 + len(b.o.sheets)})
	if err != nil {
		return casefile.Filed{}, err
	}
	for _, p := range sheet.Papers {
		owner, _, _ := strings.Cut(p.ID, "/")
		c := b.o.cases[casefile.Number(owner)]
		custody, err := c.file.Custody.Apply(casefile.PaperMove{Step: casefile.PaperHandedOn, Papers: []casefile.Paper{p}, Party: sheet.To, Sheet: number})
		if err != nil {
			return casefile.Filed{}, err
		}
		c.file.Custody = custody
	}
	b.o.sheets = append(b.o.sheets, sheet)
	b.o.apart = append(b.o.apart, files)
	return casefile.Filed{Number: number}, nil
}

func (b *fakeBook) mine() []*fakeCase {
	var all []*fakeCase
	for i := len(b.o.order) - 1; i >= 0; i-- {
		if c := b.o.cases[b.o.order[i]]; c.account == b.account.ID {
			all = append(all, c)
		}
	}
	return all
}

func (b *fakeBook) List(_ context.Context, q agency.Query) (agency.Page, error) {
	defer b.use()()
	var lines []agency.CaseLine
	for _, c := range b.mine() {
		f := c.file
		date := f.Filed.Format(time.DateOnly)
		switch {
		case q.Text != "" && !strings.Contains(f.Person+" "+f.Submission.Applicant.Number+" "+string(f.Number)+" "+f.ItemName, q.Text):
		case len(q.States) > 0 && !slices.Contains(q.States, f.State):
		case q.From != "" && date < q.From, q.To != "" && date > q.To:
		case q.Filter == "overdue" && f.Left >= 0, q.Filter == "soon", q.Filter == "refused" && f.State != casefile.StateRefused, q.Filter == "waiting" && f.State != casefile.StateQueued:
		default:
			lines = append(lines, f.CaseLine)
		}
	}
	total := len(lines)
	lines = lines[min(q.Offset, total):]
	if q.Limit > 0 {
		lines = lines[:min(q.Limit, len(lines))]
	}
	return agency.Page{Total: total, Lines: lines}, nil
}

func (b *fakeBook) Counts(context.Context) (map[string]int, error) {
	defer b.use()()
	counts := map[string]int{}
	for _, c := range b.mine() {
		counts[c.file.State]++
	}
	return counts, nil
}

func (b *fakeBook) Case(_ context.Context, number casefile.Number) (agency.CaseFile, error) {
	defer b.use()()
	c := b.o.cases[number]
	if c == nil || c.account != b.account.ID {
		return agency.CaseFile{}, &agency.Error{Code: agency.NotYours}
	}
	f := c.file
	f.Moments = slices.Clone(f.Moments)
	return f, nil
}

func (b *fakeBook) Known(_ context.Context, number string) ([]agency.CaseFile, error) {
	defer b.use()()
	var all []agency.CaseFile
	for _, c := range b.mine() {
		if c.file.Submission.Applicant.Number == number {
			all = append(all, c.file)
		}
	}
	return all, nil
}

func (b *fakeBook) Fees(_ context.Context, date string) ([]agency.FeeLine, error) {
	defer b.use()()
	var all []agency.FeeLine
	for _, f := range b.o.fees {
		if f.Date == date && b.o.cases[f.Case].account == b.account.ID {
			all = append(all, f)
		}
	}
	return all, nil
}

func (b *fakeBook) Days(context.Context) ([]agency.DayLine, error) {
	defer b.use()()
	byDate := map[string]*agency.DayLine{}
	for _, f := range b.o.fees {
		if byDate[f.Date] == nil {
			byDate[f.Date] = &agency.DayLine{Date: f.Date, Closing: b.o.days[b.account.ID+" "+f.Date]}
		}
		byDate[f.Date].Entries++
		byDate[f.Date].Fen += f.Fen
	}
	var all []agency.DayLine
	for _, d := range byDate {
		all = append(all, *d)
	}
	return all, nil
}

func (b *fakeBook) Custody(context.Context) ([]agency.PaperLine, error) {
	defer b.use()()
	var all []agency.PaperLine
	for _, c := range b.mine() {
		for _, h := range c.file.Custody.Held {
			all = append(all, agency.PaperLine{Held: h, Case: c.file.Number, Person: c.file.Person, Since: c.file.Filed})
		}
	}
	return all, nil
}

func (b *fakeBook) Visits(_ context.Context, date string) ([]agency.VisitLine, error) {
	defer b.use()()
	var all []agency.VisitLine
	for _, v := range b.o.visits {
		if v.Date == date || date == "" && v.Outcome == "" {
			all = append(all, v)
		}
	}
	return all, nil
}

func (b *fakeBook) Evaluations(context.Context, string, string) (agency.EvaluationCounts, error) {
	defer b.use()()
	var n agency.EvaluationCounts
	for _, c := range b.mine() {
		for _, e := range c.events {
			switch {
			case e.Kind == casefile.Evaluated:
				n.Given++
			case e.Unrated != nil && e.Unrated.Why == "declined":
				n.Declined++
			case e.Unrated != nil:
				n.NotOffered++
			}
		}
	}
	return n, nil
}

func (b *fakeBook) Queue(context.Context) ([]agency.QueueLine, error) {
	defer b.use()()
	var all []agency.QueueLine
	for _, c := range b.mine() {
		if c.file.State == casefile.StateQueued || c.file.State == casefile.StateRefused {
			all = append(all, agency.QueueLine{Case: c.file.Number, Kind: casefile.Submitted, State: c.file.State, Why: c.file.Reason})
		}
	}
	return all, nil
}

func (b *fakeBook) HandOver(_ context.Context, numbers []casefile.Number, to string) error {
	defer b.use()()
	for _, n := range numbers {
		b.o.cases[n].account = to
	}
	return nil
}

func (b *fakeBook) BeginPrint(_ context.Context, job agency.PrintJob) (int64, error) {
	defer b.use()()
	b.o.jobs = append(b.o.jobs, job)
	return int64(len(b.o.jobs)), nil
}

func (b *fakeBook) EndPrint(_ context.Context, id int64, report drivers.PrintReport) error {
	defer b.use()()
	b.o.ends[id] = report
	return nil
}

func (b *fakeBook) ConfirmPrint(_ context.Context, id int64, cameOut bool) error {
	defer b.use()()
	b.o.said[id] = cameOut
	return nil
}
func (b *fakeBook) RetryQueue(context.Context) error { defer b.use()(); b.o.retry++; return nil }
func (b *fakeBook) Audit(_ context.Context, action, subject string) error {
	defer b.use()()
	b.o.audits = append(b.o.audits, action+" "+subject)
	return nil
}

var (
	_ Office = (*fakeOffice)(nil)
	_ Book   = (*fakeBook)(nil)
)
