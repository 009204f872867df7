package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"bianmin/sync/seal"
)

// Entry is one line of the audit trail. It must hold nothing personal.
type Entry struct {
	Actor   string // "citizen", "technician:ID", "terminal", "platform"
	Action  string
	Subject string // a case number, a print job, an account
	Detail  string
}

// ErrAudit says that the audit trail was changed.
var ErrAudit = errors.New("the audit trail was changed")

// audit writes an entry in a transaction, clock being what that read at its beginning.
func (s *Store) audit(tx *sql.Tx, q statements, clock Clock, entry Entry) error {
	at, b := clock.Judgement.Now.UnixMilli(), clock.begun
	hash := auditHash(b.hash, at, entry)
	if err := q.exec(tx, sqlInsertAudit, b.entries+1, at, entry.Actor, entry.Action, entry.Subject, entry.Detail, hash); err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	b.entries, b.hash = b.entries+1, hash
	return nil
}

// Audit writes one entry of the audit trail in a transaction of its own.
func (s *Store) Audit(ctx context.Context, entry Entry) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		return s.audit(tx, q, clock, entry)
	})
	return wrap(err, "write the audit trail")
}

func auditHash(previous []byte, at int64, entry Entry) []byte {
	h := seal.NewHash()
	h.Write(previous)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(at))) // #nosec G115 -- only its bits count
	for _, field := range []string{entry.Actor, entry.Action, entry.Subject, entry.Detail} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(field)))) // #nosec G115 -- short text
		h.Write([]byte(field))
	}
	return h.Sum(nil)
}

// VerifyAudit walks the audit trail and gives its length, or ErrAudit with the
// first entry that does not fit. An entry cut off at the end is found by the
// count and hash that heartbeats tell the platform, see ProvenAuditHead.
func (s *Store) VerifyAudit(ctx context.Context) (int64, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id, at_ms, actor, action, subject, detail, hash FROM audit ORDER BY id")
	if err != nil {
		return 0, classify(fmt.Errorf("verify the audit trail: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var previous []byte
	var count int64
	for rows.Next() {
		var id, at int64
		var entry Entry
		var hash []byte
		if err := rows.Scan(&id, &at, &entry.Actor, &entry.Action, &entry.Subject, &entry.Detail, &hash); err != nil {
			return count, classify(fmt.Errorf("verify the audit trail: %w", err))
		}
		count++
		if id != count || string(hash) != string(auditHash(previous, at, entry)) {
			return count, fmt.Errorf("%w: entry %d", ErrAudit, count)
		}
		previous = hash
	}
	if err := rows.Err(); err != nil {
		return count, classify(fmt.Errorf("verify the audit trail: %w", err))
	}
	return count, nil
}

// ProvenAuditHead is the audit trail's head once no power cut can take it back: answers of the platform are committed without a sync, and
// what they put into the trail may be gone after one. It costs a sync.
func (s *Store) ProvenAuditHead(ctx context.Context) (count int64, head string, err error) {
	err = s.transact(ctx, true, func(tx *sql.Tx, _ statements) error {
		if count, head, err = auditHead(tx.QueryRow(sqlAuditHead)); err != nil || count == 0 {
			return err
		}
		return setMeta(tx, "audit told", head) // a commit that writes nothing would sync nothing
	})
	return count, head, wrap(err, "prove the audit trail")
}

// AuditHead is the length of the audit trail and the hash of its last entry in hex.
func (s *Store) AuditHead(ctx context.Context) (int64, string, error) {
	count, head, err := auditHead(s.reader.QueryRowContext(ctx, sqlAuditHead))
	return count, head, classify(err)
}

const sqlAuditHead = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"

// auditHead reads what sqlAuditHead found; 0 and "" for an empty trail.
func auditHead(row *sql.Row) (count int64, head string, err error) {
	var hash []byte
	switch err := row.Scan(&count, &hash); {
	case errors.Is(err, sql.ErrNoRows):
		return 0, "", nil
	case err != nil:
		return 0, "", fmt.Errorf("read the audit trail: %w", err)
	}
	return count, fmt.Sprintf("%x", hash), nil
}
