package wire

import "time"

// Updates is what the platform wrote about a terminal's cases after a cursor.
type Updates struct {
	Version    int            `json:"version"`
	Kind       Kind           `json:"kind"` // News
	Terminal   string         `json:"terminal"`
	Generation string         `json:"generation"`
	Nonce      string         `json:"nonce"` // the question's
	After      string         `json:"after"` // the question's cursor
	Updates    []SealedUpdate `json:"updates"`
	Next       string         `json:"next"` // cursor behind the last of Updates; After when there are none
	More       bool           `json:"more"` // there are more behind Next
	Time       time.Time      `json:"time"`
}

// SealedUpdate is one update: casefile.Update in JSON, signed by the platform
// and sealed to the terminal's encryption certificate (CMS by GB/T 35275).
type SealedUpdate struct {
	ID     string `json:"id"` // 32 hex characters, repeated inside
	Sealed []byte `json:"sealed"`
}

// Bounds of one answer with updates.
const (
	UpdatesLimit = 50      // updates, when the question names no number
	UpdatesMost  = 200     // updates, whatever it names
	UpdatesBytes = 1 << 20 // sealed bytes after which no more are put in
)
