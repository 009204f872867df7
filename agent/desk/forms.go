package desk

import (
	"context"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
)

// a4 is one A4 document: its entry in the print ledger and how it is laid out.
type a4 struct {
	job   agency.PrintJob
	pages func(d receipt.Desk) receipt.Pages
}

// desk is what every paper says about where, when and by whom it was made.
func (m *machine) paperDesk(reprint bool) receipt.Desk {
	w := m.shift
	return receipt.Desk{
		Lang: m.lang, Words: m.options.Words, Point: m.options.Place.Name, Phone: m.options.Place.Phone, Agent: w.account.Name, Account: w.account.ID,
		Day: m.today, Reprint: reprint, Practice: m.options.Place.Practice || w.standing == agency.StandingPractice,
	}
}

// document is a job on the A4 printer. The PDF is made in the job's own goroutine.
func (m *machine) document(form a4) job {
	printer, paper, about := m.options.Devices.Document, m.options.Paper, m.paperDesk(form.job.Reprint)
	return job{PrintJob: form.job, role: drivers.RoleDocument, make: func() (func(ctx context.Context) (drivers.PrintReport, error), error) {
		if printer == nil || paper == nil {
			return nil, &drivers.Error{Role: drivers.RoleDocument, Fault: drivers.FaultUnplugged, Op: "print"}
		}
		pages := form.pages(about)
		pdf, err := paper.PDF(pages)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (drivers.PrintReport, error) { return printer.Print(ctx, pages.Title, pdf) }, nil
	}}
}

// canPrint tells whether A4 pages can be printed at all here.
func (m *machine) canPrintA4() bool {
	return m.options.Devices.Document != nil && m.options.Paper != nil
}

func (m *machine) printForm(form a4) {
	if m.canPrintA4() {
		m.print(m.document(form))
	}
}

// signedForm prints a form, waits until it was signed, and scans it. Without a scanner the
// signed form stays in the paper file and nothing is attached.
func (m *machine) signedForm(form a4, use func(m *machine, scanned *page)) {
	m.printForm(form)
	m.askSigned(use)
}

// askSigned waits until a form that was printed is signed, and scans it.
func (m *machine) askSigned(use func(m *machine, scanned *page)) {
	scanner := m.options.Devices.Scanner != nil
	o := Overlay{Kind: overlayAsk, Title: Message{Key: "desk.ask.signed"}, Yes: Message{Key: "desk.ask.scan-signed"}, No: Message{Key: "desk.ask.no"}}
	if !scanner {
		o.Yes = Message{Key: "desk.ask.is-signed"}
	}
	var answer func(m *machine, a Answer)
	answer = func(m *machine, a Answer) {
		switch {
		case !a.Yes:
		case !scanner:
			use(m, nil)
		default:
			m.shift.list.busy = "scan"
			again := func(m *machine) { m.ask(o, answer) }
			m.scanOne(shot{left: (*machine).atRest, missed: again, use: func(m *machine, p page, err error) {
				m.atRest()
				if err != nil {
					m.fail("scan the signed form", err)
					o.Problem = trouble(err)
					again(m)
					return
				}
				use(m, &p)
			}})
		}
	}
	m.ask(o, answer)
}

// atRest says that nothing is done with the chosen case any more.
func (m *machine) atRest() { m.shift.list.busy = "" }

func (m *machine) caseJob(kind string, file agency.CaseFile, reprint bool) agency.PrintJob {
	return agency.PrintJob{Kind: kind, Case: file.Number, Item: file.Submission.Item.Code, Reprint: reprint}
}

func (m *machine) turnForm(file agency.CaseFile, kind casefile.EventKind, reason string) a4 {
	since := ""
	for _, moment := range file.Moments {
		if moment.Kind == casefile.Suspended {
			since = moment.At.In(casefile.Zone).Format("2006-01-02")
		}
	}
	return a4{m.caseJob(jobForm, file, false), func(d receipt.Desk) receipt.Pages {
		return receipt.Turn(d, receipt.TurnPaper{Case: file, Kind: kind, Reason: reason, Since: since})
	}}
}

