package desk

import (
	"context"
	"io"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/drivers"
)

// Office is what the desk needs before somebody has signed on. Errors that
// people must hear of are *casefile.Error or *agency.Error.
type Office interface {
	// Accounts are the people the platform named for this point, in order of their ids.
	Accounts(ctx context.Context) ([]agency.AccountLine, error)
	// ByCard finds the account whose own card this is, "" when none is.
	ByCard(ctx context.Context, card identity.Card) (string, error)
	// Activate makes the account's keys on this PC: the platform's one-time code is checked offline, then
	// secret alone opens them. card may be nil; it is then not known to ByCard.
	Activate(ctx context.Context, account, code, secret string, card *identity.Card) error
	// SignOn opens the account's keys. It takes about a second on purpose.
	SignOn(ctx context.Context, account, secret string) (Book, error)
	// Ready tells whether a case can be begun now; a *casefile.Error says why not.
	Ready(ctx context.Context) error
	// Able tells whether one that was begun can be filed now: room on the disk is kept for that.
	Able(ctx context.Context) error
	// Health is how the point stands: network, queue, disk.
	Health(ctx context.Context) (agency.Health, error)
	// Today is the business time: its date is never before the time mark.
	Today(ctx context.Context) (time.Time, error)
	// Digest is SM3 in hex, for binding a signature to the content.
	Digest(content []byte) string
	// Verify reads a receipt's QR offline.
	Verify(code string) (receipt.Code, error)
	// Recovery makes the request that the two custodians answer when a secret was forgotten, and takes their answer.
	RecoveryRequest(ctx context.Context, account string) ([]byte, error)
	RecoveryAnswer(ctx context.Context, account string, answer []byte, secret string) error
}

// Stick has the machine carry what waits on a stick, and tells how that goes.
type Stick interface {
	Carry(ctx context.Context, errand string) error
	Carried(ctx context.Context) (casefile.Carried, error)
}

