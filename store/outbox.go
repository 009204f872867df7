package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// States of an outbox row.
const (
	queued   = 0
	accepted = 1
	refused  = 2
	settled  = 3 // refused, and dealt with
	held     = 4 // behind a refused first event, or put aside
)

// MaxWait is the longest a persisted time of a next try is believed: a clock
// that was years ahead must not freeze the queue. The platform may ask for an
// hour, and that is spread by a quarter.
const MaxWait = 80 * time.Minute

// Item is one packet that may be sent now.
type Item struct {
	Packet     string
	Case       casefile.Number
	Generation string
	Sequence   int
	Kind       casefile.EventKind
	Digest     string // of the packet
	Registered bool   // lane 1 is done
	Attempts   int
	Next       time.Time
	Why        string // why the last try failed
	HeadLength int64  // length of lane 1
	Total      int64
	Committed  time.Time
}

const sqlPending = `SELECT o.packet, o.case_number, o.generation, o.sequence, o.kind, p.digest, o.registered, o.attempts, o.next_ms, o.why,
		o.head_length, o.total, o.committed_ms
	FROM outbox o JOIN packets p ON p.id = o.packet
	WHERE o.state = 0 AND (o.next_ms <= ? OR o.next_ms > ?)
		AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.case_number = o.case_number AND e.generation = o.generation
			AND e.sequence < o.sequence AND e.state IN (0, 4))
	ORDER BY o.registered, o.priority, o.id LIMIT 0 + ?` // the sum, or each new limit would have it planned anew

// Pending lists packets that may be sent at now, first the ones that are not
// registered, then small ones before those with attachments, then the oldest.
// Of a case and generation only the first undecided event is listed; a refused
// first event holds back its case and no other.
func (s *Store) Pending(ctx context.Context, now time.Time, limit int) ([]Item, error) {
	rows, err := s.ask(ctx, sqlPending, now.UnixMilli(), now.Add(MaxWait).UnixMilli(), limit)
	if err != nil {
		return nil, classify(fmt.Errorf("list pending packets: %w", err))
	}
	return scanItems(rows, "list pending packets")
}

// scanItems reads rows of sqlPending's columns, and closes them; doing is what was being done.
func scanItems(rows *sql.Rows, doing string) ([]Item, error) {
	defer func() { _ = rows.Close() }()
	var items []Item
	for rows.Next() {
		var i Item
		var number, kind string
		var next, committed int64
		err := rows.Scan(&i.Packet, &number, &i.Generation, &i.Sequence, &kind, &i.Digest, &i.Registered, &i.Attempts, &next, &i.Why,
			&i.HeadLength, &i.Total, &committed)
		if err != nil {
			return nil, classify(fmt.Errorf("%s: %w", doing, err))
		}
		i.Case, i.Kind = casefile.Number(number), casefile.EventKind(kind)
		i.Next, i.Committed = fromMilliseconds(next), fromMilliseconds(committed)
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		return nil, classify(fmt.Errorf("%s: %w", doing, err))
	}
	return items, nil
}

// OpenPacket opens a packet's bytes for sending from any offset; the caller closes it.
func (s *Store) OpenPacket(ctx context.Context, id string) (*packet.Reader, error) {
	var head []byte
	err := s.reader.QueryRowContext(ctx, "SELECT head FROM packets WHERE id = ?", id).Scan(&head)
	if err != nil {
		return nil, classify(fmt.Errorf("open packet: %w", err))
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT digest, length FROM attachments WHERE packet = ? ORDER BY position", id)
	if err != nil {
		return nil, classify(fmt.Errorf("open packet: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var parts []packet.Part
	for rows.Next() {
		var digest string
		var part packet.Part
		if err := rows.Scan(&digest, &part.Length); err != nil {
			return nil, classify(fmt.Errorf("open packet: %w", err))
		}
		part.Open = func() (packet.Source, error) { return os.Open(s.attachmentPath(digest)) }
		parts = append(parts, part)
	}
	if err := rows.Err(); err != nil {
		return nil, classify(fmt.Errorf("open packet: %w", err))
	}
	return packet.NewReader(head, parts), nil
}

// RecordAttempt notes a try that failed: when the next may be and why, in words
// for the staff. It is no durable write; after a power cut the packet is simply tried again.
func (s *Store) RecordAttempt(ctx context.Context, id string, next time.Time, why string) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, _ statements) error {
		_, err := tx.Exec("UPDATE outbox SET attempts = attempts + 1, next_ms = ?, why = ? WHERE packet = ? AND state = 0", next.UnixMilli(), why, id)
		return err
	})
	return wrap(err, "record an attempt")
}

// RetryNow lets every queued packet be tried at once, and tells the sender so.
func (s *Store) RetryNow(ctx context.Context) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, _ statements) error {
		if _, err := tx.Exec("UPDATE outbox SET next_ms = 0 WHERE state = 0 AND next_ms <> 0"); err != nil {
			return err
		}
		return wish(tx)
	})
	return wrap(err, "retry the queue")
}

// RecordRegistration keeps the platform's signed word that it holds a packet's
// manifest. The caller has verified it.
func (s *Store) RecordRegistration(ctx context.Context, id string, signed []byte) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		if err := q.exec(tx, sqlInsertAnswer, id, "registration", signed, clock.Judgement.Now.UnixMilli(), false, "", seal.Digest(signed)); err != nil {
			return err
		}
		result, err := tx.Exec("UPDATE outbox SET registered = 1, why = '' WHERE packet = ?", id)
		return needRow(result, err)
	})
	return wrap(err, "record a registration")
}

func needRow(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errors.New("no such packet"), err)
	}
	return nil
}

// Counts are how the outbox stands.
type Counts struct {
	Waiting int
	Refused int       // and not dealt with yet
	Held    int       // behind a refused first event, or put aside
	Bytes   int64     // of what waits
	Oldest  time.Time // commit time of the oldest waiting packet, zero when none
}

const sqlCounts = `SELECT (SELECT n FROM tally WHERE state = 0), (SELECT bytes FROM tally WHERE state = 0), (SELECT n FROM tally WHERE state = 2),
	(SELECT n FROM tally WHERE state = 4), (SELECT min(committed_ms) FROM outbox WHERE state = 0)`

// Counts tells how the outbox stands; the length of the queue makes no difference to it.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	var oldest sql.NullInt64
	err := s.askRow(ctx, sqlCounts).Scan(&c.Waiting, &c.Bytes, &c.Refused, &c.Held, &oldest)
	if err != nil {
		return Counts{}, classify(fmt.Errorf("count the outbox: %w", err))
	}
	c.Oldest = fromMilliseconds(oldest.Int64)
	return c, nil
}

// Packets lists the packets the store holds, in the order they were committed.
func (s *Store) Packets(ctx context.Context) ([]string, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT p.id FROM packets p JOIN outbox o ON o.packet = p.id ORDER BY o.id")
	if err != nil {
		return nil, classify(fmt.Errorf("list packets: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, classify(fmt.Errorf("list packets: %w", err))
		}
		ids = append(ids, id)
	}
	return ids, classify(rows.Err())
}
