// Package drivers is the contract between the product and its devices, by
// role: what a reader, printer or scanner does, the states it can be in and
// the errors it can return. Implementations live in sub-packages; this package
// knows no protocol and no operating system.
package drivers

import (
	"context"
	"errors"
	"image"
	"time"

	"bianmin/core/identity"
	"bianmin/core/receipt"
)

// Role is what a device is for.
type Role string

// Roles.
const (
	RoleReader  Role = "reader"
	RolePrinter Role = "printer"
	RoleScanner Role = "scanner"
	RoleButton  Role = "button"

	RoleDocument Role = "document" // the A4 printer
	RoleCode     Role = "code"     // reads bar codes and QR codes
	RoleSocial   Role = "social"   // reads social-security cards
)

// Condition is a device's overall state, in the words of XFS4IoT.
type Condition string

// Conditions.
const (
	Online        Condition = "online"
	Offline       Condition = "offline"       // silent or switched off
	NoDevice      Condition = "noDevice"      // unplugged or never found
	HardwareError Condition = "hardwareError" // the device says it is broken
	UserError     Condition = "userError"     // a person can put it right: cover, paper, jam
	Busy          Condition = "deviceBusy"
)

// Paper is the state of a paper supply, in the words of XFS4IoT.
type Paper string

// Paper states.
const (
	PaperUnknown Paper = "unknown"
	PaperFull    Paper = "full"
	PaperLow     Paper = "low"
	PaperOut     Paper = "out"
	PaperJammed  Paper = "jammed"
)

// Toner is the state of a toner or ink supply, the scarcest of several, in the words of XFS4IoT; "" is not told.
type Toner string

// Toner states.
const (
	TonerFull Toner = "full"
	TonerLow  Toner = "low"
	TonerOut  Toner = "out"
)

// Status is what a device last said about itself; "" and zero mean not known.
type Status struct {
	Role      Role      `json:"role"`
	Condition Condition `json:"condition"`
	Paper     Paper     `json:"paper,omitempty"`
	CoverOpen bool      `json:"coverOpen,omitempty"`
	Model     string    `json:"model,omitempty"`
	Serial    string    `json:"serial,omitempty"` // for a reader: the SAM id
	Firmware  string    `json:"firmware,omitempty"`
	Toner     Toner     `json:"toner,omitempty"`
	Fault     Fault     `json:"fault,omitempty"`  // "" when nothing is wrong
	Duplex    bool      `json:"duplex,omitempty"` // a scanner whose feeder takes both sides
	At        time.Time `json:"at"`
}

// Fault is a code that picks the words people see.
type Fault string

// Faults of devices.
const (
	FaultNone         Fault = ""
	FaultUnplugged    Fault = "unplugged"
	FaultSilent       Fault = "silent"        // no answer within the time limit
	FaultProtocol     Fault = "protocol"      // answers, but not in the protocol
	FaultDevice       Fault = "device"        // the device reports itself broken
	FaultNotPermitted Fault = "not-permitted" // the operating system refuses access
	FaultAmbiguous    Fault = "ambiguous"     // several are plugged in, and nothing says which one is meant
	FaultPaperOut     Fault = "paper-out"
	FaultCoverOpen    Fault = "cover-open"
	FaultCutter       Fault = "cutter"
	FaultOverheated   Fault = "overheated"
	FaultJam          Fault = "jam"
	FaultNoDocument   Fault = "no-document" // scanner: nothing in the feeder
	FaultBusy         Fault = "busy"
	FaultMissingTool  Fault = "missing-tool" // scanimage is not installed
	FaultCard         Fault = "card"         // the card could not be read: place it again
	FaultCardDoubt    Fault = "card-doubt"   // two reads or two fields disagree: place it again
	FaultCardOther    Fault = "card-other"   // another kind of card than this reader is for
	FaultCardHidden   Fault = "card-hidden"  // a social-security card that does not say whose it is without a password
	FaultCancelled    Fault = "cancelled"
	FaultTonerEmpty   Fault = "toner-empty"
	FaultFormat       Fault = "format"      // document printer: it takes no such document
	FaultAborted      Fault = "aborted"     // document printer: it gave the job up
	FaultCertificate  Fault = "certificate" // it shows another certificate than the one that is kept, or none is kept
)

// Error is a device's failure: a code for people, a chain for logs, no personal data.
type Error struct {
	Role  Role
	Fault Fault
	Op    string // what was being done, e.g. "read card"
	Err   error
}

