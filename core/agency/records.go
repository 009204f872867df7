package agency

import (
	"errors"
	"time"

	"bianmin/core/casefile"
)

// Errors of signing on.
var (
	ErrSecret    = errors.New("the secret is not this account's")
	ErrNotActive = errors.New("the account has no keys on this PC yet")
)

// LockedError says that an account is locked for a while after wrong tries.
type LockedError struct{ Left time.Duration }

func (e *LockedError) Error() string { return "locked for " + e.Left.String() }

// AccountLine is one account on the sign-on page.
type AccountLine struct {
	Account
	Active   bool // has keys on this PC
	PIN      bool // opens with a PIN and the PC's security chip, not with a passphrase
	Standing Standing
	Locked   time.Duration // until another try is allowed
}

// Health is how the point stands.
type Health struct {
	Online      bool
	Waiting     int // packets not yet delivered
	Refused     int
	Oldest      time.Time // of the waiting packets
	LastContact time.Time
	DiskFree    int64
	Problem     casefile.Code // "" when the desk can accept
	Link        casefile.Link
	Offset      time.Duration // platform's time minus the wall clock when last known
}

// Draft is a case that is being accepted. Content is the desk's own JSON.
type Draft struct {
	ID       string
	Content  []byte
	Saved    time.Time
	Attached []casefile.Attachment // pages it holds, with their keys
}

// Query picks cases. Zero fields pick everything.
type Query struct {
	Text   string // name, ID number, case number, official number, item: any of them
	States []string
	Filter string // "overdue", "soon", "refused", "waiting", ""
	From   string // accepted from, YYYY-MM-DD
	To     string
	Offset int
	Limit  int
}

// Page is one page of a list, overdue and soon-due first, then newest.
type Page struct {
	Total int
	Lines []CaseLine
}

// CaseLine is one case in a list.
type CaseLine struct {
	Number   casefile.Number
	Person   string
	Item     string // code
	ItemName string
	Filed    time.Time
	State    string
	Points   int    // to correct
	Due      string // YYYY-MM-DD, "" while the platform has not acknowledged it or when there is no limit
	Left     int    // working days left, negative when overdue; counts only with Due
	Done     int    // branches done
	Branches int    // branches in all, 0 when there is one department
	Refused  bool   // an event of it was refused by the platform
	Waiting  bool   // an event of it waits to be sent
	Official string
}

// CaseFile is one case, opened.
type CaseFile struct {
	CaseLine
	Submission  casefile.Submission
	Attachments []casefile.Attachment // of all its events, with keys
	Agent       string                // account that accepted it
	QR          string
	Days        int
	Department  string
	Reason      string
	Moments     []Moment
	Notice      *casefile.Notice // what must be corrected now
	NoticeID    string
	NoticeDue   string
	Branch      []casefile.Branch
	Outcome     *casefile.Outcome
	Custody     Custody
	Fees        []casefile.FeeEntry
	Evaluations int
}

// Moment is one line of a case's timeline.
type Moment struct {
	At    time.Time
	Kind  casefile.EventKind
	By    string // account or department
	Text  string
	State string // of its packet: "queued", "accepted", "refused", "" for the platform's
	// Payment is what the platform said of money, nil for other kinds.
	Payment *casefile.Payment
}

// FeeLine is one ledger entry in a list.
type FeeLine struct {
	casefile.FeeEntry
	Case   casefile.Number
	Person string
	At     time.Time
	Date   string
}

// DayLine is one business date of the ledger.
type DayLine struct {
	Date    string
	Entries int
	Fen     int64
	Closing *casefile.DayClosing // nil while it is open
}

// PaperLine is one original in a list.
type PaperLine struct {
	Held
	Case   casefile.Number
	Person string
	Since  time.Time
}

// VisitLine is one appointment with what became of it.
type VisitLine struct {
	casefile.Appointment
	Case    casefile.Number // "" when it belongs to no case of this account yet
	Outcome string          // "", "done", "no-show", "moved"
}

// EvaluationCounts are counts only; Levels is nil below ten.
type EvaluationCounts struct {
	Given, Declined, NotOffered int
	Levels                      map[int]int // level → how many, as the platform counts them
}

// QueueLine is one packet that is not delivered, with the platform's reason when it was refused.
type QueueLine struct {
	casefile.QueueLine
	Reason string
}

// PrintJob is one physical job in the print ledger.
type PrintJob struct {
	Kind    string // "receipt", "copy", "notice", "authorisation", "form", "sheet", "closing", "report", "fee", "result"
	Case    casefile.Number
	Item    string
	Reprint bool // marked 补打
}

// SheetState is what became of a hand-over sheet's number.
type SheetState string

// States of a sheet. A prepared one may lie somewhere on paper: it is completed or declared void, once.
const (
	SheetPrepared SheetState = "prepared"
	SheetIssued   SheetState = "issued"
	SheetVoid     SheetState = "void"
)

// SheetItem stands where a receipt's code names the item: the code is a hand-over sheet's.
const SheetItem = "hand-over-sheet"

// SheetLine is one hand-over sheet with what stands on its paper.
type SheetLine struct {
	Number casefile.Number
	Sheet  casefile.Sheet
	QR     string
	State  SheetState
	At     time.Time // when it was prepared
}
