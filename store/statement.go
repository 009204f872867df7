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

	// sqlBegin is what a transaction begins with: the time mark, the last number, the last entry of the audit trail, and whether a generation was replaced.
	// Before the first mark it finds nothing, and the same is asked as sqlBeginFirst.
	sqlBegin = `SELECT time_ms, wall_ms, monotonic_ms, boot, anchored, offset_ms, offset_from_ms, commits,
		number_terminal, number_generation, number_date, number_last, ` + beginning + ` FROM mark WHERE id = 1`
	sqlBeginFirst = `SELECT 0, 0, 0, '', 0, 0, 0, 0, '', '', '', 0, ` + beginning
	beginning     = `coalesce((SELECT max(id) FROM audit), 0), (SELECT hash FROM audit ORDER BY id DESC LIMIT 1),
		(SELECT count(*) FROM meta WHERE key = 'replaced' AND value = ?)`

	sqlSetMark = `INSERT INTO mark (id, time_ms, wall_ms, monotonic_ms, boot, anchored, offset_ms, offset_from_ms, commits,
			number_terminal, number_generation, number_date, number_last)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET time_ms = excluded.time_ms, wall_ms = excluded.wall_ms,
		monotonic_ms = excluded.monotonic_ms, boot = excluded.boot, anchored = excluded.anchored, offset_ms = excluded.offset_ms,
		offset_from_ms = excluded.offset_from_ms, commits = excluded.commits, number_terminal = excluded.number_terminal,
		number_generation = excluded.number_generation, number_date = excluded.number_date, number_last = excluded.number_last`

	sqlLastNumber = `SELECT last FROM numbers WHERE terminal = ? AND generation = ? AND date = ?`

	sqlKeepNumber = `INSERT INTO numbers (terminal, generation, date, last) VALUES (?, ?, ?, ?)
		ON CONFLICT (terminal, generation, date) DO UPDATE SET last = max(last, excluded.last)`

	sqlInsertCase = `INSERT INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence, days)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	sqlNextPosition = `SELECT coalesce(max(position), 0) + 1 FROM events WHERE case_number = ?`

	sqlInsertEvent = `INSERT INTO events (case_number, position, id, kind, sequence, at_ms, digest, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

	sqlInsertPacket = `INSERT INTO packets (id, digest, head) VALUES (?, ?, ?)`

	sqlInsertAttachment = `INSERT INTO attachments (digest, packet, position, length) VALUES (?, ?, ?, ?)`

	sqlInsertOutbox = `INSERT INTO outbox (packet, case_number, generation, sequence, kind, priority, head_length, total, committed_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

	sqlInsertAudit = `INSERT INTO audit (id, at_ms, actor, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`

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
	sqlBegin, sqlSetMark, sqlLastNumber, sqlKeepNumber, sqlInsertCase, sqlNextPosition, sqlInsertEvent, sqlInsertPacket, sqlInsertAttachment,
	sqlInsertOutbox, sqlReplaced, sqlInsertAudit, sqlDelivery, sqlCase, sqlInsertAnswer, sqlFinish, sqlCaseState,
}

// looks are prepared on the reading connections.
var looks = []string{sqlStanding, sqlMark, sqlPending, sqlCounts}

// statements are prepared statements by their text.
type statements map[string]*sql.Stmt

func prepare(ctx context.Context, db *sql.DB, texts []string) (statements, error) {
	q := statements{}
	for _, text := range texts {
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

// ask runs a statement on a reading connection. A store of a newer version that is only read has none prepared.
func (s *Store) ask(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if stmt := s.asked[text]; stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return s.reader.QueryContext(ctx, text, args...)
}

func (s *Store) askRow(ctx context.Context, text string, args ...any) *sql.Row {
	if stmt := s.asked[text]; stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return s.reader.QueryRowContext(ctx, text, args...)
}
