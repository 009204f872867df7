// Package usage names what a terminal counts of its own use: how often, never by whom. It must
// not know anything about a person.
package usage

import "slices"

// Kind is what is counted.
type Kind string

// Kinds of use. All but Visit are of an item.
const (
	Visit   Kind = "visit"   // somebody began at the waiting screen
	Guide   Kind = "guide"   // an item's guide was opened
	Printed Kind = "printed" // it was printed
	Begun   Kind = "begun"   // an application was begun
	Filed   Kind = "filed"   // it was filed
	Left    Kind = "left"    // it was begun and left without filing
)

// Kinds are all kinds.
var Kinds = []Kind{Visit, Guide, Printed, Begun, Filed, Left}

// Known tells whether k is one of Kinds.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Count is how often something happened at one terminal on one day.
type Count struct {
	Day  string // business date, YYYY-MM-DD
	Kind Kind
	Item string // the item's code, "" for Visit
	N    int
}
