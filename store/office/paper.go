package office

import (
	"context"
	"errors"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
)

// heldPaper is what an original's row keeps sealed.
type heldPaper struct {
	agency.Held
	Person string `json:"person,omitempty"`
}

// movePapers judges a move by the case's log and gives papers that come in their ids.
func (d desk) movePapers(w *store.Work, standing store.Standing, move *casefile.PaperMove) (agency.Custody, error) {
	if len(move.Papers) == 0 {
		return agency.Custody{}, errNoPapers
	}
	log, err := d.log(w, standing)
	if err != nil {
		return agency.Custody{}, err
	}
	custody, err := custodyOf(log)
	if err != nil {
		return agency.Custody{}, err
	}
	move.Papers = slices.Clone(move.Papers)
	ids := d.paperIDs(standing.Slot.Number, custody, len(move.Papers))
	for i := range move.Papers {
		if p := &move.Papers[i]; p.ID == "" && move.Step == casefile.PaperReceived {
			p.ID, ids = ids[0], ids[1:]
		}
	}
	return custody.Apply(*move)
}

// PaperIDs gives the ids of the next n originals that are taken in of a case here, one of another terminal's too: they
// stand on the paper that is signed before the move is added.
func (b *Book) PaperIDs(ctx context.Context, number casefile.Number, n int) ([]string, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	found, row, err := d.store.DeskCase(ctx, number)
	if errors.Is(err, store.ErrNoCase) { // nothing was written of it here yet
		return d.paperIDs(number, agency.Custody{}, n), nil
	}
	if err != nil {
		return nil, coded(err)
	}
	if row.Account != b.account.ID {
		return nil, refuse(agency.NotYours)
	}
	file, err := d.openCase(found, row, nil)
	if err != nil {
		return nil, coded(err)
	}
	return d.paperIDs(number, file.Custody, n), nil
}

func (d desk) paperIDs(number casefile.Number, custody agency.Custody, n int) []string {
	return custody.NextPapers(number, d.self.Number+d.self.Generation, n)
}

// putPapers writes the rows of the originals that a move touched.
func (d desk) putPapers(w *store.Work, standing store.Standing, custody agency.Custody, move casefile.PaperMove) error {
	number := standing.Slot.Number
	person, err := d.person(number, standing.Desk)
	if err != nil {
		return err
	}
	for _, held := range custody.Held {
		if !slices.ContainsFunc(move.Papers, func(p casefile.Paper) bool { return p.ID == held.ID }) {
			continue
		}
		sealed, err := d.sealJSON(heldPaper{Held: held, Person: person}, "paper "+held.ID)
		if err != nil {
			return err
		}
		if err := w.Paper(held.ID, number, d.account.ID, held.Step, sealed); err != nil {
			return err
		}
	}
	return nil
}

// Custody are the originals this account holds, handed on or returned, oldest first.
func (b *Book) Custody(ctx context.Context) ([]agency.PaperLine, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	rows, err := d.store.Papers(ctx, b.account.ID)
	if err != nil {
		return nil, coded(err)
	}
	lines := make([]agency.PaperLine, 0, len(rows))
	for _, row := range rows {
		var held heldPaper
		if err := d.openHanded(row.Sealed, row.Handed, "paper "+row.Paper, &held); err != nil {
			return nil, coded(err)
		}
		lines = append(lines, agency.PaperLine{Held: held.Held, Case: row.Case, Person: held.Person, Since: row.Since})
	}
	return lines, nil
}
