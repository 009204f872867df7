package desk

import (
	"context"
	"fmt"
	"time"

	"bianmin/core/agency"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
)

// Kinds of job in the print ledger.
const (
	jobReceipt = "receipt"
	jobCopy    = "copy"
	jobNotice  = "notice"
	jobAuth    = "authorisation"
	jobForm    = "form"
	jobSheet   = "sheet"
	jobClosing = "closing"
	jobReport  = "report"
	jobFee     = "fee"
	jobResult  = "result"
)

// Stages of a print, as views name them.
const (
	stagePrinting    = "printing"
	stagePrinted     = "printed"
	stageUnconfirmed = "unconfirmed"
	stageFailed      = "failed"
	stageNone        = "none"
)

// ledgerWait is how long the end of a job may take to be written when the program is being stopped.
const ledgerWait = 5 * time.Second

// job is one physical print: what it is, how it is made, and what its end means.
type job struct {
	agency.PrintJob
	role  drivers.Role
	make  func() (print func(ctx context.Context) (drivers.PrintReport, error), err error)
	again func(m *machine)                                // prints it once more, marked as a reprint
	ended func(m *machine, stage string, f drivers.Fault) // shows how it ended; nil: a notice does
}

// strip is a job on the receipt printer.
func (m *machine) strip(j agency.PrintJob, document receipt.Document) job {
	printer := m.options.Devices.Printer
	return job{PrintJob: j, role: drivers.RolePrinter, make: func() (func(ctx context.Context) (drivers.PrintReport, error), error) {
		if printer == nil {
			return nil, &drivers.Error{Role: drivers.RolePrinter, Fault: drivers.FaultUnplugged, Op: "print"}
		}
		return func(ctx context.Context) (drivers.PrintReport, error) { return printer.Print(ctx, document) }, nil
	}}
}

// print writes the job into the ledger, prints it, and writes how it ended.
func (m *machine) print(j job) {
	m.prints++
	m.stage(j, stagePrinting, "")
	r := m.underWay(j.role)
	m.keep(slot(fmt.Sprintf("print %d", m.prints)), func(ctx context.Context, book Book) then {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer r.stop()
		defer context.AfterFunc(r.life, cancel)()
		report, id, err := m.printJob(ctx, book, j)
		return func(m *machine) {
			m.overWith(r)
			m.printEnded(j, r, id, report, err)
		}
	})
}

func (m *machine) printJob(ctx context.Context, book Book, j job) (drivers.PrintReport, int64, error) {
	not := drivers.PrintReport{Outcome: drivers.NotPrinted}
	run, err := j.make()
	if err != nil {
		not.Fault = drivers.FaultOf(err)
		return not, 0, err
	}
	release, err := m.fx.lease(ctx, j.role)
	if err != nil {
		not.Fault = drivers.FaultCancelled
		return not, 0, err
	}
	defer release()
	id, err := book.BeginPrint(ctx, j.PrintJob)
	if err != nil {
		not.Fault = drivers.FaultDevice
		return not, 0, fmt.Errorf("begin print: %w", err)
	}
	report, err := run(ctx)
	if report.Outcome == "" { // a driver that says nothing may have printed
		report.Outcome, report.Fault = drivers.Unconfirmed, drivers.FaultOf(err)
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerWait)
	defer cancel()
	if noted := book.EndPrint(end, id, report); noted != nil {
		m.log.Error("print not noted", "job", id, "error", noted)
	}
	return report, id, err
}

// printEnded shows how a print ended. An unknown outcome is asked, never tried again by itself.
func (m *machine) printEnded(j job, r *printing, id int64, report drivers.PrintReport, err error) {
	m.log.Info("print ended", "kind", j.Kind, "outcome", string(report.Outcome), "fault", string(report.Fault), "error", err)
	switch {
	case report.Outcome == drivers.Printed:
		m.stage(j, stagePrinted, "")
	case r.stopped: // who takes it back is not asked whether it came out
		m.stage(j, stageFailed, "")
		m.say(Warn, "desk.notice.print-stopped", nil)
	case report.Outcome == drivers.Unconfirmed:
		m.stage(j, stageUnconfirmed, report.Fault)
		m.askPrint(j, id)
	default:
		m.stage(j, stageFailed, report.Fault)
	}
}

func (m *machine) stage(j job, stage string, f drivers.Fault) {
	if j.ended != nil {
		j.ended(m, stage, f)
	}
	switch {
	case stage == stageFailed && f != "":
		m.notice = &Notice{Tone: Bad, Message: fault(j.role, f)}
	case stage == stageFailed:
		m.say(Bad, "desk.notice.print-failed", nil)
	case stage == stagePrinted && j.ended == nil:
		const key = "desk.notice.printed"
		if m.notice != nil && m.notice.Key != key {
			return // what was done, or went wrong, says more
		}
		m.say(Good, key, map[string]any{"what": text.Key("desk.notice.print-kind." + j.Kind)})
	}
}

// askPrint asks whether a print of unknown outcome came out, once nothing else is asked.
func (m *machine) askPrint(j job, id int64) {
	if m.overlay != nil {
		m.unknown = append(m.unknown, func(m *machine) { m.askPrint(j, id) })
		return
	}
	m.ask(Overlay{
		Kind: overlayPrint, Title: Message{Key: "desk.ask.print", Args: map[string]any{"what": text.Key("desk.notice.print-kind." + j.Kind)}},
		Yes: Message{Key: "desk.ask.came-out"}, No: Message{Key: "desk.ask.print-again"},
	}, func(m *machine, a Answer) { m.printAnswered(j, id, a.Yes) })
}

// printAnswered notes what the agent saw; what did not come out is printed again, marked as a reprint.
func (m *machine) printAnswered(j job, id int64, cameOut bool) {
	log := m.log
	m.keep(slot(fmt.Sprintf("confirm %d", id)), func(ctx context.Context, book Book) then {
		if err := book.ConfirmPrint(ctx, id, cameOut); err != nil {
			log.Error("answer about print not noted", "job", id, "error", err)
		}
		return nil
	})
	switch {
	case cameOut:
		m.stage(j, stagePrinted, "")
	case j.again != nil:
		j.again(m)
	default:
		j.Reprint = true
		m.print(j)
	}
}
