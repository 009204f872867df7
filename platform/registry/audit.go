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

// breaks gives the last break of every terminal's newest generation that had one.
func (r *Registry) breaks(ctx context.Context) (map[Terminal]AuditBreak, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT number, generation, at, known, entries FROM audit_breaks ORDER BY at`)
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
