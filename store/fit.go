package store

import (
	"context"
	"errors"
	"fmt"

	"bianmin/core/casefile"
)

// Fit gives the business time like Standing, and says whether the store serves a terminal's generation, but takes
// nothing over: for somebody who only looks.
func (s *Store) Fit(ctx context.Context, generation string) (Clock, error) {
	water := s.water.read() // before the database: it is raised after each commit
	var last, told, replaced string
	var row markRow
	if err := s.standing.QueryRowContext(ctx).Scan(append([]any{&last, &told, &replaced}, row.fields()...)...); err != nil {
		return Clock{}, classify(fmt.Errorf("look at the generation: %w", err))
	}
	mark, commits := row.mark()
	if replaced == generation {
		return Clock{}, errReplaced()
	}
	if told == generation || !water.holds(generation, last, commits) {
		return Clock{}, &casefile.Error{Code: casefile.Restored, Err: errors.New("the records do not belong to this generation")}
	}
	return s.judge(mark)
}
