package filing

import (
	"bytes"
	"context"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// Attach seals content and keeps it on disk, synced, before any record names it.
func (f *Filing) Attach(ctx context.Context, mediaType string, content []byte) (casefile.Attachment, error) {
	opened, _, err := f.Opened(ctx)
	if err != nil {
		return casefile.Attachment{}, err
	}
	attachment, err := opened.Attach(ctx, mediaType, bytes.NewReader(content))
	if err != nil {
		return casefile.Attachment{}, terminal.Coded(err)
	}
	f.mu.Lock()
	f.drafts[attachment.Digest] = attachment
	f.mu.Unlock()
	return attachment, nil
}

// Drop forgets a page the person took back: its key, then its file.
func (f *Filing) Drop(ctx context.Context, digest string) error {
	opened, _, err := f.Opened(ctx)
	if err != nil {
		return err
	}
	f.mu.Lock()
	delete(f.drafts, digest)
	f.mu.Unlock()
	return terminal.Coded(opened.Drop(ctx, digest))
}

// Submit commits event, attachments, outbox and audit in one transaction.
// After it returns nil the case cannot be lost; after an error nothing was filed.
func (f *Filing) Submit(ctx context.Context, submission casefile.Submission, attachments []casefile.Attachment, person identity.Card) (casefile.Filed, error) {
	if err := f.Able(ctx); err != nil {
		return casefile.Filed{}, err
	}
	opened, self, err := f.Opened(ctx)
	if err != nil {
		return casefile.Filed{}, err
	}
	if err := terminal.CheckSubmission(submission); err != nil {
		return casefile.Filed{}, terminal.Coded(err)
	}
	if err := terminal.CheckAttachments(opened, casefile.Event{Submission: &submission}, attachments); err != nil {
		return casefile.Filed{}, terminal.Coded(err)
	}
	keys := f.cardKeys(self, person)
	caseKey, err := seal.NewCaseKey()
	if err != nil {
		return casefile.Filed{}, terminal.Coded(err)
	}
	c := composer{filing: f, self: self, keys: keys, key: caseKey, submission: submission, attachments: attachments}
	if err := opened.Submit(ctx, self.Number, self.Generation, c.build); err != nil {
		return casefile.Filed{}, terminal.Coded(err)
	}
	f.mu.Lock()
	f.cases[c.filed.Number] = caseKey
	for _, a := range attachments {
		delete(f.drafts, a.Digest)
	}
	f.mu.Unlock()
	return c.filed, nil
}

// composer makes the records of one submission for the number its transaction gives.
type composer struct {
	filing      *Filing
	self        *seal.Identity
	keys        seal.CardKeys
	key         *sm2.PrivateKey
	submission  casefile.Submission
	attachments []casefile.Attachment
	filed       casefile.Filed
}

func (c *composer) build(slot store.Slot) (store.Record, error) {
	event, err := c.filing.Event(c.self, slot, casefile.Submitted, "citizen")
	if err != nil {
		return store.Record{}, err
	}
	event.Submission = &c.submission
	record, err := terminal.Compose(c.self, event, c.attachments)
	if err != nil {
		return store.Record{}, err
	}
	now := slot.Clock.Judgement.Now
	qr, err := c.self.SignCode(receipt.Code{
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
	byRecovery, err := seal.WrapKeyTo(c.key, c.self.Recovery)
	if err != nil {
		return nil, err
	}
	item := c.submission.Item
	sealed, err := terminal.Summary{
		Item: item.Code, Version: item.Version, Name: item.Name, Department: item.DepartmentName, Days: item.PromisedDays, QR: qr, Filed: now,
	}.Seal(seal.CompressKey(&c.key.PublicKey), event.Case)
	if err != nil {
		return nil, err
	}
	return &store.NewCase{Tag: c.keys.Tag[:], Public: public, ByCard: byCard, ByRecovery: byRecovery, Summary: sealed, Days: item.PromisedDays}, nil
}

// Evaluate commits the rating of a filed case as an event of that case. A rating
// that the case already has gives store.ErrEvaluated.
func (f *Filing) Evaluate(ctx context.Context, filed casefile.Filed, evaluation casefile.Evaluation) error {
	if err := f.Able(ctx); err != nil {
		return err
	}
	opened, self, err := f.Opened(ctx)
	if err != nil {
		return err
	}
	found, err := opened.CaseByNumber(ctx, filed.Number)
	if err != nil {
		return terminal.Coded(err)
	}
	return terminal.Coded(opened.Append(ctx, filed.Number, self.Generation, func(slot store.Slot) (store.Record, error) {
		event, err := f.Event(self, slot, casefile.Evaluated, "citizen")
		if err != nil {
			return store.Record{}, err
		}
		event.Evaluation = &evaluation
		record, err := terminal.Compose(self, event, nil)
		if err != nil {
			return store.Record{}, err
		}
		detail := store.Detail{At: slot.Clock.Judgement.Now, Times: evaluation.Times}
		record.Detail, err = detail.Seal(found.Public, filed.Number)
		return record, err
	}))
}
