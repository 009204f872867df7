// Package journey is one citizen's session at the kiosk as a state machine:
// events in, states out, one goroutine. It decides what happens next and what
// is shown; it must not draw (no Fyne), keep SQL, or know a device's protocol.
package journey

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/drivers"
)

// Screen names what the window shows.
type Screen string

// Screens.
const (
	Attract      Screen = "attract" // nobody here: touch to begin
	Home         Screen = "home"
	Category     Screen = "category" // items of one category, or all
	Search       Screen = "search"
	Guide        Screen = "guide"
	PlaceCard    Screen = "place-card"
	Confirm      Screen = "confirm"  // is this you? name and number, before anything is filed
	Question     Screen = "question" // one field of the form
	Promise      Screen = "promise"  // the promise letter
	Materials    Screen = "materials"
	Review       Screen = "review" // check everything, sign
	Submitting   Screen = "submitting"
	Done         Screen = "done"          // number, what comes next, evaluation
	PrintUnknown Screen = "print-unknown" // did the receipt come out?
	EvaluateMore Screen = "evaluate-more" // reasons for a bad rating
	MyCases      Screen = "my-cases"
	CaseDetail   Screen = "case-detail"
	Goodbye      Screen = "goodbye"
	DeviceFault  Screen = "device-fault" // a device needed now is not ready: what it means, what to do, whom to call
	OutOfService Screen = "out-of-service"
	StaffSignIn  Screen = "staff-sign-in"
	Staff        Screen = "staff"
	StaffTests   Screen = "staff-tests"
	StaffQueue   Screen = "staff-queue"
)

// Steps of the bar: card, form, materials, check and sign, done. 0 shows no bar.
const (
	StepNone = iota
	StepCard
	StepForm
	StepMaterials
	StepSign
	StepDone
)

// State is everything the window needs to draw itself. It is a value: the
// machine makes a new one for every change and never touches an old one.
// Exactly one of the view pointers, the one of Screen, is set.
type State struct {
	Screen   Screen
	Serial   int // grows with every change of screen or question: arms the tap guard
	Lang     text.Lang
	Large    bool
	LowReach bool
	Practice bool // practice mode: a band says so on every screen
	Point    string
	Now      time.Time // for the clock in the header, zero shows none
	Network  Network
	Step     int
	Overlay  *Overlay // help, leave or idle, over the screen
	Back     bool     // a back button is shown
	Next     *Next    // the onward button; nil: none

	Attract      *AttractView
	Home         *HomeView
	Category     *CategoryView
	Search       *SearchView
	Guide        *GuideView
	PlaceCard    *PlaceCardView
	Confirm      *ConfirmView
	Question     *QuestionView
	Promise      *PromiseView
	Materials    *MaterialsView
	Review       *ReviewView
	Submitting   *SubmittingView
	Done         *DoneView
	PrintUnknown *PrintUnknownView
	EvaluateMore *EvaluateMoreView
	MyCases      *MyCasesView
	CaseDetail   *CaseDetailView
	Goodbye      *GoodbyeView
	DeviceFault  *DeviceFaultView
	OutOfService *OutOfServiceView
	StaffSignIn  *StaffSignInView
	Staff        *StaffView
	StaffTests   *StaffTestsView
	StaffQueue   *StaffQueueView
}

// Message is words by key with what goes into them.
type Message struct {
	Key  string
	Args map[string]any
}

// Network is the quiet network line.
type Network struct {
	Online  bool
	Waiting int // packets not yet delivered
}

// Next is the onward button. When it is disabled, Why says what is missing, beside the field.
type Next struct {
	Label   Message
	Enabled bool
	Why     Message
}

// Overlay covers the screen and waits for an answer.
type Overlay struct {
	Kind    string        // "help", "leave", "idle"
	Left    time.Duration // idle: until the wipe
	Phone   string        // help: whom to call
	Filed   bool          // leave: something was already filed, nothing is lost
	Working bool          // leave: something entered would be wiped
}

// AttractView is the waiting screen.
type AttractView struct{ CatalogueDate string }

// HomeView is the first choice.
type HomeView struct {
	Categories []catalogue.Category
	Total      int // items in the catalogue
	Version    string
	Published  string
	Code       Message // what was wrong with a receipt's code
}

// ItemLine is one item in a list.
type ItemLine struct {
	Code       string
	Name       text.Local
	Department text.Local
	Instant    bool
	Free       bool
	Days       int // promised working days
}

// CategoryView lists items.
type CategoryView struct {
	Title text.Local
	Items []ItemLine
}

// SearchView is the search field with what it found.
type SearchView struct {
	Query string
	Items []ItemLine
}

// GuideView shows the whole guide of an item.
type GuideView struct {
	Item      *catalogue.Item
	CanPrint  bool
	Printing  bool
	Printed   Message // outcome of printing the guide, Key "" for none
	Published string
}

// PlaceCardView waits for the card.
type PlaceCardView struct {
	Purpose string  // "apply" or "my-cases"
	Reading bool    // a card was found and is being read
	Problem Message // why the last try failed, Key "" for none
	Seconds int     // left until the screen gives up, 0 hides it
	Social  bool    // a social-security card may be put in instead
}