// Book is one signed-on agent's view of what the point holds: only this account's
// drafts and cases can be read through it. Close forgets the keys.
type Book interface {
	Account() agency.Account
	Standing(ctx context.Context) (agency.Standing, error)
	Close() error

	// Drafts of cases that are not submitted yet, newest first; Save replaces the draft of the same id.
	Drafts(ctx context.Context) ([]agency.Draft, error)
	SaveDraft(ctx context.Context, draft agency.Draft) error
	DropDraft(ctx context.Context, id string) error
	// Attach seals content and keeps it on disk, synced. Open gives it back: drafts and this account's own cases.
	Attach(ctx context.Context, mediaType string, content []byte) (casefile.Attachment, error)
	Open(ctx context.Context, attachment casefile.Attachment) (io.ReadCloser, error)
	Drop(ctx context.Context, digest string) error

	// Submit commits a case with everything that belongs to it, and removes its draft, in one transaction.
	Submit(ctx context.Context, submission casefile.Submission, attachments []casefile.Attachment, draft string) (casefile.Filed, error)
	// Add commits one more event of a case, of this terminal or another; body holds the field that its kind needs.
	// The rules of agency are checked inside the transaction.
	Add(ctx context.Context, number casefile.Number, kind casefile.EventKind, body casefile.Event, attachments []casefile.Attachment) (casefile.Filed, error)
	// Fee commits a ledger entry of a case and gives it its receipt number. guide is asked inside the transaction.
	Fee(ctx context.Context, number casefile.Number, entry casefile.FeeEntry, guide func(name string) (fen int64, known bool)) (casefile.FeeEntry, error)
	// CloseDay closes a business date for this account; nothing can be entered under it afterwards.
	CloseDay(ctx context.Context, date string, counted int64, reason string, signature *casefile.Signature, attachments []casefile.Attachment) (casefile.DayClosing, error)
	// PaperIDs are the ids of the next n originals taken in of a case, of this terminal or another.
	PaperIDs(ctx context.Context, number casefile.Number, n int) ([]string, error)
	// PrepareSheet gives a hand-over sheet its number and code before it is printed; nothing is moved, the number is spent.
	PrepareSheet(ctx context.Context, sheet casefile.Sheet) (agency.SheetLine, error)
	// Issue commits a prepared sheet as it was printed, and each named paper's move. VoidSheet declares it void instead.
	Issue(ctx context.Context, number casefile.Number, signature *casefile.Signature, attachments []casefile.Attachment) (casefile.Filed, error)
	VoidSheet(ctx context.Context, number casefile.Number) error
	// Sheets are this account's newest hand-over sheets, those that are only prepared first.
	Sheets(ctx context.Context) ([]agency.SheetLine, error)

	// List gives a page of this account's cases; Counts of all of them by state.
	List(ctx context.Context, query agency.Query) (agency.Page, error)
	Counts(ctx context.Context) (map[string]int, error)
	Case(ctx context.Context, number casefile.Number) (agency.CaseFile, error)
	// Known gives what this account's earlier cases know of a person, newest first, for prefilling.
	Known(ctx context.Context, number string) ([]agency.CaseFile, error)
	// Fees are this account's ledger entries of a business date; Days the dates with entries, newest first.
	Fees(ctx context.Context, date string) ([]agency.FeeLine, error)
	Days(ctx context.Context) ([]agency.DayLine, error)
	// Custody are the originals this account holds or handed on, oldest first.
	Custody(ctx context.Context) ([]agency.PaperLine, error)
	// Visits are the appointments of a date ("" for all that are open), sorted by time.
	Visits(ctx context.Context, date string) ([]agency.VisitLine, error)
	// Evaluations counts what was given, declined and not offered; levels come back from the platform from ten upward.
	Evaluations(ctx context.Context, from, to string) (agency.EvaluationCounts, error)
	// Queue is what waits, why, and when it is tried next.
	Queue(ctx context.Context) ([]agency.QueueLine, error)
	// HandOver gives cases to another account of this point, which then alone can read them.
	HandOver(ctx context.Context, numbers []casefile.Number, to string) error
	// Printed tells whether a job of a kind was begun for a case before, however it ended.
	Printed(ctx context.Context, number casefile.Number, kind string) (bool, error)
	// BeginPrint writes a physical job into the print ledger before its first byte, EndPrint after its last, ConfirmPrint what the agent saw.
	BeginPrint(ctx context.Context, job agency.PrintJob) (id int64, err error)
	EndPrint(ctx context.Context, id int64, report drivers.PrintReport) error
	ConfirmPrint(ctx context.Context, id int64, cameOut bool) error
	// RetryQueue lets every waiting packet be tried at once.
	RetryQueue(ctx context.Context) error
	// Audit notes an act of this account that changes nothing else (reprint, search by number).
	Audit(ctx context.Context, action, subject string) error
}

// Devices are the point's devices by role; nil where it has none.
type Devices struct {
	Reader   drivers.CardReader
	Social   drivers.SocialCardReader
	Printer  drivers.ReceiptPrinter
	Document drivers.DocumentPrinter
	Scanner  drivers.Scanner
	Code     drivers.CodeReader
	Statuses func() []drivers.Status
}

// Saver writes files that leave the desk, to the folder or stick the point uses for them.
type Saver interface {
	// Save writes a file and gives the name people find it by; an old file of the name is kept beside it.
	Save(ctx context.Context, name string, content []byte) (string, error)
	// Load reads a file that was brought back, the custodians' answer.
	Load(ctx context.Context, name string) ([]byte, error)
}

// Paper makes PDFs. It is called from goroutines of the desk's effects.
type Paper interface {
	// PDF makes an A4 document to print.
	PDF(pages receipt.Pages) ([]byte, error)
	// Bind makes one document of scanned pages (JPEG or PNG), in their order; Unbind gives them back.
	Bind(pages [][]byte) ([]byte, error)
	Unbind(document []byte) ([][]byte, error)
}
