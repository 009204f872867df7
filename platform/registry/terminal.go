package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/sync/wire"
)

// Terminal is one generation of a terminal.
type Terminal struct {
	Number, Generation, Point, Region, Role, Environment string

	Barred bool
	Seen   time.Time // last heartbeat, zero when never
}

// Code is an enrolment code before its use.
type Code struct {
	Hash                                          string // SM3 of the code
	Number, Point, Region, Role, URL, Environment string
	Expires                                       time.Time
}

// Certificate is one that was issued to a terminal.
type Certificate struct {
	Serial string // hex
	Use    string // "sign", "encrypt" or "tls"
	DER    []byte
	Ends   time.Time
}

// Errors of enrolment and of connecting.
var (
	ErrCodeUnknown = errors.New("the enrolment code is not known")
	ErrCodeExpired = errors.New("the enrolment code has expired")
	ErrCodeUsed    = errors.New("the enrolment code has been used")
	ErrGenerations = errors.New("the terminal number has no generation letter left")
	ErrTerminal    = errors.New("the terminal is unknown, replaced or barred")
)

// AddCode keeps a new enrolment code.
func (r *Registry) AddCode(ctx context.Context, c Code) error {
	_, err := r.db.ExecContext(ctx,
		`INSERT INTO codes (hash, number, point, region, role, url, environment, made, expires) VALUES (?,?,?,?,?,?,?,?,?)`,
		c.Hash, c.Number, c.Point, c.Region, c.Role, c.URL, c.Environment, millis(r.now()), millis(c.Expires))
	if err != nil {
		return fmt.Errorf("keep an enrolment code: %w", err)
	}
	return nil
}

// Enrol uses a code for the terminal keys named by keys (a digest). issue is
// called inside the transaction with the code and the new generation's letter,
// and gives the certificates and the answer to keep. A code used before with the
// same keys gives the kept answer. Errors: ErrCodeUnknown, ErrCodeExpired, ErrCodeUsed, ErrGenerations, or issue's.
func (r *Registry) Enrol(ctx context.Context, hash, keys string, issue func(Code, string, []wire.Predecessor) ([]Certificate, []byte, error)) ([]byte, error) {
	var answer []byte
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		code, kept, err := r.findCode(ctx, tx, hash, keys)
		if err != nil || kept != nil {
			answer = kept
			return err
		}
		generation, err := nextGeneration(ctx, tx, code.Number)
		if err != nil {
			return err
		}
		predecessors, err := predecessorsOf(ctx, tx, code)
		if err != nil {
			return err
		}
		certificates, made, err := issue(code, generation, predecessors)
		if err != nil {
			return err
		}
		answer = made
		now := millis(r.now())
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO terminals (number, generation, point, region, role, environment, enrolled) VALUES (?,?,?,?,?,?,?)`,
			code.Number, generation, code.Point, code.Region, code.Role, code.Environment, now); err != nil {
			return err
		}
		if err := addCertificates(ctx, tx, code.Number, generation, certificates); err != nil {
			return err
		}
		if err := succeed(ctx, tx, code.Number, generation, predecessors, now); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE codes SET used = ?, keys = ?, answer = ? WHERE hash = ?`, now, keys, answer, hash)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("enrol a terminal: %w", err)
	}
	return answer, nil
}

// findCode gives an unused code, or the kept answer when it was used with the same keys.
func (r *Registry) findCode(ctx context.Context, tx *sql.Tx, hash, keys string) (c Code, kept []byte, err error) {
	var (
		expires int64
		used    sql.NullInt64
		usedBy  sql.NullString
	)
	err = tx.QueryRowContext(ctx,
		`SELECT hash, number, point, region, role, url, environment, expires, used, keys, answer FROM codes WHERE hash = ?`, hash,
	).Scan(&c.Hash, &c.Number, &c.Point, &c.Region, &c.Role, &c.URL, &c.Environment, &expires, &used, &usedBy, &kept)
	if errors.Is(err, sql.ErrNoRows) {
		return Code{}, nil, ErrCodeUnknown
	}
	if err != nil {
		return Code{}, nil, err
	}
	c.Expires = fromMillis(expires)
	switch {
	case used.Valid && usedBy.String == keys:
		return c, kept, nil
	case used.Valid:
		return Code{}, nil, ErrCodeUsed
	case !r.now().Before(c.Expires):
		return Code{}, nil, ErrCodeExpired
	}
	return c, nil, nil
}

// nextGeneration gives the letter after the highest ever used for a number.
func nextGeneration(ctx context.Context, tx *sql.Tx, number string) (string, error) {
	var highest sql.NullString
	if err := tx.QueryRowContext(ctx, `SELECT max(generation) FROM terminals WHERE number = ?`, number).Scan(&highest); err != nil {
		return "", err
	}
	switch {
	case !highest.Valid:
		return "A", nil
	case highest.String >= "Z":
		return "", ErrGenerations
	}
	return string(highest.String[0] + 1), nil
}

