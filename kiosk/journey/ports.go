package journey

import (
	"context"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers"
)

// Filing is what the journey needs of the desk behind it: to keep pages, to
// file, and to look up. Errors that people must hear of are *casefile.Error.
type Filing interface {
	// Ready tells whether a case can be begun now; a *casefile.Error says why not.
	Ready(ctx context.Context) error
	// Able tells whether one that was begun can be filed now: room on the disk is kept for that.
	Able(ctx context.Context) error
	// Attach seals content and keeps it on disk, synced, before any record names it.
	Attach(ctx context.Context, mediaType string, content []byte) (casefile.Attachment, error)
	// Drop forgets a page the person took back.
	Drop(ctx context.Context, digest string) error
	// Submit commits event, attachments, outbox and audit in one transaction. After it returns nil the case cannot be lost.
	Submit(ctx context.Context, submission casefile.Submission, attachments []casefile.Attachment, person identity.Card) (casefile.Filed, error)
	// Correct commits what a correction notice asks for as the next event of the same case; casefile.ErrNotAsked says that the
	// notice does not stand any more. Only a case whose card was read in this session can be corrected.
	Correct(ctx context.Context, number casefile.Number, correction casefile.Correction, attachments []casefile.Attachment) (casefile.Filed, error)
	// Evaluate commits the rating of a filed case as an event of that case.
	Evaluate(ctx context.Context, filed casefile.Filed, evaluation casefile.Evaluation) error
	// Cases opens the person's cases at this terminal, newest first.
	Cases(ctx context.Context, person identity.Card) ([]casefile.Summary, error)
	// Summary looks one filed case up again, to see whether it was delivered.
	Summary(ctx context.Context, filed casefile.Filed) (casefile.Summary, error)
	// Receipt tells how the case of a receipt's code stands, without anything that needs the card. here is false for a case of
	// another terminal; an error says that it is no receipt's code.
	Receipt(ctx context.Context, code string) (summary casefile.Summary, here bool, err error)
	// Digest is SM3 in hex, for binding the signature to the content.
	Digest(content []byte) string
	// Today is the business time: its date is never before the time mark, whatever the wall clock says.
	Today(ctx context.Context) (time.Time, error)
}

// PrintJob is one physical job in the print ledger.
type PrintJob struct {
	Kind    string // "receipt", "guide" or "notice"
	Case    casefile.Number
	Item    string
	Reprint bool // marked 补打
}

// Ledger records every physical print: before its first byte, after its last, and what the person said.
type Ledger interface {
	BeginPrint(ctx context.Context, job PrintJob) (id int64, err error)
	EndPrint(ctx context.Context, id int64, report drivers.PrintReport) error
	ConfirmPrint(ctx context.Context, id int64, cameOut bool, by string) error
}

// Health is what the header, the staff screen and the out-of-service screen show.
type Health struct {
	Online      bool
	Waiting     int // packets not yet delivered
	Refused     int
	Oldest      time.Time // of the waiting packets
	LastContact time.Time
	DiskFree    int64
	ClockDoubt  bool
	Problem     casefile.Code // "" when the terminal can serve
	Link        casefile.Link
}

// Terminal is the terminal's own condition and its technicians.
type Terminal interface {
	Health(ctx context.Context) (Health, error)
	StaffAccounts(ctx context.Context) ([]StaffAccount, error)
	// StaffSignIn checks a PIN offline. locked is the time until another try is allowed.
	StaffSignIn(ctx context.Context, account, pin string) (ok bool, locked time.Duration, err error)
	ConfirmClock(ctx context.Context, account string) error
	RetryQueue(ctx context.Context, account string) error
	// Queue is what is not delivered, the most urgent first.
	Queue(ctx context.Context) ([]casefile.QueueLine, error)
	// Carry has what waits written onto the stick that is plugged in, or answers taken from one; Carried tells how that stands.
	Carry(ctx context.Context, account, errand string) error
	Carried(ctx context.Context) (casefile.Carried, error)
}

// Devices are the terminal's devices by role; nil where the point has none.
type Devices struct {
	Reader  drivers.CardReader
	Social  drivers.SocialCardReader
	Printer drivers.ReceiptPrinter
	Scanner drivers.Scanner
	Button  drivers.Button
	Code    drivers.CodeReader
	// Statuses gives the last known status of every configured device.
	Statuses func() []drivers.Status
}
