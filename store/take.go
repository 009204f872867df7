package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// Cursor is the place in the platform's updates up to which this store took
// them, "" at the beginning.
func (s *Store) Cursor(ctx context.Context) (string, error) {
	cursor, err := cursorFrom(s.reader.QueryRowContext(ctx, sqlCursor))
	return cursor, classify(err)
}

const sqlCursor = "SELECT value FROM meta WHERE key = 'cursor'"

func cursorFrom(row *sql.Row) (cursor string, err error) {
	if err := row.Scan(&cursor); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the cursor: %w", err)
	}
	return cursor, nil
}

// Take takes what the platform wrote about cases and moves the cursor, all in
// one transaction. Each update is sealed to its case's key, with nobody signed
// on; taking one again changes nothing. One that cannot follow is kept in the
// case's log, changes nothing else and is audited; the cursor moves all the
// same. Appointments without a case are sealed to the accounts' keys. The
// caller has verified that the platform wrote them. Those set aside are asked for again, see Reread.
func (s *Store) Take(ctx context.Context, cursor string, updates []casefile.Update, aside ...Aside) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		for _, u := range updates {
			if err := s.take(tx, q, clock, u); err != nil {
				return err
			}
		}
		before, err := cursorFrom(tx.QueryRow(sqlCursor))
		if err != nil {
			return err
		}
		if err := s.keepAside(tx, q, clock, before, updates, aside); err != nil {
			return err
		}
		if err := setMeta(tx, "cursor", cursor); err != nil {
			return err
		}
		s.point(PointTakeBefore)
		return nil
	})
	if err == nil {
		s.point(PointTakeAfter)
	}
	return wrap(err, "take updates")
}

func (s *Store) take(tx *sql.Tx, q statements, clock Clock, u casefile.Update) error {
	now := clock.told(u.At).UnixMilli()
	result, err := tx.Exec("INSERT INTO updates (id, at_ms) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", u.ID, now)
	if err != nil {
		return fmt.Errorf("note an update: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 { // taken before
		return err
	}
	entry := Entry{Actor: "platform", Action: string(u.Kind), Subject: string(u.Case), Detail: u.ID}
	row, err := readCase(tx, q, u.Case)
	switch {
	case errors.Is(err, ErrNoCase) && u.Appointment != nil:
		if err := appointAll(tx, *u.Appointment, u.Case); err != nil {
			return err
		}
		return s.audit(tx, q, clock, entry)
	case errors.Is(err, ErrNoCase):
		entry.Action = "update-unknown-case"
		return s.audit(tx, q, clock, entry)
	case err != nil:
		return err
	}
	followed, err := s.takeInto(tx, q, clock, row, now, u)
	if err != nil {
		return err
	}
	if !followed {
		entry.Action = "update-out-of-order"
	}
	return s.audit(tx, q, clock, entry)
}

// takeInto puts an update into its case's log and tells whether the case could follow.
func (s *Store) takeInto(tx *sql.Tx, q statements, clock Clock, row caseRow, now int64, u casefile.Update) (bool, error) {
	detail := Detail{At: u.At, Reason: u.Reason, Update: &u}
	if u.Notice != nil {
		detail.Points = len(u.Notice.Points)
		if detail.Reason == "" {
			detail.Reason = pointsText(u.Notice.Points)
		}
	}
	if err := s.note(tx, q, clock, u.Case, row.public, u.ID, u.Kind, now, detail); err != nil {
		return false, err
	}
	next, err := row.Apply(detail.Entry(u.Kind))
	if err != nil {
		return false, writeCase(tx, q, u.Case, row.Status, u.ID)
	}
	if u.Branch != nil {
		department := seal.Sum([]byte(string(u.Case) + " " + u.Branch.Department))
		_, err := tx.Exec(`INSERT INTO branches (case_number, department, state) VALUES (?, ?, ?)
			ON CONFLICT (case_number, department) DO UPDATE SET state = excluded.state`, string(u.Case), department[:], u.Branch.State)
		if err != nil {
			return false, fmt.Errorf("note a branch: %w", err)
		}
	}
	if u.Appointment != nil {
		if err := appointOwner(tx, *u.Appointment, u.Case); err != nil {
			return false, err
		}
	}
	return true, writeCase(tx, q, u.Case, next, u.ID)
}

func pointsText(points []casefile.NoticePoint) string {
	texts := make([]string, 0, len(points))
	for _, p := range points {
		texts = append(texts, p.Text)
	}
	return strings.Join(texts, "；")
}

// appointOwner shows an appointment to the account the case belongs to; a kiosk's case has none.
func appointOwner(tx *sql.Tx, a casefile.Appointment, number casefile.Number) error {
	return appoint(tx, a, number, "SELECT k.account, k.public FROM agent_keys k JOIN desk_cases d ON d.account = k.account WHERE d.number = ?", string(number))
}

// appointAll shows an appointment without a case here to every account of this PC; each reads those of its villages.
func appointAll(tx *sql.Tx, a casefile.Appointment, number casefile.Number) error {
	return appoint(tx, a, number, "SELECT account, public FROM agent_keys")
}

func appoint(tx *sql.Tx, a casefile.Appointment, number casefile.Number, query string, args ...any) error {
	content, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode appointment: %w", err)
	}
	keys, err := publicKeys(tx, query, args...)
	if err != nil {
		return err
	}
	for account, public := range keys {
		key, err := seal.ParseKey(public)
		if err != nil {
			return err
		}
		sealed, err := seal.SealTo(content, key, "visit "+a.ID)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO visits (id, account, case_number, date, state, sealed) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id, account) DO UPDATE SET date = excluded.date, state = excluded.state, sealed = excluded.sealed,
				outcome = CASE WHEN excluded.state = 'moved' THEN '' ELSE outcome END`,
			a.ID, account, string(number), a.Date, a.State, sealed)
		if err != nil {
			return fmt.Errorf("note an appointment: %w", err)
		}
	}
	return nil
}

func publicKeys(tx *sql.Tx, query string, args ...any) (map[string][]byte, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, fmt.Errorf("read accounts' keys: %w", err)
	}
	defer func() { _ = rows.Close() }()
	keys := map[string][]byte{}
	for rows.Next() {
		var account string
		var public []byte
		if err := rows.Scan(&account, &public); err != nil {
			return nil, fmt.Errorf("read accounts' keys: %w", err)
		}
		keys[account] = public
	}
	return keys, rows.Err()
}
