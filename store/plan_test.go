package store

import (
	"strings"
	"testing"
)

// TestChangedRowsAreFoundByRevision: a look after one change must not go through all that the account has.
func TestChangedRowsAreFoundByRevision(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	for query, index := range map[string]string{sqlChanged: "desk_cases_revision", sqlLines: "desk_cases_account"} {
		if plan := planOf(t, s, query, 7, "301001"); !strings.Contains(plan, index) {
			t.Errorf("not by %s: %q", index, plan)
		}
	}
}

// TestRefusalWalksNoQueue: what stands behind a refused event is found by its case, not by going through all that waits.
func TestRefusalWalksNoQueue(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	plan := planOf(t, s, sqlHoldBehind, held, whyEarlier, "p")
	if !strings.Contains(plan, "SEARCH outbox USING INDEX outbox_order (case_number=? AND generation=?") || strings.Contains(plan, "outbox_queued") || strings.Contains(plan, "SCAN outbox") {
		t.Errorf("not by the case: %q", plan)
	}
}

// planOf says how the database finds what a query asks for, a step a line.
func planOf(t *testing.T, s *Store, query string, args ...any) string {
	t.Helper()
	rows, err := s.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	must(t, err)
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		must(t, rows.Scan(&id, &parent, &unused, &step))
		plan = append(plan, step)
	}
	must(t, rows.Err())
	must(t, rows.Close())
	return strings.Join(plan, "\n")
}
