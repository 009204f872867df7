package filing

import (
	"context"
	"errors"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// Correct commits what a correction notice asked for as the next event of the same case, with its pages, in one
// transaction. Only a case this session filed or opened with the card can be corrected. casefile.ErrNotAsked says that the
// notice it answers does not stand any more; after any error nothing was filed.
func (f *Filing) Correct(ctx context.Context, number casefile.Number, correction casefile.Correction, attachments []casefile.Attachment) (casefile.Filed, error) {
	if err := f.Able(ctx); err != nil {
		return casefile.Filed{}, err
	}
	opened, self, err := f.Opened(ctx)
	if err != nil {
		return casefile.Filed{}, err
	}
	f.mu.Lock()
	key := f.cases[number]
	f.mu.Unlock()
	if key == nil {
		return casefile.Filed{}, terminal.Coded(errors.New("the case is not of this session"))
	}
	if err := terminal.CheckCorrection(correction); err != nil {
		return casefile.Filed{}, terminal.Coded(err)
	}
	if err := terminal.CheckAttachments(opened, casefile.Event{Correction: &correction}, attachments); err != nil {
		return casefile.Filed{}, terminal.Coded(err)
	}
	var filed casefile.Filed
	err = opened.Work(ctx, self.Number, self.Generation, func(w *store.Work) error {
		filed, err = f.correct(w, self, number, key, correction, attachments)
		return err
	})
	if err != nil {
		return casefile.Filed{}, terminal.Coded(err)
	}
	f.mu.Lock()
	for _, a := range attachments {
		delete(f.drafts, a.Digest)
	}
	f.mu.Unlock()
	return filed, nil
}

func (f *Filing) correct(w *store.Work, self *seal.Identity, number casefile.Number, key *sm2.PrivateKey, correction casefile.Correction, attachments []casefile.Attachment) (casefile.Filed, error) {
	standing, err := w.Case(number)
	if err != nil {
		return casefile.Filed{}, err
	}
	events, err := w.Log(number)
	if err != nil {
		return casefile.Filed{}, err
	}
	asked := terminal.AskedOf(number, events, key)
	if standing.State != casefile.StateCorrection || asked.ID != correction.Notice {
		return casefile.Filed{}, casefile.ErrNotAsked
	}
	record, status, err := f.Follow(self, standing, casefile.Corrected, "citizen", attachments, func(e *casefile.Event) { e.Correction = &correction })
	if err != nil {
		return casefile.Filed{}, err
	}
	detail := store.Detail{At: w.Clock.Judgement.Now}
	if record.Detail, err = detail.Seal(standing.Public, number); err != nil {
		return casefile.Filed{}, err
	}
	if f.options.Unsealed {
		record.Detail = record.Packet.Canonical
	}
	if err := w.Add(record, standing, status); err != nil {
		return casefile.Filed{}, err
	}
	return casefile.Filed{Number: number, Event: record.Event, Digest: record.Digest}, nil
}
