// Package courier carries a terminal's traffic on a stick (离线摆渡包) where no network reaches: packets out, the platform's
// signed answers, updates, settings and catalogue back. Both forms are sealed and signed; nothing on a stick can be read by whoever
// finds it. It must not decide what an answer means: the store does, as for the network.
package courier

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// What lies on a stick.
const (
	Folder    = "bianmin-courier"
	OutExt    = ".out"  // TERMINAL+GENERATION-NUMBER.out: a terminal's bundle, a tar
	BackExt   = ".back" // the platform's answer to it, CMS
	Archives  = "catalogue"
	indexName = "index" // first entry of a bundle: Index in CMS; the packets follow as "1", "2" …
)

// Bounds of what is read.
const (
	MaxIndex   = 8 << 20    // bytes
	MaxBack    = 64 << 20   // bytes
	MaxPackets = 10000      // in one bundle
	MaxBundle  = 3500 << 20 // bytes: what FAT32 takes as one file
)

// Kinds of content.
const (
	kindOut  = "courier"
	kindBack = "courier-back"
)

// Errors of bundles. Nothing of the part in question has changed then.
var (
	ErrForm    = errors.New("this is no courier bundle, or only half of one")
	ErrForeign = errors.New("this courier bundle is another terminal's, or another platform's")
	ErrNewer   = errors.New("this courier bundle is of a newer form")
	ErrDamaged = errors.New("a part of this courier bundle is damaged")
)

// Index says what a bundle brings, and up to where the terminal knows the platform's word.
type Index struct {
	Version     int       `json:"version"`
	Kind        string    `json:"kind"`
	Environment string    `json:"environment"`
	Terminal    string    `json:"terminal"`
	Generation  string    `json:"generation"`
	Number      int64     `json:"number"` // of this terminal's bundle, only rises
	Nonce       string    `json:"nonce"`  // the answer repeats it
	Made        time.Time `json:"made"`
	Software    string    `json:"software"`
	Cursor      string    `json:"cursor"`    // of updates
	Settings    int64     `json:"settings"`  // number of the province's settings here
	Catalogue   string    `json:"catalogue"` // digest of the catalogue's set here, "" for none
	Packets     []Packet  `json:"packets"`
	Left        int       `json:"left"` // packets that wait and had no room
	// Speaks is what the terminal understands; nil is the first version.
	Speaks *wire.Speaks `json:"speaks,omitempty"`
	// Renewal asks for the terminal's next certificates, when it is time to; nil does not.
	Renewal *wire.RenewalRequest `json:"renewal,omitempty"`
}

// Packet is one packet of a bundle.
type Packet struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
	Length int64  `json:"length"` // bytes of the packet itself
	Key    []byte `json:"key"`    // that its entry is sealed with
}

// Back is the platform's answer to a bundle.
type Back struct {
	Version     int                   `json:"version"`
	Kind        string                `json:"kind"`
	Environment string                `json:"environment"`
	Terminal    string                `json:"terminal"`
	Generation  string                `json:"generation"`
	Number      int64                 `json:"number"` // of the bundle it answers
	Nonce       string                `json:"nonce"`
	Made        time.Time             `json:"made"`
	Answers     []Answer              `json:"answers"`             // signed registrations, acknowledgements, refusals
	News        []Signed              `json:"news"`                // wire.Updates in their order, the first after the bundle's cursor
	Settings    *wire.SignedSettings  `json:"settings,omitempty"`  // when newer ones are there
	Catalogue   *wire.SignedCatalogue `json:"catalogue,omitempty"` // its archive lies beside, under its digest
	Damaged     []string              `json:"damaged"`             // packets whose bytes did not arrive whole: they wait for another stick
	Speaks      *wire.Speaks          `json:"speaks,omitempty"`    // what the platform understands; nil is the first version
	Signers     []string              `json:"signers,omitempty"`   // the certificates by which the platform signs answers, or did; none before its first rotation
	Renewal     *Signed               `json:"renewal,omitempty"`   // the answer to a request for certificates
}

// Answer is what the platform says of one packet.
type Answer struct {
	Packet string `json:"packet"`
	Signed
}

// Signed are the exact bytes of an answer with the platform's signature r‖s.
type Signed struct {
	Body      []byte `json:"body"`
	Signature []byte `json:"signature"`
}

var nameForm = regexp.MustCompile(`^([0-9A-Z]{6}[A-Z])-([0-9]{6})\.(out|back)$`)

// Name is a bundle's file name.
func Name(terminal string, number int64, ext string) string {
	return fmt.Sprintf("%s-%06d%s", terminal, number, ext)
}

// ParseName reads a file name; ok is false when it is none of a bundle.
func ParseName(name string) (terminal string, number int64, ext string, ok bool) {
	m := nameForm.FindStringSubmatch(name)
	if m == nil {
		return "", 0, "", false
	}
	number, err := strconv.ParseInt(m[2], 10, 64)
	return m[1], number, "." + m[3], err == nil
}

// Entries reads a bundle's packets one after the other.
type Entries struct {
	Index Index
	tar   *tar.Reader
	next  int
}

// Open reads a bundle's index; open opens its envelope and gives what is inside.
func Open(from io.Reader, open func(sealed []byte) ([]byte, error)) (*Entries, error) {
	e := &Entries{tar: tar.NewReader(from)}
	header, err := e.tar.Next()
	if err != nil || header.Name != indexName || header.Typeflag != tar.TypeReg || header.Size > MaxIndex {
		return nil, errors.Join(ErrForm, err)
	}
	sealed, err := io.ReadAll(e.tar)
	if err != nil {
		return nil, errors.Join(ErrForm, err)
	}
	content, err := open(sealed)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(content, &e.Index); err != nil || e.Index.Kind != kindOut {
		return nil, ErrForm
	}
	if e.Index.Version > wire.Version {
		return nil, ErrNewer
	}
	if len(e.Index.Packets) > MaxPackets {
		return nil, ErrForm
	}
	return e, nil
}

// Next gives the next packet and its plain bytes, whose reading fails with ErrDamaged where they are not what was written; io.EOF
// after the last. A bundle that ends too early gives ErrForm.
func (e *Entries) Next() (Packet, io.Reader, error) {
	if e.next == len(e.Index.Packets) {
		return Packet{}, nil, io.EOF
	}
	p := e.Index.Packets[e.next]
	e.next++
	header, err := e.tar.Next()
	if err != nil || header.Name != strconv.Itoa(e.next) || len(p.Key) != 16 {
		return p, nil, errors.Join(ErrForm, err)
	}
	plain, err := seal.NewReader(e.tar, [16]byte(p.Key))
	if err != nil {
		return p, nil, errors.Join(ErrDamaged, err)
	}
	return p, plain, nil
}

// ReadBack reads the platform's answer, opened already.
func ReadBack(content []byte) (Back, error) {
	var b Back
	if err := json.Unmarshal(content, &b); err != nil || b.Kind != kindBack {
		return Back{}, ErrForm
	}
	if b.Version > wire.Version {
		return Back{}, ErrNewer
	}
	return b, nil
}

// NewBack begins the answer to a bundle.
func NewBack(to Index, made time.Time) Back {
	return Back{
		Version: wire.Version, Kind: kindBack, Environment: to.Environment, Terminal: to.Terminal, Generation: to.Generation, Number: to.Number, Nonce: to.Nonce,
		Made: made, Answers: []Answer{}, News: []Signed{}, Damaged: []string{},
	}
}
