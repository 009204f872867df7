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
	water, said, err := s.look(ctx, generation)
	if err != nil {
		return Clock{}, classify(fmt.Errorf("look at the generation: %w", err))
	}
	if said.replaced == generation {
		return Clock{}, errReplaced()
	}
	if said.told == generation || !water.holds(generation, said.last, said.commits) {
		return Clock{}, &casefile.Error{Code: casefile.Restored, Err: errors.New("the records do not belong to this generation")}
	}
	return s.judge(said.mark)
}
