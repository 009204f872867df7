package rig

import (
	"encoding/json"

	"bianmin/core/casefile"
)

// Case is one case as the platform opened it.
type Case struct {
	Case     casefile.Number   `json:"case"`
	Official string            `json:"official"`
	State    string            `json:"state"`
	Events   []CaseEvent       `json:"events"`
	Updates  []casefile.Update `json:"updates"`
}

// Arrived tells whether the platform holds and accepted everything of the case that it knows of.
func (c Case) Arrived() bool { return c.Official != "" && allAccepted(c.Events) }

// CaseEvent is one event of a case as the platform opened it.
type CaseEvent struct {
	Packet      string          `json:"packet"`
	State       string          `json:"state"`
	Kind        string          `json:"kind"`
	Code        string          `json:"code"` // of a refusal
	EventDigest string          `json:"eventDigest"`
	Event       json.RawMessage `json:"event"`
	Problem     string          `json:"problem"`
	Attachments []struct {
		Digest   string `json:"digest"`
		Verified bool   `json:"verified"`
		Plain    int64  `json:"plain"`
	} `json:"attachments"`
}

// Opened is the event as the terminal signed it.
func (e CaseEvent) Opened() (casefile.Event, error) {
	var event casefile.Event
	err := json.Unmarshal(e.Event, &event)
	return event, err
}
