package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/store"
	"bianmin/sync/seal"
)

// BeginPrint writes a physical job into the print ledger before its first byte.
// One of a case or sheet of another account is refused; of a case begun at another terminal nothing need be here yet.
func (b *Book) BeginPrint(ctx context.Context, job agency.PrintJob) (int64, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return 0, coded(err)
	}
	print := store.Print{Kind: job.Kind, Case: job.Case, Item: job.Item, Reprint: job.Reprint, By: b.actor()}
	if parts, err := casefile.ParseNumber(string(job.Case)); err == nil {
		owner, err := d.ownerOf(ctx, job.Case)
		here := parts.Terminal == d.self.Number && parts.Generation == d.self.Generation
		switch {
		case errors.Is(err, store.ErrNoCase) && !here:
			print.Elsewhere = true
		case err != nil || owner != b.account.ID:
			return 0, refuse(agency.NotYours)
		}
	}
	id, err := d.store.BeginPrint(ctx, print)
	return id, coded(err)
}

// ownerOf is whose case or sheet a number is, or store.ErrNoCase.
func (d desk) ownerOf(ctx context.Context, number casefile.Number) (string, error) {
	_, desk, err := d.store.DeskCase(ctx, number)
	if errors.Is(err, store.ErrNoCase) {
		return d.store.SheetOwner(ctx, number)
	}
	return desk.Account, err
}

// Printed tells whether a job of a kind was begun for a case before, however it ended.
func (b *Book) Printed(ctx context.Context, number casefile.Number, kind string) (bool, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return false, coded(err)
	}
	jobs, err := d.store.Prints(ctx, number)
	return slices.ContainsFunc(jobs, func(j store.Print) bool { return j.Kind == kind }), coded(err)
}

// EndPrint writes the printer's report after the last byte.
func (b *Book) EndPrint(ctx context.Context, id int64, report drivers.PrintReport) error {
	d, err := b.reading(ctx)
	if err != nil {
		return coded(err)
	}
	evidence, err := json.Marshal(report)
	if err != nil {
		return coded(fmt.Errorf("encode print report: %w", err))
	}
	return coded(d.store.EndPrint(ctx, id, string(report.Outcome), string(evidence)))
}

// ConfirmPrint writes what the agent saw of a job of unknown outcome.
func (b *Book) ConfirmPrint(ctx context.Context, id int64, cameOut bool) error {
	d, err := b.reading(ctx)
	if err != nil {
		return coded(err)
	}
	return coded(d.store.ConfirmPrint(ctx, id, cameOut, b.actor()))
}

// RetryQueue lets every waiting packet be tried at once.
func (b *Book) RetryQueue(ctx context.Context) error {
	d, err := b.reading(ctx)
	if err != nil {
		return coded(err)
	}
	if err := d.store.RetryNow(ctx); err != nil {
		return coded(err)
	}
	return coded(d.store.Audit(ctx, store.Entry{Actor: b.actor(), Action: "queue-retry"}))
}

// Audit notes an act of this account that changes nothing else. A subject that
// is no case number is kept as its keyed hash: the trail holds nothing personal.
func (b *Book) Audit(ctx context.Context, action, subject string) error {
	d, err := b.reading(ctx)
	if err != nil {
		return coded(err)
	}
	if _, err := casefile.ParseNumber(subject); err != nil && subject != "" {
		tag := seal.Tag(d.lookup, subject)
		subject = fmt.Sprintf("#%x", tag[:8])
	}
	return coded(d.store.Audit(ctx, store.Entry{Actor: b.actor(), Action: action, Subject: subject}))
}
