package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"bianmin/core/casefile"
)

// errReplaced refuses, inside the transaction that would accept something, what comes under a generation whose place another machine has taken.
func errReplaced() error {
	return &casefile.Error{Code: casefile.Replaced, Err: errors.New("another machine has taken this generation's place")}
}

// MarkReplaced closes the store for a generation, durably: nothing is accepted
// until the terminal has another one; what the store holds is still shown. by
// says who found out, for the audit trail. Saying it again changes nothing.
func (s *Store) MarkReplaced(ctx context.Context, generation, by string) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		var closed int
		if err := q.row(tx, sqlReplaced, generation).Scan(&closed); err != nil || closed > 0 {
			return err
		}
		if err := setMeta(tx, "replaced", generation); err != nil {
			return err
		}
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		return s.audit(tx, q, clock, Entry{Actor: by, Action: "replaced", Subject: generation})
	})
	return wrap(err, "close for a replacement")
}

// CopyTo writes a consistent copy of the database, as of one moment, into a new
// file that must not exist. Other processes may go on writing meanwhile.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if _, err := s.relaxed.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return classify(fmt.Errorf("copy the database: %w", err))
	}
	return nil
}

// DatabaseIn is the path of the database in a data folder.
func DatabaseIn(folder string) string { return filepath.Join(folder, databaseName) }

// Page is an attachment that rows name.
type Page struct {
	Digest string
	Needed bool // something that is not delivered, or a draft, needs it
}

// Pages lists the attachments that rows name, by digest.
func (s *Store) Pages(ctx context.Context) ([]Page, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT digest, max(needed) FROM (
		SELECT a.digest, o.state NOT IN (1, 3) AS needed FROM attachments a JOIN outbox o ON o.packet = a.packet
		UNION ALL SELECT digest, 1 FROM draft_pages) GROUP BY digest ORDER BY digest`)
	if err != nil {
		return nil, classify(fmt.Errorf("list attachments: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var pages []Page
	for rows.Next() {
		var p Page
		if err := rows.Scan(&p.Digest, &p.Needed); err != nil {
			return nil, classify(fmt.Errorf("list attachments: %w", err))
		}
		pages = append(pages, p)
	}
	return pages, classify(rows.Err())
}

// PacketsWith lists the packets that need one of some attachments, by digest.
func (s *Store) PacketsWith(ctx context.Context, digests []string) (ids []string, err error) {
	for _, digest := range digests {
		rows, err := s.reader.QueryContext(ctx, "SELECT packet FROM attachments WHERE digest = ?", digest)
		if err != nil {
			return nil, classify(fmt.Errorf("list who needs an attachment: %w", err))
		}
		for rows.Next() {
			var id string
			if err = rows.Scan(&id); err != nil {
				break
			}
			ids = append(ids, id)
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return nil, classify(fmt.Errorf("list who needs an attachment: %w", err))
		}
	}
	return ids, nil
}

// PagePath is where an attachment's file lies in a data folder.
func PagePath(folder, digest string) string {
	return filepath.Join(folder, "attachments", digest[:2], digest)
}

// Undelivered lists the packets that are neither acknowledged nor settled, in the order they were committed: those that wait, and
// those that are refused or held.
func (s *Store) Undelivered(ctx context.Context) (waiting, refusedIDs []string, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT packet, state FROM outbox WHERE state NOT IN (1, 3) ORDER BY id")
	if err != nil {
		return nil, nil, classify(fmt.Errorf("list what is undelivered: %w", err))
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		var state int
		if err := rows.Scan(&id, &state); err != nil {
			return nil, nil, classify(fmt.Errorf("list what is undelivered: %w", err))
		}
		if state == refused || state == held {
			refusedIDs = append(refusedIDs, id)
		} else {
			waiting = append(waiting, id)
		}
	}
	return waiting, refusedIDs, classify(rows.Err())
}

// Totals count what a store holds.
type Totals struct {
	Cases, Waiting, Refused int
	Drafts                  int
	Entries                 int64  // of the audit trail
	Head                    string // hash of its last entry, hex
	Last                    time.Time
}

// Totals counts what the store holds.
func (s *Store) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	var last sql.NullInt64
	err := s.reader.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM cases), (SELECT n FROM tally WHERE state = 0),
		(SELECT n FROM tally WHERE state = 2), (SELECT count(*) FROM drafts), (SELECT max(committed_ms) FROM outbox)`).
		Scan(&t.Cases, &t.Waiting, &t.Refused, &t.Drafts, &last)
	if err != nil {
		return Totals{}, classify(fmt.Errorf("count what is held: %w", err))
	}
	t.Last = fromMilliseconds(last.Int64)
	t.Entries, t.Head, err = s.AuditHead(ctx)
	return t, err
}
