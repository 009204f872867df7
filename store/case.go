package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bianmin/core/casefile"
)

// Case is one case as it lies in the store: sealed but for number, state and dates.
type Case struct {
	Number     casefile.Number
	Public     []byte
	ByCard     []byte
	ByRecovery []byte
	Summary    []byte
	State      string
	Filed      time.Time
	Events     []Event
	Settled    bool            // refused, and dealt with
	Successor  casefile.Number // the case that was filed in its place, "" for none
}

// Event is one line of a case's log.
type Event struct {
	ID     string // the packet's for events from here
	Kind   casefile.EventKind
	At     time.Time
	Detail []byte // sealed, see Detail
}

const sqlLog = "SELECT id, kind, at_ms, detail FROM events WHERE case_number = ? ORDER BY position"

const sqlCases = `SELECT number, public, by_card, by_recovery, summary, state, filed_ms,
		EXISTS (SELECT 1 FROM outbox o WHERE o.case_number = cases.number AND o.state = 3),
		coalesce((SELECT max(successor) FROM outbox o WHERE o.case_number = cases.number), '')
	FROM cases `

// CasesOf gives the cases with a lookup tag, newest first.
func (s *Store) CasesOf(ctx context.Context, tag []byte) ([]Case, error) {
	return s.cases(ctx, sqlCases+"WHERE tag = ? ORDER BY filed_ms DESC, number DESC", tag)
}

// CaseByNumber gives one case, or ErrNoCase.
func (s *Store) CaseByNumber(ctx context.Context, number casefile.Number) (Case, error) {
	found, err := s.cases(ctx, sqlCases+"WHERE number = ?", string(number))
	if err != nil {
		return Case{}, err
	}
	if len(found) == 0 {
		return Case{}, ErrNoCase
	}
	return found[0], nil
}

// AllCases gives every case, oldest first, for recovery with the point's recovery key.
func (s *Store) AllCases(ctx context.Context) ([]Case, error) {
	return s.cases(ctx, sqlCases+"ORDER BY filed_ms, number")
}

func (s *Store) cases(ctx context.Context, query string, args ...any) ([]Case, error) {
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(fmt.Errorf("read cases: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var found []Case
	for rows.Next() {
		var c Case
		var number, successor string
		var filed int64
		if err := rows.Scan(&number, &c.Public, &c.ByCard, &c.ByRecovery, &c.Summary, &c.State, &filed, &c.Settled, &successor); err != nil {
			return nil, classify(fmt.Errorf("read cases: %w", err))
		}
		c.Number, c.Filed, c.Successor = casefile.Number(number), fromMilliseconds(filed), casefile.Number(successor)
		found = append(found, c)
	}
	if err := rows.Err(); err != nil {
		return nil, classify(fmt.Errorf("read cases: %w", err))
	}
	for i := range found {
		if found[i].Events, err = s.eventsOf(ctx, found[i].Number); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// RewrapCase replaces how a case is found and opened by its person's card.
func (s *Store) RewrapCase(ctx context.Context, number casefile.Number, tag, byCard []byte) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		if err := needRow(tx.Exec("UPDATE cases SET tag = ?, by_card = ? WHERE number = ?", tag, byCard, string(number))); err != nil {
			return err
		}
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		return s.audit(tx, q, clock, Entry{Actor: "citizen", Action: "rewrapped", Subject: string(number)})
	})
	return wrap(err, "wrap a case anew")
}

func (s *Store) eventsOf(ctx context.Context, number casefile.Number) ([]Event, error) {
	rows, err := s.reader.QueryContext(ctx, sqlLog, string(number))
	if err != nil {
		return nil, classify(fmt.Errorf("read a case's log: %w", err))
	}
	events, err := scanEvents(rows)
	return events, classify(err)
}

func scanEvents(rows *sql.Rows) ([]Event, error) {
	defer func() { _ = rows.Close() }()
	var events []Event
	for rows.Next() {
		var event Event
		var kind string
		var at int64
		if err := rows.Scan(&event.ID, &kind, &at, &event.Detail); err != nil {
			return nil, fmt.Errorf("read a case's log: %w", err)
		}
		event.Kind, event.At = casefile.EventKind(kind), fromMilliseconds(at)
		events = append(events, event)
	}
	return events, rows.Err()
}
