package office

import (
	"context"
	"errors"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
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
	file, err := b.Case(ctx, number)
	if err != nil && agency.Refused(err) != agency.NotYours { // of which nothing was written here yet
		return nil, err
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

// Issue commits a hand-over sheet with a number of its own, and each named paper's move.
func (b *Book) Issue(ctx context.Context, sheet casefile.Sheet, attachments []casefile.Attachment) (casefile.Filed, error) {
	d, err := b.filing(ctx)
	if err != nil {
		return casefile.Filed{}, coded(err)
	}
	if len(sheet.Papers) == 0 {
		return casefile.Filed{}, coded(errNoPapers)
	}
	if err := terminal.CheckAttachments(d.store, casefile.Event{Sheet: &sheet}, attachments); err != nil {
		return casefile.Filed{}, coded(err)
	}
	var filed casefile.Filed
	err = d.work(ctx, func(w *store.Work) error {
		filed, err = d.begin(w, recordSheet, casefile.SheetIssued, attachments, func(e *casefile.Event) { e.Sheet = &sheet })
		if err != nil {
			return err
		}
		return d.handOn(w, sheet, filed.Number)
	})
	if err != nil {
		return casefile.Filed{}, err
	}
	return filed, nil
}

// handOn moves each paper of a sheet, case by case in the sheet's order.
func (d desk) handOn(w *store.Work, sheet casefile.Sheet, number casefile.Number) error {
	byCase := map[casefile.Number][]casefile.Paper{}
	var order []casefile.Number
	for _, paper := range sheet.Papers {
		of, err := w.PaperCase(paper.ID)
		if errors.Is(err, store.ErrNoCase) {
			return refuse(agency.PaperUnknown)
		}
		if err != nil {
			return err
		}
		if byCase[of] == nil {
			order = append(order, of)
		}
		byCase[of] = append(byCase[of], paper)
	}
	for _, of := range order {
		move := casefile.PaperMove{Step: casefile.PaperHandedOn, Papers: byCase[of], Party: sheet.To, Sheet: number}
		if _, err := d.addTo(w, of, casefile.Papers, casefile.Event{Papers: &move}, nil); err != nil {
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
