package ipp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/OpenPrinting/goipp"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/near"
)

// Job states of RFC 8011 that are an end.
const (
	jobProcessing = 5
	jobCanceled   = 7
	jobAborted    = 8
	jobCompleted  = 9
)

var (
	errAborted  = errors.New("the printer gave the job up")
	errCanceled = errors.New("the job was taken back")
	errDevice   = errors.New("the printer says it cannot print")
	errStalled  = errors.New("the job stood still")
	errLost     = errors.New("the printer took the document and does not know the job")
)

// Print sends the document and follows its job until the printer says how it ended. A printer that works
// on another job is waited for; one in trouble is not sent anything. When ctx ends or the job stands still too long, it is taken back.
func (p *Printer) Print(ctx context.Context, title string, pdf []byte) (drivers.PrintReport, error) {
	report := drivers.PrintReport{Outcome: drivers.NotPrinted}
	s, err := p.ask(ctx)
	if err != nil {
		report.Before = p.away(err)
		report.After = report.Before
		return faulty(report, err)
	}
	report.Before = p.status(s)
	report.After = report.Before
	switch {
	case report.Before.Fault != drivers.FaultNone:
		return faulty(report, failure(report.Before.Fault, "print", errDevice))
	case len(s.formats) > 0 && !slices.Contains(s.formats, pdfType):
		return faulty(report, failure(drivers.FaultFormat, "print", fmt.Errorf("the printer takes %v, not PDF", s.formats)))
	}
	id, err := p.send(ctx, s, title, pdf)
	if err != nil {
		if !untouched(err) {
			report.Outcome, report.Bytes = drivers.Unconfirmed, len(pdf)
		}
		report.After = p.after(ctx, report.Before)
		if report.After.Fault == drivers.FaultUnplugged && drivers.FaultOf(err) == drivers.FaultSilent {
			err = failure(drivers.FaultUnplugged, "print", err) // it was cut off while it answered
		}
		return faulty(report, err)
	}
	report.Bytes = len(pdf)
	report.Outcome, err = p.follow(ctx, id)
	if report.Outcome != drivers.Printed {
		p.takeBack(ctx, id)
	}
	report.After = p.after(ctx, report.Before)
	return faulty(report, err)
}

func faulty(report drivers.PrintReport, err error) (drivers.PrintReport, error) {
	report.Fault = drivers.FaultOf(err)
	return report, err
}

// after is the status once the job is over; also when the caller's time has ended.
func (p *Printer) after(ctx context.Context, before drivers.Status) drivers.Status {
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(p.options.Answer, 2*time.Second))
	defer cancel()
	status, err := p.Status(short)                                                               // an error is a status too
	if drivers.FaultOf(err) == drivers.FaultSilent && near.Pause(short, p.options.Poll) == nil { // cut off in the middle: it may just be going
		if again, err := p.Status(short); err == nil || again.Fault == drivers.FaultUnplugged {
			status = again
		}
	}
	if status.Model == "" {
		status.Model = before.Model
	}
	return status
}

// longestName is the most bytes IPP allows for a name.
const longestName = 255

// send hands the document over and gives the job's number. A busy printer has taken nothing and is asked again.
func (p *Printer) send(ctx context.Context, s said, title string, pdf []byte) (int, error) {
	until := p.options.Now().Add(p.options.Busy)
	for {
		answer, err := p.exchange(ctx, "print", p.job(s, title), pdf, p.options.Send)
		if err == nil {
			if id := integer(answer.Job, "job-id"); id > 0 {
				return id, nil
			}
			return 0, failure(drivers.FaultProtocol, "print", errLost)
		}
		if drivers.FaultOf(err) != drivers.FaultBusy || !untouched(err) || p.options.Now().After(until) {
			return 0, err
		}
		if waiting := near.Pause(ctx, p.options.Poll); waiting != nil {
			return 0, failure(drivers.FaultCancelled, "print", &refusedError{what: waiting.Error()})
		}
	}
}

func (p *Printer) job(s said, title string) *goipp.Message {
	m := p.message(goipp.OpPrintJob)
	user(m)
	title = receipt.Clean(title)
	for len(title) > longestName {
		_, size := utf8.DecodeLastRuneInString(title)
		title = title[:len(title)-size]
	}
	m.Operation.Add(goipp.MakeAttribute("job-name", goipp.TagName, goipp.String(title)))
	m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String(pdfType)))
	if slices.Contains(s.media, a4) {
		m.Job.Add(goipp.MakeAttribute("media", goipp.TagKeyword, goipp.String(a4)))
	}
	return m
}

// progress is what a job came to at one look.
type progress struct {
	state, pages int
	reasons      []string
}

