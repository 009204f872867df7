package desk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/core/report"
)

const slotReport slot = "report"

// mostListed is the most cases the register lists; what it leaves out is said and still counts.
// It is far beyond a point's month, and bounds the memory.
const mostListed = 10000

// reporting is the report on the screen.
type reporting struct {
	period string
	date   string
	made   report.Report
	rows   []report.RegisterRow
	left   int // cases the register leaves out
	view   Report
	saved  string
	busy   string
}

func (m *machine) reportsEvent(w *shift, event Event) bool {
	r := &w.report
	switch event := event.(type) {
	case ReportPeriod:
		if slices.Contains([]string{"day", "week", "month"}, event.Period) {
			r.period = event.Period
			m.loadReport()
		}
	case ReportDate:
		if date, problem := readDate(event.Date, m.today); problem == "" {
			r.date = date
			m.loadReport()
		}
	case SavePDF:
		m.savePDF()
	case SaveCSV:
		m.saveCSV()
	case PrintReport:
		for _, form := range m.reportForms() {
			m.print(m.document(form))
		}
	default:
		return false
	}
	return true
}

// span is the first and last day of a period around a day; weeks begin on Monday.
func span(period, date string) (from, to string) {
	day, ok := dayOf(date)
	if !ok {
		return date, date
	}
	first, last := day, day
	switch period {
	case "week":
		first = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		last = first.AddDate(0, 0, 6)
	case "month":
		first = day.AddDate(0, 0, 1-day.Day())
		last = first.AddDate(0, 1, -1)
	}
	return first.Format(time.DateOnly), last.Format(time.DateOnly)
}

func (m *machine) loadReport() {
	r := &m.shift.report
	if r.period == "" {
		r.period = "day"
	}
	if r.date == "" {
		r.date = m.date()
	}
	from, to := span(r.period, r.date)
	r.busy, r.saved = "load", ""
	agent := m.shift.account.Name
	m.look(slotReport, func(ctx context.Context, book Book) then {
		source, rows, err := readReport(ctx, book, from, to, agent)
		made := report.Make(from, to, source)
		return func(m *machine) {
			r := &m.shift.report
			r.busy = ""
			if err != nil {
				m.fail("make report", err)
				return
			}
			r.made, r.rows, r.left = made, rows, len(source.Cases)-len(rows)
			r.view = viewOf(made, source, rows, m)
		}
	})
}

// readReport reads what a span holds, the register's lines case by case.
func readReport(ctx context.Context, book Book, from, to, agent string) (report.Source, []report.RegisterRow, error) {
	var source report.Source
	var rows []report.RegisterRow
	for {
		page, err := book.List(ctx, agency.Query{From: from, To: to, Offset: len(source.Cases), Limit: 1000})
		if err != nil {
			return source, nil, err
		}
		source.Cases = append(source.Cases, page.Lines...)
		if len(page.Lines) == 0 || len(source.Cases) >= page.Total {
			break
		}
	}
	slices.SortFunc(source.Cases, func(a, b agency.CaseLine) int {
		return cmp.Or(a.Filed.Compare(b.Filed), strings.Compare(string(a.Number), string(b.Number)))
	})
	for _, line := range source.Cases[:min(len(source.Cases), mostListed)] {
		file, err := book.Case(ctx, line.Number)
		if err != nil {
			return source, nil, err
		}
		rows = append(rows, registerRow(file, agent))
	}
	days, err := book.Days(ctx)
	for _, day := range days {
		if day.Date < from || day.Date > to {
			continue
		}
		fees, feeErr := book.Fees(ctx, day.Date)
		source.Fees = append(source.Fees, fees...)
		err = errors.Join(err, feeErr)
	}
	held, heldErr := book.Custody(ctx)
	source.Papers = held
	for day, _ := dayOf(from); day.Format(time.DateOnly) <= to && ctx.Err() == nil; day = day.AddDate(0, 0, 1) {
		visits, visitErr := book.Visits(ctx, day.Format(time.DateOnly))
		source.Visits = append(source.Visits, visits...)
		err = errors.Join(err, visitErr)
	}
	evaluations, rateErr := book.Evaluations(ctx, from, to)
	source.Evaluations = evaluations
	return source, rows, errors.Join(err, heldErr, rateErr, ctx.Err())
}

// ended are the events after which a case is done.
var endings = []casefile.EventKind{casefile.Closed, casefile.Ended, casefile.Withdrawn, casefile.Delivered, casefile.PlatformFinished, casefile.PlatformRejected}

func registerRow(file agency.CaseFile, agent string) report.RegisterRow {
	row := report.RegisterRow{CaseLine: file.CaseLine, IDNumber: identity.Mask(file.Submission.Applicant.Number), Department: file.Department, Agent: agent, Papers: len(file.Custody.Held)}
	if d := file.Submission.Delegation; d != nil {
		row.Delegate = d.Delegate.Name
	}
	row.Phone = phoneIn(file.Submission.Values)
	for _, moment := range file.Moments {
		if slices.Contains(endings, moment.Kind) {
			row.Done = moment.At.In(casefile.Zone).Format(time.DateOnly)
		}
	}
	return row
}

