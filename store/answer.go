package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// Detail is what an event's row keeps sealed to the case's key.
type Detail struct {
	At       time.Time `json:"at"`
	Official string    `json:"official,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Times    int       `json:"times,omitempty"`
	Points   int       `json:"points,omitempty"`
	Packet   string    `json:"packet,omitempty"` // refused: the packet it is about

	// At the desk the agent reads what was filed: the event with the keys of its pages.
	Event       *casefile.Event       `json:"event,omitempty"`
	Attachments []casefile.Attachment `json:"attachments,omitempty"`
	Update      *casefile.Update      `json:"update,omitempty"` // what the platform wrote
}

// Entry is an event of a kind as a case's status takes it.
func (d Detail) Entry(kind casefile.EventKind) casefile.Entry {
	return casefile.Entry{Kind: kind, At: d.At, Official: d.Official, Reason: d.Reason, Times: d.Times, Points: d.Points}
}

// Seal seals a detail to a case's key, with nobody signed on.
func (d Detail) Seal(public []byte, number casefile.Number) ([]byte, error) {
	key, err := seal.ParseKey(public)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode detail: %w", err)
	}
	return seal.SealTo(content, key, "detail "+string(number))
}

// RecordAcknowledgement keeps the platform's signed final acknowledgement of a
// packet: the outbox row is done, the case is accepted under its official
// number from the platform's time on. The caller has verified the signature.
// Recording it again changes nothing.
func (s *Store) RecordAcknowledgement(ctx context.Context, id string, signed []byte, official string, at time.Time) error {
	err := s.finish(ctx, answer{
		packet: id, kind: "acknowledgement", signed: signed, state: accepted, event: casefile.PlatformAccepted,
		entry: casefile.Entry{Kind: casefile.PlatformAccepted, At: at, Official: official},
	})
	return wrap(err, "record an acknowledgement")
}

// RecordRefusal keeps the platform's signed refusal with its reason for people, both sealed to the case.
// When nothing of the case can be accepted any more it holds back this case until it is repaired or settled, and no other.
func (s *Store) RecordRefusal(ctx context.Context, id string, signed []byte, reason string, at time.Time) error {
	err := s.finish(ctx, answer{
		packet: id, kind: "refusal", signed: signed, state: refused, event: casefile.PlatformRefused,
		entry: casefile.Entry{Kind: casefile.PlatformRefused, At: at, Reason: reason},
	})
	return wrap(err, "record a refusal")
}

type answer struct {
	packet string
	kind   string
	signed []byte
	state  int
	event  casefile.EventKind
	entry  casefile.Entry
}

// delivery is the outbox row an answer is about.
type delivery struct {
	number string
	state  int
}

func (s *Store) finish(ctx context.Context, a answer) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, q statements) error {
		var d delivery
		err := q.row(tx, sqlDelivery, a.packet).Scan(&d.number, &d.state)
		if errors.Is(err, sql.ErrNoRows) {
			return errors.New("no such packet")
		}
		if err != nil {
			return fmt.Errorf("find the packet: %w", err)
		}
		if d.state == a.state || (d.state == settled && a.state == refused) { // said before
			return nil
		}
		if d.state == accepted {
			return errors.New("the packet is already accepted")
		}
		if err := s.apply(tx, q, a, d); err != nil {
			return err
		}
		s.point(PointAckBefore)
		return nil
	})
	if err == nil {
		s.point(PointAckAfter)
	}
	return err
}

func (s *Store) apply(tx *sql.Tx, q statements, a answer, d delivery) error {
	clock, err := s.clockIn(tx, q)
	if err != nil {
		return err
	}
	now := clock.told(a.entry.At).UnixMilli()
	row, err := readCase(tx, q, casefile.Number(d.number))
	if err != nil {
		return err
	}
	if err := s.keep(tx, q, a, casefile.Number(d.number), row.public, now); err != nil {
		return err
	}
	if err := q.exec(tx, sqlFinish, a.state, now, a.kind, a.packet); err != nil {
		return fmt.Errorf("finish outbox row: %w", err)
	}
	if a.state == refused {
		if err := holdBehind(tx, a.packet); err != nil {
			return err
		}
	}
	if err := s.applyToCase(tx, q, clock, a, casefile.Number(d.number), row, now); err != nil {
		return err
	}
	return s.audit(tx, q, clock, Entry{Actor: "platform", Action: a.kind, Subject: d.number, Detail: a.packet})
}

// applyToCase writes into the case's log what the answer changes. The platform
// acknowledges every event; only what changes the case, and every refusal, enters the log.
func (s *Store) applyToCase(tx *sql.Tx, q statements, clock Clock, a answer, number casefile.Number, row caseRow, now int64) error {
	next, err := row.Apply(a.entry)
	if err != nil {
		next = row.Status // it cannot follow: the case goes on as it was
	}
	if a.event == casefile.PlatformRefused {
		if next, err = withoutCorrection(tx, number, a.packet, next); err != nil {
			return err
		}
	}
	if next == row.Status && a.event != casefile.PlatformRefused {
		return nil
	}
	detail := Detail{At: a.entry.At, Official: a.entry.Official, Reason: a.entry.Reason, Packet: a.packet}
	id := seal.Digest([]byte(a.kind + " " + a.packet + " " + string(a.signed)))[:32]
	if err := s.note(tx, q, clock, number, row.public, id, a.event, now, detail); err != nil {
		return err
	}
	return writeCase(tx, q, number, next, id)
}

// note puts one of the platform's events into a case's log. Where a case's key is damaged on this disk, the event is noted without its details, which nobody
// could read: what the platform says of this case, and of all others, must not wait for ever.
func (s *Store) note(tx *sql.Tx, q statements, clock Clock, number casefile.Number, public []byte, id string, kind casefile.EventKind, now int64, detail Detail) error {
	sealed := []byte{}
	if _, err := seal.ParseKey(public); err == nil {
		if sealed, err = detail.Seal(public, number); err != nil {
			return err
		}
	} else if err := s.audit(tx, q, clock, Entry{Actor: "terminal", Action: "case-key-damaged", Subject: string(number), Detail: id}); err != nil {
		return err
	}
	var position int
	if err := q.row(tx, sqlNextPosition, string(number)).Scan(&position); err != nil {
		return fmt.Errorf("find the event's place: %w", err)
	}
	if err := q.exec(tx, sqlInsertEvent, string(number), position, id, string(kind), 0, now, "", sealed); err != nil {
		return fmt.Errorf("insert event: %w", err)
	}
	return nil
}

// caseRow is what a case's row says in clear.
type caseRow struct {
	casefile.Status
	public     []byte
	generation string
	sequence   int
	last       string // id of the last platform event
}

func readCase(tx *sql.Tx, q statements, number casefile.Number) (caseRow, error) {
	var row caseRow
	var filed, acceptedAt int64
	err := q.row(tx, sqlCase, string(number)).Scan(&row.State, &row.Official, &filed, &acceptedAt, &row.Evaluations, &row.Points, &row.Before,
		&row.public, &row.generation, &row.sequence, &row.last)
	if errors.Is(err, sql.ErrNoRows) {
		return caseRow{}, ErrNoCase
	}
	if err != nil {
		return caseRow{}, fmt.Errorf("read case: %w", err)
	}
	row.Filed, row.Accepted = fromMilliseconds(filed), fromMilliseconds(acceptedAt)
	return row, nil
}

func writeCase(tx *sql.Tx, q statements, number casefile.Number, status casefile.Status, last string) error {
	err := q.exec(tx, sqlCaseState, status.State, status.Official, milliseconds(status.Accepted), status.Evaluations, status.Points, status.Before,
		last, string(number))
	if err != nil {
		return fmt.Errorf("update case: %w", err)
	}
	return nil
}
