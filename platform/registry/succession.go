package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bianmin/sync/wire"
)

// predecessorsOf lists the generations whose place a new one takes: those of
// the same point. A number that moved to another point inherits nothing.
func predecessorsOf(ctx context.Context, tx *sql.Tx, code Code) (_ []wire.Predecessor, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT t.generation, c.serial FROM terminals t JOIN certificates c USING (number, generation)
		WHERE t.number = ? AND t.point = ? AND t.region = ? AND c.use = 'sign' ORDER BY t.generation, c.serial`, code.Number, code.Point, code.Region)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var found []wire.Predecessor
	for rows.Next() {
		var p wire.Predecessor
		if err := rows.Scan(&p.Generation, &p.Sign); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, rows.Err()
}

func succeed(ctx context.Context, tx *sql.Tx, number, generation string, predecessors []wire.Predecessor, now int64) error {
	for _, p := range predecessors {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO successions (number, generation, predecessor, at) VALUES (?,?,?,?)`,
			number, generation, p.Generation, now); err != nil {
			return err
		}
	}
	return nil
}

// Succeeds tells whether one generation of a terminal may send what another wrote: the same, or one it was ordered to succeed.
func (r *Registry) Succeeds(ctx context.Context, number, generation, writer string) (bool, error) {
	if generation == writer {
		return true, nil
	}
	var n int
	err := r.db.QueryRowContext(ctx, `SELECT count(*) FROM successions WHERE number = ? AND generation = ? AND predecessor = ?`,
		number, generation, writer).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find a succession: %w", err)
	}
	return n == 1, nil
}

// Known gives the terminal of a TLS certificate that was ever issued, admitted
// or not, and the newest generation of its number; ErrTerminal when there is none.
func (r *Registry) Known(ctx context.Context, serial string) (t Terminal, newest string, err error) {
	t, err = scanTerminal(r.db.QueryRowContext(ctx, `SELECT `+terminalColumns+` FROM terminals t
		JOIN certificates c USING (number, generation) WHERE c.serial = ? AND c.use = 'tls'`, serial))
	if errors.Is(err, sql.ErrNoRows) {
		return Terminal{}, "", ErrTerminal
	}
	if err == nil {
		err = r.db.QueryRowContext(ctx, `SELECT max(generation) FROM terminals WHERE number = ?`, t.Number).Scan(&newest)
	}
	if err != nil {
		return Terminal{}, "", fmt.Errorf("find a terminal: %w", err)
	}
	return t, newest, nil
}

// Retire keeps a terminal's statement of erasure and ends its certificates for good. A repeated one changes nothing.
func (r *Registry) Retire(ctx context.Context, t Terminal, statement, signature []byte) error {
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		now := millis(r.now())
		if _, err := tx.ExecContext(ctx, `INSERT INTO retirements (number, generation, at, statement, signature) VALUES (?,?,?,?,?)
			ON CONFLICT (number, generation) DO NOTHING`, t.Number, t.Generation, now, statement, signature); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO revocations (number, generation, at, reason) VALUES (?,?,?,?)`,
			t.Number, t.Generation, now, "retired")
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a statement of erasure: %w", err)
	}
	return nil
}

// Retirement is a kept statement of erasure.
type Retirement struct {
	Number, Generation string
	Statement          []byte
}

// Retirements lists the kept statements.
func (r *Registry) Retirements(ctx context.Context) (_ []Retirement, err error) {
	rows, err := r.db.QueryContext(ctx, `SELECT number, generation, statement FROM retirements ORDER BY number, generation`)
	if err != nil {
		return nil, fmt.Errorf("list statements of erasure: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var all []Retirement
	for rows.Next() {
		var one Retirement
		if err := rows.Scan(&one.Number, &one.Generation, &one.Statement); err != nil {
			return nil, fmt.Errorf("list statements of erasure: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
