package filing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/store"
	"bianmin/sync/packet"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// MaxSubmission is the largest submission in canonical bytes.
const MaxSubmission = 2 << 20

// Attach seals content and keeps it on disk, synced, before any record names it.
func (f *Filing) Attach(ctx context.Context, mediaType string, content []byte) (casefile.Attachment, error) {
	opened, _, err := f.ready(ctx)
	if err != nil {
		return casefile.Attachment{}, err
	}
	attachment, err := opened.Attach(ctx, mediaType, bytes.NewReader(content))
	if err != nil {
		return casefile.Attachment{}, coded(err)
	}
	f.mu.Lock()
	f.drafts[attachment.Digest] = attachment
	f.mu.Unlock()
	return attachment, nil
}

// Drop forgets a page the person took back: its key, then its file.
func (f *Filing) Drop(ctx context.Context, digest string) error {
	opened, _, err := f.ready(ctx)
	if err != nil {
		return err
	}
	f.mu.Lock()
	delete(f.drafts, digest)
	f.mu.Unlock()
	return coded(opened.Drop(ctx, digest))
}

// Submit commits event, attachments, outbox and audit in one transaction.
// After it returns nil the case cannot be lost; after an error nothing was filed.
func (f *Filing) Submit(ctx context.Context, submission casefile.Submission, attachments []casefile.Attachment, person identity.Card) (casefile.Filed, error) {
	if err := f.Ready(ctx); err != nil {
		return casefile.Filed{}, err
	}
	opened, terminal, err := f.ready(ctx)
	if err != nil {
		return casefile.Filed{}, err
	}
	if err := check(opened, submission, attachments); err != nil {
		return casefile.Filed{}, coded(err)
	}
	keys := f.cardKeys(terminal, person)
	caseKey, err := seal.NewCaseKey()
	if err != nil {
		return casefile.Filed{}, coded(err)
	}
	c := composer{filing: f, terminal: terminal, keys: keys, key: caseKey, submission: submission, attachments: attachments}
	if err := opened.Submit(ctx, terminal.Number, terminal.Generation, c.build); err != nil {
		return casefile.Filed{}, coded(err)
	}
	f.mu.Lock()
	f.cases[c.filed.Number] = caseKey
	for _, a := range attachments {
		delete(f.drafts, a.Digest)
	}
	f.mu.Unlock()
	return c.filed, nil
}

// check refuses a submission that names pages that are not there, or whose
// signature is bound to other content.
func check(opened *store.Store, submission casefile.Submission, attachments []casefile.Attachment) error {
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
	for _, digest := range packet.References(casefile.Event{Submission: &submission}) {
		if !there[digest] {
			return errors.New("the submission names an attachment that was not given")
		}
	}
	return nil
}

// composer makes the records of one submission for the number its transaction gives.
type composer struct {
	filing      *Filing
	terminal    *seal.Identity
	keys        seal.CardKeys
	key         *sm2.PrivateKey
	submission  casefile.Submission
	attachments []casefile.Attachment
	filed       casefile.Filed
}

func (c *composer) build(slot store.Slot) (store.Record, error) {
	event, err := c.filing.newEvent(c.terminal, slot, casefile.Submitted, "citizen")
	if err != nil {
		return store.Record{}, err
	}
	event.Submission = &c.submission
	record, err := compose(c.terminal, event, c.attachments)
	if err != nil {
		return store.Record{}, err
	}
	now := slot.Clock.Judgement.Now
	qr, err := c.terminal.SignCode(receipt.Code{
		Case: event.Case, Item: c.submission.Item.Code, Time: now, Digest: seal.Sum(record.Packet.Canonical),
	})
	if err != nil {
		return store.Record{}, err
	}
	public := seal.CompressKey(&c.key.PublicKey)
	if record.Detail, err = (store.Detail{At: now}).Seal(public, event.Case); err != nil {
		return store.Record{}, err
	}
	if c.filing.options.Unsealed {
		record.Detail = record.Packet.Canonical
	}
	if record.Case, err = c.newCase(event, public, qr, now); err != nil {
		return store.Record{}, err
	}
	c.filed = casefile.Filed{Number: event.Case, Event: event, Digest: record.Digest, QR: qr}
	return record, nil
}

func (c *composer) newCase(event casefile.Event, public []byte, qr string, now time.Time) (*store.NewCase, error) {
	byCard, err := seal.WrapKey(c.key, c.keys.Wrap, string(event.Case))
	if err != nil {
		return nil, err
	}
	byRecovery, err := seal.WrapKeyTo(c.key, c.terminal.Recovery)
	if err != nil {
		return nil, err
	}
	item := c.submission.Item
	content, err := json.Marshal(summary{
		Item: item.Code, Name: item.Name, Department: item.DepartmentName, Days: item.PromisedDays, QR: qr, Filed: now,
	})
	if err != nil {
		return nil, fmt.Errorf("encode summary: %w", err)
	}
	sealed, err := seal.SealTo(content, &c.key.PublicKey, "summary "+string(event.Case))
	if err != nil {
		return nil, err
	}
	return &store.NewCase{Tag: c.keys.Tag[:], Public: public, ByCard: byCard, ByRecovery: byRecovery, Summary: sealed}, nil
}

// compose makes an event's packet.
func compose(terminal *seal.Identity, event casefile.Event, attachments []casefile.Attachment) (store.Record, error) {
	built, err := packet.Build(terminal, event, attachments)
	if err != nil {
		return store.Record{}, err
	}
	return store.Record{Event: event, Digest: built.EventDigest, Packet: built, Attachments: attachments}, nil
}

func (f *Filing) newEvent(terminal *seal.Identity, slot store.Slot, kind casefile.EventKind, actor string) (casefile.Event, error) {
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
		At: slot.Clock.Mark.Stamp(slot.Clock.Reading, slot.Clock.Judgement), Terminal: terminal.Number, Generation: terminal.Generation,
		Point: terminal.Point, Region: terminal.Region, Actor: actor, Software: f.options.Software,
		LastPlatformEvent: slot.LastPlatformEvent, Nonce: fmt.Sprintf("%x", nonce),
	}, nil
}

// Evaluate commits the rating of a filed case as an event of that case. A rating
// that the case already has gives store.ErrEvaluated.
func (f *Filing) Evaluate(ctx context.Context, filed casefile.Filed, evaluation casefile.Evaluation) error {
	if err := f.Ready(ctx); err != nil {
		return err
	}
	opened, terminal, err := f.ready(ctx)
	if err != nil {
		return err
	}
	found, err := opened.CaseByNumber(ctx, filed.Number)
	if err != nil {
		return coded(err)
	}
	return coded(opened.Append(ctx, filed.Number, terminal.Generation, func(slot store.Slot) (store.Record, error) {
		event, err := f.newEvent(terminal, slot, casefile.Evaluated, "citizen")
		if err != nil {
			return store.Record{}, err
		}
		event.Evaluation = &evaluation
		record, err := compose(terminal, event, nil)
		if err != nil {
			return store.Record{}, err
		}
		detail := store.Detail{At: slot.Clock.Judgement.Now, Times: evaluation.Times}
		record.Detail, err = detail.Seal(found.Public, filed.Number)
		return record, err
	}))
}
