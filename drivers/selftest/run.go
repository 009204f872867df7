package selftest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"bianmin/drivers"
)

// ErrNoTest says that devices of a role have no test of that level, or that there is no such device.
var ErrNoTest = errors.New("there is no such test")

// run is one test at work.
type run struct {
	Options
	role drivers.Role
	last drivers.Status
}

// Verdict is how a test ended, and why it did not pass.
type Verdict struct {
	Outcome Outcome
	Code    Code
}

var passed = Verdict{Outcome: Passed}

// refusing are the faults that say nothing of the device: it could not be got at.
var refusing = []drivers.Fault{drivers.FaultBusy, drivers.FaultNotPermitted, drivers.FaultAmbiguous, drivers.FaultMissingTool, drivers.FaultCancelled}

// Judge says what a fault means for a test.
func Judge(fault drivers.Fault) Verdict {
	switch {
	case fault == drivers.FaultNone:
		return passed
	case slices.Contains(refusing, fault):
		return Verdict{Refused, Code(fault)}
	}
	return Verdict{Failed, Code(fault)}
}

// Run tests one device at one level. Every end is a Result; the error is ErrNoTest alone.
func Run(ctx context.Context, role drivers.Role, level Level, o Options) (Result, error) {
	if !o.Devices.Has(role) || !Knows(role, level) {
		return Result{}, ErrNoTest
	}
	o.Limits.fill()
	r := &run{Options: o, role: role}
	begun := o.Now()
	v := r.held(ctx, level)
	if ctx.Err() != nil && v.Outcome != Passed {
		v = Verdict{Refused, Code(drivers.FaultCancelled)}
	}
	s := r.status()
	return Result{
		Role: role, Level: level, Outcome: v.Outcome, Code: v.Code, Model: s.Model, Serial: s.Serial, Firmware: s.Firmware,
		At: begun, Took: o.Now().Sub(begun).Milliseconds(), Asked: o.Asked,
	}, nil
}

// All tests every device there is at one level, one after the other; each is told as it ends, and may be nil.
func All(ctx context.Context, level Level, o Options, each func(Result)) (all []Result) {
	for _, role := range Roles() {
		if ctx.Err() != nil {
			break
		}
		r, err := Run(ctx, role, level, o)
		if err != nil {
			continue
		}
		all = append(all, r)
		if each != nil {
			each(r)
		}
	}
	return all
}

// held does a test while nobody else uses the device.
func (r *run) held(ctx context.Context, level Level) Verdict {
	if r.Devices.Hold != nil {
		release, err := r.Devices.Hold(ctx, r.role)
		if err != nil {
			return Verdict{Refused, Code(drivers.FaultBusy)}
		}
		defer release()
	}
	switch level {
	case External:
		return r.external(ctx)
	case Interactive:
		return r.interactive(ctx)
	}
	return r.internal(ctx)
}

// status is what is known of the device after the test.
func (r *run) status() drivers.Status {
	s := r.last
	if r.Devices.Statuses == nil {
		return s
	}
	for _, known := range r.Devices.Statuses() {
		if known.Role == r.role {
			s.Model, s.Serial, s.Firmware = cmp.Or(s.Model, known.Model), cmp.Or(s.Serial, known.Serial), cmp.Or(s.Firmware, known.Firmware)
		}
	}
	return s
}

// internal asks the device how it is.
func (r *run) internal(ctx context.Context) Verdict {
	ctx, cancel := context.WithTimeout(ctx, r.Limits.Internal)
	defer cancel()
	ask := r.asker()
	if ask == nil {
		return r.listening(ctx)
	}
	status, err := ask(ctx)
	r.last = status
	fault := cmp.Or(status.Fault, drivers.FaultOf(err))
	if fault == drivers.FaultNone && (status.Condition == drivers.Offline || status.Condition == drivers.NoDevice || status.Condition == drivers.HardwareError) {
		fault = drivers.FaultDevice
	}
	return Judge(fault)
}

func (r *run) asker() func(context.Context) (drivers.Status, error) {
	switch d := r.Devices; r.role {
	case drivers.RoleReader:
		return d.Reader.Status
	case drivers.RoleSocial:
		return d.Social.Status
	case drivers.RolePrinter:
		return d.Printer.Status
	case drivers.RoleDocument:
		return d.Document.Status
	case drivers.RoleScanner:
		return d.Scanner.Status
	}
	return nil
}

// listening looks whether a device that says nothing by itself is listened to; it may just be being opened.
func (r *run) listening(ctx context.Context) Verdict {
	if r.Devices.Statuses == nil {
		return Verdict{Refused, Code(drivers.FaultBusy)}
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, s := range r.Devices.Statuses() {
			if s.Role != r.role {
				continue
			}
			r.last = s
			if s.Condition == drivers.Online || s.Fault != drivers.FaultNone {
				return Judge(s.Fault)
			}
		}
		select {
		case <-ctx.Done():
			return Verdict{Failed, Code(drivers.FaultSilent)}
		case <-tick.C:
		}
	}
}