func (e *Error) Error() string {
	s := string(e.Role) + ": " + e.Op + ": " + string(e.Fault)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// ErrNoCard means no card lies on the reader; ask again.
var ErrNoCard = errors.New("no card on the reader")

// FaultOf finds the code for people in an error's chain; FaultDevice for any other error, FaultNone for nil.
func FaultOf(err error) Fault {
	if err == nil {
		return FaultNone
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Fault
	}
	if errors.Is(err, context.Canceled) {
		return FaultCancelled
	}
	return FaultDevice
}

// Presence is what a look at a card reader shows.
type Presence string

// Presences.
const (
	CardLies Presence = "card"
	CardGone Presence = "none"
	// CardUnsure means "no card" from a reader that does not find a card again that it has read until it
	// is lifted, or that has said so too seldom yet: one may lie there.
	CardUnsure Presence = "unsure"
)

// ErrNoDecoder means that nothing is installed that makes a picture of a card's photo.
var ErrNoDecoder = errors.New("no decoder for the card's photo is installed")

// PhotoDecoder makes pictures of the photos on cards, whose format is closed.
type PhotoDecoder interface {
	// Decode gives the picture of identity.Card.Photo. ErrNoDecoder where there is no decoder; any other error
	// says what is wrong with it and holds nothing of the photo.
	Decode(ctx context.Context, photo []byte) (image.Image, error)
}

// CardReader reads resident ID cards. One goroutine at a time.
type CardReader interface {
	// Read finds, selects and reads the card that lies on the reader now.
	// It returns ErrNoCard at once when none lies there, and an *Error otherwise.
	// A card whose fields contradict each other is read a second time; only equal text is returned.
	Read(ctx context.Context) (identity.Card, error)
	// Present tells whether a card lies on the reader, as far as the reader can know.
	Present(ctx context.Context) (Presence, error)
	Status(ctx context.Context) (Status, error)
	Close() error
}

// SocialCardReader reads the basics of social-security cards. One goroutine at a time.
type SocialCardReader interface {
	// Read reads the card in the reader now; ErrNoCard at once when there is none, an *Error otherwise.
	Read(ctx context.Context) (identity.SocialCard, error)
	// Present tells whether a card is in the reader; such a reader always knows.
	Present(ctx context.Context) (Presence, error)
	Status(ctx context.Context) (Status, error)
	Close() error
}

// Outcome is how a print job ended.
type Outcome string

// Outcomes.
const (
	Printed     Outcome = "printed"     // the printer acknowledged the end of the job
	Unconfirmed Outcome = "unconfirmed" // sent, but no acknowledgement: ask the person
	NotPrinted  Outcome = "not-printed" // the fault came before the first byte of the job
)

// PrintReport is the evidence of one physical job.
type PrintReport struct {
	Outcome Outcome `json:"outcome"`
	Fault   Fault   `json:"fault,omitempty"` // why it is not "printed"
	Bytes   int     `json:"bytes"`
	Before  Status  `json:"before"`
	After   Status  `json:"after"`
}

// ReceiptPrinter prints strips. One goroutine at a time.
type ReceiptPrinter interface {
	// Print checks the status, prints the document, cuts, and waits for the end-of-job
	// acknowledgement. The report counts even when err is not nil; an unknown outcome is never retried here.
	Print(ctx context.Context, document receipt.Document) (PrintReport, error)
	Status(ctx context.Context) (Status, error)
	Close() error
}

// DocumentPrinter prints A4 pages. One goroutine at a time.
type DocumentPrinter interface {
	// Print sends a PDF under a neutral title and follows the job to its end. The
	// report counts even when err is not nil; an unknown outcome is never retried here.
	Print(ctx context.Context, title string, pdf []byte) (PrintReport, error)
	Status(ctx context.Context) (Status, error)
	Close() error
}

// ScanOptions say how to scan one page.
type ScanOptions struct {
	DPI    int  // 0 is 200
	Color  bool // grey when false
	Feeder bool // take the next sheet of the feeder; a scanner without one scans its glass
	Duplex bool // both sides of a sheet of the feeder; a scanner that cannot scans one
}

// ScannedPage is one page as the scanner gave it, in memory only.
type ScannedPage struct {
	Image     []byte // encoded
	MediaType string // "image/jpeg" or "image/png"
	Width     int    // px
	Height    int    // px
	Quality   Quality
	Large     bool // it is larger than its budget: smaller it could not be read
	Glass     bool // it lay on the glass: another scan would give the same sheet again
	// Empty says that nothing at all is seen on it, not even a faint line: much stricter than QualityBlank. The page is here
	// all the same; only a person leaves it out.
	Empty bool
	// Back is the sheet's other side, nil where it was not asked for or the scanner gave none.
	Back *ScannedPage
}

// Quality says what looks wrong with a page; the person may keep it all the same.
type Quality string

// Page qualities.
const (
	QualityGood    Quality = "good"
	QualityBlank   Quality = "blank"
	QualityBlurred Quality = "blurred"
	QualityDark    Quality = "dark"
	QualitySkewed  Quality = "skewed"
)

// Scanner scans one page at a time. One goroutine at a time.
type Scanner interface {
	Scan(ctx context.Context, options ScanOptions) (ScannedPage, error)
	Status(ctx context.Context) (Status, error)
	Close() error
}

// Viewer is a scanner that shows what lies before it until a page is taken: a document camera. One goroutine at a time; to take a page
// the view is ended first.
type Viewer interface {
	Scanner
	// View hands small pictures of what lies there to show, about ten a second, until ctx ends or the camera fails; then the camera is off.
	// Each is show's own, and the next waits until show returns. The error is an *Error, with FaultCancelled when ctx was cancelled.
	View(ctx context.Context, show func(image.Image)) error
}

// Code is what a code reader has read: it may hold a person's number, so it stands in no log.
type Code struct {
	Text string
	// Symbology is the AIM identifier (ISO/IEC 15424) the reader put before the text, "]Q1"; "" when it sends none.
	Symbology string
}

// CodeReader reads bar codes and QR codes; each code arrives once. One goroutine at a time.
type CodeReader interface {
	// Scan waits for the next code, or until ctx ends. A code that makes no sense is an *Error with FaultProtocol,
	// and the reader goes on after it; FaultUnplugged says that the device is gone.
	Scan(ctx context.Context) (Code, error)
	Close() error
}

// Button is a scanner's or terminal's push button; each press arrives once.
type Button interface {
	// Wait blocks until the button is pressed or ctx ends.
	Wait(ctx context.Context) error
	Close() error
}
