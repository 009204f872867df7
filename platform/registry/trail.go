package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/sync/seal"
)

// Actions of the county's audit trail.
const (
	TrailPeople = "people-shown"   // an applicant's name and phone were opened
	TrailClosed = "refusal-closed" // a refused application was said to be dealt with
	TrailSeen   = "audit-seen"     // a terminal's changed audit trail was said to be looked into
)

// Trace is one entry of the county's audit trail. It says who looked at or decided what, and holds nothing about the person.
type Trace struct {
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action"`
	Subject string    `json:"subject"`
	Detail  string    `json:"detail,omitempty"`
}

// Trace adds an entry to the audit trail; it is on the disk when this returns.
func (r *Registry) Trace(ctx context.Context, t Trace) error {
	return r.inTx(ctx, func(tx *sql.Tx) error { return r.trace(ctx, tx, t) })
}

func (r *Registry) trace(ctx context.Context, tx *sql.Tx, t Trace) error {
	if t.Actor == "" {
		return errors.New("an entry of the audit trail needs an actor")
	}
	var before string
	err := tx.QueryRowContext(ctx, `SELECT hash FROM trail ORDER BY id DESC LIMIT 1`).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the audit trail: %w", err)
	}
	at := millis(r.now())
	_, err = tx.ExecContext(ctx, `INSERT INTO trail (at, actor, action, subject, detail, hash) VALUES (?,?,?,?,?,?)`,
		at, t.Actor, t.Action, t.Subject, t.Detail, link(before, at, t))
	if err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	return nil
}

// link is an entry's hash: SM3 over the one before and every field with its length.
func link(before string, at int64, t Trace) string {
	text := fmt.Sprintf("%s %d", before, at)
	for _, field := range []string{t.Actor, t.Action, t.Subject, t.Detail} {
		text += fmt.Sprintf(" %d %s", len(field), field)
	}
	return seal.Digest([]byte(text))
}

// ErrTrail says that entries of the audit trail were changed or taken away.
var ErrTrail = errors.New("the audit trail was changed")

// Trail gives the audit trail, the oldest entry first. ErrTrail comes beside what could be read.
func (r *Registry) Trail(ctx context.Context) ([]Trace, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT id, at, actor, action, subject, detail, hash FROM trail ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", err)
	}
	defer rows.Close()
	all, before, whole := []Trace{}, "", true
	for rows.Next() {
		var t Trace
		var id, at int64
		var hash string
		if err := rows.Scan(&id, &at, &t.Actor, &t.Action, &t.Subject, &t.Detail, &hash); err != nil {
			return nil, fmt.Errorf("read the audit trail: %w", err)
		}
		t.At = fromMillis(at)
		whole = whole && hash == link(before, at, t) && id == int64(len(all))+1
		all, before = append(all, t), hash
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", err)
	}
	if !whole {
		return all, ErrTrail
	}
	return all, nil
}
