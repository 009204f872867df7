package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// The statements of the hot paths; each is prepared once per writing connection.
const (
	sqlMark = `SELECT time_ms, wall_ms, monotonic_ms, boot, anchored, offset_ms, offset_from_ms, commits FROM mark WHERE id = 1`

	sqlSetMark = `INSERT INTO mark (id, time_ms, wall_ms, monotonic_ms, boot, anchored, offset_ms, offset_from_ms, commits)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET time_ms = excluded.time_ms, wall_ms = excluded.wall_ms,
		monotonic_ms = excluded.monotonic_ms, boot = excluded.boot, anchored = excluded.anchored, offset_ms = excluded.offset_ms,
		offset_from_ms = excluded.offset_from_ms, commits = excluded.commits`

	sqlNextNumber = `INSERT INTO numbers (terminal, generation, date, last) VALUES (?, ?, ?, 1)
		ON CONFLICT (terminal, generation, date) DO UPDATE SET last = last + 1 RETURNING last`

	sqlInsertCase = `INSERT INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence, days)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	sqlNextPosition = `SELECT coalesce(max(position), 0) + 1 FROM events WHERE case_number = ?`

	sqlInsertEvent = `INSERT INTO events (case_number, position, id, kind, sequence, at_ms, digest, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

	sqlInsertPacket = `INSERT INTO packets (id, digest, head) VALUES (?, ?, ?)`

	sqlInsertAttachment = `INSERT INTO attachments (digest, packet, position, length) VALUES (?, ?, ?, ?)`

	sqlInsertOutbox = `INSERT INTO outbox (packet, case_number, generation, sequence, kind, priority, head_length, total, committed_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

	sqlLastAudit = `SELECT hash FROM audit ORDER BY id DESC LIMIT 1`

	sqlInsertAudit = `INSERT INTO audit (at_ms, actor, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?)`

	sqlDelivery = `SELECT case_number, state FROM outbox WHERE packet = ?`

	sqlCase = `SELECT state, official, filed_ms, accepted_ms, evaluations, points, before, public, generation, sequence, last_platform_event
		FROM cases WHERE number = ?`

	sqlReplaced = `SELECT count(*) FROM meta WHERE key = 'replaced' AND value = ?`

	sqlInsertAnswer = `INSERT INTO answers (packet, kind, signed, at_ms, sealed, code, digest) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (packet, kind) DO NOTHING`

	sqlFinish = `UPDATE outbox SET state = ?, registered = 1, done_ms = ?, why = ? WHERE packet = ?`

	sqlCaseState = `UPDATE cases SET state = ?, official = ?, accepted_ms = ?, evaluations = ?, points = ?, before = ?, last_platform_event = ?
		WHERE number = ?`
)

var hot = []string{
	sqlMark, sqlSetMark, sqlNextNumber, sqlInsertCase, sqlNextPosition, sqlInsertEvent, sqlInsertPacket, sqlInsertAttachment,
	sqlInsertOutbox, sqlReplaced, sqlLastAudit, sqlInsertAudit, sqlDelivery, sqlCase, sqlInsertAnswer, sqlFinish, sqlCaseState,
}

// statements are prepared statements by their text.
type statements map[string]*sql.Stmt

func prepare(ctx context.Context, db *sql.DB) (statements, error) {
	q := statements{}
	for _, text := range hot {
		stmt, err := db.PrepareContext(ctx, text)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("prepare statement: %w", err), q.close())
		}
		q[text] = stmt
	}
	return q, nil
}

func (q statements) close() error {
	var errs []error
	for _, stmt := range q {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}

func (q statements) exec(tx *sql.Tx, text string, args ...any) error {
	stmt := tx.Stmt(q[text])
	_, err := stmt.Exec(args...)
	return err
}

func (q statements) row(tx *sql.Tx, text string, args ...any) *sql.Row {
	return tx.Stmt(q[text]).QueryRow(args...)
}
