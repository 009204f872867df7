package escpos

import (
	"context"
	"errors"
	"fmt"

	"bianmin/core/receipt"
	"bianmin/drivers"
)

// Printer is one receipt printer behind a link; it implements drivers.ReceiptPrinter.
type Printer struct {
	wire     wire
	options  Options
	last     drivers.Status
	is       identity
	asked    bool // who it is
	doubtful bool // a piece of an earlier job may hang in the printer
	seenTo   bool // the cover was open since it last was well
}

var _ drivers.ReceiptPrinter = (*Printer)(nil)

// Open greets the printer on the link and asks how it is. A printer that answers
// is open, also when it has no paper; *drivers.Error says why one is not, and the
// link stays the caller's to close then.
func Open(ctx context.Context, l Link, options Options) (*Printer, error) {
	options.fill()
	p := &Printer{options: options, wire: wire{link: l}, doubtful: options.Doubtful}
	p.wire.options = &p.options
	if err := p.greet(ctx); err != nil {
		return nil, &drivers.Error{Role: drivers.RolePrinter, Fault: faultOf(err), Op: "open", Err: err}
	}
	return p, nil
}

func (p *Printer) greet(ctx context.Context) error {
	status, err := p.wire.status(ctx)
	if unanswered(err) {
		p.options.Log.Info("printer does not answer, waking it")
		p.doubtful = true
		if err = p.wire.wake(ctx); err == nil {
			status, err = p.wire.status(ctx)
		}
	}
	if err != nil {
		return err
	}
	p.note(&status)
	return nil
}

// standing asks the printer how it is. One that has jammed waits for leave to go on (DLE ENQ 2): it gets that once for each time that
// somebody had its cover open, and never else, for there may be fingers in it.
func (p *Printer) standing(ctx context.Context) (drivers.Status, error) {
	status, err := p.wire.status(ctx)
	if err != nil || !p.seenTo || status.Fault != drivers.FaultCutter && status.Fault != drivers.FaultJam {
		return status, err
	}
	p.seenTo, p.doubtful = false, true
	if err := p.wire.goOn(ctx); err != nil {
		return status, err
	}
	return p.wire.status(ctx)
}

// note keeps the status. Whoever opened the cover or changed the paper may have left a piece of a job behind.
func (p *Printer) note(s *drivers.Status) {
	if s.Fault == drivers.FaultCoverOpen || s.Fault == drivers.FaultPaperOut || s.Fault == drivers.FaultJam {
		p.doubtful = true
	}
	p.seenTo = s.CoverOpen || p.seenTo && s.Fault != drivers.FaultNone
	p.is.write(s)
	p.last = *s
}

// Status asks the printer itself. The error says why it could not be asked; a
// printer that answers "no paper" is no error. When the printer works again
// after it has stopped in a job, what is left of that is cut off here, not at the next person. Once it is asked who it is, too.
func (p *Printer) Status(ctx context.Context) (drivers.Status, error) {
	status, err := p.standing(ctx)
	p.note(&status)
	if err == nil && status.Fault == drivers.FaultNone {
		if err = p.clear(ctx); err == nil {
			err = p.introduce(ctx)
		}
		p.note(&status)
	}
	if err != nil {
		status.Fault = faultOf(err)
		return status, &drivers.Error{Role: drivers.RolePrinter, Fault: status.Fault, Op: "status", Err: err}
	}
	return status, nil
}

// Close frees the link.
func (p *Printer) Close() error {
	if err := p.wire.link.Close(); err != nil {
		return fmt.Errorf("close printer: %w", err)
	}
	return nil
}

// Print implements drivers.ReceiptPrinter. It returns nil only beside the outcome "printed".
func (p *Printer) Print(ctx context.Context, document receipt.Document) (drivers.PrintReport, error) {
	pieces, err := Encode(document, p.options.Profile, p.options.Raster)
	if err != nil {
		report := drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultDevice, Before: p.last, After: p.last}
		return report, &drivers.Error{Role: drivers.RolePrinter, Fault: report.Fault, Op: "print", Err: err}
	}
	report := drivers.PrintReport{Outcome: drivers.NotPrinted}
	report.Before, err = p.ready(ctx)
	report.After = report.Before
	if err != nil {
		report.Fault = report.Before.Fault
		if report.Fault == drivers.FaultNone {
			report.Fault = faultOf(err)
		}
		return report, &drivers.Error{Role: drivers.RolePrinter, Fault: report.Fault, Op: "print", Err: err}
	}
	j := job{wire: &p.wire, options: &p.options, pieces: pieces, acknowledged: p.wire.acknowledges}
	err = j.run(ctx)
	report.Bytes = j.sent
	p.conclude(ctx, &report, &j, err)
	if report.Outcome == drivers.Printed {
		return report, nil
	}
	p.doubtful = p.doubtful || report.Outcome == drivers.Unconfirmed && !errors.Is(err, errUnspoken)
	return report, &drivers.Error{Role: drivers.RolePrinter, Fault: report.Fault, Op: "print", Err: err}
}

