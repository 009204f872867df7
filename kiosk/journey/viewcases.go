package journey

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
)

// MyCasesView lists the person's cases at this terminal.
type MyCasesView struct {
	Name  string
	Cases []CaseLine
	AsOf  time.Time // last contact with the platform; zero: never
	Phone string    // whom to call, "" for nobody
}

// CaseLine is one case in a list.
type CaseLine struct {
	Number   casefile.Number
	ItemName text.Local
	Filed    time.Time
	State    string // "queued", "accepted", "refused", "repaired", "settled", "processing", "correction", "done"
	Official string
	Reason   string // the platform's reason, of a refusal or correction
	// Successor is the case that was filed in its place, "" for none.
	Successor casefile.Number
	// Until is the last day of what is asked for, zero for none.
	Until time.Time
}

// CaseDetailView shows one case.
type CaseDetailView struct {
	Case     CaseLine
	Events   []CaseMoment
	Printing bool
	Printed  Message
	CanPrint bool // the receipt can be printed again
	ByCode   bool // found by its receipt's code: only the state is told
	AsOf     time.Time
	// CanRepair says that a refused case can be filed anew here.
	CanRepair bool
	// Asked is what the office asks for, nil for nothing.
	Asked *AskedView
	// Note says what came of a correction that was not filed.
	Note Message
}

// AskedView is a correction notice as the person reads it.
type AskedView struct {
	Points  []PointLine
	Until   time.Time // last day of the term, zero for none
	Late    bool      // it has passed
	Can     bool      // it can be answered here
	Why     Message   // why not
	Again   string    // why what was handed in last was not taken, "" where nothing was
	Changed bool      // the item's form has changed since the case was begun
	Phone   string
}

// PointLine is one thing the office asks for.
type PointLine struct {
	Name text.Local // of the field or the paper, empty where the item does not know it
	Text string     // the office's words
	Page int        // of the paper, 0 for all
}

// CaseMoment is one line of a case's history.
type CaseMoment struct {
	At   time.Time
	Kind string
	By   string // the department
	Text string
	// State is how what the person gave stands: "queued", "accepted" or "refused"; "" for the platform's own word.
	State string
	// Payment is the platform's word on money, nil for other kinds.
	Payment *casefile.Payment
}
