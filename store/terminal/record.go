package terminal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/store"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// MaxSubmission is the largest submission in canonical bytes.
const MaxSubmission = 2 << 20

// Summary is what a case's row keeps sealed to the case's key.
type Summary struct {
	Item       string    `json:"item"`
	Version    string    `json:"version,omitempty"` // of the item the case was begun under
	Name       string    `json:"name"`
	Department string    `json:"department"`
	Days       int       `json:"days"`
	QR         string    `json:"qr"`
	Filed      time.Time `json:"filed"`
}

// Seal seals a summary to a case's key.
func (s Summary) Seal(public []byte, number casefile.Number) ([]byte, error) {
	key, err := seal.ParseKey(public)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode summary: %w", err)
	}
	return seal.SealTo(content, key, "summary "+string(number))
}

// CardFields are the fields of a card its keys are derived from.
func CardFields(person identity.Card) []string {
	validity := person.ValidFrom.Compact() + "-" + person.ValidTo.Compact()
	if person.LongTerm {
		validity = person.ValidFrom.Compact() + "-长期"
	}
	return []string{person.Number, person.Name, person.Issuer, validity}
}

// Event makes the frame of a new event for the slot its transaction gives.
func (t *Terminal) Event(self *seal.Identity, slot store.Slot, kind casefile.EventKind, actor string) (casefile.Event, error) {
	id, err := seal.NewKey()
	if err != nil {
		return casefile.Event{}, err
	}
	nonce, err := seal.NewKey()
	if err != nil {
		return casefile.Event{}, err
	}
	return casefile.Event{
		Version: casefile.EventVersion, ID: fmt.Sprintf("%x", id), Case: slot.Number, Sequence: slot.Sequence, Kind: kind,
		At: slot.Clock.Mark.Stamp(slot.Clock.Reading, slot.Clock.Judgement), Terminal: self.Number, Generation: self.Generation,
		Point: self.Point, Region: self.Region, Actor: actor, Software: t.options.Software,
		LastPlatformEvent: slot.LastPlatformEvent, Nonce: fmt.Sprintf("%x", nonce),
	}, nil
}

// Follow composes the next event of a case, and gives what the case comes to by it; fill gives its body. It is refused where
// the event cannot follow.
func (t *Terminal) Follow(self *seal.Identity, standing store.Standing, kind casefile.EventKind, actor string, attachments []casefile.Attachment, fill func(*casefile.Event)) (store.Record, casefile.Status, error) {
	event, err := t.Event(self, standing.Slot, kind, actor)
	if err != nil {
		return store.Record{}, standing.Status, err
	}
	fill(&event)
	entry := casefile.Entry{Kind: kind, At: standing.Slot.Clock.Judgement.Now}
	if event.Evaluation != nil {
		entry.Times = event.Evaluation.Times
	}
	status, err := standing.Apply(entry)
	if err != nil {
		return store.Record{}, standing.Status, err
	}
	record, err := Compose(self, event, attachments)
	return record, status, err
}

// Compose makes an event's packet.
func Compose(self *seal.Identity, event casefile.Event, attachments []casefile.Attachment) (store.Record, error) {
	built, err := packet.Build(self, event, attachments)
	if err != nil {
		return store.Record{}, err
	}
	return store.Record{Event: event, Digest: built.EventDigest, Packet: built, Attachments: attachments}, nil
}

// CheckSubmission refuses a submission that is too large, or whose signature is
// bound to other content.
func CheckSubmission(submission casefile.Submission) error {
	content, err := casefile.SignedContent(submission)
	if err != nil {
		return err
	}
	if len(content) > MaxSubmission {
		return fmt.Errorf("the submission has %d bytes, at most %d can be filed", len(content), MaxSubmission)
	}
	if s := submission.Signature; s != nil && s.Content != seal.Digest(content) {
		return errors.New("the signature is bound to other content")
	}
	return nil
}

// CheckCorrection refuses a correction whose signature is bound to other content.
func CheckCorrection(correction casefile.Correction) error {
	content, err := casefile.SignedCorrection(correction)
	if err != nil {
		return err
	}
	if len(content) > MaxSubmission {
		return fmt.Errorf("the correction has %d bytes, at most %d can be filed", len(content), MaxSubmission)
	}
	if s := correction.Signature; s != nil && s.Content != seal.Digest(content) {
		return errors.New("the signature is bound to other content")
	}
	return nil
}

// CheckAttachments refuses an event that names pages that were not given, and
// pages that are not on the disk.
func CheckAttachments(opened *store.Store, event casefile.Event, attachments []casefile.Attachment) error {
	there := map[string]bool{}
	for _, a := range attachments {
		if there[a.Digest] {
			return errors.New("an attachment is given twice")
		}
		if !opened.Has(a) {
			return errors.New("an attachment is not on the disk")
		}
		there[a.Digest] = true
	}
	for _, digest := range packet.References(event) {
		if !there[digest] {
			return errors.New("the event names an attachment that was not given")
		}
	}
	return nil
}
