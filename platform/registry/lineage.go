package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/wire"
)

// Ways in which a refusal stops being work for the county.
const (
	RefusalReplaced  = "replaced"  // another case was accepted in its place
	RefusalWithdrawn = "withdrawn" // the person gave it up
	RefusalClosed    = "closed"    // somebody of the county dealt with it
)

// Refusal is a refused application: work for the county until it is ended.
type Refusal struct {
	Packet    string    `json:"packet"`
	Case      string    `json:"case"` // "" where not even that is known
	Terminal  string    `json:"terminal"`
	Point     string    `json:"point"`
	Region    string    `json:"region"`
	Role      string    `json:"role"` // kiosk or agent
	Item      string    `json:"item"` // code
	Code      string    `json:"code"`
	Reason    string    `json:"reason"` // as the person was told
	Previous  string    `json:"previous,omitempty"`
	At        time.Time `json:"at"`
	Ended     time.Time `json:"ended,omitzero"`
	How       string    `json:"how,omitempty"`
	Successor string    `json:"successor,omitempty"` // the case in its place
	Again     string    `json:"again,omitempty"`     // the last one that was to mend it, and was refused too
	Note      string    `json:"note,omitempty"`
}

// ErrNoRefusal says that no refused application of that number waits.
var ErrNoRefusal = errors.New("no refused application of this number waits to be dealt with")

// Refusals lists refused applications, the oldest first; all also those that are ended.
func (r *Registry) Refusals(ctx context.Context, all bool) ([]Refusal, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT f.packet, f.case_number, f.terminal, coalesce(t.point, ''), coalesce(t.region, ''), coalesce(t.role, ''), f.item, f.code, f.reason, f.previous,
		f.at, f.ended, f.how, f.note, coalesce((SELECT p.successor FROM replaced p WHERE p.case_number = f.case_number AND f.case_number <> '' AND (p.who = f.who OR (f.who = '' AND f.how = 'replaced')) ORDER BY p.at DESC LIMIT 1), ''),
		coalesce((SELECT CASE n.case_number WHEN '' THEN n.packet ELSE n.case_number END FROM refusals n WHERE n.previous = f.case_number AND n.previous <> ''
			AND (n.who = f.who OR (f.who = '' AND n.terminal = f.terminal)) ORDER BY n.at DESC LIMIT 1), '')
		FROM refusals f LEFT JOIN terminals t ON t.number = f.terminal AND NOT EXISTS (SELECT 1 FROM terminals n WHERE n.number = t.number AND n.generation > t.generation)
		WHERE ?1 OR f.ended = 0 ORDER BY f.at, f.packet`, all)
	if err != nil {
		return nil, fmt.Errorf("list refused applications: %w", err)
	}
	defer rows.Close()
	found := []Refusal{}
	for rows.Next() {
		var (
			f         Refusal
			at, ended int64
		)
		if err := rows.Scan(&f.Packet, &f.Case, &f.Terminal, &f.Point, &f.Region, &f.Role, &f.Item, &f.Code, &f.Reason, &f.Previous, &at, &ended, &f.How, &f.Note, &f.Successor, &f.Again); err != nil {
			return nil, fmt.Errorf("list refused applications: %w", err)
		}
		if f.At = fromMillis(at); ended > 0 {
			f.Ended = fromMillis(ended)
		}
		found = append(found, f)
	}
	return found, rows.Err()
}

// CloseRefusal notes that somebody dealt with a refused application, by case number or packet, and in the audit trail who says so.
// ErrNoRefusal when none waits.
func (r *Registry) CloseRefusal(ctx context.Context, name, note, by string) error {
	return r.inTx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE refusals SET ended = ?, how = ?, note = ? WHERE ended = 0 AND (packet = ?4 OR case_number = ?4) AND ?4 <> ''`,
			millis(r.now()), RefusalClosed, note, name)
		if err != nil {
			return fmt.Errorf("close a refused application: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNoRefusal)
		}
		return r.trace(ctx, tx, Trace{Actor: by, Action: TrailClosed, Subject: name})
	})
}

// Kin is which case stands for which.
type Kin struct{ Previous, Successor string }

