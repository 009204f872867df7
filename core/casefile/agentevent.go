package casefile

import (
	"encoding/json"
	"time"
)

// Trust levels of a scan (国办函〔2016〕108号): C is what a person brought in, B
// was compared with the original by someone with authority.
const (
	TrustConfirmed  = "B"
	TrustUnverified = "C"
)

// Delegation is the authorisation (委托书) under which an agent acts for a principal.
type Delegation struct {
	Agent     string    `json:"agent"`     // the agent's account
	AgentName string    `json:"agentName"` // as on the authorisation
	Delegate  Applicant `json:"delegate"`  // who came with the authorisation, read from the second card
	Scope     []string  `json:"scope"`     // what may be done: "apply", "correct", "pay", "collect"
	Item      string    `json:"item"`      // the item it is for
	From      string    `json:"from"`      // YYYY-MM-DD
	Until     string    `json:"until"`     // YYYY-MM-DD, last day it holds
	Pages     []Page    `json:"pages"`     // the signed authorisation, scanned
}

// Authorisation is a signed authorisation for a case that was begun elsewhere: what its paper says, and its
// scanned pages. Whether the principal is the case's applicant only the platform can tell.
type Authorisation struct {
	Principal  string     `json:"principal"` // ID number of who signed it, as on the paper
	Delegation Delegation `json:"delegation"`
}

// LaterMaterial is a material that is handed in later.
type LaterMaterial struct {
	Code  string `json:"code"`
	Until string `json:"until"` // YYYY-MM-DD
}

// Correction answers a correction notice on the same case: only what was asked for.
type Correction struct {
	Notice    string          `json:"notice"`              // id of the platform's event "returned"
	Points    []string        `json:"points"`              // ids of the points this answers
	Values    json.RawMessage `json:"values,omitempty"`    // form values that changed
	Materials []Material      `json:"materials,omitempty"` // materials given again, each whole
	Signature *Signature      `json:"signature,omitempty"`
}

// Confirmation says that scans were compared with their originals.
type Confirmation struct {
	Materials []string `json:"materials"` // codes
	By        string   `json:"by"`        // account
}

// Turn is a change of course with its reason, and the signed form where there is one.
type Turn struct {
	Reason string `json:"reason,omitempty"`
	Pages  []Page `json:"pages,omitempty"` // the signed form of DB14/T 2233-2020, scanned
}

// PaperStep is what happens to an original.
type PaperStep string

// Steps of custody.
const (
	PaperReceived PaperStep = "received"
	PaperHandedOn PaperStep = "handed-on" // to the township, under a hand-over sheet
	PaperReturned PaperStep = "returned"
)

// PaperMove is originals changing hands, signed by who gave or took them.
type PaperMove struct {
	Step      PaperStep  `json:"step"`
	Papers    []Paper    `json:"papers"`
	Party     string     `json:"party"`           // who gave or took them
	Place     string     `json:"place,omitempty"` // received: where it lies
	Sheet     Number     `json:"sheet,omitempty"` // handed on: the hand-over sheet
	Signature *Signature `json:"signature,omitempty"`
}

// Paper is one original document.
type Paper struct {
	ID       string `json:"id"` // case number and a serial, "QH0301A-261122-0042-X/2"; of another terminal with its own, ".../QH0302A-1"
	Name     string `json:"name"`
	Material string `json:"material,omitempty"` // code of the material it belongs to
	Count    int    `json:"count"`              // copies or sheets
}

