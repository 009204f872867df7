package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
)

// Kept is the platform's acknowledgement of a packet, as it is kept.
type Kept struct {
	Row    int64 // place in the queue
	Packet string
	Signed []byte
}

// Acknowledged lists acknowledgements behind a place in the queue, in order, at most limit.
func (s *Store) Acknowledged(ctx context.Context, after int64, limit int) ([]Kept, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT o.id, o.packet, a.signed FROM outbox o JOIN answers a ON a.packet = o.packet AND a.kind = 'acknowledgement'
		WHERE o.id > ? AND o.state = 1 ORDER BY o.id LIMIT ?`, after, limit)
	if err != nil {
		return nil, classify(fmt.Errorf("list acknowledgements: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var all []Kept
	for rows.Next() {
		var k Kept
		if err := rows.Scan(&k.Row, &k.Packet, &k.Signed); err != nil {
			return nil, classify(fmt.Errorf("list acknowledgements: %w", err))
		}
		all = append(all, k)
	}
	return all, classify(rows.Err())
}

// Replayed is the number of the platform's last asking that was answered whole, 0 for none.
func (s *Store) Replayed(ctx context.Context) (int64, error) {
	var number string
	err := s.reader.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'replayed'").Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, classify(fmt.Errorf("read the last replay: %w", err))
	}
	return strconv.ParseInt(number, 10, 64)
}

// SetReplayed notes that an asking was answered whole.
func (s *Store) SetReplayed(ctx context.Context, number int64) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, _ statements) error { return setMeta(tx, "replayed", strconv.FormatInt(number, 10)) })
	return wrap(err, "note a replay")
}

// Requeue lets packets go up once more that the platform has lost. It gives how many do, and those whose bytes went with the retention.
func (s *Store) Requeue(ctx context.Context, ids []string) (queuedAgain int, gone []string, err error) {
	err = s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		queuedAgain, gone = 0, nil
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		for _, id := range ids {
			result, err := tx.Exec(`UPDATE outbox SET state = 0, registered = 0, attempts = 0, next_ms = 0, why = '', done_ms = 0
				WHERE packet = ? AND state = 1 AND EXISTS (SELECT 1 FROM packets p WHERE p.id = outbox.packet)`, id)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			queuedAgain += int(n)
			action := "sent-again"
			if n == 0 {
				gone, action = append(gone, id), "lost-at-platform"
			}
			if err := s.audit(tx, q, clock, Entry{Actor: "platform", Action: action, Subject: id}); err != nil {
				return err
			}
		}
		return nil
	})
	return queuedAgain, gone, wrap(err, "send packets again")
}
