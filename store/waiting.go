package store

import (
	"context"
	"fmt"
)

const sqlWaiting = `SELECT o.packet, o.case_number, o.generation, o.sequence, o.kind, p.digest, o.registered, o.attempts, o.next_ms, o.why,
		o.head_length, o.total, o.committed_ms
	FROM outbox o JOIN packets p ON p.id = o.packet
	WHERE o.state = 0 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.case_number = o.case_number AND e.generation = o.generation
		AND e.sequence < o.sequence AND e.state = 4)
	ORDER BY o.id`

// Waiting lists all packets that the platform has not decided and nothing holds back, in the order they were committed: a case's
// events in theirs.
func (s *Store) Waiting(ctx context.Context) ([]Item, error) {
	rows, err := s.reader.QueryContext(ctx, sqlWaiting)
	if err != nil {
		return nil, classify(fmt.Errorf("list what waits: %w", err))
	}
	return scanItems(rows, "list what waits")
}