// FeeEntry is one entry of the fee ledger. A refund is an entry of its own that counters another.
type FeeEntry struct {
	Receipt string `json:"receipt"` // receipt number, without gaps per terminal and generation: "QH0301A-000042"
	Name    string `json:"name"`    // of the fee, as in the item's guide
	Fen     int64  `json:"fen"`     // integer fen, negative for a refund
	Method  string `json:"method"`  // "cash"
	Counter string `json:"counter,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Payer   string `json:"payer"`
}

// Delivery is a result handed over.
type Delivery struct {
	Way       string     `json:"way"` // "print" or "pickup"
	Result    string     `json:"result"`
	Recipient string     `json:"recipient"`
	ByCard    bool       `json:"byCard"` // the recipient's card was read
	Signature *Signature `json:"signature,omitempty"`
}

// Visit is what became of a visit or appointment.
type Visit struct {
	Appointment string `json:"appointment"` // id of the platform's event "appointed"
	Outcome     string `json:"outcome"`     // "done", "no-show", "moved"
	To          string `json:"to,omitempty"`
	Note        string `json:"note,omitempty"`
}

// Unrated records why there is no evaluation: "declined" by the person, or "not-offered" with a reason.
type Unrated struct {
	Why    string `json:"why"`
	Reason string `json:"reason,omitempty"`
}

// DayClosing is an agent's daily closing: what the ledger says, what was counted.
type DayClosing struct {
	Date       string     `json:"date"` // business date closed
	Account    string     `json:"account"`
	First      string     `json:"first,omitempty"` // first and last receipt number of the day
	Last       string     `json:"last,omitempty"`
	Entries    int        `json:"entries"`
	LedgerFen  int64      `json:"ledgerFen"`
	CountedFen int64      `json:"countedFen"`
	Reason     string     `json:"reason,omitempty"` // of a difference
	Signature  *Signature `json:"signature,omitempty"`
}

// Sheet is a hand-over sheet: which originals go from whom to whom.
type Sheet struct {
	From      string     `json:"from"`
	To        string     `json:"to"`
	Papers    []Paper    `json:"papers"`
	Signature *Signature `json:"signature,omitempty"`
}

// Notice is a correction notice as the platform writes it (一次性告知): the whole list at once.
type Notice struct {
	Points []NoticePoint `json:"points"`
	Days   int           `json:"workingDays"` // to answer in
}

// NoticePoint is one thing to correct.
type NoticePoint struct {
	ID       string `json:"id"`
	Material string `json:"material,omitempty"` // code of the material, or
	Page     int    `json:"page,omitempty"`     // its page from 1, 0 for all of it
	Field    string `json:"field,omitempty"`    // the form's field
	Text     string `json:"text"`               // for people, Chinese
}

// Branch is one department's part of a case.
type Branch struct {
	Department string `json:"department"` // name
	State      string `json:"state"`      // "waiting", "working", "done", "rejected"
	Text       string `json:"text,omitempty"`
}

// Outcome is the end of a case at the department.
type Outcome struct {
	Result string `json:"result"` // what the person gets
	Way    string `json:"way"`    // "pickup", "print", "none"
	Bring  string `json:"bring,omitempty"`
	// Document is what is printed at the desk when the way is "print".
	Document *ResultDocument `json:"document,omitempty"`
}

// ResultDocument is a result as its department wrote it, to be laid out on A4.
type ResultDocument struct {
	Title  string   `json:"title"`
	Number string   `json:"number,omitempty"` // the department's own
	Issuer string   `json:"issuer,omitempty"`
	Issued string   `json:"issued"` // YYYY-MM-DD
	Text   []string `json:"text"`   // paragraphs
}

// Appointment is a visit or an appointment the platform set.
type Appointment struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"` // "visit" at the person's home, "point" at the service point
	Date    string `json:"date"` // YYYY-MM-DD
	Time    string `json:"time"` // "09:30"
	Village string `json:"village"`
	Address string `json:"address"`
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Item    string `json:"item"`
	State   string `json:"state"` // "set", "moved", "cancelled"
	Note    string `json:"note,omitempty"`
}

// Payment is the platform's word on money that goes to the state and not through the point's ledger. No terminal makes one.
type Payment struct {
	ID      string `json:"id"` // id of the update that spoke of it first
	Name    string `json:"name"`
	Fen     int64  `json:"fen"`               // more than 0
	State   string `json:"state"`             // PaymentDue, PaymentPaid, PaymentRefunded, PaymentCancelled
	Receipt string `json:"receipt,omitempty"` // paid and refunded: number of the official receipt (票据号)
	On      string `json:"on,omitempty"`      // YYYY-MM-DD; due: last day, "" for none; paid and refunded: the day
}

// States of a payment.
const (
	PaymentDue       = "due"
	PaymentPaid      = "paid"
	PaymentRefunded  = "refunded"
	PaymentCancelled = "cancelled"
)

// Update is one event the platform wrote about a case, as it is sealed to a
// terminal; or, with nothing but its kind, one that another terminal wrote and that changed the case's course.
type Update struct {
	ID          string       `json:"id"` // 32 hex characters
	Case        Number       `json:"case"`
	Kind        EventKind    `json:"kind"`
	At          time.Time    `json:"at"`
	Reason      string       `json:"reason,omitempty"` // rejected, refused
	Notice      *Notice      `json:"notice,omitempty"`
	Branch      *Branch      `json:"branch,omitempty"`
	Outcome     *Outcome     `json:"outcome,omitempty"`
	Appointment *Appointment `json:"appointment,omitempty"`
	Payment     *Payment     `json:"payment,omitempty"`
}
