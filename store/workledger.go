package store

import (
	"fmt"

	"bianmin/core/casefile"
)

// NextReceipt gives the next serial of the fee receipts: from 1 per terminal and
// generation, without gaps, because it is given back when the transaction fails.
func (w *Work) NextReceipt() (int64, error) {
	var serial int64
	err := w.tx.QueryRow(`INSERT INTO receipts (terminal, generation, last) VALUES (?, ?, 1)
		ON CONFLICT (terminal, generation) DO UPDATE SET last = last + 1 RETURNING last`, w.terminal, w.generation).Scan(&serial)
	if err != nil {
		return 0, fmt.Errorf("allocate a receipt number: %w", err)
	}
	return serial, nil
}

// Closed tells whether an account closed a date or a later one.
func (w *Work) Closed(account, date string) (bool, error) {
	var closed bool
	err := w.tx.QueryRow("SELECT EXISTS (SELECT 1 FROM closings WHERE account = ? AND date >= ?)", account, date).Scan(&closed)
	if err != nil {
		return false, fmt.Errorf("read the closings: %w", err)
	}
	return closed, nil
}

// ClosedOn tells whether an account closed this very date.
func (w *Work) ClosedOn(account, date string) (bool, error) {
	var closed bool
	err := w.tx.QueryRow("SELECT EXISTS (SELECT 1 FROM closings WHERE account = ? AND date = ?)", account, date).Scan(&closed)
	if err != nil {
		return false, fmt.Errorf("read the closings: %w", err)
	}
	return closed, nil
}

// Enter puts a ledger row under this transaction's date.
func (w *Work) Enter(serial int64, account string, number casefile.Number, sealed []byte) error {
	_, err := w.tx.Exec("INSERT INTO ledger (terminal, generation, serial, account, date, at_ms, case_number, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		w.terminal, w.generation, serial, account, w.Date(), w.Clock.Judgement.Now.UnixMilli(), string(number), sealed)
	if err != nil {
		return fmt.Errorf("enter into the ledger: %w", err)
	}
	return nil
}

// Ledger gives an account's rows of a date in the order of their receipts.
func (w *Work) Ledger(account, date string) ([]LedgerRow, error) {
	rows, err := w.tx.Query(sqlLedger, account, date)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return scanLedger(rows)
}

// CloseDay closes an account's date.
func (w *Work) CloseDay(account, date string, number casefile.Number, sealed []byte) error {
	_, err := w.tx.Exec("INSERT INTO closings (account, date, number, sealed) VALUES (?, ?, ?, ?)", account, date, string(number), sealed)
	if err != nil {
		return fmt.Errorf("close a day: %w", err)
	}
	return nil
}

// Paper puts where an original is now.
func (w *Work) Paper(paper string, number casefile.Number, account string, step casefile.PaperStep, sealed []byte) error {
	_, err := w.tx.Exec(`INSERT INTO custody (paper, case_number, account, step, since_ms, sealed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (paper) DO UPDATE SET step = excluded.step, since_ms = excluded.since_ms, sealed = excluded.sealed`,
		paper, string(number), account, string(step), w.Clock.Judgement.Now.UnixMilli(), sealed)
	if err != nil {
		return fmt.Errorf("note an original: %w", err)
	}
	return nil
}

// PaperCase gives the case an original belongs to, ErrNoCase when it is not known.
func (w *Work) PaperCase(paper string) (casefile.Number, error) {
	var number string
	err := w.tx.QueryRow("SELECT case_number FROM custody WHERE paper = ?", paper).Scan(&number)
	return casefile.Number(number), noCase(err, "find an original")
}

// VisitDone notes what became of an appointment that an account sees; false when it sees none of that id.
func (w *Work) VisitDone(account, id, outcome string) (bool, error) {
	// One appointment, whoever kept it.
	result, err := w.tx.Exec(`UPDATE visits SET outcome = ? WHERE id = ? AND EXISTS (SELECT 1 FROM visits v WHERE v.id = ? AND v.account = ?)`,
		outcome, id, id, account)
	if err != nil {
		return false, fmt.Errorf("note a visit: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// HandOver moves a case with its originals to another account: key, row and
// tag are the other's from now on.
func (w *Work) HandOver(number casefile.Number, to string, byAgent, line []byte) error {
	if err := forgetLists(w.tx, "?", string(number)); err != nil {
		return fmt.Errorf("hand a case over: %w", err)
	}
	result, err := w.tx.Exec("UPDATE desk_cases SET account = ?, by_agent = ?, line = ?, handed = 1 WHERE number = ?", to, byAgent, line, string(number))
	if err := needRow(result, err); err != nil {
		return fmt.Errorf("hand a case over: %w", err)
	}
	if _, err := w.tx.Exec("UPDATE visits SET account = ? WHERE case_number = ?", to, string(number)); err != nil {
		return fmt.Errorf("hand a case's visits over: %w", err)
	}
	return nil
}

// HandPaper moves one original of such a case.
func (w *Work) HandPaper(paper, to string, sealed []byte) error {
	result, err := w.tx.Exec("UPDATE custody SET account = ?, sealed = ?, handed = 1 WHERE paper = ?", to, sealed, paper)
	if err := needRow(result, err); err != nil {
		return fmt.Errorf("hand an original over: %w", err)
	}
	return nil
}

// Visits gives a case's appointments.
func (w *Work) Visits(number casefile.Number) ([]VisitRow, error) {
	rows, err := w.tx.Query(sqlVisits+"WHERE case_number = ?", string(number))
	if err != nil {
		return nil, fmt.Errorf("read appointments: %w", err)
	}
	return scanVisits(rows)
}

// HandVisit seals one of a case's appointments anew.
func (w *Work) HandVisit(id, to string, sealed []byte) error {
	result, err := w.tx.Exec("UPDATE visits SET sealed = ? WHERE id = ? AND account = ?", sealed, id, to)
	if err := needRow(result, err); err != nil {
		return fmt.Errorf("hand an appointment over: %w", err)
	}
	return nil
}

// Papers gives a case's originals.
func (w *Work) Papers(number casefile.Number) ([]PaperRow, error) {
	rows, err := w.tx.Query(sqlPapers+"WHERE case_number = ? ORDER BY since_ms, paper", string(number))
	if err != nil {
		return nil, fmt.Errorf("read originals: %w", err)
	}
	return scanPapers(rows)
}
