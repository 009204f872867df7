package device

import (
	"context"
	"errors"
	"io"
	"strings"

	"bianmin/drivers"
	"bianmin/packaging/provision/printed"
)

// Codes beside the drivers' faults.
const (
	faultNoCard drivers.Fault = "no-card" // nobody laid one down
	faultNoCode drivers.Fault = "no-code" // nobody showed one
	faultUsage  drivers.Fault = "usage"   // what was asked for makes no sense
)

// failure is what --json prints of a command that could not do what it is for.
type failure struct {
	Fault   drivers.Fault `json:"fault"`
	Problem string        `json:"problem"` // a sentence; nothing of a person
}

// nobodyError says that a person did not do their part.
type nobodyError struct {
	fault    drivers.Fault
	sentence string
}

func (e *nobodyError) Error() string { return e.sentence }

// failed gives the code of an error.
func failed(err error) failure {
	f := failure{Fault: drivers.FaultOf(err), Problem: sentence(err).Error()}
	var device *drivers.Error
	var nobody *nobodyError
	switch {
	case errors.As(err, &nobody):
		f.Fault = nobody.fault
	case errors.As(err, &device), errors.Is(err, context.Canceled):
	default:
		f.Fault = statusOf("", err).Fault
	}
	return f
}

// refuse ends a command: in JSON on standard output too, so that whoever reads it always finds an object there.
func refuse(out io.Writer, asJSON bool, err error) error {
	if asJSON && err != nil {
		if broken := printed.JSON(out, failed(err)); broken != nil {
			return broken
		}
	}
	return sentence(err)
}

// UnconfirmedError is a document of unknown outcome: it may have been printed, and must not be sent again unasked.
type UnconfirmedError struct{ err error }

func (e *UnconfirmedError) Error() string { return e.err.Error() }

func (e *UnconfirmedError) Unwrap() error { return e.err }

// ExitCode is the program's exit status.
func (e *UnconfirmedError) ExitCode() int { return 3 }

// outcomeOf puts the outcome into the error of a print, which may have none of its own.
func outcomeOf(report drivers.PrintReport, err error) error {
	if report.Outcome != drivers.Unconfirmed {
		return sentence(err)
	}
	if err == nil {
		err = errors.New(say("unknown-outcome", nil))
	}
	return &UnconfirmedError{sentence(err)}
}

// hide leaves the first and last characters of a text that may be about a person.
func hide(text string, head, tail int) string {
	runes := []rune(text)
	if len(runes) < 2*(head+tail) {
		head, tail = min(1, len(runes)), 0
	}
	return string(runes[:head]) + strings.Repeat("*", len(runes)-head-tail) + string(runes[len(runes)-tail:])
}

// hideDay leaves the year of a date, YYYY-MM-DD.
func hideDay(date string) string {
	year, _, ok := strings.Cut(date, "-")
	if !ok {
		return hide(date, 0, 0)
	}
	return year + "-**-**"
}
