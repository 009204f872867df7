package registry

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bianmin/sync/wire"
)

// TestAuditBreaks: a trail that grows, or is told of late, is well; one that lost or changed entries is noted, once for each time.
func TestAuditBreaks(t *testing.T) {
	now := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	r, err := Open(t.Context(), t.TempDir(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	terminal := Terminal{Number: "QH0301", Generation: "A"}
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	said := now
	for _, step := range []struct {
		what    string
		clock   time.Duration // of the terminal, since the step before
		told    *wire.AuditHead
		broken  bool
		entries int64
	}{
		{what: "the first", told: &wire.AuditHead{Entries: 7, Head: a}},
		{what: "the same", clock: time.Minute, told: &wire.AuditHead{Entries: 7, Head: a}},
		{what: "an older program", clock: time.Minute},
		{what: "more", clock: time.Minute, told: &wire.AuditHead{Entries: 9, Head: b}},
		{what: "overtaken on its way", clock: -time.Minute, told: &wire.AuditHead{Entries: 7, Head: a}},
		{what: "changed", clock: 2 * time.Minute, told: &wire.AuditHead{Entries: 9, Head: a}, broken: true, entries: 9},
		{what: "the same again", clock: time.Minute, told: &wire.AuditHead{Entries: 9, Head: a}},
		{what: "shorter", clock: time.Minute, told: &wire.AuditHead{Entries: 3, Head: b}, broken: true, entries: 9},
		{what: "and none", clock: -365 * 24 * time.Hour, told: &wire.AuditHead{Entries: 1, Head: b}, broken: true, entries: 3},
	} {
		now, said = now.Add(time.Minute), said.Add(step.clock)
		body, err := json.Marshal(wire.Heartbeat{Time: said, Audit: step.told})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Heartbeat(t.Context(), terminal, body); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		all, err := r.breaks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := all[terminal]; got.At.Equal(now) != step.broken || step.broken && (got.Known != step.entries || got.Entries != step.told.Entries) {
			t.Errorf("%s: %+v", step.what, got)
		}
	}
}
