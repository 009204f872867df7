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
}

// CaseMoment is one line of a case's history.
type CaseMoment struct {
	At   time.Time
	Kind string
	Text string
	// Payment is the platform's word on money, nil for other kinds.
	Payment *casefile.Payment
}
