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

// lateBeat is how much older than the last one a heartbeat may be that was only overtaken on its way.
const lateBeat = 2 * time.Minute

// AuditBreak is a moment in which a terminal told of an audit trail that is not the one it told of before: entries were taken away or changed.
type AuditBreak struct {
	At      time.Time
	Known   int64 // entries that the platform had heard of
	Entries int64 // entries it was told of then
}

// hearAudit compares what a heartbeat says of the terminal's audit trail with what was heard before. A trail only grows, and a terminal tells
// only of entries that no power cut takes back.
func (r *Registry) hearAudit(ctx context.Context, tx *sql.Tx, t Terminal, body []byte) error {
	var beat wire.Heartbeat
	if err := json.Unmarshal(body, &beat); err != nil {
		return fmt.Errorf("read a heartbeat: %w", err)
	}
	told := beat.Audit
	if told == nil {
		return nil
	}
	var said, entries int64
	var head string
	err := tx.QueryRowContext(ctx, `SELECT said, entries, head FROM audit_heads WHERE number = ? AND generation = ?`, t.Number, t.Generation).Scan(&said, &entries, &head)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("find the audit trail heard of: %w", err)
	}
	if behind := fromMillis(said).Sub(beat.Time); err == nil && behind > 0 && behind < lateBeat {
		return nil
	}
	if told.Entries < entries || (told.Entries == entries && told.Head != head && err == nil) {
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO audit_breaks (number, generation, at, known, entries) VALUES (?,?,?,?,?)`,
			t.Number, t.Generation, millis(r.now()), entries, told.Entries); err != nil {
			return fmt.Errorf("note a changed audit trail: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO audit_heads (number, generation, said, entries, head) VALUES (?,?,?,?,?)`,
		t.Number, t.Generation, millis(beat.Time), told.Entries, told.Head); err != nil {
		return fmt.Errorf("keep the audit trail heard of: %w", err)
	}
	return nil
}

// ErrNoBreak says that nothing is to be looked into.
var ErrNoBreak = errors.New("this terminal's audit trail is the one heard of before, or it was looked into already")

// SeeAudit notes that somebody looked into what a terminal's newest generation told of its audit trail up to a moment, and what was found; both stand in
// the county's own trail for good. A later break is a new one.
func (r *Registry) SeeAudit(ctx context.Context, number string, until time.Time, note, actor string) error {
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		var generation sql.NullString
		if err := tx.QueryRowContext(ctx, `SELECT max(generation) FROM terminals WHERE number = ?`, number).Scan(&generation); err != nil {
			return err
		}
		if !generation.Valid {
			return ErrTerminal
		}
		result, err := tx.ExecContext(ctx, `UPDATE audit_breaks SET seen = ? WHERE number = ? AND generation = ? AND seen = 0 AND at <= ?`,
			millis(r.now()), number, generation.String, millis(until))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrNoBreak, err)
		}
		return r.trace(ctx, tx, Trace{Actor: actor, Action: TrailSeen, Subject: number + generation.String, Detail: note})
	})
	if err != nil {
		return fmt.Errorf("note that an audit trail was looked into: %w", err)
	}
	return nil
}

// breaks gives the last break of every terminal's newest generation that had one nobody has looked into.
func (r *Registry) breaks(ctx context.Context) (map[Terminal]AuditBreak, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT number, generation, at, known, entries FROM audit_breaks WHERE seen = 0 ORDER BY at`)
	if err != nil {
		return nil, fmt.Errorf("list changed audit trails: %w", err)
	}
	defer rows.Close()
	all := map[Terminal]AuditBreak{}
	for rows.Next() {
		var t Terminal
		var b AuditBreak
		var at int64
		if err := rows.Scan(&t.Number, &t.Generation, &at, &b.Known, &b.Entries); err != nil {
			return nil, fmt.Errorf("list changed audit trails: %w", err)
		}
		b.At = fromMillis(at)
		all[t] = b
	}
	return all, rows.Err()
}
