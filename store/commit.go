package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/packet"
)

// Points where a killed process must lose nothing, in the order they are passed.
const (
	PointAttachmentWritten = "attachment-written"
	PointAttachmentSynced  = "attachment-synced"
	PointAttachmentRenamed = "attachment-renamed"
	PointSubmitBefore      = "submit-before-commit"
	PointSubmitAfter       = "submit-after-commit"
	PointPrintBegun        = "print-begun"
	PointPrintEnded        = "print-ended"
	PointEvaluateBefore    = "evaluate-before"
	PointEvaluateAfter     = "evaluate-after"
	PointAckBefore         = "ack-before-commit"
	PointAckAfter          = "ack-after-commit"
	PointDeskBefore        = "desk-before-commit" // every transaction of the desk that makes an event
	PointDeskAfter         = "desk-after-commit"
	PointDraftBefore       = "draft-before-commit"
	PointDraftAfter        = "draft-after-commit"
	PointTakeBefore        = "take-before-commit"
	PointTakeAfter         = "take-after-commit"
	PointListWritten       = "list-written" // an account's list, beside the rows
	PointListBefore        = "list-before-commit"
	PointListAfter         = "list-after-commit"
	PointKeysBefore        = "keys-before-commit" // an account's keys on this PC
	PointKeysAfter         = "keys-after-commit"
	PointInheritBefore     = "inherit-before-commit" // a predecessor's store
	PointInheritAfter      = "inherit-after-commit"
)

// ErrNoCase says that this store knows no such case.
var ErrNoCase = errors.New("no such case")

// ErrEvaluated says that a case already has this evaluation.
var ErrEvaluated = errors.New("the case is already evaluated")

// Slot is the place in the log that a transaction gives a new event.
type Slot struct {
	Number   casefile.Number
	Sequence int
	Clock    Clock
	// LastPlatformEvent is the last platform event seen of the case, "" for none.
	LastPlatformEvent string
}

// Record is what one event puts into the store.
type Record struct {
	Event       casefile.Event
	Digest      string // of the event's canonical bytes
	Packet      packet.Packet
	Attachments []casefile.Attachment
	Detail      []byte   // sealed to the case's key
	Case        *NewCase // for the first event of a case
}

// NewCase is what a case's first event adds.
type NewCase struct {
	Tag        []byte
	Public     []byte // compressed SM2 key
	ByCard     []byte
	ByRecovery []byte
	Summary    []byte // sealed
	Days       int    // promised working days, 0 for none
}

// Submit allocates a case number, lets build make the event and its packet for
// it, and commits case, event, packet, attachment rows, outbox row, audit entry
// and time mark in one durable transaction. When it returns nil the case cannot
// be lost; when it returns an error nothing happened.
func (s *Store) Submit(ctx context.Context, terminal, generation string, build func(Slot) (Record, error)) error {
	var commits int64
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		mark, count, clock, err := s.admit(tx, q, generation)
		if err != nil {
			return err
		}
		if clock.Judgement.Doubt {
			return &casefile.Error{Code: casefile.ClockDoubt, Err: errors.New(clock.Judgement.Why)}
		}
		slot := Slot{Sequence: 1, Clock: clock}
		if slot.Number, err = nextNumber(tx, q, clock, terminal, generation); err != nil {
			return err
		}
		record, err := build(slot)
		if err != nil {
			return err
		}
		if err := insertCase(tx, q, record, clock.Judgement.Now); err != nil {
			return err
		}
		commits = count + 1
		if err := s.insertRecord(tx, q, clock, record); err != nil {
			return err
		}
		if err := writeMark(tx, q, clock.begun, mark.Noted(clock.Reading, clock.Judgement), commits); err != nil {
			return err
		}
		s.point(PointSubmitBefore)
		return nil
	})
	if err != nil {
		return wrap(err, "submit")
	}
	s.point(PointSubmitAfter)
	s.raise(generation, commits)
	return nil
}

// raise writes the high-water file. Its failure does not undo a commit: the file
// then lags behind, as after a power cut.
func (s *Store) raise(generation string, commits int64) {
	if len(generation) == 1 {
		_ = s.water.raise(generation[0], commits)
	}
}

