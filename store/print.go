package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
)

// States of a print job besides the printer's outcomes.
const (
	PrintBegun     = "begun" // the first byte may have left
	PrintConfirmed = "confirmed"
	PrintDenied    = "denied" // the person says that nothing came out
)

// Print is one physical job of the print ledger.
type Print struct {
	ID          int64
	Kind        string // "receipt" or "guide"
	Case        casefile.Number
	Item        string
	Reprint     bool
	Elsewhere   bool   // Case was begun at another terminal and need not be here; not kept
	State       string // PrintBegun, an outcome of the driver, PrintConfirmed or PrintDenied
	Evidence    string // the driver's report, JSON
	ConfirmedBy string
	By          string // who began it, for the audit trail; "" is the terminal
	Begun       time.Time
	Ended       time.Time
}

// BeginPrint writes a job into the ledger before its first byte, durable. A
// receipt is refused with ErrNoCase when its case is not in the store.
func (s *Store) BeginPrint(ctx context.Context, job Print) (id int64, err error) {
	err = s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		if job.Case != "" && !job.Elsewhere {
			var known bool
			if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM cases WHERE number = ?) OR EXISTS (SELECT 1 FROM sheets WHERE number = ?)",
				string(job.Case), string(job.Case)).Scan(&known); err != nil {
				return err
			}
			if !known {
				return ErrNoCase
			}
		}
		result, err := tx.Exec("INSERT INTO prints (kind, case_number, item, reprint, state, begun_ms) VALUES (?, ?, ?, ?, ?, ?)",
			job.Kind, string(job.Case), job.Item, job.Reprint, PrintBegun, clock.Judgement.Now.UnixMilli())
		if err != nil {
			return err
		}
		if id, err = result.LastInsertId(); err != nil {
			return err
		}
		action := "print"
		if job.Reprint {
			action = "reprint"
		}
		by := job.By
		if by == "" {
			by = "terminal"
		}
		return s.audit(tx, q, clock, Entry{Actor: by, Action: action, Subject: subject(job), Detail: fmt.Sprintf("job %d", id)})
	})
	if err != nil {
		return 0, wrap(err, "begin a print")
	}
	s.point(PointPrintBegun)
	return id, nil
}

func subject(job Print) string {
	if job.Case != "" {
		return string(job.Case)
	}
	return job.Item
}

// EndPrint writes what the driver reported after the last byte.
func (s *Store) EndPrint(ctx context.Context, id int64, outcome, evidence string) error {
	err := s.changePrint(ctx, id, Entry{Actor: "terminal", Action: "print-ended", Detail: outcome},
		"UPDATE prints SET state = ?, evidence = ?, ended_ms = ? WHERE id = ?", outcome, evidence)
	if err == nil {
		s.point(PointPrintEnded)
	}
	return wrap(err, "end a print")
}

// ConfirmPrint writes what the person said about a job whose outcome was unknown.
func (s *Store) ConfirmPrint(ctx context.Context, id int64, cameOut bool, by string) error {
	state := PrintDenied
	if cameOut {
		state = PrintConfirmed
	}
	err := s.changePrint(ctx, id, Entry{Actor: by, Action: "print-" + state},
		"UPDATE prints SET state = ?, confirmed_by = ?, ended_ms = ? WHERE id = ?", state, by)
	return wrap(err, "confirm a print")
}

func (s *Store) changePrint(ctx context.Context, id int64, entry Entry, update string, args ...any) error {
	return s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		result, err := tx.Exec(update, append(args, clock.Judgement.Now.UnixMilli(), id)...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errors.Join(errors.New("no such print job"), err)
		}
		entry.Subject = fmt.Sprintf("job %d", id)
		return s.audit(tx, q, clock, entry)
	})
}

// Prints gives the print ledger, oldest first; of one case when number is given.
func (s *Store) Prints(ctx context.Context, number casefile.Number) ([]Print, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT id, kind, case_number, item, reprint, state, evidence, confirmed_by, begun_ms, ended_ms
		FROM prints WHERE ? = '' OR case_number = ? ORDER BY id`, string(number), string(number))
	if err != nil {
		return nil, classify(fmt.Errorf("read the print ledger: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var prints []Print
	for rows.Next() {
		var p Print
		var number string
		var begun, ended int64
		if err := rows.Scan(&p.ID, &p.Kind, &number, &p.Item, &p.Reprint, &p.State, &p.Evidence, &p.ConfirmedBy, &begun, &ended); err != nil {
			return nil, classify(fmt.Errorf("read the print ledger: %w", err))
		}
		p.Case, p.Begun, p.Ended = casefile.Number(number), fromMilliseconds(begun), fromMilliseconds(ended)
		prints = append(prints, p)
	}
	return prints, classify(rows.Err())
}
