package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
)

// SheetRow is one hand-over sheet.
type SheetRow struct {
	Number  casefile.Number
	Account string
	At      time.Time // when it was prepared
	State   string
	Sealed  []byte
}

const sqlSheets = "SELECT number, account, at_ms, state, sealed FROM sheets "

// PrepareSheet puts a sheet under a number that Begin gave.
func (w *Work) PrepareSheet(number casefile.Number, account, state string, sealed []byte) error {
	_, err := w.tx.Exec("INSERT INTO sheets (number, account, at_ms, state, sealed) VALUES (?, ?, ?, ?, ?)",
		string(number), account, w.Clock.Judgement.Now.UnixMilli(), state, sealed)
	if err != nil {
		return fmt.Errorf("prepare a sheet: %w", err)
	}
	w.events++ // a copy from before it must not give its number again
	return nil
}

// Sheet gives a sheet; false when there is none of that number.
func (w *Work) Sheet(number casefile.Number) (SheetRow, bool, error) {
	row, err := scanSheet(w.tx.QueryRow(sqlSheets+"WHERE number = ?", string(number)))
	if errors.Is(err, sql.ErrNoRows) {
		return SheetRow{}, false, nil
	}
	return row, err == nil, err
}

// EndSheet says what became of a prepared sheet; it never changes again.
func (w *Work) EndSheet(number casefile.Number, state string) error {
	result, err := w.tx.Exec("UPDATE sheets SET state = ? WHERE number = ?", state, string(number))
	if err := needRow(result, err); err != nil {
		return fmt.Errorf("end a sheet: %w", err)
	}
	return nil
}

// At gives the slot of the first event under a number that was taken earlier.
func (w *Work) At(number casefile.Number) Slot {
	return Slot{Number: number, Sequence: 1, Clock: w.Clock}
}

// Sheets gives an account's newest sheets, those that are only prepared first.
func (s *Store) Sheets(ctx context.Context, account string, most int) ([]SheetRow, error) {
	rows, err := s.reader.QueryContext(ctx, sqlSheets+"WHERE account = ? ORDER BY state = 'prepared' DESC, at_ms DESC, number DESC LIMIT ?", account, most)
	if err != nil {
		return nil, classify(fmt.Errorf("list sheets: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var found []SheetRow
	for rows.Next() {
		row, err := scanSheet(rows)
		if err != nil {
			return nil, classify(err)
		}
		found = append(found, row)
	}
	return found, classify(rows.Err())
}

// SheetOwner gives the account that prepared a sheet, ErrNoCase when there is none of that number.
func (s *Store) SheetOwner(ctx context.Context, number casefile.Number) (string, error) {
	var account string
	err := s.reader.QueryRowContext(ctx, "SELECT account FROM sheets WHERE number = ?", string(number)).Scan(&account)
	return account, classify(noCase(err, "find a sheet"))
}

func scanSheet(row interface{ Scan(dest ...any) error }) (SheetRow, error) {
	var r SheetRow
	var number string
	var at int64
	if err := row.Scan(&number, &r.Account, &at, &r.State, &r.Sealed); err != nil {
		return r, fmt.Errorf("read a sheet: %w", err)
	}
	r.Number, r.At = casefile.Number(number), fromMilliseconds(at)
	return r, nil
}
