package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers"
)

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
			all = append(all, queued(c.file))
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

func (b *fakeBook) Printed(_ context.Context, number casefile.Number, kind string) (bool, error) {
	defer b.use()()
	return slices.ContainsFunc(b.o.jobs, func(j agency.PrintJob) bool { return j.Case == number && j.Kind == kind }), nil
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

// queued is a case's line in the queue.
func queued(f agency.CaseFile) agency.QueueLine {
	line := agency.QueueLine{QueueLine: casefile.QueueLine{Packet: "p" + string(f.Number), Case: f.Number, Kind: casefile.Submitted, State: casefile.LineWaiting, Why: "still.waiting"}, Reason: f.Reason}
	if f.State == casefile.StateRefused {
		line.State, line.Why = casefile.LineRefused, "still.refused.rule"
	}
	return line
}