// phoneIn is the phone number of a form, "" when it asks none.
func phoneIn(values json.RawMessage) string {
	var known struct {
		Phone string `json:"phone"`
	}
	if err := json.Unmarshal(values, &known); err != nil {
		return ""
	}
	return known.Phone
}

// viewOf is the report as the screen shows it.
func viewOf(made report.Report, source report.Source, rows []report.RegisterRow, m *machine) Report {
	v := Report{
		From: made.From, To: made.To, FeesFen: made.TakenFen - made.RefundFen, FeeCount: len(source.Fees), Visits: len(source.Visits),
		NoShows: made.Visits["no-show"], Unlisted: len(source.Cases) - len(rows), Evaluations: made.Evaluations,
	}
	for _, item := range made.Cases {
		name := zh(item.Name)
		if known, ok := m.options.Catalogue().Item(item.Code); ok {
			name = known.Name
		}
		v.ByItem = append(v.ByItem, Count{Key: item.Code, Name: name, Value: item.Total})
	}
	for _, state := range made.StatesSeen() {
		v.ByState = append(v.ByState, Count{Key: state, Value: made.States[state]})
	}
	for _, paper := range source.Papers {
		if date := paper.Since.In(casefile.Zone).Format(time.DateOnly); date >= made.From && date <= made.To {
			v.PapersIn++
		}
		if paper.Here() {
			v.PapersHere++
		}
	}
	for i, row := range rows {
		v.Register = append(v.Register, RegisterLine{
			Serial: i + 1, Number: row.Number, Official: row.Official, Date: row.Filed.In(casefile.Zone).Format(time.DateOnly), Person: row.Person,
			IDNumber: row.IDNumber, Item: row.ItemName, Delegate: row.Delegate, Papers: row.Papers, State: row.State, Due: row.Due, Ended: row.Done, Agent: row.Agent,
		})
	}
	return v
}

// reportForms are the report's two papers: the counts and the register.
func (m *machine) reportForms() []a4 {
	r := &m.shift.report
	made, register := r.made, receipt.RegisterPaper{From: r.made.From, To: r.made.To, Rows: r.rows, Unlisted: r.left}
	return []a4{
		{agency.PrintJob{Kind: jobReport}, func(d receipt.Desk) receipt.Pages { return receipt.ReportPage(d, made) }},
		{agency.PrintJob{Kind: jobReport}, func(d receipt.Desk) receipt.Pages { return receipt.Register(d, register) }},
	}
}

// reportName is a file's name: what it is and which days, nothing of people.
func (r *reporting) name(kind, ending string) string {
	return fmt.Sprintf("%s-%s-%s.%s", kind, r.made.From, r.made.To, ending)
}

func (m *machine) savePDF() {
	r := &m.shift.report
	if m.options.Paper == nil {
		m.say(Bad, "desk.problem.no-paper", nil)
		return
	}
	forms, about, paper := m.reportForms(), m.paperDesk(false), m.options.Paper
	m.saveFiles([]string{r.name("report", "pdf"), r.name("register", "pdf")}, func(i int) ([]byte, error) { return paper.PDF(forms[i].pages(about)) })
}

func (m *machine) saveCSV() {
	r := &m.shift.report
	speech := report.Speech{Lang: m.lang, Words: m.options.Words}
	tables := [][][]string{r.made.Tables(speech), report.Register(speech, r.rows, r.left)}
	m.saveFiles([]string{r.name("report", "csv"), r.name("register", "csv")}, func(i int) ([]byte, error) {
		var out bytes.Buffer
		err := report.WriteCSV(&out, tables[i])
		return out.Bytes(), err
	})
}

// saveFiles makes and writes the report's files, and names the last.
func (m *machine) saveFiles(names []string, content func(i int) ([]byte, error)) {
	save := m.options.Save
	if save == nil || m.shift.report.busy != "" {
		m.say(Bad, "desk.problem.no-folder", nil)
		return
	}
	m.shift.report.busy = "save"
	m.keep("save-report", func(ctx context.Context, book Book) then {
		written := ""
		var err error
		for i, name := range names {
			var bytes []byte
			if bytes, err = content(i); err == nil {
				written, err = save.Save(ctx, name, bytes)
			}
			if err != nil {
				break
			}
		}
		err = errors.Join(err, book.Audit(ctx, "report", names[0]))
		return func(m *machine) {
			m.shift.report.busy = ""
			if err != nil {
				m.fail("save report", err)
				return
			}
			m.shift.report.saved = written
			m.say(Good, "desk.notice.saved", map[string]any{"file": written})
		}
	})
}

func (r *reporting) draw() *ReportsView {
	return &ReportsView{Period: r.period, Date: r.date, Report: r.view, Saved: r.saved, Busy: r.busy}
}
