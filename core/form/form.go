// Package form is forms as data: a JSON Schema for the values and a layout of
// questions beside it, prefill from the card, conditions, and validation whose
// messages are codes. It must not know screens or particular items.
package form

import (
	"encoding/json"

	"bianmin/core/text"
)

// Kind is the kind of a field; it picks the control and the first checks.
type Kind string

// Field kinds.
const (
	KindText       Kind = "text"
	KindNumber     Kind = "number"
	KindDate       Kind = "date"        // value "YYYY-MM-DD"
	KindChoice     Kind = "choice"      // value: an option's code
	KindManyChoice Kind = "many-choice" // value: array of option codes
	KindYesNo      Kind = "yes-no"      // value: boolean
	KindPhone      Kind = "phone"       // value: 11 digits, or a land line with area code
	KindIDNumber   Kind = "id-number"
	KindCreditCode Kind = "credit-code"
	KindRegion     Kind = "region"  // value: 12-digit code
	KindAddress    Kind = "address" // value: {"region": code, "detail": text}
	KindTable      Kind = "table"   // value: array of objects by Columns
)

// Form is one item's form.
type Form struct {
	Version string          `json:"version"`
	Schema  json.RawMessage `json:"schema"` // JSON Schema 2020-12 of an object: the values
	Pages   []Page          `json:"pages"`
}

// Page groups fields that belong together. The kiosk asks one field per screen, the desk shows all pages at once.
type Page struct {
	Title  text.Local `json:"title"`
	Fields []Field    `json:"fields"`
	When   *Condition `json:"when,omitempty"`
}

// Field is one question.
type Field struct {
	Name    string     `json:"name"` // property of the schema
	Kind    Kind       `json:"kind"`
	Label   text.Local `json:"label"`         // short, for lists: 手机号码
	Ask     text.Local `json:"ask,omitempty"` // the question in full: 您的手机号码是多少？
	Hint    text.Local `json:"hint,omitempty"`
	Options []Option   `json:"options,omitempty"`
	Unit    text.Local `json:"unit,omitempty"` // number fields: 元, 平方米
	Prefill Prefill    `json:"prefill,omitempty"`
	Locked  bool       `json:"locked,omitempty"` // prefilled from the card and not editable by hand
	// Person says that a text field takes a person's name: the keyboard offers surnames first.
	Person bool `json:"person,omitempty"`
	// Optional fields may stay empty; every other field that is shown must be answered.
	Optional bool       `json:"optional,omitempty"`
	When     *Condition `json:"when,omitempty"`
	Columns  []Field    `json:"columns,omitempty"` // table rows
	MaxRows  int        `json:"maxRows,omitempty"`
	Root     string     `json:"root,omitempty"` // region pickers: code of the division to start from
}

// Option is one choice.
type Option struct {
	Code  string     `json:"code"`
	Label text.Local `json:"label"`
	Hint  text.Local `json:"hint,omitempty"`
	// Alone says that this option of a many-choice field goes with no other: 都没有.
	Alone bool `json:"alone,omitempty"`
}

// Prefill names what a field is filled with.
type Prefill string

// Prefill sources.
const (
	FromCardName    Prefill = "card.name"
	FromCardNumber  Prefill = "card.number"
	FromCardSex     Prefill = "card.sex"
	FromCardNation  Prefill = "card.nation"
	FromCardBirth   Prefill = "card.birth"
	FromCardAddress Prefill = "card.address"
	FromPointRegion Prefill = "point.region"
	FromToday       Prefill = "today"
)

// Condition is true when the named field's value fits: exactly one of the tests is set.
type Condition struct {
	Field  string      `json:"field,omitempty"`
	Equals any         `json:"equals,omitempty"`
	In     []any       `json:"in,omitempty"`
	Filled *bool       `json:"filled,omitempty"`
	All    []Condition `json:"all,omitempty"`
	Any    []Condition `json:"any,omitempty"`
	Not    *Condition  `json:"not,omitempty"`
}

// Values are a form's values by field name, as JSON decodes them: string, float64, bool, []any, map[string]any.
type Values map[string]any

// Problem is one thing wrong with the values: where, and a code that picks the words.
type Problem struct {
	Field   string         // field name; "rows.2.name" inside tables
	Code    string         // key below "form.problem." in the word catalogue: required, phone, id-number, too-short …
	Details map[string]any // numbers for the words, e.g. {"missing": 2}
}