func insertCase(tx *sql.Tx, q statements, r Record, now time.Time) error {
	if r.Case == nil {
		return errors.New("a first event without its case")
	}
	err := q.exec(tx, sqlInsertCase, string(r.Event.Case), r.Case.Tag, r.Event.Generation, r.Case.Public, r.Case.ByCard,
		r.Case.ByRecovery, r.Case.Summary, casefile.StateQueued, now.UnixMilli(), r.Event.Sequence, r.Case.Days)
	if err != nil {
		return fmt.Errorf("insert case: %w", err)
	}
	return nil
}

func (s *Store) insertRecord(tx *sql.Tx, q statements, clock Clock, r Record) error {
	e, now := r.Event, clock.Judgement.Now.UnixMilli()
	position := 1
	if r.Case == nil { // a new case has no events yet
		if err := q.row(tx, sqlNextPosition, string(e.Case)).Scan(&position); err != nil {
			return fmt.Errorf("find the event's place: %w", err)
		}
	}
	if err := q.exec(tx, sqlInsertEvent, string(e.Case), position, e.ID, string(e.Kind), e.Sequence, now, r.Digest, r.Detail); err != nil {
		return fmt.Errorf("insert event: %w", err)
	}
	if err := q.exec(tx, sqlInsertPacket, e.ID, r.Packet.Digest, r.Packet.Head); err != nil {
		return fmt.Errorf("insert packet: %w", err)
	}
	if s.bare {
		if err := setMeta(tx, "plain "+e.ID, string(r.Packet.Canonical)); err != nil {
			return err
		}
	}
	for i, a := range r.Attachments {
		if err := q.exec(tx, sqlInsertAttachment, a.Digest, e.ID, i, a.Sealed); err != nil {
			return fmt.Errorf("insert attachment: %w", err)
		}
	}
	priority := 0
	if len(r.Attachments) > 0 {
		priority = 1
	}
	err := q.exec(tx, sqlInsertOutbox, e.ID, string(e.Case), e.Generation, e.Sequence, string(e.Kind), priority, len(r.Packet.Head), r.Packet.Total, now)
	if err != nil {
		return fmt.Errorf("insert outbox row: %w", err)
	}
	if err := lineage(tx, e, clock); err != nil {
		return err
	}
	return s.audit(tx, q, clock, Entry{Actor: e.Actor, Action: string(e.Kind), Subject: string(e.Case), Detail: r.Digest})
}

// Append commits one more event of a case that was filed here, durable like
// Submit, under the terminal's present generation. It gives ErrNoCase, or ErrEvaluated for a rating the case already has.
func (s *Store) Append(ctx context.Context, number casefile.Number, generation string, build func(Slot) (Record, error)) error {
	var commits int64
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		mark, count, clock, err := s.admit(tx, q, generation)
		if err != nil {
			return err
		}
		slot, evaluations, err := nextSlot(tx, number, generation, clock)
		if err != nil {
			return err
		}
		record, err := build(slot)
		if err != nil {
			return err
		}
		commits = count + 1
		if e := record.Event.Evaluation; e != nil {
			if e.Times != evaluations+1 {
				return ErrEvaluated
			}
			evaluations = e.Times
		}
		if _, err := tx.Exec("UPDATE cases SET generation = ?, sequence = ?, evaluations = ? WHERE number = ?", generation, slot.Sequence, evaluations, string(number)); err != nil {
			return fmt.Errorf("update case: %w", err)
		}
		if err := s.insertRecord(tx, q, clock, record); err != nil {
			return err
		}
		if err := writeMark(tx, q, clock.begun, mark.Noted(clock.Reading, clock.Judgement), commits); err != nil {
			return err
		}
		s.point(PointEvaluateBefore)
		return nil
	})
	if err != nil {
		return wrap(err, "append to a case")
	}
	s.point(PointEvaluateAfter)
	s.raise(generation, commits)
	return nil
}

// nextSlot is the place after a case's last event from here; a new generation counts from 1 again.
func nextSlot(tx *sql.Tx, number casefile.Number, generation string, clock Clock) (Slot, int, error) {
	slot := Slot{Number: number, Clock: clock}
	var evaluations int
	err := tx.QueryRow("SELECT CASE WHEN generation = ? THEN sequence + 1 ELSE 1 END, evaluations, last_platform_event FROM cases WHERE number = ?", generation, string(number)).
		Scan(&slot.Sequence, &evaluations, &slot.LastPlatformEvent)
	if errors.Is(err, sql.ErrNoRows) {
		return Slot{}, 0, ErrNoCase
	}
	if err != nil {
		return Slot{}, 0, fmt.Errorf("read case: %w", err)
	}
	return slot, evaluations, nil
}
