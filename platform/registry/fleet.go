package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bianmin/sync/wire"
)

const (
	beatSlot = 10 * time.Minute    // one heartbeat of each is kept
	beatKept = 14 * 24 * time.Hour // so long
)

// Beat is a heartbeat and when the platform heard it.
type Beat struct {
	At   time.Time
	Said wire.Heartbeat
}

// Offset is how far the terminal's clock was ahead of the platform's, the way of the heartbeat included.
func (b Beat) Offset() time.Duration { return b.Said.Time.Sub(b.At) }

// Member is a terminal's newest generation with all the fleet page knows of it.
type Member struct {
	Terminal
	Enrolled  time.Time
	Beat      *Beat  // the last heartbeat, nil when there was none
	BarReason string // why it is barred
	Revoked   time.Time
	Reason    string // why it was revoked
	// Ruled is the number of the settings that count for it, 0 for none, and when it was made.
	Ruled   int64
	RuledAt time.Time
	Ends    time.Time   // of its certificates in force
	Audit   *AuditBreak // the last time its audit trail was not the one heard of before, nil for never
}

// Out tells whether the terminal may not connect.
func (m Member) Out() bool { return m.Barred || !m.Revoked.IsZero() }

const memberQuery = `SELECT ` + terminalColumns + `, t.enrolled, t.heartbeat, t.reason, coalesce(v.at, 0), coalesce(v.reason, '')
	FROM terminals t LEFT JOIN revocations v USING (number, generation)
	WHERE NOT EXISTS (SELECT 1 FROM terminals n WHERE n.number = t.number AND n.generation > t.generation)`

// Fleet lists the newest generation of every terminal by number.
func (r *Registry) Fleet(ctx context.Context) ([]Member, error) {
	return r.members(ctx, memberQuery+` ORDER BY number`)
}

// Member gives one terminal's newest generation; ErrTerminal when there is none.
func (r *Registry) Member(ctx context.Context, number string) (Member, error) {
	found, err := r.members(ctx, memberQuery+` AND t.number = ?`, number)
	if err == nil && len(found) == 0 {
		err = ErrTerminal
	}
	if err != nil {
		return Member{}, err
	}
	return found[0], nil
}

