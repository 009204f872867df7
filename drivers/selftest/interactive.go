package selftest

import (
	"context"
	"errors"
	"time"

	"bianmin/drivers"
)

// Between two looks for what a person brings.
const (
	lookEvery = 200 * time.Millisecond
	scanEvery = time.Second
)

// interactive has a person bring something, or say whether what came out is right.
func (r *run) interactive(ctx context.Context) Verdict {
	if r.Person == nil {
		return Verdict{Refused, NoAnswer}
	}
	switch r.role {
	case drivers.RoleReader:
		r.Person.Tell(r.role, LayCard)
		return r.awaits(ctx, NoCard, r.readsCard)
	case drivers.RoleSocial:
		r.Person.Tell(r.role, InsertCard)
		return r.awaits(ctx, NoCard, r.readsSocial)
	case drivers.RolePrinter:
		return r.printsRight(ctx, StripRight)
	case drivers.RoleDocument:
		return r.printsRight(ctx, PageRight)
	case drivers.RoleScanner:
		how := LayPage
		if _, camera := r.Devices.Scanner.(drivers.Viewer); camera {
			how = LayUnder
		}
		r.Person.Tell(r.role, how)
		return r.scansRight(ctx)
	case drivers.RoleCode:
		r.Person.Tell(r.role, ShowCode)
		return r.hears(ctx, NoCode, func(ctx context.Context) error { _, err := r.Devices.Code.Scan(ctx); return err })
	case drivers.RoleButton:
		r.Person.Tell(r.role, Press)
		return r.hears(ctx, NoPress, r.Devices.Button.Wait)
	}
	return Verdict{Refused, Code(drivers.FaultDevice)}
}

// readsCard reads the card that lies there now and forgets it.
func (r *run) readsCard(ctx context.Context) error {
	card, err := r.Devices.Reader.Read(ctx)
	clear(card.Photo)
	return err
}

func (r *run) readsSocial(ctx context.Context) error {
	_, err := r.Devices.Social.Read(ctx)
	return err
}

// awaits tries until a card was read, the device fails, or nobody brings one. A card that is just moving is tried again.
func (r *run) awaits(ctx context.Context, missing Code, read func(context.Context) error) Verdict {
	waiting, cancel := context.WithTimeout(ctx, r.Limits.Person)
	defer cancel()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	came := drivers.FaultNone
	for {
		err := read(waiting)
		fault := drivers.FaultOf(err)
		none := errors.Is(err, drivers.ErrNoCard)
		moving := ofTheCard(fault)
		switch {
		case err == nil:
			return passed
		case none:
		case moving:
			came = fault
		case waiting.Err() == nil:
			return Judge(fault)
		}
		select {
		case <-waiting.Done():
			if came != drivers.FaultNone {
				return Judge(came)
			}
			return Verdict{NotConfirmed, missing}
		case <-tick.C:
		}
	}
}

// printsRight prints, and asks whether it is right.
func (r *run) printsRight(ctx context.Context, q Question) Verdict {
	v, unseen := r.prints(ctx)
	if v != passed && !unseen {
		return v
	}
	waiting, cancel := context.WithTimeout(ctx, r.Limits.Person)
	defer cancel()
	switch r.Person.Ask(waiting, r.role, q) {
	case Yes:
		return passed
	case No:
		return Verdict{Failed, NotRight}
	}
	return Verdict{NotConfirmed, NoAnswer}
}

// scansRight waits for a page with writing on it, scans it, and looks whether anything is on it.
func (r *run) scansRight(ctx context.Context) Verdict {
	ctx, cancel := context.WithTimeout(ctx, r.Limits.Scan)
	defer cancel()
	tick := time.NewTicker(scanEvery)
	defer tick.Stop()
	for {
		page, err := r.Devices.Scanner.Scan(ctx, drivers.ScanOptions{})
		quality := page.Quality
		clear(page.Image)
		switch fault := drivers.FaultOf(err); {
		case err == nil && quality == drivers.QualityBlank:
			return Verdict{Failed, BlankPage}
		case err == nil:
			return passed
		case fault != drivers.FaultNoDocument && ctx.Err() == nil:
			return Judge(fault)
		}
		select {
		case <-ctx.Done():
			return Verdict{NotConfirmed, Code(drivers.FaultNoDocument)}
		case <-tick.C:
		}
	}
}

// hears waits for a device that speaks by itself. What it says is forgotten; what makes no sense is waited for once more.
func (r *run) hears(ctx context.Context, missing Code, wait func(context.Context) error) Verdict {
	if v := r.internal(ctx); v != passed {
		return v
	}
	waiting, cancel := context.WithTimeout(ctx, r.Limits.Person)
	defer cancel()
	came := drivers.FaultNone
	for {
		err := wait(waiting)
		fault := drivers.FaultOf(err)
		switch {
		case err == nil:
			return passed
		case fault == drivers.FaultProtocol && waiting.Err() == nil:
			came = fault
		case waiting.Err() == nil:
			return Judge(fault)
		case came != drivers.FaultNone:
			return Judge(came)
		default:
			return Verdict{NotConfirmed, missing}
		}
	}
}

// ofTheCard tells the faults of the card that lies there, not of its reader: another card, or the same once more, may not have them.
func ofTheCard(fault drivers.Fault) bool {
	return fault == drivers.FaultCard || fault == drivers.FaultCardDoubt || fault == drivers.FaultCardOther
}
