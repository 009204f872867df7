package packet

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// ErrMismatch says that a packet's header, event and attachments contradict each other.
var ErrMismatch = errors.New("the packet contradicts itself")

// Opener is what opens packets: the platform's encryption certificate with its
// key, and the root that issued the terminals' certificates.
type Opener struct {
	Certificate *smx509.Certificate
	Key         *sm2.PrivateKey
	Root        *smx509.Certificate
	// Recipient gives certificate and key for what is sealed, in place of the two above, where there are several; nil where there is one.
	Recipient func(sealed []byte) (*smx509.Certificate, *sm2.PrivateKey)
	// At is when the signer's certificate must have been valid; the zero time leaves that to the caller.
	At time.Time
}

// Opened is a packet's content, proven to be its signer's.
type Opened struct {
	Header      Header
	Event       casefile.Event
	Canonical   []byte // the event's canonical bytes, as signed
	EventDigest string // SM3 of them, hex: what the receipt names
	Attachments []Attachment
	Signer      *smx509.Certificate
}

// Open opens a packet's first bytes (see ReadHead), checks the signature and
// that header, event and attachments agree. It gives ErrFormat, ErrNewer, seal.ErrOpen or
// ErrMismatch; which terminal a signer's certificate belongs to is the caller's to check.
func (o Opener) Open(head []byte) (Opened, error) {
	header, sealed, err := Parse(head)
	if err != nil {
		return Opened{}, err
	}
	if o.Recipient != nil {
		o.Certificate, o.Key = o.Recipient(sealed)
	}
	content, signer, err := seal.OpenCMS(sealed, o.Certificate, o.Key, o.Root, o.At)
	if err != nil {
		return Opened{}, err
	}
	if content, err = decompressAs(header.Compression, content); err != nil {
		return Opened{}, err
	}
	var manifest Manifest
	if err := json.Unmarshal(content, &manifest); err != nil {
		return Opened{}, fmt.Errorf("%w: manifest: %w", ErrFormat, err)
	}
	opened := Opened{
		Header: header, Canonical: manifest.Event, EventDigest: manifest.EventDigest,
		Attachments: manifest.Attachments, Signer: signer,
	}
	if opened.Event, err = casefile.ParseEvent(manifest.Event); errors.Is(err, casefile.ErrNewer) {
		return Opened{}, fmt.Errorf("%w: %w", ErrNewer, err)
	} else if err != nil {
		return Opened{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return opened, opened.check()
}

func (o Opened) check() error {
	if seal.Digest(o.Canonical) != o.EventDigest {
		return fmt.Errorf("%w: event digest", ErrMismatch)
	}
	h, e := o.Header, o.Event
	if h.Packet != e.ID || h.Case != e.Case || h.Sequence != e.Sequence || h.Kind != e.Kind || h.Terminal != e.Terminal || h.Generation != e.Generation {
		return fmt.Errorf("%w: header and event", ErrMismatch)
	}
	if h.Certificate != hex.EncodeToString(o.Signer.SerialNumber.Bytes()) {
		return fmt.Errorf("%w: certificate", ErrMismatch)
	}
	return o.checkAttachments()
}

func (o Opened) checkAttachments() error {
	var total int64
	named := map[string]bool{}
	for _, a := range o.Attachments {
		if a.Length < 0 || len(a.Key) != 16 || len(a.Digest) != 2*seal.Size {
			return fmt.Errorf("%w: attachment", ErrMismatch)
		}
		total += a.Length
		named[a.Digest] = true
	}
	if total != o.Header.Attachments {
		return fmt.Errorf("%w: length of attachments", ErrMismatch)
	}
	for _, digest := range References(o.Event) {
		if !named[digest] {
			return fmt.Errorf("%w: the event names an attachment that is not there", ErrMismatch)
		}
	}
	return nil
}

// References lists the attachments an event names, each once: scanned pages and signatures.
func References(event casefile.Event) []string {
	var r references
	if s := event.Submission; s != nil {
		r.materials(s.Materials)
		r.signature(s.Signature)
		if s.Delegation != nil {
			r.pages(s.Delegation.Pages)
		}
	}
	if c := event.Correction; c != nil {
		r.materials(c.Materials)
		r.signature(c.Signature)
	}
	if a := event.Authorisation; a != nil {
		r.pages(a.Delegation.Pages)
	}
	if event.Turn != nil {
		r.pages(event.Turn.Pages)
	}
	if event.Papers != nil {
		r.signature(event.Papers.Signature)
	}
	if event.Delivery != nil {
		r.signature(event.Delivery.Signature)
	}
	if event.Day != nil {
		r.signature(event.Day.Signature)
	}
	if event.Sheet != nil {
		r.signature(event.Sheet.Signature)
	}
	return r.digests
}

type references struct{ digests []string }

func (r *references) add(digest string) {
	if digest != "" && !slices.Contains(r.digests, digest) {
		r.digests = append(r.digests, digest)
	}
}

func (r *references) pages(pages []casefile.Page) {
	for _, page := range pages {
		r.add(page.Attachment)
	}
}

func (r *references) materials(materials []casefile.Material) {
	for _, material := range materials {
		r.pages(material.Pages)
	}
}

func (r *references) signature(s *casefile.Signature) {
	if s != nil {
		r.add(s.Attachment)
	}
}
