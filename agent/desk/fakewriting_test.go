package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/receipt"
)

func (b *fakeBook) Submit(ctx context.Context, s casefile.Submission, files []casefile.Attachment, draft string) (casefile.Filed, error) {
	if b.o.slow > 0 {
		pause(ctx, b.o.slow)
	}
	defer b.use()()
	if err := b.writes(); err != nil {
		return casefile.Filed{}, err
	}
	b.o.submits++
	if b.o.full != nil {
		return casefile.Filed{}, b.o.full
	}
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

func (b *fakeBook) PaperIDs(_ context.Context, number casefile.Number, n int) ([]string, error) {
	defer b.use()()
	var custody agency.Custody
	if c := b.o.cases[number]; c != nil {
		custody = c.file.Custody
	}
	return custody.NextPapers(number, "QH0301A", n), nil
}

func (b *fakeBook) PrepareSheet(_ context.Context, sheet casefile.Sheet) (agency.SheetLine, error) {
	defer b.use()()
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: b.o.today().Format(time.DateOnly), Sequence: 9000 + len(b.o.sheets)})
	if err != nil {
		return agency.SheetLine{}, err
	}
	if _, err := b.handOn(sheet, number); err != nil {
		return agency.SheetLine{}, err
	}
	line := agency.SheetLine{Number: number, Sheet: sheet, QR: receipt.CodePrefix + string(number), State: agency.SheetPrepared, At: b.o.today()}
	b.o.sheets = append(b.o.sheets, line)
	b.o.codes[line.QR] = receipt.Code{Case: number, Item: agency.SheetItem}
	return line, nil
}

// handOn gives the custody of each case after a sheet.
func (b *fakeBook) handOn(sheet casefile.Sheet, number casefile.Number) (map[*fakeCase]agency.Custody, error) {
	after := map[*fakeCase]agency.Custody{}
	for _, p := range sheet.Papers {
		owner, _, _ := strings.Cut(p.ID, "/")
		c := b.o.cases[casefile.Number(owner)]
		custody, there := after[c]
		if !there {
			custody = c.file.Custody
		}
		next, err := custody.Apply(casefile.PaperMove{Step: casefile.PaperHandedOn, Papers: []casefile.Paper{p}, Party: sheet.To, Sheet: number})
		if err != nil {
			return nil, err
		}
		after[c] = next
	}
	return after, nil
}

func (b *fakeBook) sheet(number casefile.Number) (*agency.SheetLine, error) {
	for i := range b.o.sheets {
		if line := &b.o.sheets[i]; line.Number == number && line.State == agency.SheetPrepared {
			return line, nil
		}
	}
	return nil, &agency.Error{Code: agency.SheetOver}
}

func (b *fakeBook) Issue(_ context.Context, number casefile.Number, signature *casefile.Signature, files []casefile.Attachment) (casefile.Filed, error) {
	defer b.use()()
	line, err := b.sheet(number)
	if err != nil {
		return casefile.Filed{}, err
	}
	after, err := b.handOn(line.Sheet, number)
	if err != nil {
		return casefile.Filed{}, err
	}
	for c, custody := range after {
		c.file.Custody = custody
	}
	line.State, line.Sheet.Signature = agency.SheetIssued, signature
	b.o.apart = append(b.o.apart, files)
	return casefile.Filed{Number: number, QR: line.QR}, nil
}

func (b *fakeBook) VoidSheet(_ context.Context, number casefile.Number) error {
	defer b.use()()
	line, err := b.sheet(number)
	if err == nil {
		line.State = agency.SheetVoid
	}
	return err
}

func (b *fakeBook) Sheets(context.Context) ([]agency.SheetLine, error) {
	defer b.use()()
	return slices.Clone(b.o.sheets), nil
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
