// Package casefile is the case as an ordered log of events: its numbers,
// states, deadlines in working days and the bytes a person signs. It must not
// store, send or print anything.
package casefile

import (
	"encoding/json"
	"strings"
	"time"
)

// EventKind names what an event says happened.
type EventKind string

// Kinds of event a terminal writes. The body of an event has the field of the same meaning.
const (
	Submitted EventKind = "submitted" // a person filed the application
	Corrected EventKind = "corrected" // what a correction notice asked for (补正)
	Confirmed EventKind = "confirmed" // scans compared with their originals: trust level C becomes B
	Withdrawn EventKind = "withdrawn" // the person takes the application back (撤回)
	Suspended EventKind = "suspended" // the agent's work rests (中止)
	Resumed   EventKind = "resumed"   // and goes on (续办)
	Ended     EventKind = "ended"     // the agent's work ends without a result (终止)
	Closed    EventKind = "closed"    // the agent's work is done (办结)
	Urged     EventKind = "urged"     // the department is reminded (催办)
	Papers    EventKind = "papers"    // originals received, handed on or returned (代收件)
	FeeTaken  EventKind = "fee"       // money taken or given back (代收费)
	Delivered EventKind = "delivered" // the result was handed over (出件)
	Visited   EventKind = "visited"   // a visit or appointment was kept, missed or moved

	Evaluated   EventKind = "evaluated"   // the person rated the service (好差评)
	Unevaluated EventKind = "unevaluated" // the person declined, or was not asked, with the reason

	// These open a record of their own, with a number of its own, that is no case.
	DayClosed   EventKind = "day-closed" // an agent's daily closing (日结)
	SheetIssued EventKind = "sheet"      // a hand-over sheet between point and township (交接单)
)

// Opens tells whether an event of this kind begins a record: a case, a closing or a sheet.
func (k EventKind) Opens() bool { return k == Submitted || k == DayClosed || k == SheetIssued }

// TerminalKinds are all kinds a terminal writes.
func TerminalKinds() []EventKind {
	return []EventKind{
		Submitted, Corrected, Confirmed, Withdrawn, Suspended, Resumed, Ended, Closed, Urged, Papers, FeeTaken, Delivered, Visited,
		Evaluated, Unevaluated, DayClosed, SheetIssued,
	}
}

// UpdateKinds are all kinds of update this program knows: the departments' word, and what another terminal did to a case of both.
func UpdateKinds() []EventKind {
	return []EventKind{
		PlatformProgress, PlatformReturned, PlatformFinished, PlatformRejected, PlatformAppointed, PlatformPayment,
		Corrected, Withdrawn, Suspended, Resumed, Ended, Delivered, Closed,
	}
}

// Kinds of event the platform writes.
const (
	PlatformAccepted  EventKind = "accepted"  // the platform holds the case and gave its official number
	PlatformRefused   EventKind = "refused"   // the platform refused the packet with a reason
	PlatformReturned  EventKind = "returned"  // something must be corrected: one list, told once (一次性告知)
	PlatformProgress  EventKind = "progress"  // a department's branch moved
	PlatformFinished  EventKind = "finished"  // decided, there is a result
	PlatformRejected  EventKind = "rejected"  // decided against the applicant, with the reason
	PlatformAppointed EventKind = "appointed" // a visit or appointment was set, moved or cancelled
	PlatformPayment   EventKind = "payment"   // money to the state is due, was paid, given back or is due no more
)

// EventVersion is the version of the event's JSON that this code writes.
const EventVersion = 1

// Event is one entry of a case's log as it is sealed and sent. Its canonical
// bytes (see Canonical) are what the receipt's SM3 digest names.
type Event struct {
	Version    int       `json:"version"`
	ID         string    `json:"id"`       // packet id: 32 lower-case hex characters, chosen at random
	Case       Number    `json:"case"`     // written as on the receipt
	Sequence   int       `json:"sequence"` // from 1, per case and terminal generation
	Kind       EventKind `json:"kind"`
	At         Stamp     `json:"at"`
	Terminal   string    `json:"terminal"`
	Generation string    `json:"generation"`
	Point      string    `json:"point"`  // service point's name
	Region     string    `json:"region"` // administrative division code, 12 digits
	Actor      string    `json:"actor"`  // "citizen", "agent:ID" or "technician:ID"
	Software   string    `json:"software"`
	// LastPlatformEvent is the id of the last platform event this terminal had seen of the case, "" for none.
	LastPlatformEvent string `json:"lastPlatformEvent,omitempty"`
	// Nonce is 16 random bytes in hex, so that the digest on the receipt cannot be guessed from the content.
	Nonce string `json:"nonce"`

	// Authorisation is there when an agent writes into a case begun elsewhere for somebody who came with an
	// authorisation instead of the principal's card.
	Authorisation *Authorisation `json:"authorisation,omitempty"`

	Submission   *Submission   `json:"submission,omitempty"`
	Correction   *Correction   `json:"correction,omitempty"`
	Confirmation *Confirmation `json:"confirmation,omitempty"`
	Turn         *Turn         `json:"turn,omitempty"` // withdrawn, suspended, resumed, ended, closed, urged
	Papers       *PaperMove    `json:"papers,omitempty"`
	Fee          *FeeEntry     `json:"fee,omitempty"`
	Delivery     *Delivery     `json:"delivery,omitempty"`
	Visit        *Visit        `json:"visit,omitempty"`
	Evaluation   *Evaluation   `json:"evaluation,omitempty"`
	Unrated      *Unrated      `json:"unrated,omitempty"`
	Day          *DayClosing   `json:"day,omitempty"`
	Sheet        *Sheet        `json:"sheet,omitempty"`
	// Padding makes the packets of evaluations, given or not, equally long; it means nothing.
	Padding string `json:"padding,omitempty"`
}

