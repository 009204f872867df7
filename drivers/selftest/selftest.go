// Package selftest tests devices by role at three levels: what a device says of itself, what it visibly does, and whether
// a person finds it right. It knows devices by their contract alone and speaks to the person through an interface. It
// keeps nothing of a card, a page or a code, and nothing it returns is about a person.
package selftest

import (
	"context"
	"slices"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
)

// Level is how far a test goes, in the words of UnifiedPOS's CheckHealth.
type Level string

// Levels.
const (
	Internal    Level = "internal"    // the device's own logic: nothing is printed, nothing moves
	External    Level = "external"    // it does what it is for: a page comes out, a sheet is drawn in
	Interactive Level = "interactive" // a person does something with it, and says whether what came out is right
)

// Levels are all there are, the least first.
func Levels() []Level { return []Level{Internal, External, Interactive} }

// Roles are the devices that can be tested, in the order in which people list them.
func Roles() []drivers.Role {
	return []drivers.Role{drivers.RoleReader, drivers.RoleSocial, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner, drivers.RoleCode, drivers.RoleButton}
}

// Knows tells whether devices of a role have a test of a level. Code reader and button do nothing by themselves.
func Knows(role drivers.Role, level Level) bool {
	if role == drivers.RoleCode || role == drivers.RoleButton {
		return level != External
	}
	return slices.Contains(Roles(), role)
}

// Outcome is how a test ended.
type Outcome string

// Outcomes.
const (
	Passed       Outcome = "passed"
	Failed       Outcome = "failed"
	Refused      Outcome = "refused"       // the device could not be got at, or cannot do it as it stands: nothing is known of it
	NotConfirmed Outcome = "not-confirmed" // it was done, and nobody said whether it is right
)

// Code says why a test did not pass: a drivers.Fault, or one of these.
type Code string

// Codes beside the faults.
const (
	NotRight  Code = "not-right" // the person says that it is not right
	NoAnswer  Code = "no-answer" // the person said nothing
	NoSign    Code = "no-sign"   // the device cannot say itself whether it was done
	NoCard    Code = "no-card"   // no card was laid on it
	NoCode    Code = "no-code"   // no code was held before it
	NoPress   Code = "no-press"  // nobody pressed it
	BlankPage Code = "blank"     // a page with writing on it came out blank
)

// Asker is who had a test done: a program, and the number of the technician's account where one had signed on.
type Asker struct {
	Program string `json:"program"`
	Account string `json:"account,omitempty"`
}

// Result is one test of one device.
type Result struct {
	Role     drivers.Role `json:"role"`
	Level    Level        `json:"level"`
	Outcome  Outcome      `json:"outcome"`
	Code     Code         `json:"code,omitempty"` // "" when it passed
	Model    string       `json:"model,omitempty"`
	Serial   string       `json:"serial,omitempty"`
	Firmware string       `json:"firmware,omitempty"`
	At       time.Time    `json:"at"`
	Took     int64        `json:"took"` // ms
	Asked    Asker        `json:"asked"`
}

// Of tells whether a result is of a device, as far as the device can be told from another.
func (r Result) Of(s drivers.Status) bool {
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	return r.Role == s.Role && !differ(r.Model, s.Model) && !differ(r.Serial, s.Serial)
}

// Last gives the newest result of each level for a device, the least level first. Those of another device in its place do not count.
func Last(all []Result, s drivers.Status) (last []Result) {
	for _, level := range Levels() {
		for _, r := range slices.Backward(all) {
			if r.Level == level && r.Of(s) {
				last = append(last, r)
				break
			}
		}
	}
	return last
}

// WordKeys are the keys of the words for why a test did not pass, the best first; none when it passed.
func (r Result) WordKeys() []string {
	if r.Code == "" {
		return nil
	}
	return []string{"selftest.code." + string(r.Code), "fault." + string(r.Role) + "." + string(r.Code) + ".means", "selftest.code.unknown"}
}

// Devices are what can be tested; nil where there is none.
type Devices struct {
	Reader   drivers.CardReader
	Social   drivers.SocialCardReader
	Printer  drivers.ReceiptPrinter
	Document drivers.DocumentPrinter
	Scanner  drivers.Scanner
	Code     drivers.CodeReader
	Button   drivers.Button
	// Statuses gives the last known status of each; code reader and button have no other.
	Statuses func() []drivers.Status
	// Hold makes the caller the one user of a device until it calls release; nil where nobody else uses them.
	Hold func(ctx context.Context, role drivers.Role) (release func(), err error)
}

// Has tells whether there is such a device.
func (d Devices) Has(role drivers.Role) bool {
	switch role {
	case drivers.RoleReader:
		return d.Reader != nil
	case drivers.RoleSocial:
		return d.Social != nil
	case drivers.RolePrinter:
		return d.Printer != nil
	case drivers.RoleDocument:
		return d.Document != nil
	case drivers.RoleScanner:
		return d.Scanner != nil
	case drivers.RoleCode:
		return d.Code != nil
	case drivers.RoleButton:
		return d.Button != nil
	}
	return false
}

// Prompt is what the person is to do.
type Prompt string

// Prompts.
const (
	LayCard    Prompt = "lay-card"
	InsertCard Prompt = "insert-card"
	LayPage    Prompt = "lay-page"
	LayUnder   Prompt = "lay-under" // a document camera
	ShowCode   Prompt = "show-code"
	Press      Prompt = "press"
)

// Question is what the person is asked once something came out.
type Question string

// Questions.
const (
	StripRight Question = "strip-right"
	PageRight  Question = "page-right"
)

// Answer is what the person said.
type Answer string

// Answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Nothing Answer = ""
)

// Person is whoever is there for an interactive test.
type Person interface {
	// Tell says what to do now.
	Tell(role drivers.Role, prompt Prompt)
	// Ask asks, and waits for the answer until ctx ends.
	Ask(ctx context.Context, role drivers.Role, question Question) Answer
}

// Limits are how long is waited; zero values are the defaults.
type Limits struct {
	Internal time.Duration // 20 s
	Print    time.Duration // 2 min
	Scan     time.Duration // 90 s
	Person   time.Duration // 60 s: for a card, a press, an answer
}

// Options of a test. Devices and Now are required, Strip and Page where printers are tested, Person for interactive ones.
type Options struct {
	Devices Devices
	Strip   receipt.Document // what the receipt printer prints
	Page    []byte           // what the A4 printer prints, a PDF
	Person  Person
	Asked   Asker
	Now     func() time.Time
	Limits  Limits
}

func orElse(d *time.Duration, fallback time.Duration) {
	if *d == 0 {
		*d = fallback
	}
}

func (l *Limits) fill() {
	orElse(&l.Internal, 20*time.Second)
	orElse(&l.Print, 2*time.Minute)
	orElse(&l.Scan, 90*time.Second)
	orElse(&l.Person, time.Minute)
}
