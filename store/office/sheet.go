package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/seal"
)

// mostSheets is how many sheets are listed at once.
const mostSheets = 200

// preparedSheet is what a sheet's row keeps sealed.
type preparedSheet struct {
	Sheet casefile.Sheet `json:"sheet"`
	QR    string         `json:"qr"`
}

// PrepareSheet gives a hand-over sheet its number and code before it is printed, so that what is signed carries both. No
// original is moved yet. The number is spent whatever becomes of the sheet. The code names the SM3 of the sheet's
// JSON without a signature.
func (b *Book) PrepareSheet(ctx context.Context, sheet casefile.Sheet) (agency.SheetLine, error) {
	d, err := b.filing(ctx)
	if err != nil {
		return agency.SheetLine{}, coded(err)
	}
	if len(sheet.Papers) == 0 {
		return agency.SheetLine{}, coded(errNoPapers)
	}
	sheet.Signature = nil
	content, err := json.Marshal(sheet)
	if err != nil {
		return agency.SheetLine{}, coded(fmt.Errorf("encode a sheet: %w", err))
	}
	line := agency.SheetLine{Sheet: sheet, State: agency.SheetPrepared}
	err = d.work(ctx, func(w *store.Work) error {
		if err := d.allHere(w, sheet); err != nil {
			return err
		}
		slot, err := w.Begin()
		if err != nil {
			return err
		}
		line.Number, line.At = slot.Number, w.Clock.Judgement.Now
		line.QR, err = d.self.SignCode(receipt.Code{Case: line.Number, Item: agency.SheetItem, Time: line.At, Digest: seal.Sum(content)})
		if err != nil {
			return err
		}
		sealed, err := d.sealJSON(preparedSheet{Sheet: sheet, QR: line.QR}, "sheet "+string(line.Number))
		if err != nil {
			return err
		}
		if err := w.PrepareSheet(line.Number, d.account.ID, string(agency.SheetPrepared), sealed); err != nil {
			return err
		}
		return w.Audit(store.Entry{Actor: d.actor(), Action: "sheet-prepared", Subject: string(line.Number)})
	})
	if err != nil {
		return agency.SheetLine{}, err
	}
	return line, nil
}

// allHere refuses a sheet with an original that does not lie here.
func (d desk) allHere(w *store.Work, sheet casefile.Sheet) error {
	return d.eachCase(w, sheet, "", func(of casefile.Number, move casefile.PaperMove) error {
		standing, err := d.own(w, of, casefile.Papers)
		if err != nil {
			return err
		}
		_, err = d.movePapers(w, standing, &move)
		return err
	})
}

// Issue commits a prepared sheet, as it was printed, and the move of each original on it. One that was issued or is void
// gives agency.SheetOver; an original that was moved in between is refused as any move is.
func (b *Book) Issue(ctx context.Context, number casefile.Number, signature *casefile.Signature, attachments []casefile.Attachment) (casefile.Filed, error) {
	d, err := b.filing(ctx)
	if err != nil {
		return casefile.Filed{}, coded(err)
	}
	if err := terminal.CheckAttachments(d.store, casefile.Event{Sheet: &casefile.Sheet{Signature: signature}}, attachments); err != nil {
		return casefile.Filed{}, coded(err)
	}
	var filed casefile.Filed
	err = d.work(ctx, func(w *store.Work) error {
		line, err := d.prepared(w, number)
		if err != nil {
			return err
		}
		sheet := line.Sheet
		sheet.Signature = signature
		filed, err = d.beginAt(w, w.At(number), recordSheet, casefile.SheetIssued, attachments, func(e *casefile.Event) { e.Sheet = &sheet })
		if err != nil {
			return err
		}
		filed.QR = line.QR
		if err := w.EndSheet(number, string(agency.SheetIssued)); err != nil {
			return err
		}
		return d.handOn(w, sheet, number)
	})
	if err != nil {
		return casefile.Filed{}, err
	}
	return filed, nil
}

// VoidSheet declares a prepared sheet void: its number is never used, its paper stands for nothing.
func (b *Book) VoidSheet(ctx context.Context, number casefile.Number) error {
	d, err := b.noting(ctx)
	if err != nil {
		return coded(err)
	}
	return d.work(ctx, func(w *store.Work) error {
		if _, err := d.ownSheet(w, number); err != nil {
			return err
		}
		if err := w.EndSheet(number, string(agency.SheetVoid)); err != nil {
			return err
		}
		return w.Audit(store.Entry{Actor: d.actor(), Action: "sheet-void", Subject: string(number)})
	})
}

// prepared gives a sheet that can be issued. A number of a former generation of this terminal cannot any more.
func (d desk) prepared(w *store.Work, number casefile.Number) (agency.SheetLine, error) {
	row, err := d.ownSheet(w, number)
	if err != nil {
		return agency.SheetLine{}, err
	}
	parts, err := casefile.ParseNumber(string(number))
	if err != nil || parts.Terminal != d.self.Number || parts.Generation != d.self.Generation {
		return agency.SheetLine{}, refuse(agency.SheetOver)
	}
	return d.sheetLine(row)
}

// ownSheet gives this account's sheet while it is prepared.
func (d desk) ownSheet(w *store.Work, number casefile.Number) (store.SheetRow, error) {
	row, found, err := w.Sheet(number)
	switch {
	case err != nil:
		return row, err
	case !found || row.Account != d.account.ID:
		return row, refuse(agency.NotYours)
	case row.State != string(agency.SheetPrepared):
		return row, refuse(agency.SheetOver)
	}
	return row, nil
}

func (d desk) sheetLine(row store.SheetRow) (agency.SheetLine, error) {
	var kept preparedSheet
	err := d.openJSON(row.Sealed, "sheet "+string(row.Number), &kept)
	return agency.SheetLine{Number: row.Number, Sheet: kept.Sheet, QR: kept.QR, State: agency.SheetState(row.State), At: row.At}, err
}

// Sheets are this account's newest hand-over sheets, those that are only prepared first.
func (b *Book) Sheets(ctx context.Context) ([]agency.SheetLine, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	rows, err := d.store.Sheets(ctx, b.account.ID, mostSheets)
	if err != nil {
		return nil, coded(err)
	}
	lines := make([]agency.SheetLine, 0, len(rows))
	for _, row := range rows {
		line, err := d.sheetLine(row)
		if err != nil {
			return nil, coded(err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// handOn moves each original of a sheet.
func (d desk) handOn(w *store.Work, sheet casefile.Sheet, number casefile.Number) error {
	return d.eachCase(w, sheet, number, func(of casefile.Number, move casefile.PaperMove) error {
		_, err := d.addTo(w, of, casefile.Papers, casefile.Event{Papers: &move}, nil)
		return err
	})
}

// eachCase gives a sheet's move case by case, in the sheet's order.
func (d desk) eachCase(w *store.Work, sheet casefile.Sheet, number casefile.Number, do func(of casefile.Number, move casefile.PaperMove) error) error {
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
		if err := do(of, casefile.PaperMove{Step: casefile.PaperHandedOn, Papers: byCase[of], Party: sheet.To, Sheet: number}); err != nil {
			return err
		}
	}
	return nil
}
