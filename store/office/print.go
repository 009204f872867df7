package office

import (
	"context"
	"encoding/json"
	"fmt"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/store"
	"bianmin/sync/seal"
)

// BeginPrint writes a physical job into the print ledger before its first byte.
// One of a case of another account is refused.
func (b *Book) BeginPrint(ctx context.Context, job agency.PrintJob) (int64, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return 0, coded(err)
	}
	if _, err := casefile.ParseNumber(string(job.Case)); err == nil {
		_, desk, err := d.store.DeskCase(ctx, job.Case)
		if err != nil || desk.Account != b.account.ID {
			return 0, refuse(agency.NotYours)
		}
	}
	id, err := d.store.BeginPrint(ctx, store.Print{Kind: job.Kind, Case: job.Case, Item: job.Item, Reprint: job.Reprint, By: b.actor()})
	return id, coded(err)
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
