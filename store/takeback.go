package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
)

// withoutCorrection is a case's course when the platform has refused a correction of it: what that answered is asked for
// again, unless something that came afterwards says otherwise. Of any other packet the course stays.
func withoutCorrection(tx *sql.Tx, number casefile.Number, packet string, status casefile.Status) (casefile.Status, error) {
	var position int
	err := tx.QueryRow("SELECT position FROM events WHERE case_number = ? AND id = ? AND kind = ?", string(number), packet, string(casefile.Corrected)).Scan(&position)
	if errors.Is(err, sql.ErrNoRows) {
		return status, nil
	}
	if err != nil {
		return status, fmt.Errorf("find the refused correction: %w", err)
	}
	rows, err := tx.Query("SELECT kind FROM events WHERE case_number = ? AND position > ? ORDER BY position", string(number), position)
	if err != nil {
		return status, fmt.Errorf("read what followed the correction: %w", err)
	}
	defer func() { _ = rows.Close() }()
	course := casefile.Status{State: casefile.StateCorrection, Official: status.Official}
	for rows.Next() {
		var kind casefile.EventKind
		if err := rows.Scan(&kind); err != nil {
			return status, fmt.Errorf("read what followed the correction: %w", err)
		}
		entry := casefile.Entry{Kind: kind, Official: status.Official, Times: course.Evaluations + 1}
		if next, err := course.Apply(entry); err == nil { // what could not follow was kept and changed nothing
			course = next
		}
	}
	if err := rows.Err(); err != nil {
		return status, fmt.Errorf("read what followed the correction: %w", err)
	}
	status.State, status.Before, status.Points = course.State, course.Before, course.Points // how many points is sealed, so 0
	return status, nil
}

// settleCorrections ends what was refused of a case's corrections: another one answers what is asked.
func settleCorrections(tx *sql.Tx, e casefile.Event, clock Clock) error {
	if e.Kind != casefile.Corrected {
		return nil
	}
	_, err := tx.Exec("UPDATE outbox SET state = ?, done_ms = ? WHERE case_number = ? AND kind = ? AND state = ?",
		settled, clock.known().UnixMilli(), string(e.Case), string(casefile.Corrected), refused)
	if err != nil {
		return fmt.Errorf("settle a refused correction: %w", err)
	}
	return nil
}

// settleMoot ends corrections that were refused before a time, of cases in which nothing is asked for any more: somebody else answered the notice, or the
// case was decided meanwhile. Until then staff see them; nothing is left that anybody could do about them.
func (s *Store) settleMoot(tx *sql.Tx, q statements, clock Clock, before time.Time) error {
	rows, err := tx.Query(`UPDATE outbox SET state = ?, done_ms = ? WHERE state = 2 AND kind = ? AND done_ms < ?
		AND EXISTS (SELECT 1 FROM cases c WHERE c.number = case_number AND c.state <> ?) RETURNING case_number`,
		settled, clock.known().UnixMilli(), string(casefile.Corrected), before.UnixMilli(), casefile.StateCorrection)
	if err != nil {
		return fmt.Errorf("settle corrections that nobody asks for: %w", err)
	}
	numbers, err := texts(rows)
	if err != nil {
		return fmt.Errorf("settle corrections that nobody asks for: %w", err)
	}
	for _, number := range numbers {
		if err := s.audit(tx, q, clock, Entry{Actor: "terminal", Action: "settled", Subject: number, Detail: "nothing is asked for any more"}); err != nil {
			return err
		}
	}
	return nil
}