// ConfirmView asks whether the card is the person's.
type ConfirmView struct {
	Name     string
	HasPUA   bool   // the name holds a character no font shows: compare with the card
	Number   string // full: the person confirms it
	Social   bool   // it is a social-security card
	Foreign  bool   // of a foreigner's card: its number is no citizen's
	Sex      string // code
	Age      int
	Address  string
	Expired  bool // the card's validity has passed
	ItemName text.Local
	Task     *CaseLine // something filed earlier that was refused, nil for nothing
}

// QuestionView is one field of the form.
type QuestionView struct {
	ItemName text.Local
	Index    int // from 1
	Total    int
	Field    form.Field
	Value    any  // as in form.Values; nil when empty
	Locked   bool // from the card, not editable
	Optional bool
	Problem  Message       // why it is not right yet, Key "" when it is
	Regions  []RegionLine  // region and address fields: divisions to choose from at this depth
	Chosen   []RegionLine  // region and address fields: divisions chosen so far, outermost first
	Row      int           // table fields: row being edited, from 1; 0 shows the list of rows
	Column   *QuestionView // table fields: the column being asked in that row
	Today    time.Time
	Min, Max string // date fields: earliest and latest day (YYYY-MM-DD), "" for no bound
}

// RegionLine is one division.
type RegionLine struct {
	Code string
	Name text.Local
	Leaf bool
}

// PromiseView shows the promise letter.
type PromiseView struct {
	ItemName text.Local
	Text     text.Local
	Breach   text.Local
	Deadline int
	Covers   []text.Local
	Accepted bool
}

// MaterialsView lists the materials with how each stands.
type MaterialsView struct {
	ItemName text.Local
	Needed   int // in all
	Missing  int // still to scan
	Lines    []MaterialLine
	Busy     string  // code of the material being scanned, "" for none
	Problem  Message // of the scanner
	Camera   bool    // the scanner is a document camera: the writing lies upwards
}

// MaterialLine is one material.
type MaterialLine struct {
	Code       string
	Material   catalogue.Material
	Way        casefile.Way // "" while nothing is given
	Optional   bool
	Active     bool // the one being worked on, drawn open
	CanPromise bool
	Pages      []PageView
}

// PageView is one scanned page.
type PageView struct {
	ID        string
	Thumbnail []byte // PNG or JPEG, small
	Quality   drivers.Quality
}

// ReviewView shows everything before signing.
type ReviewView struct {
	ItemName text.Local
	Lines    []ReviewLine
	Signed   bool // the pad holds enough strokes
	Problem  Message
	// Correction says that a notice is answered: the lines are what it asks for.
	Correction bool
}

// ReviewLine is one line of the review. Edit is "" (not editable), a field name, "materials" or "promise".
// Where Words are given they are the value, otherwise Values or Value.
type ReviewLine struct {
	Label    Message    // words by key, or
	Title    text.Local // the field's own label
	Value    string
	Values   []text.Local // choices
	Words    []Message    // the value in words by key, one after the other
	FromCard bool
	Edit     string
	Said     []Message // what the office wrote about it
}

// SubmittingView shows what is being done: "saving", "printing".
type SubmittingView struct{ Stage string }

// DoneView is the end of an application.
type DoneView struct {
	Number     casefile.Number
	QR         string // what the receipt's QR code holds
	ItemName   text.Local
	Department text.Local
	Days       int    // promised working days after delivery; 0 at once
	Delivered  bool   // the platform's acknowledgement is there
	Official   string // the platform's number, "" until then
	Print      PrintState
	Delivery   string        // "sms", "pickup", "post", "print"
	Evaluation int           // chosen level, 0 for none
	Evaluated  bool          // stored
	Left       time.Duration // until leaving by itself
	NextItems  []ItemLine
	Correction bool // a correction was handed in, not an application
}

// PrintState is how the receipt's printing stands.
type PrintState struct {
	Stage   string // "printing", "printed", "unconfirmed", "failed", "confirmed"
	Fault   drivers.Fault
	Reprint bool // a reprint can be asked for
}

// PrintUnknownView asks whether the receipt came out.
type PrintUnknownView struct{ Number casefile.Number }

// EvaluateMoreView asks why the rating was bad.
type EvaluateMoreView struct {
	Level   int
	Chosen  []string // reason codes
	Reasons []string // codes to choose from: words under "evaluate.reason."
	Text    string
}

// GoodbyeView ends the session.
type GoodbyeView struct {
	Filed     bool
	Entered   bool // a form was begun
	TakeCard  bool // a card still lies on the reader
	CheckCard bool // one may lie there: the reader cannot know
	Social    bool // what lies there is a social-security card in its reader
}

// DeviceFaultView tells about a device that is needed now.
type DeviceFaultView struct {
	Role  drivers.Role
	Fault drivers.Fault
	Phone string
	Retry bool
	Skip  bool // going on without it is possible (receipt printer after filing)
}

// OutOfServiceView tells that the terminal cannot work at all.
type OutOfServiceView struct {
	Reason string // code below "service.reason.": not-enrolled, restored, clock, disk-full, database, catalogue …
	Phone  string
	// Practise offers practice mode: the terminal is not enrolled.
	Practise bool
}