// follow looks at the job until it has ended, ctx ends, or it has stood still for too long.
func (p *Printer) follow(ctx context.Context, id int) (drivers.Outcome, error) {
	var last progress
	moved := p.options.Now() // or was in no trouble
	still := moved           // since when the job is as it was
	for {
		now, err := p.look(ctx, id)
		switch {
		case err == nil && now.state > jobProcessing+1:
			return ended(now)
		case err == nil && (now.state != last.state || now.pages != last.pages):
			last, moved = now, p.options.Now()
			still = moved
		case ctx.Err() != nil:
			return drivers.Unconfirmed, failure(drivers.FaultCancelled, "follow job", ctx.Err())
		case lost(err):
			return drivers.Unconfirmed, err
		}
		limit, trouble := p.options.Stall, err
		if err == nil {
			var only bool
			if trouble, only = p.trouble(ctx, now, p.options.Now().Sub(still)); only {
				limit *= patience
			}
		}
		if trouble == nil {
			moved = p.options.Now()
		} else if p.options.Now().Sub(moved) >= limit {
			return drivers.Unconfirmed, trouble
		}
		if err := near.Pause(ctx, p.options.Poll); err != nil {
			return drivers.Unconfirmed, failure(drivers.FaultCancelled, "follow job", err)
		}
	}
}

// patience is how many times Stall a job is waited for that stands still while the printer only warns.
const patience = 5

// lost tells whether the printer has forgotten the job; silence may still end, this does not.
func lost(err error) bool {
	var refused *refusedError
	return errors.As(err, &refused)
}

// trouble says why a job does not move, and tells whoever listens: nil while the printer works on it. still is for how long it has not moved: after
// some time what the printer only warns of is the reason (only), and of a queue that warns of nothing, that its printer cannot be reached.
func (p *Printer) trouble(ctx context.Context, now progress, still time.Duration) (trouble error, only bool) {
	s, err := p.ask(ctx)
	if err != nil {
		p.options.Told(p.away(err))
		return err, false
	}
	status := p.status(s)
	if only = still >= p.options.Quiet && status.Fault == drivers.FaultNone; only {
		status = p.statusBy(s, warns)
	}
	if s.queue && now.state == jobProcessing && status.Fault == drivers.FaultNone && still >= p.options.Stall+time.Duration(now.pages)*p.options.Page {
		status.Condition, status.Fault = drivers.Offline, drivers.FaultSilent
	}
	p.options.Told(status)
	switch {
	case status.Fault != drivers.FaultNone:
		return failure(status.Fault, "follow job", errStalled), only
	case now.state != jobProcessing && status.Condition != drivers.Busy:
		return failure(drivers.FaultSilent, "follow job", errStalled), false
	}
	return nil, false
}

// warns is what may stop a job that stands still.
func warns(_, severity string) bool { return severity != "report" }

func (p *Printer) look(ctx context.Context, id int) (progress, error) {
	m := p.message(goipp.OpGetJobAttributes)
	m.Operation.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(id)))
	user(m)
	wanted(m, "job-state", "job-state-reasons", "job-impressions-completed", "job-media-sheets-completed")
	answer, err := p.exchange(ctx, "follow job", m, nil, p.options.Answer)
	if err != nil {
		return progress{}, err
	}
	now := jobOf(answer.Job)
	if now.state < 3 || now.state > jobCompleted {
		return progress{}, failure(drivers.FaultProtocol, "follow job", errors.New("the answer has no job-state"))
	}
	return now, nil
}

// jobOf reads one job's attributes.
func jobOf(attributes goipp.Attributes) progress {
	return progress{
		state: integer(attributes, "job-state"), reasons: values(attributes, "job-state-reasons"),
		pages: integer(attributes, "job-impressions-completed") + integer(attributes, "job-media-sheets-completed"),
	}
}

// ended says what a job's last state means. What a printer gave up may lie half in its tray.
func ended(job progress) (drivers.Outcome, error) {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(job.reasons, n) })
	}
	switch {
	case job.state == jobCanceled:
		return drivers.Unconfirmed, failure(drivers.FaultCancelled, "follow job", errCanceled)
	case has("document-format-error", "unsupported-document-format", "document-unprintable-error"):
		return drivers.Unconfirmed, failure(drivers.FaultFormat, "follow job", errAborted)
	case job.state == jobAborted, has("job-completed-with-errors", "aborted-by-system"):
		return drivers.Unconfirmed, failure(drivers.FaultAborted, "follow job", errAborted)
	case has("queued-in-device"): // a queue handed it on and knows no more
		return drivers.Unconfirmed, nil
	}
	return drivers.Printed, nil
}

// takeBack cancels a job that has not ended as it should, so that nobody finds it in the tray later. Whether it helps does
// not change what is known of the pages.
func (p *Printer) takeBack(ctx context.Context, id int) {
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(p.options.Answer, 2*time.Second))
	defer cancel()
	m := p.message(goipp.OpCancelJob)
	m.Operation.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(id)))
	user(m)
	_, _ = p.exchange(short, "take job back", m, nil, p.options.Answer)
}
