package stand

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// What a code reader sends besides a code.
const (
	garbage = "\xff\x00\x81~~\x1b[Z\xfe\r\n"
	partial = 20 // characters of a code before the line falls silent
)

// endings are what may stand behind a code, as a reader is set.
var endings = map[string]string{"cr": "\r", "lf": "\n", "crlf": "\r\n", "idle": ""}

var (
	errNoCode   = errors.New("there is no code reader on this bench")
	errNoReader = errors.New("say what to read: code scan cr|lf|crlf|idle TEXT, or code garbage, code partial TEXT")
)

func codeFaults() []Fault {
	return []Fault{unplugged(Code, "", func(s *Stand) cable { return s.code }, "button.Unplug")}
}

func buttonFaults() []Fault {
	noise := Fault{
		Name: "button-noise", Of: Button, Words: [2]string{"线上有杂音", "Noise on it"},
		turn: func(_ context.Context, s *Stand, on bool) error {
			s.order(Button, "")
			if !s.button.Plugged() {
				return nil
			}
			if !on {
				return s.button.Send([]byte("\r\n")) // what is half said is over
			}
			s.order(Button, "button-noise")
			return s.button.Send([]byte(buttonNoise))
		},
		on: func(s *Stand) bool { return s.isOrdered(Button, "button-noise") },
	}
	return []Fault{noise, unplugged(Button, "", func(s *Stand) cable { return s.button }, "button.Unplug")}
}

// buttonNoise is what a loose line says: no press is in it.
const buttonNoise = "\xff\x00~\x81\r\nSS\x7f\r\n\xfe\x01"

// press presses the button; on a line with noise the press is lost in it.
func (s *Stand) press() error {
	if s.isOrdered(Button, "button-noise") {
		return s.button.Send([]byte(buttonNoise))
	}
	return s.button.Press()
}

// scanCode sends a text, percent-escaped as in an address, as the code reader does that is set to an ending.
func (s *Stand) scanCode(rest []string) error {
	if s.code == nil {
		return errNoCode
	}
	if len(rest) < 2 {
		return errNoReader
	}
	ending, known := endings[rest[0]]
	if !known {
		return errNoReader
	}
	text, err := url.PathUnescape(strings.Join(rest[1:], " "))
	if err != nil {
		return fmt.Errorf("read a code: %w", err)
	}
	return s.code.Send([]byte(text + ending))
}

func (s *Stand) scanPartial(rest []string) error {
	if s.code == nil {
		return errNoCode
	}
	text, err := url.PathUnescape(strings.Join(rest, " "))
	if err != nil || text == "" {
		return errNoReader
	}
	return s.code.Send([]byte(text[:min(partial, len(text))]))
}

func (s *Stand) scanGarbage() error {
	if s.code == nil {
		return errNoCode
	}
	return s.code.Send([]byte(garbage))
}
