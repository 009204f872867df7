package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bianmin/core/usage"
)

// usageKept is how long a day's counts stay, told or not: a terminal without a link must not fill up.
const usageKept = 400 * 24 * time.Hour

// CountUse counts that something was used today. It may be lost with the power; nobody waits for it.
func (s *Store) CountUse(ctx context.Context, kind usage.Kind, item string) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil || clock.Judgement.Doubt { // there is no day to count it for
			return err
		}
		_, err = tx.Exec(`INSERT INTO usage (day, kind, item, n) VALUES (?, ?, ?, 1)
			ON CONFLICT (day, kind, item) DO UPDATE SET n = n + 1, told = 0`, clock.Judgement.BusinessDate(), string(kind), item)
		return err
	})
	return wrap(err, "count a use")
}

// Untold gives counts that the platform has not yet, oldest first, at most limit. Only days that are over are told, so
// that no count can be laid beside a person who was just there.
func (s *Store) Untold(ctx context.Context, limit int) ([]usage.Count, error) {
	clock, err := s.Clock(ctx)
	if err != nil || clock.Judgement.Doubt {
		return nil, err
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT day, kind, item, n FROM usage WHERE told = 0 AND day < ? ORDER BY day, kind, item LIMIT ?",
		clock.Judgement.BusinessDate(), limit)
	if err != nil {
		return nil, classify(fmt.Errorf("read what was used: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var counts []usage.Count
	for rows.Next() {
		var c usage.Count
		if err := rows.Scan(&c.Day, &c.Kind, &c.Item, &c.N); err != nil {
			return nil, classify(fmt.Errorf("read what was used: %w", err))
		}
		counts = append(counts, c)
	}
	return counts, classify(rows.Err())
}

// Told notes that the platform has counts. One that has grown since stays untold.
func (s *Store) Told(ctx context.Context, counts []usage.Count) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, _ statements) error {
		for _, c := range counts {
			if _, err := tx.Exec("UPDATE usage SET told = 1 WHERE day = ? AND kind = ? AND item = ? AND n = ?", c.Day, string(c.Kind), c.Item, c.N); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "note what was told of the use")
}

// purgeUsage removes the counts of days long past.
func purgeUsage(tx *sql.Tx, now time.Time) error {
	_, err := tx.Exec("DELETE FROM usage WHERE day < ?", now.Add(-usageKept).Format(time.DateOnly))
	return err
}