// sheetForm is a prepared hand-over sheet; a void one says that it counts for nothing.
func (m *machine) sheetForm(line agency.SheetLine, reprint bool) a4 {
	return a4{agency.PrintJob{Kind: jobSheet, Case: line.Number, Reprint: reprint}, func(d receipt.Desk) receipt.Pages {
		return receipt.HandOver(d, receipt.HandOverPaper{Number: line.Number, Sheet: line.Sheet, QR: line.QR, Void: line.State == agency.SheetVoid})
	}}
}

func (m *machine) dailyForm(day casefile.DayClosing, lines []agency.FeeLine) a4 {
	return a4{agency.PrintJob{Kind: jobClosing}, func(d receipt.Desk) receipt.Pages {
		return receipt.Daily(d, receipt.DailyPaper{Day: day, Lines: lines})
	}}
}

// custodyForm is what is signed when originals change hands: a receipt for those taken in, a sheet for those given back.
func (m *machine) custodyForm(number casefile.Number, move casefile.PaperMove) a4 {
	file := agency.CaseFile{CaseLine: agency.CaseLine{Number: number}}
	if d := m.shift.list.detail; d != nil && d.Number == number {
		file = *d
	}
	job := agency.PrintJob{Kind: jobSheet, Case: number}
	if move.Step == casefile.PaperReceived {
		return a4{job, func(d receipt.Desk) receipt.Pages {
			return receipt.PapersTaken(d, receipt.TakenPaper{Case: file, Move: move})
		}}
	}
	sheet := casefile.Sheet{From: m.options.Place.Name, To: move.Party, Papers: move.Papers}
	return a4{job, func(d receipt.Desk) receipt.Pages {
		return receipt.HandOver(d, receipt.HandOverPaper{Number: number, Sheet: sheet, QR: file.QR})
	}}
}

// pickupForm is what a recipient signs who has no card here: the result as the one paper that changes hands.
func (m *machine) pickupForm(file agency.CaseFile, delivery casefile.Delivery) a4 {
	sheet := casefile.Sheet{
		From: m.options.Place.Name, To: delivery.Recipient,
		Papers: []casefile.Paper{{ID: string(file.Number), Name: delivery.Result, Count: 1}},
	}
	return a4{m.caseJob(jobForm, file, false), func(d receipt.Desk) receipt.Pages {
		return receipt.HandOver(d, receipt.HandOverPaper{Number: file.Number, Sheet: sheet, QR: file.QR})
	}}
}

func (m *machine) printNotice(file agency.CaseFile) {
	paper := receipt.NoticePaper{Case: file, Names: func(point casefile.NoticePoint) string { return m.pointName(file, point) }}
	if m.canPrintA4() {
		m.printForm(a4{m.caseJob(jobNotice, file, false), func(d receipt.Desk) receipt.Pages { return receipt.Notice(d, paper) }})
		return
	}
	m.print(m.strip(m.caseJob(jobNotice, file, false), receipt.NoticeStrip(m.paperDesk(false), paper)))
}

// pointName is what a point of a notice is about: the form's field or the material, "" when the case has neither.
func (m *machine) pointName(file agency.CaseFile, point casefile.NoticePoint) string {
	if point.Field != "" {
		if checked := m.options.Catalogue().Form(file.Submission.Item.Code); checked != nil {
			field, _ := checked.Field(root(point.Field))
			return field.Label.In(m.lang)
		}
	}
	for _, material := range file.Submission.Materials {
		if material.Code == point.Material {
			return material.Name
		}
	}
	return ""
}