func addCertificates(ctx context.Context, tx *sql.Tx, number, generation string, certificates []Certificate) error {
	for _, c := range certificates {
		if _, err := tx.ExecContext(ctx, `INSERT INTO certificates (serial, use, number, generation, der) VALUES (?,?,?,?,?)`,
			c.Serial, c.Use, number, generation, c.DER); err != nil {
			return err
		}
	}
	return nil
}

// Connected gives the terminal that a TLS certificate belongs to; ErrTerminal when there is none, it was barred, revoked or replaced by a
// newer generation, or the terminal has used a renewed certificate for longer than Overlap.
func (r *Registry) Connected(ctx context.Context, serial string) (Terminal, error) {
	if err := r.HearRenewed(ctx, serial); err != nil {
		return Terminal{}, err
	}
	t, err := scanTerminal(r.db.QueryRowContext(ctx, `SELECT `+terminalColumns+` FROM terminals t
		JOIN certificates c USING (number, generation)
		WHERE c.serial = ?1 AND c.use = 'tls' AND t.barred = 0
		AND NOT EXISTS (SELECT 1 FROM renewals r WHERE r.number = t.number AND r.generation = t.generation AND r.used > 0 AND r.used < ?2
			AND r.position > coalesce((SELECT own.position FROM renewals own WHERE own.tls = ?1), 0))
		AND NOT EXISTS (SELECT 1 FROM revocations v WHERE v.number = t.number AND v.generation = t.generation)
		AND NOT EXISTS (SELECT 1 FROM terminals n WHERE n.number = t.number AND n.generation > t.generation)`, serial, millis(r.now().Add(-Overlap))))
	if errors.Is(err, sql.ErrNoRows) {
		return Terminal{}, ErrTerminal
	}
	if err != nil {
		return Terminal{}, fmt.Errorf("find a terminal: %w", err)
	}
	return t, nil
}

const terminalColumns = `number, generation, t.point, t.region, t.role, t.environment, t.barred, t.seen`

func scanTerminal(row interface{ Scan(...any) error }) (Terminal, error) {
	var (
		t    Terminal
		seen int64
	)
	if err := row.Scan(&t.Number, &t.Generation, &t.Point, &t.Region, &t.Role, &t.Environment, &t.Barred, &seen); err != nil {
		return Terminal{}, err
	}
	if seen > 0 {
		t.Seen = fromMillis(seen)
	}
	return t, nil
}

// Terminals lists all generations of all terminals.
func (r *Registry) Terminals(ctx context.Context) ([]Terminal, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT `+terminalColumns+` FROM terminals t ORDER BY number, generation`)
	if err != nil {
		return nil, fmt.Errorf("list terminals: %w", err)
	}
	defer rows.Close()
	var all []Terminal
	for rows.Next() {
		t, err := scanTerminal(rows)
		if err != nil {
			return nil, fmt.Errorf("list terminals: %w", err)
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// Bar forbids (or allows again) all generations of a terminal to connect. reason is for people, "" for none said.
func (r *Registry) Bar(ctx context.Context, number string, barred bool, reason string) error {
	var at int64
	if barred {
		at = millis(r.now())
	}
	result, err := r.db.ExecContext(ctx, `UPDATE terminals SET barred = ?, barred_at = ?, reason = ? WHERE number = ?`, barred, at, reason, number)
	if err != nil {
		return fmt.Errorf("bar a terminal: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrTerminal, err)
	}
	return nil
}

// AddStaff keeps a technician's account.
func (r *Registry) AddStaff(ctx context.Context, s wire.Staff) error {
	_, err := r.db.ExecContext(ctx, `INSERT INTO staff (id, name, salt, hash, time, memory, threads, made) VALUES (?,?,?,?,?,?,?,?)`,
		s.ID, s.Name, s.Salt, s.Hash, s.Time, s.Memory, s.Threads, millis(r.now()))
	if err != nil {
		return fmt.Errorf("keep a staff account: %w", err)
	}
	return nil
}

// Staff lists all technician accounts, never nil.
func (r *Registry) Staff(ctx context.Context) ([]wire.Staff, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT id, name, salt, hash, time, memory, threads FROM staff ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	defer rows.Close()
	all := []wire.Staff{}
	for rows.Next() {
		var s wire.Staff
		if err := rows.Scan(&s.ID, &s.Name, &s.Salt, &s.Hash, &s.Time, &s.Memory, &s.Threads); err != nil {
			return nil, fmt.Errorf("list staff: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// SignedBy tells whether a signing certificate was issued to this generation of a terminal.
func (r *Registry) SignedBy(ctx context.Context, serial, number, generation string) (bool, error) {
	var n int
	err := r.db.QueryRowContext(ctx, `SELECT count(*) FROM certificates WHERE serial = ? AND use = 'sign' AND number = ? AND generation = ?`,
		serial, number, generation).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find a certificate: %w", err)
	}
	return n == 1, nil
}
