package ipp

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/OpenPrinting/goipp"

	"bianmin/core/receipt"
	"bianmin/drivers"
)

// Printer states of RFC 8011.
const (
	stateIdle       = 3
	stateProcessing = 4
	stateStopped    = 5
)

// said is what a printer said of itself.
type said struct {
	state     int
	reasons   []string
	accepting bool
	ready     int // how many kinds of paper it has loaded, as far as it tells
	formats   []string
	media     []string
	model     string
	serial    string
	firmware  string
	supplies  []supply
	// queue says that a CUPS queue answers. While it is idle its reasons are those of its last job: it learns of new
	// paper by the next one only.
	queue bool
}

const (
	pdfType = "application/pdf"
	a4      = "iso_a4_210x297mm"
)

// ask asks the printer how it is; an old one in the old version of the protocol from then on.
func (p *Printer) ask(ctx context.Context) (said, error) {
	s, err := p.askOnce(ctx)
	var refused *refusedError
	if errors.As(err, &refused) && refused.status == goipp.StatusErrorVersionNotSupported && p.version != oldVersion {
		p.version = oldVersion
		return p.askOnce(ctx)
	}
	return s, err
}

// stateAttributes are what said is made of.
var stateAttributes = []string{
	"printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "printer-make-and-model", "document-format-supported", "media-supported", "media-ready", "printer-type",
	"printer-serial-number", "printer-device-id", "printer-firmware-string-version", "marker-levels", "marker-types", "printer-supply",
}

var oldVersion = goipp.MakeVersion(1, 1)

func (p *Printer) askOnce(ctx context.Context) (said, error) {
	m := p.message(goipp.OpGetPrinterAttributes)
	user(m)
	wanted(m, stateAttributes...)
	answer, err := p.exchange(ctx, "ask status", m, nil, p.options.Answer)
	if err != nil {
		return said{}, err
	}
	s := saidOf(answer.Printer)
	if s.state < stateIdle || s.state > stateStopped {
		return said{}, failure(drivers.FaultProtocol, "ask status", &refusedError{what: "the answer has no printer-state"})
	}
	return s, nil
}

// saidOf reads one printer's attributes.
func saidOf(attributes goipp.Attributes) said {
	s := said{
		state: integer(attributes, "printer-state"), reasons: values(attributes, "printer-state-reasons"),
		accepting: !slices.Equal(values(attributes, "printer-is-accepting-jobs"), []string{"false"}),
		ready:     len(values(attributes, "media-ready")), formats: values(attributes, "document-format-supported"),
		media: values(attributes, "media-supported"), queue: values(attributes, "printer-type") != nil,
	}
	if model := values(attributes, "printer-make-and-model"); len(model) > 0 {
		s.model = receipt.Clean(model[0])
	}
	s.about(attributes)
	return s
}

// Status asks the printer how it is. A printer that is away has a status too, beside the error.
func (p *Printer) Status(ctx context.Context) (drivers.Status, error) {
	s, err := p.ask(ctx)
	if err != nil {
		return p.away(err), err
	}
	return p.status(s), nil
}

// away is the status of a printer that did not answer as one.
func (p *Printer) away(err error) drivers.Status {
	status := drivers.Status{Role: drivers.RoleDocument, Condition: drivers.Offline, Fault: drivers.FaultOf(err), At: p.options.Now()}
	switch status.Fault {
	case drivers.FaultUnplugged:
		status.Condition = drivers.NoDevice
	case drivers.FaultBusy:
		status.Condition = drivers.Busy
	case drivers.FaultDevice:
		status.Condition = drivers.HardwareError
	}
	return status
}

// troubles are the reasons that stop a printer, the one a person must mend first at the top.
var troubles = []struct {
	reasons   []string
	condition drivers.Condition
	fault     drivers.Fault
}{
	{[]string{"cover-open", "door-open", "interlock-open", "input-tray-missing", "output-tray-missing", "marker-supply-missing"}, drivers.UserError, drivers.FaultCoverOpen},
	{[]string{"media-jam"}, drivers.UserError, drivers.FaultJam},
	{[]string{"media-empty", "media-needed"}, drivers.UserError, drivers.FaultPaperOut},
	{[]string{"toner-empty", "marker-supply-empty", "developer-empty", "opc-life-over"}, drivers.UserError, drivers.FaultTonerEmpty},
	{[]string{"offline", "connecting-to-device", "timed-out", "shutdown", "deactivated"}, drivers.Offline, drivers.FaultSilent},
	{[]string{"paused", "output-area-full", "marker-waste-full", "fuser-over-temp", "fuser-under-temp", "interpreter-resource-unavailable", "other"}, drivers.HardwareError, drivers.FaultDevice},
}

// status puts what a printer said into the contract's words.
func (p *Printer) status(s said) drivers.Status { return p.statusBy(s, s.stops) }

// statusBy is status where stops tells which reasons keep pages from coming out.
func (p *Printer) statusBy(s said, stops func(reason, severity string) bool) drivers.Status {
	status := drivers.Status{Role: drivers.RoleDocument, Condition: drivers.Online, Paper: drivers.PaperUnknown, Model: s.model, At: p.options.Now()}
	if s.state == stateProcessing {
		status.Condition = drivers.Busy
	}
	for _, t := range troubles {
		for _, reason := range t.reasons {
			severity, there := s.severity(reason)
			if !there {
				continue
			}
			s.note(&status, reason)
			if status.Fault == drivers.FaultNone && stops(reason, severity) {
				status.Condition, status.Fault = t.condition, t.fault
			}
		}
	}
	if _, low := s.severity("media-low"); low && status.Paper == drivers.PaperUnknown {
		status.Paper = drivers.PaperLow
	}
	status.Serial, status.Firmware, status.Toner = s.serial, s.firmware, s.toner()
	if status.Fault == drivers.FaultNone && (s.state == stateStopped || !s.accepting) {
		status.Condition, status.Fault = drivers.HardwareError, drivers.FaultDevice
	}
	return status
}

// note keeps what a reason says about paper and cover, whether it stops the printer or not.
func (s said) note(status *drivers.Status, reason string) {
	switch reason {
	case "cover-open", "door-open", "interlock-open":
		status.CoverOpen = true
	case "media-jam":
		status.Paper = drivers.PaperJammed
	case "media-empty", "media-needed":
		if status.Paper != drivers.PaperUnknown {
			return
		}
		status.Paper = drivers.PaperOut
		if reason == "media-empty" && s.others() {
			status.Paper = drivers.PaperLow
		}
	}
}

// severity finds a reason: "error" also for one without a suffix, as RFC 8011 has it.
func (s said) severity(reason string) (severity string, there bool) {
	for _, r := range s.reasons {
		name := r
		severity := "error"
		for _, suffix := range []string{"error", "warning", "report"} {
			if cut, ok := strings.CutSuffix(r, "-"+suffix); ok {
				name, severity = cut, suffix
			}
		}
		if name == reason {
			return severity, true
		}
	}
	return "", false
}

// others tells whether another tray may have paper when one is empty.
func (s said) others() bool { return s.state != stateStopped && s.ready > 1 }

// stops tells whether a reason keeps pages from coming out. A warning or report does not, save that of the one tray that is
// empty: printers say it softly and wait all the same.
func (s said) stops(reason, severity string) bool {
	switch {
	case s.queue && s.state == stateIdle:
		return false
	case s.state == stateStopped || severity == "error":
		return true
	case reason == "media-needed":
		return true
	case reason == "media-empty":
		return !s.others()
	}
	return false
}
