package desk

import (
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/drivers"
)

// ChooseItemView picks the item: search by name, pinyin initials or code.
type ChooseItemView struct {
	Query  string
	Items  []catalogue.Item
	Chosen int // index of the line Enter takes
}

// AcceptView is a case being accepted, all on one page.
type AcceptView struct {
	Draft      string
	Item       *catalogue.Item
	Package    []*catalogue.Item  // the other items of the package that this form feeds
	Offer      *catalogue.Package // the package this item belongs to, nil for none
	Offered    []*catalogue.Item  // that package's other items: the form can feed them too
	Guide      bool               // the guide is open beside the form
	Principal  *PersonView        // nil until the card was read
	Absent     bool               // the principal is not here
	Delegate   *PersonView        // who came instead
	Delegation *casefile.Delegation
	Scope      []string // chosen scope of a delegation being prepared
	Until      string   // its last day
	AuthPages  []PageView
	Fields     []FieldView
	Materials  []MaterialView
	Promise    *PromiseView
	Due        string    // deadline said before accepting, YYYY-MM-DD
	Days       int       // promised working days
	Missing    []Message // what keeps it from being filed, in order
	Warnings   []Message // expired card, early credit code …
	Focus      string    // the field that takes the keyboard, after a jump to a problem
	Known      int       // earlier cases of the person used for prefilling
	Busy       string    // "card", "scan", "print", "file", ""
	Scanning   string    // material being scanned
	CanBoth    bool      // the scanner's feeder takes both sides of a sheet
	BothSides  bool      // and is to
	Filed      *FiledView
}

// PersonView is a person as the card said.
type PersonView struct {
	Name    string
	Number  string
	Sex     string // code
	Age     int
	Address string
	Expired bool
	HasPUA  bool
	Social  bool // of a social-security card, which proves name and number only

	Photo        []byte // PNG of the card's photo, to compare the person with; nil for none
	PhotoProblem string // why there is none: "none", "no-decoder", "failed", "" for nothing to say
}

// FieldView is one field of the form, in order; hidden ones are left out.
type FieldView struct {
	Field   form.Field
	Page    text.Local // title of its page, on the first field of each page
	Value   any
	Shown   string // for typed kinds: what stands in the box (a date as typed, a region's name)
	Locked  bool   // from the card
	From    string // "card", "earlier", "today", "point", ""
	Problem Message
	Choices []Choice // region fields: what fits the typed code, pinyin or name
	Rows    [][]FieldView
}

// MaterialView is one material.
type MaterialView struct {
	Social     bool // the card that was read is a social-security card
	Material   catalogue.Material
	Way        casefile.Way
	Trust      string
	Bytes      int64 // of its pages as they are kept
	Pages      []PageView
	Needed     bool
	CanPromise bool
	CanWait    bool   // may be handed in later (容缺受理)
	Until      string // later: until when
	Original   bool   // the original is taken into custody with the case
}

// PageView is one scanned page.
type PageView struct {
	ID        string
	Thumbnail []byte // PNG, small, watermarked
	Quality   drivers.Quality
	Trust     string
}

// PromiseView is the promise letter.
type PromiseView struct {
	Text     text.Local
	Breach   text.Local
	Deadline int
	Accepted bool
}

// FiledView is what came of filing.
type FiledView struct {
	Number   casefile.Number
	Siblings []casefile.Number
	Print    string // "printing", "printed", "unconfirmed", "failed", "none"
	Fault    drivers.Fault
	Copy     string // the A4 copy: as Print
}

// CorrectView repairs what a correction notice lists, on the same case.
type CorrectView struct {
	Case   agency.CaseFile
	Points []PointView
	Ready  bool // everything is answered
	Busy   string
	Filed  bool
}
