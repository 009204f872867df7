// Package lines is what "provision setup --lines" and a window in front of it say to each other: one JSON object a line,
// over standard output and input. It holds no logic, and nothing of what does the work, so that a window that links it
// stays small.
package lines

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"bianmin/drivers"
)

// Line is what setup says. Exactly one field is set.
type Line struct {
	Say     *Said     `json:"say,omitempty"`
	Ask     *Question `json:"ask,omitempty"`
	Test    *Test     `json:"test,omitempty"`
	Checks  *Checks   `json:"checks,omitempty"`
	Done    *Done     `json:"done,omitempty"`
	Wrong   *Wrong    `json:"wrong,omitempty"`
	Printed *Printed  `json:"printed,omitempty"`
}

// Said tells what happens or is to be done; the words stand under provision.setup.
type Said struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// What is asked.
const (
	Enrolment = "enrolment"
	Replace   = "replace" // where the work of the machine before lies
	Devices   = "devices"
	Press     = "press" // for the push button, while serial lines are listened to; the next line ends it
	Sign      = "sign"
)

// CodeSigns are those that an enrolment code on a sheet can have, CodeLength is how many it has, dashes not counted.
const (
	CodeSigns  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	CodeLength = 16
)

// Question waits for an Answer.
type Question struct {
	What  string   `json:"what"`
	Again bool     `json:"again,omitempty"` // the last answer was not understood
	Found []Device `json:"found,omitempty"`
	// Papers are printers that cannot say whether the test's paper came out: whoever signs has looked.
	Papers []drivers.Role `json:"papers,omitempty"`
	Staff  []Person       `json:"staff,omitempty"`
	// Terminal is the machine before, Sticks are those that are mounted.
	Terminal string   `json:"terminal,omitempty"`
	Sticks   []string `json:"sticks,omitempty"`
	Seconds  int      `json:"seconds,omitempty"` // how long the button is waited for
}

// Device is one that was found, or named before.
type Device struct {
	Role   drivers.Role `json:"role"`
	Name   string       `json:"name"` // link, or SANE's name
	Model  string       `json:"model,omitempty"`
	Serial string       `json:"serial,omitempty"`
	Given  bool         `json:"given,omitempty"`  // named in the configuration
	Second bool         `json:"second,omitempty"` // there is one of this role already
	// State is how an A4 printer is: ready, busy, paper-low, or a fault; "" where it was not asked.
	State string `json:"state,omitempty"`
	// Command is what must be done in a terminal before it can be used.
	Command string `json:"command,omitempty"`
}

// Well tells whether nothing is wrong with it, as far as it was asked.
func (d Device) Well() bool {
	return slices.Contains([]string{"", "ready", "busy", "paper-low"}, d.State)
}

// Person is a technician's account.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Test is a test of a device before, while and after it is done. Result is waiting, running, passed, failed, skipped,
// or unseen: whoever signs says it.
type Test struct {
	Role     drivers.Role  `json:"role"`
	Name     string        `json:"name"`
	Model    string        `json:"model,omitempty"`
	Serial   string        `json:"serial,omitempty"`
	Test     string        `json:"test"` // status, card, receipt, page, scan
	Result   string        `json:"result"`
	Fault    drivers.Fault `json:"fault,omitempty"`
	Evidence string        `json:"evidence,omitempty"`
}

// Checks are what readiness found. State is ok, warn or fail.
type Checks struct {
	State  string  `json:"state"`
	Checks []Check `json:"checks"`
}

// Check is one finding, in Chinese and in English.
type Check struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Name    string `json:"name"`
	Text    string `json:"text"`
	Do      string `json:"do,omitempty"`
	English Words  `json:"english"`
}

// Words are a check's words in English.
type Words struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Do   string `json:"do,omitempty"`
}

// Done is the end of a setup: the acceptance report as it was signed, and on paper.
type Done struct {
	Report Report `json:"report"`
	Number string `json:"number"` // of the signed report, as it stands on paper
	Signed []byte `json:"signed"`
	PDF    []byte `json:"pdf"`
}

