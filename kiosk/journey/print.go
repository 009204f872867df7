package journey

import (
	"context"
	"time"

	"bianmin/core/receipt"
	"bianmin/core/usage"
	"bianmin/drivers"
)

// Kinds of job in the print ledger.
const (
	jobReceipt = "receipt"
	jobGuide   = "guide"
	jobNotice  = "notice"
)

// Stages of a receipt's printing.
const (
	stagePrinting    = "printing"
	stagePrinted     = "printed"
	stageUnconfirmed = "unconfirmed"
	stageFailed      = "failed"
	stageConfirmed   = "confirmed"
)

// ledgerWait is how long the end of a job may take to be written when the program is being stopped.
const ledgerWait = 5 * time.Second

// by is who answers whether a receipt came out.
const byCitizen = "citizen"

// printed is how a physical job ended.
type printed struct {
	job    PrintJob
	id     int64
	report drivers.PrintReport
	err    error
}

func (printed) event() {}

func (m *machine) printEvent(event Event) bool {
	switch event := event.(type) {
	case PrintGuide:
		if m.screen == Guide {
			m.printGuide()
		}
	case Reprint:
		m.reprint()
	case PrintAnswer:
		if m.screen == PrintUnknown {
			m.answerPrint(event.CameOut)
		}
	case printed:
		m.printEnded(event)
	default:
		return false
	}
	return true
}

// canPrint tells whether a print asked for now would come out, as far as is known.
func (m *machine) canPrint() bool {
	return m.options.Devices.Printer != nil && m.statuses[drivers.RolePrinter].Fault == "" && !m.fx.busy(slotPrint)
}

// print lays out nothing itself: it writes the job into the ledger, prints it and writes how it ended.
func (m *machine) print(job PrintJob, document receipt.Document) {
	ledger, printer := m.options.Ledger, m.options.Devices.Printer
	m.fx.keep(slotPrint, func(ctx context.Context, _ emit) Event {
		release, err := m.fx.lease(ctx, drivers.RolePrinter)
		if err != nil {
			return printed{job: job, report: drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultCancelled}, err: err}
		}
		defer release()
		id, err := ledger.BeginPrint(ctx, job)
		if err != nil {
			return printed{job: job, report: drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultDevice}, err: err}
		}
		report, err := printer.Print(ctx, document)
		if report.Outcome == "" { // a driver that says nothing may have printed
			report.Outcome, report.Fault = drivers.Unconfirmed, drivers.FaultOf(err)
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerWait)
		defer cancel()
		if noted := ledger.EndPrint(end, id, report); noted != nil {
			m.log.Error("print not noted", "job", id, "error", noted)
		}
		return printed{job: job, id: id, report: report, err: err}
	})
}

// printReceipt prints the receipt of the case just filed. Nothing is printed before the case is committed.
func (m *machine) printReceipt() {
	f := m.filed
	if m.fx.busy(slotPrint) { // a guide is still coming out
		f.due, f.print = true, PrintState{Stage: stagePrinting}
		return
	}
	if m.options.Devices.Printer == nil {
		f.print = PrintState{Stage: stageFailed, Fault: drivers.FaultUnplugged}
		return
	}
	f.print = PrintState{Stage: stagePrinting}
	m.print(PrintJob{Kind: jobReceipt, Case: f.Number, Item: f.item.Code, Reprint: f.touched}, m.receiptOf(f))
}

// receiptOf lays out the receipt of what was just filed.
func (m *machine) receiptOf(f *filed) receipt.Document {
	if f.corrected != nil {
		slip := m.correctedSlip(f)
		m.complete(&slip, f.touched)
		var names []string
		for _, name := range f.corrected {
			names = append(names, name.In(m.look.lang))
		}
		return receipt.Corrected(slip, names)
	}
	slip := receipt.FromFiled(m.look.lang, f.Filed, f.item)
	if f.official != "" {
		slip.Official = f.official
	}
	m.complete(&slip, f.touched)
	return receipt.Receipt(slip)
}

