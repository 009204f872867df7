package escl

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"bianmin/drivers"
)

// state is what a scanner says of itself at the moment, in the protocol's words.
type state struct {
	Scanner string // Idle, Processing, Testing, Stopped, Down
	Feeder  string // ScannerAdf… , "" where there is none
}

// parseState reads a ScannerStatus document: errAnswer when it is none.
func parseState(data []byte) (state, error) {
	var said struct {
		XMLName xml.Name `xml:"ScannerStatus"`
		State   string   `xml:"State"`
		Feeder  string   `xml:"AdfState"`
	}
	if err := xml.Unmarshal(data, &said); err != nil {
		return state{}, fmt.Errorf("%w: %w", errAnswer, err)
	}
	if said.State == "" {
		return state{}, fmt.Errorf("%w: no state", errAnswer)
	}
	return state{Scanner: plain(said.State), Feeder: plain(said.Feeder)}, nil
}

func (s *Scanner) state(ctx context.Context) (state, error) {
	data, err := s.get(ctx, "ScannerStatus")
	if err != nil {
		return state{}, err
	}
	return parseState(data)
}

func (s state) said() string { return strings.TrimSpace(s.Scanner + " " + s.Feeder) }

// fault is what is wrong, if anything. An empty feeder is a fault only where a sheet was wanted.
func (s state) fault(wanted bool) drivers.Fault {
	switch s.Feeder {
	case "ScannerAdfJam", "ScannerAdfMispick", "ScannerAdfMultipickDetected", "ScannerAdfInputTrayFailed", "ScannerAdfInputTrayOverloaded", "ScannerAdfDuplexPageTooShort", "ScannerAdfDuplexPageTooLong":
		return drivers.FaultJam
	case "ScannerAdfHatchOpen", "ScannerAdfDoorOpen": // by the specification, and by many makers
		return drivers.FaultCoverOpen
	case "ScannerAdfEmpty", "ScannerAdfProcessing": // Kyocera's say the latter of an empty one
		if wanted {
			return drivers.FaultNoDocument
		}
	}
	switch s.Scanner {
	case "Idle":
		return drivers.FaultNone
	case "Processing", "Testing":
		return drivers.FaultBusy
	}
	return drivers.FaultDevice
}

// Status implements drivers.Scanner.
func (s *Scanner) Status(ctx context.Context) (drivers.Status, error) {
	status := drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online, Model: s.can.model, Serial: s.can.serial, Duplex: s.can.duplex != nil}
	said, err := s.state(ctx)
	status.At = s.options.Now()
	switch {
	case err != nil:
		status.Fault = s.faultOf(ctx, err)
	case s.stack.job != "" && said.Scanner == "Processing":
		// The stack that it waits to hand out is ours.
		status.Fault = state{Scanner: "Idle", Feeder: said.Feeder}.fault(false)
	default:
		status.Fault = said.fault(false)
	}
	status.Condition = conditions[status.Fault]
	if status.Fault == drivers.FaultNone {
		return status, nil
	}
	if status.Condition == "" {
		status.Condition = drivers.HardwareError
	}
	if err == nil {
		err = &faultError{status.Fault, said.said()}
	}
	return status, failure(status.Fault, "status", err)
}

var conditions = map[drivers.Fault]drivers.Condition{
	drivers.FaultNone: drivers.Online, drivers.FaultUnplugged: drivers.NoDevice, drivers.FaultBusy: drivers.Busy, drivers.FaultJam: drivers.UserError,
	drivers.FaultCoverOpen: drivers.UserError, drivers.FaultNoDocument: drivers.UserError, drivers.FaultSilent: drivers.Offline, drivers.FaultCancelled: drivers.Offline,
}
