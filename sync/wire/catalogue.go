package wire

import "time"

// Catalogue says which edition of the catalogue is in force for a division, as the platform signs it: what the whole
// set is after taking it, and which archives lead there.
type Catalogue struct {
	Version     int       `json:"version"`
	Kind        Kind      `json:"kind"` // Contents
	Environment string    `json:"environment"`
	Region      string    `json:"region"`          // division code, 12 digits: the division the edition is for, with all below it
	Nonce       string    `json:"nonce,omitempty"` // the question's; left out where nobody asked
	Edition     int64     `json:"edition"`         // only rises; 0 when there is none
	Name        string    `json:"name"`            // the set's version, for people
	Published   string    `json:"published"`       // YYYY-MM-DD, for people
	Format      int       `json:"format"`          // of the catalogue's files
	Made        time.Time `json:"made"`            // when the edition was published
	Time        time.Time `json:"time"`            // when this was signed
	Until       time.Time `json:"until"`           // after this a terminal says that it may have missed a newer one
	Digest      string    `json:"digest"`          // of the whole set, SM3 in hex
	Files       int       `json:"files"`
	Size        int64     `json:"size"` // bytes of all files
	Snapshot    Archive   `json:"snapshot"`
	Deltas      []Delta   `json:"deltas"` // newest base first
}

// Archive is a file of a catalogue's edition: tar in zstd.
type Archive struct {
	Digest string `json:"digest"` // SM3 in hex of the archive's bytes
	Size   int64  `json:"size"`   // bytes
}

// Delta leads from one set to the edition's.
type Delta struct {
	From string `json:"from"` // digest of the set it begins with
	Archive
}

// SignedCatalogue are the exact bytes of Catalogue with the platform's signature r‖s, as they travel on a stick and lie at the terminal.
type SignedCatalogue struct {
	Answer    []byte `json:"answer"`
	Signature []byte `json:"signature"`
	// Signers are the certificates by which the platform signs, or did; none before its first rotation.
	Signers []string `json:"signers,omitempty"`
}
