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

// RecordRefusal keeps the platform's signed refusal with its reason for people.
// It holds back this case until it is repaired, and no other.
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

// delivery is the outbox row an answer is about, with its case.
type delivery struct {
	number    string
	state     int
	public    []byte
	caseState string
	last      string
}

func (s *Store) finish(ctx context.Context, a answer) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, q statements) error {
		var d delivery
		err := q.row(tx, sqlDelivery, a.packet).Scan(&d.number, &d.state, &d.public, &d.caseState, &d.last)
		if errors.Is(err, sql.ErrNoRows) {
			return errors.New("no such packet")
		}
		if err != nil {
			return fmt.Errorf("find the packet: %w", err)
		}
		if d.state == a.state { // said before
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
	now := clock.Judgement.Now.UnixMilli()
	if err := q.exec(tx, sqlInsertAnswer, a.packet, a.kind, a.signed, now); err != nil {
		return fmt.Errorf("insert answer: %w", err)
	}
	if err := q.exec(tx, sqlFinish, a.state, now, a.kind, a.packet); err != nil {
		return fmt.Errorf("finish outbox row: %w", err)
	}
	// The platform acknowledges every event; only what changes the case enters its log.
	next, err := (casefile.Status{State: d.caseState}).Apply(a.entry)
	if err == nil && next.State != d.caseState {
		detail, err := Detail{At: a.entry.At, Official: a.entry.Official, Reason: a.entry.Reason}.Seal(d.public, casefile.Number(d.number))
		if err != nil {
			return err
		}
		id := seal.Digest([]byte(a.kind + " " + a.packet + " " + string(a.signed)))[:32]
		var position int
		if err := q.row(tx, sqlNextPosition, d.number).Scan(&position); err != nil {
			return fmt.Errorf("find the event's place: %w", err)
		}
		if err := q.exec(tx, sqlInsertEvent, d.number, position, id, string(a.event), 0, now, "", detail); err != nil {
			return fmt.Errorf("insert event: %w", err)
		}
		d.caseState, d.last = next.State, id
	}
	if err := q.exec(tx, sqlCaseState, d.caseState, d.last, d.number); err != nil {
		return fmt.Errorf("update case: %w", err)
	}
	return s.audit(tx, q, clock, Entry{Actor: "platform", Action: a.kind, Subject: d.number, Detail: a.packet})
}
