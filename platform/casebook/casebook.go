// Package casebook opens what the platform holds, with the platform's key: cases
// with their events and attachments, for people and for the demo's check. It
// must not change anything.
package casebook

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// Case is a case, or another record, as the platform holds it, opened.
type Case struct {
	Case     string    `json:"case"`     // exactly as on the receipt
	Kind     string    `json:"kind"`     // of the event that opens it: "submitted", "day-closed", "sheet" or "visited"; "" while that is not there
	Official string    `json:"official"` // the platform's number; "" for a case that was never accepted
	State    string    `json:"state"`    // of an accepted case as terminals show it, else "refused" or "arriving"
	Item     string    `json:"item"`
	Opened   time.Time `json:"opened,omitzero"`
	// Previous is the refused case that this one mends, Successor the one that was accepted in this one's place.
	Previous  string  `json:"previous,omitempty"`
	Successor string  `json:"successor,omitempty"`
	Events    []Event `json:"events"`
	// Updates are the platform's own events of the case, in order; Branches what the departments said last.
	Updates  []casefile.Update `json:"updates,omitempty"`
	Branches []casefile.Branch `json:"branches,omitempty"`
}

// Event is one packet of a case.
type Event struct {
	Packet      string          `json:"packet"`
	Digest      string          `json:"digest"` // of the packet
	State       string          `json:"state"`
	Writer      string          `json:"writer"` // terminal and generation
	Sequence    int             `json:"sequence"`
	Kind        string          `json:"kind"`
	Code        string          `json:"code,omitempty"` // of a refusal
	Decided     time.Time       `json:"decided,omitzero"`
	EventDigest string          `json:"eventDigest"`
	Event       json.RawMessage `json:"event,omitempty"` // as the terminal signed it
	Attachments []Attachment    `json:"attachments,omitempty"`
	Problem     string          `json:"problem,omitempty"` // why it does not open
}

// Attachment is one attachment, checked.
type Attachment struct {
	Digest      string `json:"digest"` // SM3 of the sealed bytes
	MediaType   string `json:"mediaType"`
	Length      int64  `json:"length"` // of the sealed bytes
	Verified    bool   `json:"verified"`
	Plain       int64  `json:"plain"`       // length of the content
	PlainDigest string `json:"plainDigest"` // SM3 of the content
}

// Book opens cases.
type Book struct {
	Registry  *registry.Registry
	Authority *authority.Authority
	Path      func(packet string) string // where a packet's bytes lie
	Extract   string                     // folder that opened attachments are written to, named by digest; "" for none
}

// Cases opens all cases in the order of their numbers.
func (b Book) Cases(ctx context.Context) ([]Case, error) {
	known, err := b.Registry.Cases(ctx)
	if err != nil {
		return nil, err
	}
	packets, err := b.Registry.Packets(ctx)
	if err != nil {
		return nil, err
	}
	updates, err := b.updates(ctx)
	if err != nil {
		return nil, err
	}
	kin, err := b.Registry.Lineage(ctx)
	if err != nil {
		return nil, err
	}
	accepted := map[string]registry.Case{}
	for _, c := range known {
		accepted[c.Number] = c
	}
	all := []Case{}
	for _, p := range packets {
		if len(all) == 0 || all[len(all)-1].Case != p.Case {
			c := accepted[p.Case]
			all = append(all, Case{
				Case: p.Case, Kind: c.Kind, Official: c.Official, State: c.State, Item: c.Item, Opened: c.Opened,
				Updates: updates[p.Case], Branches: branches(updates[p.Case]),
				Previous: kin[p.Case].Previous, Successor: kin[p.Case].Successor,
			})
		}
		c := &all[len(all)-1]
		event := b.open(p)
		c.Events = append(c.Events, event)
		if c.Official == "" && (c.State == "" || p.State == registry.Refused) {
			c.State = string(p.State)
			if !p.State.Final() {
				c.State = "arriving"
			}
		}
	}
	return all, nil
}

// open opens one packet; what does not open is told in Problem.
func (b Book) open(p registry.Packet) Event {
	e := Event{
		Packet: p.ID, Digest: p.Digest, State: string(p.State), Writer: p.Writer, Sequence: p.Sequence, Kind: p.Kind,
		Code: p.Code, Decided: p.Decided, EventDigest: p.EventDigest,
	}
	if err := b.fill(&e, p); err != nil {
		e.Problem = err.Error()
	}
	return e
}

func (b Book) fill(e *Event, p registry.Packet) error {
	file, err := os.Open(b.Path(p.ID))
	if err != nil {
		return fmt.Errorf("open a packet: %w", err)
	}
	defer file.Close() // only read
	head, err := packet.ReadHead(file)
	if err != nil {
		return err
	}
	opener := packet.Opener{
		Recipient: b.Authority.Recipient, Root: b.Authority.SigningRoot(), At: p.Begun,
	}
	opened, err := opener.Open(head)
	if err != nil {
		return err
	}
	e.Event = opened.Canonical
	offset := int64(len(head))
	for _, named := range opened.Attachments {
		a, err := b.attachment(io.NewSectionReader(file, offset, named.Length), named)
		if err != nil {
			return err
		}
		e.Attachments = append(e.Attachments, a)
		offset += named.Length
	}
	return nil
}

func (b Book) attachment(sealed *io.SectionReader, named packet.Attachment) (Attachment, error) {
	a := Attachment{Digest: named.Digest, MediaType: named.MediaType, Length: named.Length}
	sum := seal.NewHash()
	n, err := io.Copy(sum, sealed)
	if err != nil {
		return a, fmt.Errorf("read an attachment: %w", err)
	}
	if n != named.Length || hex.EncodeToString(sum.Sum(nil)) != named.Digest {
		return a, nil
	}
	if _, err := sealed.Seek(0, io.SeekStart); err != nil {
		return a, fmt.Errorf("read an attachment: %w", err)
	}
	plain, err := seal.NewReader(sealed, [16]byte(named.Key))
	if err != nil {
		return a, nil // not sealed as it should be: not verified
	}
	content := seal.NewHash()
	to, done, err := b.extract(content, named.Digest)
	if err != nil {
		return a, err
	}
	a.Plain, err = io.Copy(to, plain)
	if closing := done(); closing != nil {
		return a, closing
	}
	if err != nil {
		return a, nil // damaged inside although its digest fits: not verified
	}
	a.Verified, a.PlainDigest = true, hex.EncodeToString(content.Sum(nil))
	return a, nil
}

func (b Book) extract(sum io.Writer, digest string) (io.Writer, func() error, error) {
	if b.Extract == "" {
		return sum, func() error { return nil }, nil
	}
	file, err := os.OpenFile(filepath.Join(b.Extract, digest), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("extract an attachment: %w", err)
	}
	return io.MultiWriter(sum, file), file.Close, nil
}

// Event opens the event of one packet, refused ones too, in its canonical form.
func (b Book) Event(ctx context.Context, id string) (json.RawMessage, error) {
	p, err := b.Registry.Packet(ctx, id)
	if err != nil {
		return nil, err
	}
	e := Event{}
	err = b.fill(&e, p)
	return e.Event, err
}
