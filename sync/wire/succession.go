package wire

import (
	"slices"
	"time"
)

// Order is a succession order: the platform's word that one generation of a
// terminal takes over what others left and uploads their packets unchanged.
type Order struct {
	Version      int           `json:"version"`
	Kind         Kind          `json:"kind"` // Succession
	Terminal     string        `json:"terminal"`
	Generation   string        `json:"generation"` // the successor
	Encrypt      string        `json:"encrypt"`    // serial of the successor's encryption certificate, hex
	Point        string        `json:"point"`
	Region       string        `json:"region"`
	Time         time.Time     `json:"time"`
	Predecessors []Predecessor `json:"predecessors"`
}

// Predecessor is a generation that is taken over.
type Predecessor struct {
	Generation string `json:"generation"`
	Sign       string `json:"sign"` // serial of its signing certificate, hex
}

// Names tells whether the order takes over a generation whose signing certificate has this serial.
func (o Order) Names(generation, sign string) bool {
	return slices.Contains(o.Predecessors, Predecessor{Generation: generation, Sign: sign})
}

// SignedOrder is an order's exact bytes with the platform's signature r‖s.
type SignedOrder struct {
	Order     []byte `json:"order"`
	Signature []byte `json:"signature"`
}

// Retirement tells the platform that a terminal is about to erase its keys and all they sealed.
type Retirement struct {
	Nonce     string `json:"nonce"`
	Statement []byte `json:"statement"` // JSON, exact bytes
	Signature []byte `json:"signature"` // r‖s by the terminal's signing key over the statement
}
