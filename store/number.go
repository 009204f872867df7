package store

import (
	"database/sql"
	"errors"
	"fmt"

	"bianmin/core/casefile"
)

// lastNumber is the last case number that was given, in its parts; the sequence is 0 where none was.
type lastNumber struct {
	terminal, generation, date string
	sequence                   int
}

// nextNumber gives the next number of today. It lies beside the time mark, which the transaction writes at its end; what that
// held of another day or generation goes to where those are kept, and comes back when their time does.
func nextNumber(tx *sql.Tx, q statements, clock Clock, terminal, generation string) (casefile.Number, error) {
	last, date := &clock.begun.last, clock.Judgement.BusinessDate()
	if last.terminal != terminal || last.generation != generation || last.date != date {
		if last.sequence > 0 {
			if err := q.exec(tx, sqlKeepNumber, last.terminal, last.generation, last.date, last.sequence); err != nil {
				return "", fmt.Errorf("keep the last case number: %w", err)
			}
		}
		*last = lastNumber{terminal: terminal, generation: generation, date: date}
		err := q.row(tx, sqlLastNumber, terminal, generation, date).Scan(&last.sequence)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", fmt.Errorf("allocate a case number: %w", err)
		}
	}
	last.sequence++
	return casefile.NewNumber(casefile.NumberParts{Terminal: terminal, Generation: generation, Date: date, Sequence: last.sequence})
}
