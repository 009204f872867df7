package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// fill puts n waiting packets of as many cases into the queue, without their content.
func fill(t testing.TB, s *Store, from, n int) {
	t.Helper()
	tx, err := s.writer.Begin()
	must(t, err)
	for i := from; i < from+n; i++ {
		id := fmt.Sprintf("%032x", i)
		_, err := tx.Exec("INSERT INTO packets (id, digest, head) VALUES (?, ?, zeroblob(500))", id, id)
		must(t, err)
		_, err = tx.Exec(`INSERT INTO outbox (packet, case_number, generation, sequence, kind, priority, head_length, total, committed_ms)
			VALUES (?, ?, 'A', 1, 'submitted', 1, 500, 500, ?)`, id, id, i)
		must(t, err)
	}
	must(t, tx.Commit())
}

// TestQueueIsFlat compares the first look at a short and at a long queue: an
// index, not a scan, finds the head.
func TestQueueIsFlat(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	look := func() time.Duration {
		var times []time.Duration
		for range 101 {
			begun := time.Now()
			items, err := s.Pending(t.Context(), morning, 10)
			if err != nil || len(items) != 10 {
				t.Fatal(len(items), err)
			}
			times = append(times, time.Since(begun))
		}
		slices.Sort(times)
		return times[len(times)/2]
	}
	fill(t, s, 1, 100)
	short := look()
	fill(t, s, 101, 30_000)
	long := look()
	ratio := float64(long) / float64(short)
	t.Logf("30 100 waiting against 100: %.2f", ratio)
	if ratio > 5 {
		t.Errorf("looking at a long queue takes %.1f times as long", ratio)
	}
}

func TestQueuePlanHasNoScan(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	rows, err := s.reader.Query("EXPLAIN QUERY PLAN "+sqlPending, 0, 0, 10)
	must(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		t.Log(detail)
		if strings.Contains(detail, "TEMP B-TREE") || (strings.Contains(detail, "SCAN") && !strings.Contains(detail, "INDEX outbox_queued")) {
			t.Errorf("the plan scans or sorts: %s", detail)
		}
	}
	must(t, rows.Err())
}
