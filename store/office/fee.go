package office

import (
	"context"
	"fmt"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
)

// feeRow is what a ledger row keeps sealed.
type feeRow struct {
	Entry  casefile.FeeEntry `json:"entry"`
	Person string            `json:"person,omitempty"`
}

func feeContext(receipt string) string { return "fee " + receipt }

// Fee commits a ledger entry of a case and gives it its receipt number. guide is
// asked inside the transaction: what the item's guide asks for a fee of that name.
func (b *Book) Fee(ctx context.Context, number casefile.Number, given casefile.FeeEntry, guide func(name string) (fen int64, known bool)) (casefile.FeeEntry, error) {
	d, err := b.filing(ctx)
	if err != nil {
		return casefile.FeeEntry{}, coded(err)
	}
	fee := given
	err = d.work(ctx, func(w *store.Work) error {
		closed, err := w.Closed(b.account.ID, w.Date())
		if err != nil {
			return err
		}
		if closed {
			return refuse(agency.DayIsClosed)
		}
		standing, err := d.own(w, number, casefile.FeeTaken)
		if err != nil {
			return err
		}
		log, err := d.log(w, standing)
		if err != nil {
			return err
		}
		if err := agency.CheckFee(fee, guide, feesOf(log)); err != nil {
			return err
		}
		return d.enter(w, standing, &fee)
	})
	if err != nil {
		return casefile.FeeEntry{}, err
	}
	return fee, nil
}

func (d desk) enter(w *store.Work, standing store.Standing, fee *casefile.FeeEntry) error {
	serial, err := w.NextReceipt()
	if err != nil {
		return err
	}
	fee.Receipt = agency.ReceiptNumber(d.self.Number, d.self.Generation, serial)
	if fee.Method == "" {
		fee.Method = "cash"
	}
	if _, err := d.add(w, standing, casefile.FeeTaken, nil, func(e *casefile.Event) { e.Fee = fee }); err != nil {
		return err
	}
	person, err := d.person(standing.Slot.Number, standing.Desk)
	if err != nil {
		return err
	}
	sealed, err := d.sealJSON(feeRow{Entry: *fee, Person: person}, feeContext(fee.Receipt))
	if err != nil {
		return err
	}
	return w.Enter(serial, d.account.ID, standing.Slot.Number, sealed)
}

// CloseDay closes a business date for this account; nothing can be entered
// under it, or an earlier one, afterwards. It goes up as a record of its own.
func (b *Book) CloseDay(ctx context.Context, date string, counted int64, reason string, signature *casefile.Signature, attachments []casefile.Attachment) (casefile.DayClosing, error) {
	d, err := b.filing(ctx)
	if err != nil {
		return casefile.DayClosing{}, coded(err)
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return casefile.DayClosing{}, coded(fmt.Errorf("close a day: %w", err))
	}
	if err := terminal.CheckAttachments(d.store, casefile.Event{Day: &casefile.DayClosing{Signature: signature}}, attachments); err != nil {
		return casefile.DayClosing{}, coded(err)
	}
	var day casefile.DayClosing
	err = d.work(ctx, func(w *store.Work) error {
		if date > w.Date() {
			return refuse(agency.NotNow)
		}
		closed, err := w.ClosedOn(b.account.ID, date)
		if err != nil {
			return err
		}
		if closed {
			return refuse(agency.DayIsClosed)
		}
		rows, err := w.Ledger(b.account.ID, date)
		if err != nil {
			return err
		}
		entries, err := d.openFees(rows)
		if err != nil {
			return err
		}
		if day, err = agency.Closing(date, b.account.ID, entriesOf(entries), counted, reason); err != nil {
			return err
		}
		day.Signature = signature
		return d.close(w, day, attachments)
	})
	if err != nil {
		return casefile.DayClosing{}, err
	}
	return day, nil
}

func (d desk) close(w *store.Work, day casefile.DayClosing, attachments []casefile.Attachment) error {
	filed, err := d.begin(w, recordDay, casefile.DayClosed, attachments, func(e *casefile.Event) { e.Day = &day })
	if err != nil {
		return err
	}
	sealed, err := d.sealJSON(day, "closing "+day.Date)
	if err != nil {
		return err
	}
	return w.CloseDay(d.account.ID, day.Date, filed.Number, sealed)
}

func (d desk) openFees(rows []store.LedgerRow) ([]agency.FeeLine, error) {
	lines := make([]agency.FeeLine, 0, len(rows))
	for _, row := range rows {
		var fee feeRow
		if err := d.openJSON(row.Sealed, feeContext(agency.ReceiptNumber(row.Terminal, row.Generation, row.Serial)), &fee); err != nil {
			return nil, err
		}
		lines = append(lines, agency.FeeLine{FeeEntry: fee.Entry, Case: row.Case, Person: fee.Person, At: row.At, Date: row.Date})
	}
	return lines, nil
}

func entriesOf(lines []agency.FeeLine) []casefile.FeeEntry {
	entries := make([]casefile.FeeEntry, 0, len(lines))
	for _, l := range lines {
		entries = append(entries, l.FeeEntry)
	}
	return entries
}

// Fees are this account's ledger entries of a business date in the order of their receipts.
func (b *Book) Fees(ctx context.Context, date string) ([]agency.FeeLine, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	rows, err := d.store.Ledger(ctx, b.account.ID, date)
	if err != nil {
		return nil, coded(err)
	}
	lines, err := d.openFees(rows)
	return lines, coded(err)
}

// Days are the business dates with entries or a closing, newest first.
func (b *Book) Days(ctx context.Context) ([]agency.DayLine, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	rows, err := d.store.Days(ctx, b.account.ID)
	if err != nil {
		return nil, coded(err)
	}
	days := make([]agency.DayLine, 0, len(rows))
	for _, row := range rows {
		day := agency.DayLine{Date: row.Date, Entries: row.Entries}
		if row.Closing != nil {
			var closing casefile.DayClosing
			if err := d.openJSON(row.Closing, "closing "+row.Date, &closing); err != nil {
				return nil, coded(err)
			}
			day.Closing, day.Fen = &closing, closing.LedgerFen
		} else {
			lines, err := b.Fees(ctx, row.Date)
			if err != nil {
				return nil, err
			}
			for _, l := range lines {
				day.Fen += l.Fen
			}
		}
		days = append(days, day)
	}
	return days, nil
}
