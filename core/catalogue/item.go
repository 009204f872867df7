// Package catalogue holds the items a region offers with their guides: it
// reads and checks the catalogue's files, navigates and searches them. Items
// are data; nothing here knows a particular item.
package catalogue

import (
	"bianmin/core/form"
	"bianmin/core/text"
)

// FormatVersion is the version of the catalogue's JSON format that this code reads.
const FormatVersion = 1

// Catalogue is one region's whole set, as loaded from a folder and checked.
type Catalogue struct {
	Format     int        `json:"format"`
	Version    string     `json:"version"`   // version of this set, shown to people
	Published  string     `json:"published"` // YYYY-MM-DD, shown to people
	Region     Region     `json:"region"`
	Categories []Category `json:"categories"`
	Packages   []Package  `json:"packages,omitempty"`
	Holidays   Calendar   `json:"calendar"`
	Items      []*Item    `json:"-"` // from the items/ folder, one file each

	forms     map[string]*form.Checked
	byCode    map[string]*Item
	divisions map[string]*division
}

// Region is an administrative division with the divisions inside it.
type Region struct {
	Code     string     `json:"code"` // 12 digits
	Name     text.Local `json:"name"`
	Level    string     `json:"level"` // province, city, county, town, village
	Children []Region   `json:"children,omitempty"`
}

// Category groups items for people: 养老退休, 看病医保 …
type Category struct {
	Code    string     `json:"code"`
	Name    text.Local `json:"name"`
	Summary text.Local `json:"summary"` // one or two lines naming what is inside
}

// Package is one matter of life that takes several items (一件事): one form, whose
// fields of equal name are asked once, feeds them all. Items are codes, the leading one first.
type Package struct {
	Code    string     `json:"code"`
	Name    text.Local `json:"name"`
	Summary text.Local `json:"summary,omitempty"`
	Items   []string   `json:"items"`
}

// Calendar tells working days: weekends rest unless listed as working, weekdays work unless listed as resting.
type Calendar struct {
	Resting []string `json:"resting"` // YYYY-MM-DD
	Working []string `json:"working"`
}

// Item is one service item (事项) with its guide (办事指南). Codes are opaque strings.
type Item struct {
	Code        string       `json:"code"`
	Version     string       `json:"version"`
	Name        text.Local   `json:"name"`
	ShortName   text.Local   `json:"shortName,omitempty"`
	Keywords    []string     `json:"keywords,omitempty"` // words people search by
	Categories  []string     `json:"categories"`
	Audience    []string     `json:"audience"` // "person", "organisation"
	LifeEvents  []string     `json:"lifeEvents,omitempty"`
	Type        ItemType     `json:"type"`
	Department  Department   `json:"department"`
	Partners    []Department `json:"partners,omitempty"` // other departments that take part
	Level       string       `json:"level"`              // level that exercises the power
	Region      string       `json:"region"`
	LegalBasis  []Basis      `json:"legalBasis"`
	Conditions  []text.Local `json:"conditions"`
	Limits      Limits       `json:"limits"`
	Fees        []Fee        `json:"fees"` // empty: free of charge
	Steps       []Step       `json:"steps"`
	Materials   []Material   `json:"materials"`
	Channels    []Channel    `json:"channels"`
	Delivery    []string     `json:"delivery"` // "sms", "pickup", "post", "print"
	Result      text.Local   `json:"result"`   // what the person gets in the end
	Notes       []text.Local `json:"notes,omitempty"`
	Questions   []Question   `json:"questions,omitempty"` // common questions
	Contact     Contact      `json:"contact"`
	Promise     *Promise     `json:"promise,omitempty"` // promise-based approval allowed
	CrossRegion bool         `json:"crossRegion"`
	Instant     bool         `json:"instant"` // 即办件
	// SocialCard lets a social-security card stand for the identity card: it proves name and number, nothing else.
	SocialCard bool      `json:"socialCard,omitempty"`
	Form       form.Form `json:"form"`
}

