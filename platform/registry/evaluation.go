package registry

import (
	"context"
	"fmt"
	"strconv"

	"bianmin/sync/wire"
)

// full is how many evaluations make levels known: fewer would tell who gave which.
const full = 10

// EvaluationsAt counts how the cases of a terminal's point were rated. Levels
// count the first full tens only, so that the difference of two answers never shows one rating.
func (r *Registry) EvaluationsAt(ctx context.Context, region, point string) (wire.Evaluations, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT level FROM evaluations
		WHERE terminal IN (SELECT number FROM terminals WHERE region = ? AND point = ?) ORDER BY position`, region, point)
	if err != nil {
		return wire.Evaluations{}, fmt.Errorf("count evaluations: %w", err)
	}
	defer rows.Close()
	var levels []int
	for rows.Next() {
		var level int
		if err := rows.Scan(&level); err != nil {
			return wire.Evaluations{}, fmt.Errorf("count evaluations: %w", err)
		}
		levels = append(levels, level)
	}
	counts := wire.Evaluations{Given: len(levels)}
	for _, level := range levels[:len(levels)/full*full] {
		if counts.Levels == nil {
			counts.Levels = map[string]int{}
		}
		counts.Levels[strconv.Itoa(level)]++
	}
	return counts, rows.Err()
}