// Lineage gives the cases that mend another or are mended by one.
func (r *Registry) Lineage(ctx context.Context) (map[string]Kin, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT case_number, previous, '' FROM lineage WHERE previous <> '' UNION ALL
		SELECT case_number, previous, '' FROM refusals WHERE previous <> '' AND case_number <> '' UNION ALL
		SELECT f.case_number, '', p.successor FROM replaced p JOIN refusals f ON f.case_number = p.case_number AND (f.who = p.who OR (f.who = '' AND f.how = 'replaced'))`)
	if err != nil {
		return nil, fmt.Errorf("read which case stands for which: %w", err)
	}
	defer rows.Close()
	all := map[string]Kin{}
	for rows.Next() {
		var number, previous, successor string
		if err := rows.Scan(&number, &previous, &successor); err != nil {
			return nil, fmt.Errorf("read which case stands for which: %w", err)
		}
		kin := all[number]
		if previous != "" {
			kin.Previous = previous
		}
		if successor != "" {
			kin.Successor = successor
		}
		all[number] = kin
	}
	return all, rows.Err()
}

// spare refuses an application whose person is served already: another case stands in its place, or in that of the one it is to mend,
// or that one was accepted after all. Cases that were given up serve nobody.
func spare(ctx context.Context, tx *sql.Tx, f Facts) (*refusal, error) {
	if !f.Opens || f.Who == "" {
		return nil, nil
	}
	for _, number := range []string{f.Case, f.Previous} {
		var successor string
		err := tx.QueryRowContext(ctx, `SELECT c.number FROM replaced p JOIN cases c ON c.number = p.successor
			WHERE p.case_number = ?1 AND ?1 <> '' AND c.number <> ?2 AND p.who = ?3 AND c.state NOT IN (`+givenUp+`)`, number, f.Case, f.Who).Scan(&successor)
		if err == nil {
			return &refusal{wire.RefusedTransition, "该办件已由 " + successor + " 代替并受理，不必再报"}, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	var official string
	err := tx.QueryRowContext(ctx, `SELECT c.official FROM cases c JOIN lineage l ON l.case_number = c.number
		WHERE c.number = ?1 AND ?1 <> ?2 AND l.who = ?3 AND c.state NOT IN (`+givenUp+`)`, f.Previous, f.Case, f.Who).Scan(&official)
	if err == nil {
		return &refusal{wire.RefusedTransition, "原办件已经受理（" + official + "），不必再报"}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	return nil, nil
}

const givenUp = `'` + casefile.StateWithdrawn + `', '` + casefile.StateEnded + `', '` + casefile.StateRejected + `'`

// stands notes that a case was accepted, and ends the refusals of those it stands for: its own earlier ones, the one it mends, and what
// that one was to mend. Another person's are left alone.
func stands(ctx context.Context, tx *sql.Tx, f Facts, now int64) error {
	if !f.Opens || f.Who == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO lineage (case_number, previous, who) VALUES (?,?,?)`, f.Case, f.Previous, f.Who); err != nil {
		return err
	}
	const chain = `WITH RECURSIVE chain (number) AS (SELECT ?1 UNION SELECT ?2 UNION
		SELECT f.previous FROM refusals f JOIN chain c ON f.case_number = c.number WHERE f.previous <> '' AND ` + same + `) `
	terminal := number(f.Writer)
	_, err := tx.ExecContext(ctx, chain+`UPDATE refusals SET ended = ?5, how = '`+RefusalReplaced+`' WHERE ended = 0 AND case_number <> ''
		AND case_number IN (SELECT number FROM chain) AND (who = ?3 OR (who = '' AND terminal = ?4))`, f.Case, f.Previous, f.Who, terminal, now)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, chain+`INSERT INTO replaced (case_number, who, successor, at) SELECT DISTINCT number, ?3, ?1, ?5 FROM chain c WHERE number NOT IN ('', ?1)
		AND NOT EXISTS (SELECT 1 FROM refusals f WHERE f.case_number = c.number AND NOT (`+same+`))
		AND NOT EXISTS (SELECT 1 FROM lineage l WHERE l.case_number = c.number AND l.who <> ?3)
		ON CONFLICT (case_number, who) DO UPDATE SET successor = excluded.successor, at = excluded.at`, f.Case, f.Previous, f.Who, terminal, now)
	return err
}

// same tells in SQL whether a refusal f is of the applicant ?3, or, where that is not known, of the terminal ?4.
const same = `(f.who = ?3 OR (f.who = '' AND f.terminal = ?4))`

// keepRefusal makes a refused application work for the county, and ends the work when its person gives it up.
func keepRefusal(ctx context.Context, e execer, now int64, packet, code, reason string, f Facts) error {
	switch casefile.EventKind(f.Kind) {
	case casefile.Withdrawn, casefile.Ended:
		_, err := e.ExecContext(ctx, `UPDATE refusals SET ended = ?, how = ? WHERE ended = 0 AND case_number = ? AND terminal = ?`,
			now, RefusalWithdrawn, f.Case, number(f.Writer))
		return err
	case casefile.Submitted, "":
	default:
		return nil
	}
	ended, how := int64(0), ""
	if f.Served {
		ended, how = now, RefusalReplaced
	}
	_, err := e.ExecContext(ctx, `INSERT INTO refusals (packet, case_number, terminal, item, who, previous, code, reason, at, ended, how)
		SELECT id, ?2, number, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM packets WHERE id = ?1 ON CONFLICT (packet) DO NOTHING`,
		packet, f.Case, f.Item, f.Who, f.Previous, code, reason, now, ended, how)
	return err
}