// Opens tells whether an event begins a record: by its kind, or as a visit that
// belongs to no case and so has a number of its own.
func (e Event) Opens() bool {
	return e.Kind.Opens() || (e.Kind == Visited && e.Sequence == 1 && strings.HasPrefix(string(e.Case), e.Terminal+e.Generation+"-"))
}

// Submission is what a person filed.
type Submission struct {
	Item      ItemRef         `json:"item"`
	Applicant Applicant       `json:"applicant"`
	Values    json.RawMessage `json:"values"` // the form's values, valid by the item's schema
	Materials []Material      `json:"materials"`
	Promise   *Promise        `json:"promise,omitempty"`
	Signature *Signature      `json:"signature,omitempty"`

	// Delegation is there when an agent files for a principal (委托人) who is not present.
	Delegation *Delegation `json:"delegation,omitempty"`
	// Later are materials accepted as missing for now (容缺受理).
	Later []LaterMaterial `json:"later,omitempty"`
	// Package names the one-thing package (一件事) this case was filed in, "" for none; Siblings are its other cases.
	Package  string   `json:"package,omitempty"`
	Siblings []Number `json:"siblings,omitempty"`
	// Previous is the refused case that this one mends and stands for, "" for none.
	Previous Number `json:"previous,omitempty"`
}

// ItemRef names the item and the versions the case was begun under.
type ItemRef struct {
	Code             string `json:"code"`
	Name             string `json:"name"`
	Version          string `json:"version"`
	CatalogueVersion string `json:"catalogueVersion"`
	Department       string `json:"department"` // unified social credit code
	DepartmentName   string `json:"departmentName"`
	PromisedDays     int    `json:"promisedDays,omitempty"` // promised limit in working days, 0 for none
}

// Applicant is the person as the card said. Of a social-security card it says name and number (with birth and sex, which
// stand in the number), the card's issuer and validity, and nothing else. Dates are YYYYMMDD.
type Applicant struct {
	Name      string `json:"name"`
	Number    string `json:"number"`
	Sex       string `json:"sex"`
	Nation    string `json:"nation"`
	Birth     string `json:"birth"`
	Address   string `json:"address"`
	Issuer    string `json:"issuer"`
	ValidFrom string `json:"validFrom"`
	ValidTo   string `json:"validTo"` // "长期" when without end
	CardKind  string `json:"cardKind"`
	RawText   string `json:"rawText"` // the card's 256 text bytes in hex, "" of a social-security card; rare names can be in the private-use area
	Source    string `json:"source"`  // SourceCard or SourceSocial
}

// Way says how a material is given.
type Way string

// Ways to give a material.
const (
	Scanned  Way = "scanned"  // pages are attached
	FromCard Way = "card"     // read from the ID card
	Held     Way = "held"     // the platform holds it, matched when online
	Promised Way = "promised" // a signed promise stands in
	Made     Way = "form"     // made from the form and the signature, nothing to hand in
)

// Material is one material of the guide as it was given.
type Material struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Way   Way    `json:"way"`
	Trust string `json:"trust,omitempty"` // trust level of scans: "C" until confirmed against the original
	Pages []Page `json:"pages,omitempty"`

	ConfirmedBy string    `json:"confirmedBy,omitempty"` // level B: the account that compared scan and original
	ConfirmedAt time.Time `json:"confirmedAt,omitzero"`
}

// Page is one scanned page, kept as a sealed attachment.
type Page struct {
	Attachment string `json:"attachment"` // SM3 of the sealed bytes, hex
	MediaType  string `json:"mediaType"`
	Width      int    `json:"width"`  // px
	Height     int    `json:"height"` // px
	// Number is which page of the attachment it is, from 1, where that holds several (a PDF); 0 where it is the attachment.
	Number int `json:"number,omitempty"`
}

// Promise is the accepted promise letter (告知承诺).
type Promise struct {
	Text     string   `json:"text"`   // the words the person accepted
	Covers   []string `json:"covers"` // codes of the materials it stands in for
	Deadline int      `json:"deadlineWorkingDays"`
}

// Signature is a handwritten signature bound to the exact content.
type Signature struct {
	Attachment string    `json:"attachment"` // PNG of the signature, SM3 of the sealed bytes
	Content    string    `json:"content"`    // SM3 in hex of SignedContent of the submission
	Strokes    int       `json:"strokes"`
	At         time.Time `json:"at"`
}

// Evaluation is one rating (好差评), once per service.
type Evaluation struct {
	Level   int      `json:"level"`             // 5 very satisfied … 1 very dissatisfied
	Reasons []string `json:"reasons,omitempty"` // codes; levels 1 and 2 need a reason or a text
	Text    string   `json:"text,omitempty"`
	Times   int      `json:"times"` // 1 for the first evaluation of this case
}

// Stamp is the time record of an event. Deadlines count from the platform's time, never from Wall.
type Stamp struct {
	Wall         time.Time `json:"wall"`
	BusinessDate string    `json:"businessDate"` // YYYY-MM-DD, never before the time mark
	MonotonicMS  int64     `json:"monotonicMs"`  // since boot
	BootID       string    `json:"bootId"`
	OffsetMS     int64     `json:"offsetMs"`     // platform time minus wall clock when last known
	OffsetAgeSec int64     `json:"offsetAgeSec"` // age of that knowledge, -1 when never known
}

// Number is a case number as it stands on the receipt, e.g. "QH0301A-261121-0042-X":
// terminal number, generation letter, business date, sequence, and one ISO 7064
// MOD 37,36 check character over the rest.
type Number string
