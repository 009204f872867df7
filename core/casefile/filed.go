package casefile

import "time"

// Attachment is one sealed file as it lies on the terminal's disk.
type Attachment struct {
	Digest    string   // SM3 of the sealed bytes, 64 hex characters: its address
	MediaType string   // of the plain content
	Sealed    int64    // length of the sealed bytes
	Plain     int64    // length of the plain content
	Key       [16]byte // SM4 key; lives in memory until it is sealed into the manifest
}

// Filed is what a committed submission came to: enough to print its receipt.
type Filed struct {
	Number Number
	Event  Event
	Digest string // SM3 of the event's canonical bytes, 64 hex characters
	QR     string // what the receipt's code holds: characters of the QR alphanumeric set
}

// Summary is what a terminal keeps readable of a case, opened with the person's card.
type Summary struct {
	Number     Number
	ItemCode   string
	ItemName   string
	Filed      time.Time
	State      string // "queued", "accepted", "refused", "processing", "correction", "done"
	Official   string // the platform's number, "" until it is known
	Reason     string // the platform's reason of a refusal or correction
	Days       int    // promised working days
	Department string
	QR         string // the receipt's code, for a reprint
	Version    string // of the item it was begun under, "" where that was not kept
	Moments    []Moment
	Asked      Asked  // the correction notice that stands
	Settled    bool   // refused, and dealt with
	Successor  Number // the case that was filed in its place, "" for none
}

// Moment is one line of a case's history.
type Moment struct {
	At   time.Time
	Kind string // an EventKind
	By   string // the department, of its part
	Text string
	// State is how what was written here stands with the platform: StateQueued, StateAccepted or StateRefused; "" where nobody looked, and of the platform's own word.
	State string
	// Refused says that the platform refused what was written here.
	Refused bool
	// Payment is what the platform said of money, nil for other kinds.
	Payment *Payment
}

// Error is a failure to file or to serve, with a code that picks the words people read.
type Error struct {
	Code Code
	Err  error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Full tells whether there is no room left on the disk.
func (e *Error) Full() bool { return e.Code == DiskFull }

// Code names why a terminal cannot file or serve.
type Code string

// Codes; the words stand under "service.reason." in the word catalogue.
const (
	NotEnrolled   Code = "not-enrolled"
	Restored      Code = "restored" // the store came from a backup and has no new generation yet
	Replaced      Code = "replaced" // another machine has taken this one's place, or is about to
	ClockDoubt    Code = "clock"    // the clock jumped: platform or technician must confirm
	DiskFull      Code = "disk-full"
	ReadOnly      Code = "read-only"
	Damaged       Code = "database"       // integrity check failed
	NewerDatabase Code = "newer-database" // written by a newer version
	Internal      Code = "internal"
)
