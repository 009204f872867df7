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

// Ratings are how the cases of one point were rated, ever.
type Ratings struct {
	Region, Point string
	Given         int
	Levels        map[int]int // of the first full tens only
}

// Ratings gives the ratings of every point that has some. They are kept apart from cases and days.
func (r *Registry) Ratings(ctx context.Context) ([]Ratings, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT t.region, t.point, e.level FROM evaluations e
		JOIN terminals t ON t.number = e.terminal AND t.generation = (SELECT max(n.generation) FROM terminals n WHERE n.number = e.terminal)
		ORDER BY t.region, t.point, e.position`)
	if err != nil {
		return nil, fmt.Errorf("count evaluations: %w", err)
	}
	defer rows.Close()
	var all []Ratings
	var levels []int // of the last of all that are not counted yet
	for rows.Next() {
		var (
			one   Ratings
			level int
		)
		if err := rows.Scan(&one.Region, &one.Point, &level); err != nil {
			return nil, fmt.Errorf("count evaluations: %w", err)
		}
		if n := len(all); n == 0 || all[n-1].Region != one.Region || all[n-1].Point != one.Point {
			one.Levels = map[int]int{}
			all, levels = append(all, one), levels[:0]
		}
		last := &all[len(all)-1]
		last.Given++
		if levels = append(levels, level); len(levels) == full {
			for _, l := range levels {
				last.Levels[l]++
			}
			levels = levels[:0]
		}
	}
	return all, rows.Err()
}