// complete adds to a slip what only the terminal knows.
func (m *machine) complete(slip *receipt.Slip, reprint bool) {
	if slip.Point == "" {
		slip.Point = m.options.Place.Name
	}
	slip.Words = m.options.Words
	slip.Phone, slip.Demo = m.options.Place.Phone, m.options.Place.Demo
	at, exact := m.moment()
	slip.Reprint, slip.Printed, slip.PrintedDay = reprint, at, !exact
}

func (m *machine) reprint() {
	switch {
	case m.screen == Done && m.filed.print.Reprint:
		m.printReceipt()
	case m.screen == CaseDetail:
		m.printCase()
	}
}

func (m *machine) printGuide() {
	if !m.canPrint() {
		return
	}
	m.browse.printing, m.browse.printed = true, Message{}
	at, exact := m.moment()
	slip := receipt.GuideSlip{
		Lang: m.look.lang, Words: m.options.Words, Point: m.options.Place.Name, Published: m.browse.set.Published, Printed: at, PrintedDay: !exact,
	}
	m.print(PrintJob{Kind: jobGuide, Item: m.browse.item.Code}, receipt.Guide(slip, m.browse.item))
}

func (m *machine) printEnded(p printed) {
	m.log.Info("print ended", "kind", p.job.Kind, "outcome", string(p.report.Outcome), "fault", string(p.report.Fault), "error", p.err)
	if p.report.After.Role == drivers.RolePrinter {
		m.statuses[drivers.RolePrinter] = p.report.After
	}
	m.browse.printing, m.cases.printing = false, false
	switch {
	case p.job.Kind == jobGuide:
		m.browse.printed = printWords(p.report)
		if p.report.Outcome == drivers.Printed {
			m.count(usage.Printed, p.job.Item)
		}
	case m.filed != nil && p.job.Case == m.filed.Number:
		m.receiptEnded(p)
	case m.screen == CaseDetail && p.job.Case == m.cases.open:
		m.cases.printed = printWords(p.report)
	}
	if m.filed != nil && m.filed.due {
		m.filed.due = false
		m.printReceipt()
	}
}

// printWords says how a print ended.
func printWords(report drivers.PrintReport) Message {
	switch report.Outcome {
	case drivers.Printed:
		return words(keyPrintDone)
	case drivers.Unconfirmed:
		return words(keyPrintUnknown)
	}
	return Message{Key: keyPrintFailed, Args: map[string]any{"fault": printFault(report.Fault)}}
}

// receiptEnded shows how the receipt's print ended; an unknown outcome is asked of the person, never tried again by itself.
func (m *machine) receiptEnded(p printed) {
	f := m.filed
	f.job = p.id
	switch p.report.Outcome {
	case drivers.Printed:
		f.touched = true
		f.print = PrintState{Stage: stagePrinted, Reprint: true}
	case drivers.NotPrinted:
		f.print = PrintState{Stage: stageFailed, Fault: p.report.Fault, Reprint: true}
	default:
		f.touched = true
		f.print = PrintState{Stage: stageUnconfirmed, Fault: p.report.Fault}
		m.askPrint()
	}
}

// askPrint asks whether the receipt came out, once the person is back on the last screen.
func (m *machine) askPrint() {
	if m.screen == Done && m.filed.print.Stage == stageUnconfirmed {
		m.to(PrintUnknown)
	}
}

// answerPrint notes what the person saw; a receipt that did not come out is printed again, marked as a reprint.
func (m *machine) answerPrint(cameOut bool) {
	f, ledger, log := m.filed, m.options.Ledger, m.log
	id := f.job
	m.fx.background(func(ctx context.Context) {
		if err := ledger.ConfirmPrint(ctx, id, cameOut, byCitizen); err != nil {
			log.Error("answer about print not noted", "job", id, "error", err)
		}
	})
	f.print = PrintState{Stage: stageFailed, Fault: f.print.Fault, Reprint: true}
	if cameOut {
		f.print = PrintState{Stage: stageConfirmed, Reprint: true}
	}
	m.to(Done)
	if !cameOut {
		m.printReceipt()
	}
}

func (m *machine) drawPrintUnknown(s *State) {
	s.PrintUnknown = &PrintUnknownView{Number: m.filed.Number}
}