// printAuthorisation prints the authorisation with what is known so far; the rest is written by hand.
func (m *machine) printAuthorisation(a *accept) {
	d := casefile.Delegation{Agent: m.shift.account.ID, AgentName: m.shift.account.Name, Scope: a.scope, Item: a.item().Code, From: m.date(), Until: a.until}
	if a.delegate != nil {
		d.Delegate = casefile.ApplicantOf(*a.delegate)
	}
	paper := receipt.AuthorisationPaper{Delegation: d, Item: m.itemRef(a, 0)}
	if a.principal != nil {
		paper.Principal = casefile.ApplicantOf(*a.principal)
	}
	if phone, ok := a.values["phone"].(string); ok {
		paper.PrincipalPhone = phone
	}
	m.print(m.document(a4{agency.PrintJob{Kind: jobAuth, Item: a.item().Code}, func(d receipt.Desk) receipt.Pages { return receipt.Authorisation(d, paper) }}))
}

// printCopies prints the A4 copy of each case for the file.
func (m *machine) printCopies(a *accept, done []casefile.Filed, shown *filed) {
	if !m.canPrintA4() {
		return
	}
	set := m.options.Catalogue()
	for i, one := range done {
		at, _ := one.Event.At.Moment()
		paper := receipt.CopyPaper{Number: one.Number, QR: one.QR, Filed: at, Form: a.forms[i], Values: a.own(i), Region: regionNamer(set), Item: a.items[i]}
		if one.Event.Submission != nil {
			paper.Submission = *one.Event.Submission
		}
		j := m.document(a4{agency.PrintJob{Kind: jobCopy, Case: one.Number, Item: a.items[i].Code}, func(d receipt.Desk) receipt.Pages { return receipt.Copy(d, paper) }})
		j.ended = func(_ *machine, stage string, _ drivers.Fault) { shown.copied = stage }
		m.print(j)
	}
}

// printCopy prints the copy of a case for the file again.
func (m *machine) printCopy(file agency.CaseFile) {
	a, err := m.formOf(file)
	paper := receipt.CopyPaper{Number: file.Number, QR: file.QR, Filed: file.Filed, Submission: file.Submission, Region: regionNamer(m.options.Catalogue())}
	if err == nil {
		paper.Form, paper.Values, paper.Item = a.checked, a.values, a.item()
	}
	m.print(m.document(a4{m.caseJob(jobCopy, file, true), func(d receipt.Desk) receipt.Pages { return receipt.Copy(d, paper) }}))
	m.audit("reprint", string(file.Number))
}

func regionNamer(set *catalogue.Catalogue) func(code string) string {
	return func(code string) string { return regionName(set, code).In(text.Chinese) }
}

// reprintReceipt prints a case's receipt again, marked.
func (m *machine) reprintReceipt(file agency.CaseFile) {
	item, _ := m.options.Catalogue().Item(file.Submission.Item.Code)
	summary := casefile.Summary{
		Number: file.Number, ItemCode: file.Item, ItemName: file.ItemName, Filed: file.Filed, State: file.State, Official: file.Official,
		Days: file.Days, Department: file.Department, QR: file.QR,
	}
	slip := receipt.FromSummary(m.lang, summary, file.Submission.Applicant.Name, item)
	m.complete(&slip, true)
	m.print(m.strip(m.caseJob(jobReceipt, file, true), receipt.Receipt(slip)))
	m.audit("reprint", string(file.Number))
}

// printFee prints a fee receipt: on A4 in two parts where there is a printer for it, on a strip otherwise.
func (m *machine) printFee(file agency.CaseFile, entry casefile.FeeEntry, reprint bool) {
	paper := receipt.FeePaper{Entry: entry, Case: file.Number, Item: file.Submission.Item.Name}
	j := m.strip(m.caseJob(jobFee, file, reprint), receipt.FeeStrip(m.paperDesk(reprint), paper))
	if m.options.Devices.Printer == nil && m.canPrintA4() {
		j = m.document(a4{m.caseJob(jobFee, file, reprint), func(d receipt.Desk) receipt.Pages { return receipt.FeeReceipt(d, paper) }})
	}
	j.again = func(m *machine) { m.printFee(file, entry, true) }
	m.print(j)
}
