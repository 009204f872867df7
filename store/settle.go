package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bianmin/core/casefile"
)

// Words for why a packet is held.
const (
	whyEarlier = "earlier-event" // the first event of its record was refused
	whyHeld    = "held"          // a person put it aside
)

// Settle ends what the platform refused of a case, and what stands behind it: a
// person has dealt with it otherwise. by says who, reason how, for the audit
// trail. A case that is repaired by another is settled by the filing of that one.
func (s *Store) Settle(ctx context.Context, number casefile.Number, by, reason string) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		n, err := settle(tx, number, "", clock)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNothing
		}
		return s.audit(tx, q, clock, Entry{Actor: by, Action: "settled", Subject: string(number), Detail: reason})
	})
	return wrap(err, "settle a refused case")
}

// settle ends what is refused of a case and what is held behind it, and tells how many packets that were.
func settle(tx *sql.Tx, number, successor casefile.Number, clock Clock) (int64, error) {
	result, err := tx.Exec(`UPDATE outbox SET state = ?, successor = ?, done_ms = ? WHERE case_number = ? AND (state = ? OR (state = ? AND why = ?))
		AND EXISTS (SELECT 1 FROM outbox r WHERE r.case_number = outbox.case_number AND r.state = 2)`,
		settled, string(successor), clock.known().UnixMilli(), string(number), refused, held, whyEarlier)
	if err != nil {
		return 0, fmt.Errorf("settle a case: %w", err)
	}
	return result.RowsAffected()
}

// SettledBy is the case that was filed in a refused one's place, "" for none.
func (s *Store) SettledBy(ctx context.Context, number casefile.Number) (casefile.Number, error) {
	var successor string
	err := s.reader.QueryRowContext(ctx, "SELECT coalesce(max(successor), '') FROM outbox WHERE case_number = ?", string(number)).Scan(&successor)
	if err != nil {
		return "", classify(fmt.Errorf("read a case's successor: %w", err))
	}
	return casefile.Number(successor), nil
}

// Hold puts a waiting packet aside: it is not sent, nor what stands behind it in its case, until it is released.
func (s *Store) Hold(ctx context.Context, packet, by string) error {
	return wrap(s.move(ctx, packet, by, queued, "", held, whyHeld), "hold a packet")
}

// Release lets a packet go that was put aside.
func (s *Store) Release(ctx context.Context, packet, by string) error {
	return wrap(s.move(ctx, packet, by, held, whyHeld, queued, ""), "release a packet")
}

func (s *Store) move(ctx context.Context, packet, by string, from int, because string, to int, why string) error {
	return s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		err = needRow(tx.Exec("UPDATE outbox SET state = ?, why = ?, next_ms = 0 WHERE packet = ? AND state = ? AND (? = '' OR why = ?)",
			to, why, packet, from, because, because))
		if err != nil {
			return err
		}
		action := "released"
		if to == held {
			action = "held"
		}
		return s.audit(tx, q, clock, Entry{Actor: by, Action: action, Subject: packet})
	})
}

// sqlOpening are the kinds that open a record. The first event from here of a case that another terminal, or another generation, opened is none
// of them: when it is refused, what follows is judged by itself.
const sqlOpening = "('submitted', 'day-closed', 'sheet', 'visited')"

const sqlHoldBehind = `UPDATE outbox SET state = ?, why = ? WHERE state = 0 AND (case_number, generation) IN
	(SELECT case_number, generation FROM outbox WHERE packet = ? AND sequence = 1 AND kind IN ` + sqlOpening + `)`

// holdBehind keeps what stands behind a refused event back when nothing of its record can be accepted any more.
func holdBehind(tx *sql.Tx, packet string) error {
	if _, err := tx.Exec(sqlHoldBehind, held, whyEarlier, packet); err != nil {
		return fmt.Errorf("hold back what stands behind: %w", err)
	}
	return nil
}

// lineage does what a new event means for refused ones: a submission that stands for a refused case settles that, a new
// correction settles a refused one, whoever withdraws or ends a refused case has dealt with it, and what else follows a refused first event is held.
func lineage(tx *sql.Tx, e casefile.Event, clock Clock) error {
	if e.Submission != nil && e.Submission.Previous != "" {
		if _, err := settle(tx, e.Submission.Previous, e.Case, clock); err != nil {
			return err
		}
	}
	if err := settleCorrections(tx, e, clock); err != nil {
		return err
	}
	if e.Sequence == 1 {
		return nil
	}
	var first int
	err := tx.QueryRow("SELECT state FROM outbox WHERE case_number = ? AND generation = ? AND sequence = 1 AND kind IN "+sqlOpening, string(e.Case), e.Generation).Scan(&first)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("read the record's first event: %w", err)
	case first == settled:
		_, err = tx.Exec("UPDATE outbox SET state = ?, done_ms = ? WHERE packet = ?", settled, clock.known().UnixMilli(), e.ID)
	case first == refused:
		_, err = tx.Exec("UPDATE outbox SET state = ?, why = ? WHERE packet = ?", held, whyEarlier, e.ID)
		if err == nil && (e.Kind == casefile.Withdrawn || e.Kind == casefile.Ended) {
			_, err = settle(tx, e.Case, "", clock)
		}
	}
	if err != nil {
		return fmt.Errorf("follow a refused event: %w", err)
	}
	return nil
}
