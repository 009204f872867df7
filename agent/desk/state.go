package desk

import (
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
)

// PageName names what the window shows.
type PageName string

// Pages. Those of the side bar stand first, in its order.
const (
	Today       PageName = "today"
	Cases       PageName = "cases"
	Corrections PageName = "corrections"
	Papers      PageName = "papers"
	Fees        PageName = "fees"
	Visits      PageName = "visits"
	Results     PageName = "results"
	Reports     PageName = "reports"
	Sync        PageName = "sync"

	SignOn       PageName = "sign-on"
	Activate     PageName = "activate"
	Locked       PageName = "locked"
	ChooseItem   PageName = "choose-item"
	Accept       PageName = "accept" // person, delegation, form, materials, promise, review: one page, keyboard first
	Correct      PageName = "correct"
	Evaluate     PageName = "evaluate" // turned to the person
	OutOfService PageName = "out-of-service"
)

// SideBar lists the pages of the side bar in their order.
func SideBar() []PageName {
	return []PageName{Today, Cases, Corrections, Papers, Fees, Visits, Results, Reports, Sync}
}

// State is everything the window needs to draw itself. It is a value: the desk
// makes a new one for every change and never touches an old one. Exactly one of
// the view pointers, the one of Page, is set; Overlay stands above it.
type State struct {
	Page     PageName
	Serial   int // grows with every change of page
	Lang     text.Lang
	Practice bool
	Point    string
	Phone    string
	Now      time.Time
	Account  string // name of who signed on, "" for nobody
	Role     agency.Role
	Standing agency.Standing
	Status   StatusBar
	Search   string // the search field's content
	Side     []SideLine
	Notice   *Notice // one line about what just happened, until the next act
	Overlay  *Overlay
	Camera   *Viewfinder // the document camera's window, above the page and below the overlay
	Bench    *Bench      // practice mode's invented bench, nil at a real desk
	Leaving  Leaving     // the program is to go on elsewhere

	SignOn       *SignOnView
	Activate     *ActivateView
	Locked       *LockedView
	Today        *TodayView
	Cases        *CasesView // also corrections and results: a list with a detail
	ChooseItem   *ChooseItemView
	Accept       *AcceptView
	Correct      *CorrectView
	Papers       *PapersView
	Fees         *FeesView
	Visits       *VisitsView
	Reports      *ReportsView
	Sync         *SyncView
	Evaluate     *EvaluateView
	OutOfService *OutOfServiceView
}

// Message is words by key with what goes into them.
type Message struct {
	Key  string
	Args map[string]any
}

// StatusBar is the quiet line about network, queue and devices.
type StatusBar struct {
	Online  bool
	Waiting int
	Refused int
	Oldest  time.Time
	Devices []drivers.Status
	Clock   time.Duration // platform's time minus the wall clock when last known
}

// SideLine is one entry of the side bar; Alarm draws the number on red.
type SideLine struct {
	Page  PageName
	Count int
	Alarm bool
}

// Tone colours a notice.
type Tone string

// Tones.
const (
	Good Tone = "good"
	Warn Tone = "warn"
	Bad  Tone = "bad"
)

// Notice is one line about what just happened.
type Notice struct {
	Tone Tone
	Message
}

// Overlay covers the page and waits for an answer: a question, a text, or help.
type Overlay struct {
	Kind    string // "help", "ask", "reason", "unlock-card", "hand-over", "print-unknown"
	Title   Message
	Text    []Message
	Label   Message // of the text field of "reason"
	Choices []Choice
	Chosen  string
	Yes, No Message
	Danger  bool
	Busy    bool
	Problem Message
}

// Choice is one option.
type Choice struct {
	Code  string
	Label text.Local
}

// Viewfinder is the document camera's window: what lies before the camera, and the pages that were taken.
type Viewfinder struct {
	Opened  int // which window it is: it is compared before Finder, whose inside belongs to nobody else
	Finder  *Finder
	Serial  int        // of the picture in Finder, 0 before the first
	Name    text.Local // what the next page belongs to, nil where that has no name
	Several bool       // more than one page may be taken
	Taken   int
	Last    PageView // the page that was taken last
	CanDrop bool     // it can be taken back
	Busy    bool     // a page is being taken
	Lost    bool     // nothing is seen, Problem says why; CameraTake looks again
	Problem Message
}

// SignOnView picks an account and asks its secret.
type SignOnView struct {
	Accounts []agency.AccountLine
	Chosen   string
	Busy     bool // keys are being opened, about a second
	Problem  Message
	Locked   time.Duration
	Reader   bool // a card on the reader picks the account
	Practise bool // practice mode can be entered from here
}

