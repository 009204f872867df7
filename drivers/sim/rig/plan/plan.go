// Package plan is what the desk's robot is told to do: cases to accept and what
// becomes of them, one step after the other. It does nothing itself.
package plan

import "bianmin/core/casefile"

// Step accepts a case, does something with one, or with the desk.
type Step struct {
	Name   string          `json:"name,omitempty"`   // the case's, for later steps; the robot says it with the number
	Number casefile.Number `json:"number,omitempty"` // of a case that another plan accepted
	Card   string          `json:"card,omitempty"`   // of the principal: a card of the bench, or a file
	File   *Filing         `json:"file,omitempty"`
	// Do is a verb and what belongs to it: "fee 400.00", "papers 户口本", "sheet 镇便民服务中心", "correct", "deliver",
	// "evaluate 5", "unrated", "return", "close", "suspend WHY", "end WHY", "withdraw WHY", "urge WHY", "refund 400.00 WHY",
	// "department WORDS", "await STATE"; without a case "close-day", "visit OUTCOME WHOM".
	Do string `json:"do,omitempty"`
}

// Filing is a case to be accepted.
type Filing struct {
	Item      string         `json:"item"`
	Delegate  string         `json:"delegate,omitempty"` // card of who came instead
	Answers   map[string]any `json:"answers"`
	Later     []string       `json:"later,omitempty"` // materials that are missing for now
	Promise   bool           `json:"promise,omitempty"`
	Originals bool           `json:"originals,omitempty"` // taken into custody with the case
	Draft     bool           `json:"draft,omitempty"`     // left before it is filed
}
