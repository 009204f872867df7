package selftest

import (
	"context"
	"errors"

	"bianmin/drivers"
)

// external has the device do what it is for, with nobody there: what it does can be seen.
func (r *run) external(ctx context.Context) Verdict {
	switch r.role {
	case drivers.RoleReader:
		return r.searches(ctx)
	case drivers.RoleSocial:
		return r.reaches(ctx)
	case drivers.RolePrinter, drivers.RoleDocument:
		v, _ := r.prints(ctx)
		return v
	case drivers.RoleScanner:
		return r.scans(ctx, drivers.ScanOptions{})
	}
	return Verdict{Refused, Code(drivers.FaultDevice)} // Knows has said so
}

// searches has the card reader look for a card: its field is on, and its lamp. Whether one lies there does not matter, and none is read.
func (r *run) searches(ctx context.Context) Verdict {
	if v := r.internal(ctx); v != passed {
		return v
	}
	ctx, cancel := context.WithTimeout(ctx, r.Limits.Internal)
	defer cancel()
	_, err := r.Devices.Reader.Present(ctx)
	return Judge(drivers.FaultOf(err))
}

// reaches has the chip card reader power the card in it, where there is one; what the card says is forgotten at once.
func (r *run) reaches(ctx context.Context) Verdict {
	if v := r.internal(ctx); v != passed {
		return v
	}
	ctx, cancel := context.WithTimeout(ctx, r.Limits.Internal)
	defer cancel()
	_, err := r.Devices.Social.Read(ctx)
	if errors.Is(err, drivers.ErrNoCard) || ofTheCard(drivers.FaultOf(err)) { // of another kind: it was reached
		return passed
	}
	return Judge(drivers.FaultOf(err))
}

// prints prints the test's paper. unseen tells that the printer itself cannot say whether it came out.
func (r *run) prints(ctx context.Context) (v Verdict, unseen bool) {
	ctx, cancel := context.WithTimeout(ctx, r.Limits.Print)
	defer cancel()
	var report drivers.PrintReport
	var err error
	if r.role == drivers.RoleDocument {
		report, err = r.Devices.Document.Print(ctx, "bianmin", r.Page)
	} else {
		report, err = r.Devices.Printer.Print(ctx, r.Strip)
	}
	r.last = report.After
	fault := drivers.FaultOf(err)
	if fault == drivers.FaultNone {
		fault = report.Fault
	}
	if report.Outcome == drivers.Unconfirmed && (fault == drivers.FaultNone || fault == drivers.FaultSilent) {
		return Verdict{NotConfirmed, NoSign}, true
	}
	return Judge(fault), false
}

// scans draws a page in, or scans what lies on the glass. Only whether it came is kept.
func (r *run) scans(ctx context.Context, o drivers.ScanOptions) Verdict {
	ctx, cancel := context.WithTimeout(ctx, r.Limits.Scan)
	defer cancel()
	page, err := r.Devices.Scanner.Scan(ctx, o)
	clear(page.Image)
	switch fault := drivers.FaultOf(err); {
	case fault == drivers.FaultNoDocument:
		return Verdict{Refused, Code(fault)}
	case err != nil:
		return Judge(fault)
	case page.Width <= 0 || page.Height <= 0:
		return Verdict{Failed, Code(drivers.FaultProtocol)}
	}
	return passed
}
