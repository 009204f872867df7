package office

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/seal"
)

// HandOver gives cases with their originals to another account of this point,
// which then alone can read them; it finds them at its next sign-on. The
// account must have keys on this PC, or it gives agency.ErrNotActive. All of
// them are given or none.
func (b *Book) HandOver(ctx context.Context, numbers []casefile.Number, to string) error {
	d, err := b.filing(ctx)
	if err != nil {
		return coded(err)
	}
	if to == b.account.ID {
		return refuse(agency.NotNow)
	}
	keys, err := keysOf(ctx, d.store, to)
	if err != nil {
		return coded(err)
	}
	public, err := seal.ParseKey(keys.Public)
	if err != nil {
		return coded(err)
	}
	return d.work(ctx, func(w *store.Work) error {
		for _, number := range numbers {
			if err := d.handOver(w, number, to, public); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d desk) handOver(w *store.Work, number casefile.Number, to string, public *ecdsa.PublicKey) error {
	standing, err := w.Case(number)
	if err != nil || standing.Desk.Account != d.account.ID || standing.Desk.Record != recordCase {
		return refuse(agency.NotYours)
	}
	key, err := d.caseKey(standing.Desk)
	if err != nil {
		return err
	}
	byOther, err := seal.WrapKeyTo(key, public)
	if err != nil {
		return err
	}
	var row line
	if err := d.openHanded(standing.Desk.Line, standing.Desk.Handed, "line "+string(number), &row); err != nil {
		return err
	}
	sealed, err := sealTo(row, public, "line "+string(number))
	if err != nil {
		return err
	}
	visits, err := w.Visits(number)
	if err != nil {
		return err
	}
	if err := w.HandOver(number, to, byOther, sealed); err != nil {
		return err
	}
	if err := d.handPapers(w, number, to, public); err != nil {
		return err
	}
	for _, v := range visits {
		content, err := seal.OpenWith(v.Sealed, d.private, "visit "+v.ID)
		if err != nil {
			return fmt.Errorf("open an appointment: %w", err)
		}
		again, err := seal.SealTo(content, public, "visit "+v.ID)
		if err != nil {
			return err
		}
		if err := w.HandVisit(v.ID, to, again); err != nil {
			return err
		}
	}
	return w.Audit(store.Entry{Actor: d.actor(), Action: "handed-over", Subject: string(number), Detail: to})
}

func (d desk) handPapers(w *store.Work, number casefile.Number, to string, public *ecdsa.PublicKey) error {
	papers, err := w.Papers(number)
	if err != nil {
		return err
	}
	for _, p := range papers {
		var held heldPaper
		if err := d.openHanded(p.Sealed, p.Handed, "paper "+p.Paper, &held); err != nil {
			return err
		}
		sealed, err := sealTo(held, public, "paper "+p.Paper)
		if err != nil {
			return err
		}
		if err := w.HandPaper(p.Paper, to, sealed); err != nil {
			return err
		}
	}
	return nil
}

func sealTo(value any, public *ecdsa.PublicKey, context string) ([]byte, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", context, err)
	}
	return seal.SealTo(content, public, context)
}

// takeIn makes the cases that were handed to this account its own: rows by its
// book key, found by its lookup key.
func (b *Book) takeIn(ctx context.Context) error {
	d, err := b.reading(ctx)
	if err != nil {
		return err
	}
	numbers, err := d.store.Handed(ctx, b.account.ID, b.index.last)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if err := d.takeInOne(ctx, number); err != nil {
			return err
		}
	}
	return nil
}

func (d desk) takeInOne(ctx context.Context, number casefile.Number) error {
	_, desk, err := d.store.DeskCase(ctx, number)
	if err != nil {
		return err
	}
	var row line
	if err := d.openHanded(desk.Line, desk.Handed, "line "+string(number), &row); err != nil {
		return err
	}
	sealed, err := d.sealJSON(row, "line "+string(number))
	if err != nil {
		return err
	}
	rows, err := d.store.PapersOf(ctx, number)
	if err != nil {
		return err
	}
	papers := map[string][]byte{}
	for _, p := range rows {
		if !p.Handed {
			continue
		}
		var held heldPaper
		if err := d.openHanded(p.Sealed, true, "paper "+p.Paper, &held); err != nil {
			return err
		}
		if papers[p.Paper], err = d.sealJSON(held, "paper "+p.Paper); err != nil {
			return err
		}
	}
	tag := seal.Tag(d.lookup, row.Number)
	return d.store.TakeIn(ctx, d.account.ID, number, sealed, tag[:], papers)
}
