package wire

import (
	"encoding/json"
	"time"
)

// Settings is what the province set for one generation of a terminal, as the platform signs it.
type Settings struct {
	Version     int       `json:"version"`
	Kind        Kind      `json:"kind"` // Ruling
	Environment string    `json:"environment"`
	Terminal    string    `json:"terminal"`
	Generation  string    `json:"generation"`
	Nonce       string    `json:"nonce,omitempty"` // the question's; left out where nobody asked
	Number      int64     `json:"number"`          // only rises; 0 when nothing was ever set
	Made        time.Time `json:"made"`            // when the number was given
	Time        time.Time `json:"time"`            // when this was signed
	// Values are text for every setting there is; what a setting yet unknown holds is anybody's guess.
	Values map[string]json.RawMessage `json:"values"`
	Locked []string                   `json:"locked"` // those of Values that a machine may not set for itself
}

// SignedSettings are the exact bytes of Settings with the platform's signature r‖s. It is also
// the file in which they travel on a stick and lie at the terminal.
type SignedSettings struct {
	Answer    []byte `json:"answer"`
	Signature []byte `json:"signature"`
	// Signers are the certificates by which the platform signs, or did; none before its first rotation.
	Signers []string `json:"signers,omitempty"`
}

// SettingsHeld tells the platform which settings a terminal holds.
type SettingsHeld struct {
	Number  int64    `json:"number"`            // 0 for none
	Refused int64    `json:"refused,omitempty"` // a newer number that was refused whole
	Reason  string   `json:"reason,omitempty"`  // why, at most 300 characters
	Unknown []string `json:"unknown,omitempty"` // settings this version does not know and lets be
}