// Report is what a screen shows of the acceptance report.
type Report struct {
	Terminal   string    `json:"terminal"`
	Point      string    `json:"point"`
	Role       string    `json:"role"`
	Technician Person    `json:"technician"`
	Finished   time.Time `json:"finished"`
	Version    string    `json:"version"`
	Machine    string    `json:"machine,omitempty"`
	// Configuration is the digest of the settings that count, in short.
	Configuration string   `json:"configuration,omitempty"`
	Supplies      []Supply `json:"supplies,omitempty"`
	Tests         []Test   `json:"tests"`
	Checks        Checks   `json:"checks"`
	Passed        bool     `json:"passed"`
}

// Supply is what a printer said of its supplies: full, low, out, jammed or not-told; Toner is "" where it has none.
type Supply struct {
	Role     drivers.Role `json:"role"`
	Firmware string       `json:"firmware,omitempty"`
	Paper    string       `json:"paper,omitempty"`
	Toner    string       `json:"toner,omitempty"`
}

// Wrong says that the setup stopped. Code picks the words, Text is for programmers.
type Wrong struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Codes of what went wrong. The first four are the code's own, and another one may be typed.
const (
	CodeUnknown = "code"
	CodeUsed    = "code-used"
	CodeExpired = "code-expired"
	CodeForeign = "fingerprint"
	TooOften    = "too-often"
	Newer       = "newer" // the platform needs a newer version of this program
	Network     = "network"
	Running     = "running"
	DiskFull    = "disk-full"
	StickFull   = "stick-full"
	Waiting     = "waiting"       // tested; enrolled once the county has answered the request on the stick, which Text names
	NotAllowed  = "not-permitted" // no rights to set this machine up
	Refused     = "refused"       // whoever was asked for the rights said no
	Ended       = "ended"         // setup ended without a word
	Other       = "other"
)

// Printed says what became of a report that was printed once more.
type Printed struct {
	Outcome drivers.Outcome `json:"outcome,omitempty"` // "" where there is no printer
	Fault   drivers.Fault   `json:"fault,omitempty"`
}

// Answer is what a window says. Exactly one field is set, but for Missing.
type Answer struct {
	Enrolment *string            `json:"enrolment,omitempty"`
	Replace   *string            `json:"replace,omitempty"`  // folder; "" is later, "none" is nothing
	Devices   *map[string]string `json:"devices,omitempty"`  // role → link of what is to be changed; "" takes one away
	Search    bool               `json:"search,omitempty"`   // instead of Devices or Sign: look for devices, and test them, once more
	NoButton  bool               `json:"noButton,omitempty"` // there is none to press
	Sign      *string            `json:"sign,omitempty"`     // number of an account; "" is nobody
	Missing   bool               `json:"missing,omitempty"`  // beside Sign: those papers did not come out
	Again     bool               `json:"again,omitempty"`    // begin again, after Done or Wrong
	Print     bool               `json:"print,omitempty"`    // print the report once more, after Done
}

// longest is the longest line: a report with its PDF.
const longest = 32 << 20

// Writer writes lines; several goroutines may use it.
type Writer struct {
	mu sync.Mutex
	to io.Writer
}

// NewWriter makes a writer.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Write writes one line.
func (w *Writer) Write(line any) error {
	content, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("write a line: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.to.Write(append(content, '\n')); err != nil {
		return fmt.Errorf("write a line: %w", err)
	}
	return nil
}

// ErrLine says that something else than a line came.
var ErrLine = errors.New("not a line of setup")

// Read hands each line to each, until the end or the first error.
func Read[T any](from io.Reader, each func(T) error) error {
	scanner := bufio.NewScanner(from)
	scanner.Buffer(make([]byte, 64<<10), longest)
	for scanner.Scan() {
		var line T
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			return ErrLine // the line may hold the code: it is not repeated
		}
		if err := each(line); err != nil {
			return err
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("read a line: %w", err)
	}
	return nil
}