// ActivateView makes an account's keys: the platform's code, then a secret twice.
type ActivateView struct {
	Account agency.AccountLine
	Recover bool // with the custodians' answer instead of the platform's code
	Busy    bool
	Problem Message
}

// LockedView is the idle lock.
type LockedView struct {
	Account string
	ByCard  bool // the agent's own card opens it, until Until
	Closed  bool // the keys are closed: only the secret opens them again, in a new shift
	Until   time.Time
	Busy    bool
	Problem Message
}

// TodayView is the first page: what is due, what came in, today's visits.
type TodayView struct {
	Due      []agency.CaseLine // overdue and soon due first
	News     []agency.CaseLine // something changed since the agent last looked
	Drafts   []DraftLine
	Visits   []agency.VisitLine
	Filed    int // today
	TakenFen int64
	Papers   int // originals here
}

// DraftLine is one draft that can be gone on with.
type DraftLine struct {
	ID       string
	Person   string
	ItemName text.Local
	Saved    time.Time
	Unsaved  bool // its last change is in memory only
}

// CasesView is a list with one case beside it.
type CasesView struct {
	Filter  string // "", "processing", "waiting", "correction", "done", "overdue", "refused"
	Counts  map[string]int
	Lines   []agency.CaseLine
	Total   int
	Offset  int
	Chosen  casefile.Number
	Detail  *agency.CaseFile
	Names   map[string]string // what each point of the detail's notice is about, by the point's id
	Actions []CaseAction      // what may be done with the chosen case now
	Busy    string            // what is being done, "" for nothing
}

// CaseAction is something that may be done with a case.
type CaseAction string

// Case actions.
const (
	ActReceipt      CaseAction = "receipt"       // print the receipt again
	ActCopy         CaseAction = "copy"          // A4 copy for the file
	ActNotice       CaseAction = "notice"        // print the correction notice
	ActCorrect      CaseAction = "correct"       // open the correction page
	ActUrge         CaseAction = "urge"          // remind the department
	ActSuspend      CaseAction = "suspend"       // with the form 中止
	ActResume       CaseAction = "resume"        // 续办
	ActEnd          CaseAction = "end"           // 终止
	ActClose        CaseAction = "close"         // 办结
	ActWithdraw     CaseAction = "withdraw"      // 撤回
	ActConfirm      CaseAction = "confirm"       // scans compared with originals
	ActPapers       CaseAction = "papers"        // receive originals
	ActReturn       CaseAction = "return-papers" // give them back
	ActFee          CaseAction = "fee"
	ActRefund       CaseAction = "refund"
	ActDeliver      CaseAction = "deliver"
	ActEvaluate     CaseAction = "evaluate"
	ActNotEvaluated CaseAction = "not-evaluated"
	ActHandOver     CaseAction = "hand-over"
	ActRepair       CaseAction = "repair" // a refused case: file anew with what was entered
)

// PointView is one point of the notice.
type PointView struct {
	Point    casefile.NoticePoint
	Name     string        // of the field or the material it is about
	Field    *FieldView    // the form's field to change, or
	Material *MaterialView // the material to scan again
	Answered bool
}

// PapersView lists originals in custody.
type PapersView struct {
	Lines   []agency.PaperLine
	Chosen  map[string]bool    // paper ids ticked for a sheet or a return
	Filter  string             // "here", "handed-on", "returned", "sheets", ""
	Sheets  []agency.SheetLine // with the filter "sheets"
	Waiting int                // sheets that are prepared, and neither signed nor void
	Issuing bool               // a hand-over sheet is being written
	To      string
	Busy    string
}

// FeesView is the ledger of one day.
type FeesView struct {
	Date    string
	Days    []agency.DayLine
	Lines   []agency.FeeLine
	SumFen  int64
	Closing *casefile.DayClosing
	Open    bool   // the day can be closed
	Counted string // as typed, in yuan
	Reason  string
	Busy    string
	Problem Message
}

// VisitsView is a day's list.
type VisitsView struct {
	Date     string
	Lines    []agency.VisitLine // in route order by village
	Chosen   string
	ByRoute  bool
	Download time.Time // when the list last came from the platform
}

// EvaluateView is turned to the person after their card was read.
type EvaluateView struct {
	Case    casefile.Number
	Item    text.Local
	Name    string
	Level   int
	Reasons []string
	Chosen  []string
	Text    string
	Stored  bool
}

// OutOfServiceView tells that the desk cannot work at all.
type OutOfServiceView struct {
	Reason   string
	Phone    string
	Practise bool // practice mode can be entered from here
}