func (r *Registry) members(ctx context.Context, query string, args ...any) ([]Member, error) {
	ruled, err := r.numbers(ctx) // first: there is one connection
	if err != nil {
		return nil, err
	}
	breaks, err := r.breaks(ctx)
	if err != nil {
		return nil, err
	}
	ends, err := r.ends(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list the fleet: %w", err)
	}
	defer rows.Close()
	var all []Member
	for rows.Next() {
		var (
			m                       Member
			seen, enrolled, revoked int64
			body                    []byte
		)
		if err := rows.Scan(&m.Number, &m.Generation, &m.Point, &m.Region, &m.Role, &m.Environment, &m.Barred, &seen,
			&enrolled, &body, &m.BarReason, &revoked, &m.Reason); err != nil {
			return nil, fmt.Errorf("list the fleet: %w", err)
		}
		m.Enrolled = fromMillis(enrolled)
		m.Ruled, m.RuledAt = ruled(m.Terminal)
		m.Ends = ends(m)
		if broken, is := breaks[Terminal{Number: m.Number, Generation: m.Generation}]; is {
			m.Audit = &broken
		}
		if revoked > 0 {
			m.Revoked = fromMillis(revoked)
		}
		if seen > 0 {
			m.Seen = fromMillis(seen)
			if m.Beat, err = readBeat(seen, body); err != nil {
				return nil, err
			}
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

func readBeat(at int64, body []byte) (*Beat, error) {
	b := &Beat{At: fromMillis(at)}
	if err := json.Unmarshal(body, &b.Said); err != nil {
		return nil, fmt.Errorf("read a kept heartbeat: %w", err)
	}
	return b, nil
}

// Heartbeat records that a terminal lives, and keeps one heartbeat of every ten minutes for two weeks.
func (r *Registry) Heartbeat(ctx context.Context, t Terminal, body []byte) error {
	now := r.now()
	slot, old := millis(now)/beatSlot.Milliseconds(), millis(now.Add(-beatKept))/beatSlot.Milliseconds()
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		if err := r.hearAudit(ctx, tx, t, body); err != nil {
			return err
		}
		for _, write := range []struct {
			query string
			args  []any
		}{
			{`UPDATE terminals SET seen = ?, heartbeat = ? WHERE number = ? AND generation = ?`, []any{millis(now), body, t.Number, t.Generation}},
			{`INSERT OR REPLACE INTO heartbeats (number, generation, slot, at, body) VALUES (?,?,?,?,?)`, []any{t.Number, t.Generation, slot, millis(now), body}},
			{`DELETE FROM heartbeats WHERE number = ? AND generation = ? AND slot < ?`, []any{t.Number, t.Generation, old}},
		} {
			if _, err := tx.ExecContext(ctx, write.query, write.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record a heartbeat: %w", err)
	}
	return nil
}

// Beats gives a terminal's kept heartbeats, newest first, at most limit.
func (r *Registry) Beats(ctx context.Context, t Terminal, limit int) ([]Beat, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT at, body FROM heartbeats WHERE number = ? AND generation = ? ORDER BY slot DESC LIMIT ?`,
		t.Number, t.Generation, limit)
	if err != nil {
		return nil, fmt.Errorf("list heartbeats: %w", err)
	}
	defer rows.Close()
	var all []Beat
	for rows.Next() {
		var (
			at   int64
			body []byte
		)
		if err := rows.Scan(&at, &body); err != nil {
			return nil, fmt.Errorf("list heartbeats: %w", err)
		}
		b, err := readBeat(at, body)
		if err != nil {
			return nil, err
		}
		all = append(all, *b)
	}
	return all, rows.Err()
}

// Revocation is a generation whose certificates were ended, with their serial numbers in hex.
type Revocation struct {
	Number, Generation, Reason string

	At      time.Time
	Serials []string
}

// ErrRevoked says that the generation's certificates are ended already.
var ErrRevoked = errors.New("this terminal's certificates are revoked already")

// Revoke ends the certificates of one generation of a terminal for good, "" for the newest, and gives the generation.
func (r *Registry) Revoke(ctx context.Context, number, generation, reason string) (string, error) {
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		var found sql.NullString
		if err := tx.QueryRowContext(ctx, `SELECT max(generation) FROM terminals WHERE number = ? AND ? IN ('', generation)`, number, generation).Scan(&found); err != nil {
			return err
		}
		if !found.Valid {
			return ErrTerminal
		}
		generation = found.String
		result, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO revocations (number, generation, at, reason) VALUES (?,?,?,?)`, number, generation, millis(r.now()), reason)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrRevoked, err)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("revoke a terminal's certificates: %w", err)
	}
	return generation, nil
}

// Revocations lists what was revoked, oldest first; never nil.
func (r *Registry) Revocations(ctx context.Context) ([]Revocation, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT v.number, v.generation, v.at, v.reason, c.serial FROM revocations v
		JOIN certificates c USING (number, generation) ORDER BY v.at, v.number, v.generation, c.serial`)
	if err != nil {
		return nil, fmt.Errorf("list revocations: %w", err)
	}
	defer rows.Close()
	all := []Revocation{}
	for rows.Next() {
		var (
			v      Revocation
			at     int64
			serial string
		)
		if err := rows.Scan(&v.Number, &v.Generation, &at, &v.Reason, &serial); err != nil {
			return nil, fmt.Errorf("list revocations: %w", err)
		}
		v.At = fromMillis(at)
		if n := len(all); n == 0 || all[n-1].Number != v.Number || all[n-1].Generation != v.Generation {
			all = append(all, v)
		}
		last := &all[len(all)-1]
		last.Serials = append(last.Serials, serial)
	}
	return all, rows.Err()
}