var (
	errNotReady  = errors.New("printer is not ready")
	errEnded     = errors.New("the paper ended during the job")
	errUnspoken  = errors.New("printer knows no end-of-job acknowledgement")
	errUnended   = errors.New("printer works, but did not acknowledge the end of the job")
	errTrouble   = errors.New("printer stopped during the job")
	errCutShort  = errors.New("job was cut short")
	errNothingIn = errors.New("printer took nothing of the job")
)

// ready asks for the status before a job, waits for whatever is left of an
// earlier one, and cuts its remains off so that nobody gets another's paper.
func (p *Printer) ready(ctx context.Context) (drivers.Status, error) {
	status, err := p.standing(ctx)
	if unanswered(err) && p.doubtful {
		if err = p.wire.wake(ctx); err == nil {
			status, err = p.wire.status(ctx)
		}
	}
	p.note(&status)
	switch {
	case err != nil:
		return status, err
	case status.Fault != drivers.FaultNone:
		return status, errNotReady
	}
	if err := p.settle(ctx); err != nil {
		return status, err
	}
	return status, p.clear(ctx)
}

// settle waits for whatever is left of an earlier job. A printer that has never
// answered GS r, and has no reason to be busy, is taken to know it not.
func (p *Printer) settle(ctx context.Context) error {
	known, patience := p.wire.acknowledges, 2*p.options.Answer
	if known || p.doubtful {
		patience = p.options.Silence
	}
	err := p.wire.settle(ctx, patience)
	if err != nil && !known && unanswered(err) {
		return nil
	}
	if err == nil && (p.doubtful || p.wire.stale) { // it has just answered: one that is silent now is held up
		err = p.wire.doubt(ctx)
	}
	if err != nil {
		return fmt.Errorf("wait for earlier jobs: %w", err)
	}
	return nil
}

// clear ends and cuts off the remains of an earlier job, if there may be any.
func (p *Printer) clear(ctx context.Context) error {
	if !p.doubtful {
		return nil
	}
	if _, err := p.wire.send(ctx, p.clearing(), p.options.Answer); err != nil {
		return fmt.Errorf("clear earlier job: %w", err)
	}
	p.doubtful = false
	err := p.settle(ctx)
	p.doubtful = err != nil // what cuts them off may be lost
	return err
}

// clearing ends the remains of an earlier job.
func (p *Printer) clearing() []byte {
	if p.options.NoCutter {
		return append([]byte{esc, '@'}, feedToTear...)
	}
	return append([]byte{esc, '@'}, cutPaper...)
}

// conclude turns how the job went into its outcome, with the printer's own word afterwards.
func (p *Printer) conclude(ctx context.Context, report *drivers.PrintReport, j *job, err error) {
	// The caller may have given up, but how the printer stands is evidence all the same.
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*p.options.Answer)
	defer cancel()
	after, asked := p.wire.status(look)
	p.note(&after)
	report.After = after
	switch {
	case err == nil:
		report.Outcome = drivers.Printed
		return
	case j.sent == 0:
		report.Outcome = drivers.NotPrinted
	default:
		report.Outcome = drivers.Unconfirmed
	}
	switch {
	case errors.Is(err, errEnded):
		report.Fault = drivers.FaultPaperOut
	case ctx.Err() != nil:
		report.Fault = drivers.FaultCancelled
	case asked != nil, after.Fault != drivers.FaultNone:
		report.Fault = after.Fault
	case j.trouble != drivers.FaultNone:
		report.Fault = j.trouble
	default:
		report.Fault = faultOf(err)
	}
	if report.Fault == drivers.FaultNone || report.Fault == drivers.FaultDevice && errors.Is(err, errUnspoken) {
		report.Fault = drivers.FaultSilent
	}
}
