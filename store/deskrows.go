package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bianmin/core/casefile"
)

const (
	sqlLedger = "SELECT terminal, generation, serial, date, at_ms, case_number, sealed FROM ledger WHERE account = ? AND date = ? ORDER BY at_ms, serial"
	sqlPapers = "SELECT paper, case_number, step, since_ms, sealed, handed FROM custody "
	sqlVisits = "SELECT id, case_number, date, state, outcome, sealed FROM visits "
)

// Ledger gives an account's entries of a date in the order of their receipts.
func (s *Store) Ledger(ctx context.Context, account, date string) ([]LedgerRow, error) {
	rows, err := s.reader.QueryContext(ctx, sqlLedger, account, date)
	if err != nil {
		return nil, classify(fmt.Errorf("read the ledger: %w", err))
	}
	found, err := scanLedger(rows)
	return found, classify(err)
}

func scanLedger(rows *sql.Rows) ([]LedgerRow, error) {
	defer func() { _ = rows.Close() }()
	var found []LedgerRow
	for rows.Next() {
		var r LedgerRow
		var at int64
		var number string
		if err := rows.Scan(&r.Terminal, &r.Generation, &r.Serial, &r.Date, &at, &number, &r.Sealed); err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		r.At, r.Case = fromMilliseconds(at), casefile.Number(number)
		found = append(found, r)
	}
	return found, rows.Err()
}

// Days gives the business dates with entries or a closing, newest first.
func (s *Store) Days(ctx context.Context, account string) ([]DayRow, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT d.date, (SELECT count(*) FROM ledger l WHERE l.account = ? AND l.date = d.date),
			(SELECT sealed FROM closings c WHERE c.account = ? AND c.date = d.date)
		FROM (SELECT date FROM ledger WHERE account = ? UNION SELECT date FROM closings WHERE account = ?) d ORDER BY d.date DESC`,
		account, account, account, account)
	if err != nil {
		return nil, classify(fmt.Errorf("list days: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var days []DayRow
	for rows.Next() {
		var d DayRow
		if err := rows.Scan(&d.Date, &d.Entries, &d.Closing); err != nil {
			return nil, classify(fmt.Errorf("list days: %w", err))
		}
		days = append(days, d)
	}
	return days, classify(rows.Err())
}

// Papers gives the originals an account holds, handed on or returned, oldest first.
func (s *Store) Papers(ctx context.Context, account string) ([]PaperRow, error) {
	rows, err := s.reader.QueryContext(ctx, sqlPapers+"WHERE account = ? ORDER BY since_ms, paper", account)
	if err != nil {
		return nil, classify(fmt.Errorf("list originals: %w", err))
	}
	found, err := scanPapers(rows)
	return found, classify(err)
}

// PapersOf gives a case's originals.
func (s *Store) PapersOf(ctx context.Context, number casefile.Number) ([]PaperRow, error) {
	rows, err := s.reader.QueryContext(ctx, sqlPapers+"WHERE case_number = ? ORDER BY since_ms, paper", string(number))
	if err != nil {
		return nil, classify(fmt.Errorf("list originals: %w", err))
	}
	found, err := scanPapers(rows)
	return found, classify(err)
}

func scanPapers(rows *sql.Rows) ([]PaperRow, error) {
	defer func() { _ = rows.Close() }()
	var found []PaperRow
	for rows.Next() {
		var r PaperRow
		var number, step string
		var since int64
		if err := rows.Scan(&r.Paper, &number, &step, &since, &r.Sealed, &r.Handed); err != nil {
			return nil, fmt.Errorf("read originals: %w", err)
		}
		r.Case, r.Step, r.Since = casefile.Number(number), casefile.PaperStep(step), fromMilliseconds(since)
		found = append(found, r)
	}
	return found, rows.Err()
}

// Visits gives the appointments an account sees of a date, "" for all that are open.
func (s *Store) Visits(ctx context.Context, account, date string) ([]VisitRow, error) {
	query, args := sqlVisits+"WHERE account = ? AND date = ?", []any{account, date}
	if date == "" {
		query, args = sqlVisits+"WHERE account = ? AND outcome = '' AND state <> 'cancelled'", []any{account}
	}
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(fmt.Errorf("list appointments: %w", err))
	}
	found, err := scanVisits(rows)
	return found, classify(err)
}

func scanVisits(rows *sql.Rows) ([]VisitRow, error) {
	defer func() { _ = rows.Close() }()
	var found []VisitRow
	for rows.Next() {
		var r VisitRow
		var number string
		if err := rows.Scan(&r.ID, &number, &r.Date, &r.State, &r.Outcome, &r.Sealed); err != nil {
			return nil, fmt.Errorf("read appointments: %w", err)
		}
		r.Case = casefile.Number(number)
		found = append(found, r)
	}
	return found, rows.Err()
}

// PacketStates gives the state of each packet of a case: "queued", "accepted" or "refused".
func (s *Store) PacketStates(ctx context.Context, number casefile.Number) (map[string]string, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT packet, state FROM outbox WHERE case_number = ?", string(number))
	if err != nil {
		return nil, classify(fmt.Errorf("read a case's packets: %w", err))
	}
	defer func() { _ = rows.Close() }()
	names := map[int]string{
		queued: casefile.StateQueued, held: casefile.StateQueued, accepted: casefile.StateAccepted, refused: casefile.StateRefused, settled: casefile.StateRefused,
	}
	states := map[string]string{}
	for rows.Next() {
		var packet string
		var state int
		if err := rows.Scan(&packet, &state); err != nil {
			return nil, classify(fmt.Errorf("read a case's packets: %w", err))
		}
		states[packet] = names[state]
	}
	return states, classify(rows.Err())
}

// DraftRow is one draft, sealed by its account's book key.
type DraftRow struct {
	ID     string
	Saved  time.Time
	Sealed []byte
}

// Drafts gives an account's drafts, newest first.
func (s *Store) Drafts(ctx context.Context, account string) ([]DraftRow, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id, saved_ms, sealed FROM drafts WHERE account = ? ORDER BY saved_ms DESC, id", account)
	if err != nil {
		return nil, classify(fmt.Errorf("list drafts: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var found []DraftRow
	for rows.Next() {
		var r DraftRow
		var saved int64
		if err := rows.Scan(&r.ID, &saved, &r.Sealed); err != nil {
			return nil, classify(fmt.Errorf("list drafts: %w", err))
		}
		r.Saved = fromMilliseconds(saved)
		found = append(found, r)
	}
	return found, classify(rows.Err())
}