// ItemType is the kind of administrative power or service.
type ItemType struct {
	Code string     `json:"code"` // opaque
	Name text.Local `json:"name"`
}

// Department is an organisation with its unified social credit code.
type Department struct {
	CreditCode string     `json:"creditCode"`
	Name       text.Local `json:"name"`
	ShortName  text.Local `json:"shortName,omitempty"`
}

// Basis is one legal basis.
type Basis struct {
	Title   string `json:"title"`
	Number  string `json:"number,omitempty"`
	Article string `json:"article,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Limits are time limits in working days; 0 means at once.
type Limits struct {
	Statutory int        `json:"statutoryWorkingDays"`
	Promised  int        `json:"promisedWorkingDays"`
	Note      text.Local `json:"note,omitempty"`
}

// Fee is one charge in integer fen.
type Fee struct {
	Name  text.Local `json:"name"`
	Fen   int64      `json:"fen"`
	Basis string     `json:"basis"`
}

// Step is one step of the process.
type Step struct {
	Name text.Local `json:"name"`
	Text text.Local `json:"text"`
	By   text.Local `json:"by,omitempty"`
	Days int        `json:"workingDays,omitempty"`
}

// Source tells where a material comes from, which decides how the terminal takes it.
type Source string

// Sources.
const (
	SourceCard     Source = "card"     // read from the ID card, nothing to hand in
	SourcePlatform Source = "platform" // the platform holds it, nothing to hand in
	SourcePerson   Source = "person"   // the person brings it: scan
	SourceForm     Source = "form"     // made from the form and the signature
)

// Material is one material of the guide.
type Material struct {
	Code      string          `json:"code"`
	Name      text.Local      `json:"name"`
	Basis     string          `json:"basis"`
	Format    string          `json:"format"` // "paper", "electronic", "either"
	Copies    int             `json:"copies"`
	Original  string          `json:"original"`            // "original", "copy", "either"
	Seal      string          `json:"seal"`                // "none", "signature", "seal", "both"
	BlankForm string          `json:"blankForm,omitempty"` // file in the catalogue's files/ folder
	Sample    string          `json:"sample,omitempty"`    // file in the catalogue's files/ folder
	Source    Source          `json:"source"`
	Issuer    text.Local      `json:"issuer,omitempty"`  // who issues it
	Filling   text.Local      `json:"filling,omitempty"` // notes on filling in
	Needed    text.Local      `json:"needed,omitempty"`  // when it is needed, in words
	When      *form.Condition `json:"when,omitempty"`    // when it is needed, by the form's values; nil is always
	Optional  bool            `json:"optional,omitempty"`
	Promise   bool            `json:"promise,omitempty"` // a promise may stand in for it
	// Later is the number of working days within which the material may be handed in after the case was
	// accepted (容缺受理); 0 is not at all.
	Later int `json:"later,omitempty"`
	// Document says that the office expects the material's scanned pages as one PDF.
	Document bool `json:"document,omitempty"`
}

// Channel is one way to apply.
type Channel struct {
	Kind  string     `json:"kind"` // "terminal", "window", "web", "app", "post"
	Name  text.Local `json:"name"`
	Place text.Local `json:"place,omitempty"`
	Hours text.Local `json:"hours,omitempty"`
}

// Question is one common question with its answer.
type Question struct {
	Ask    text.Local `json:"ask"`
	Answer text.Local `json:"answer"`
}

// Contact is whom to call.
type Contact struct {
	Inquiry   string `json:"inquiry"`
	Complaint string `json:"complaint"`
}

// Promise is the promise letter the item allows (告知承诺).
type Promise struct {
	Text     text.Local `json:"text"`
	Deadline int        `json:"deadlineWorkingDays"`
	Breach   text.Local `json:"breach"` // what follows when the promise is broken
}
