package store

import (
	"os"
	"path/filepath"
	"testing"

	"bianmin/core/casefile"
)

// TestMigrationKeepsWhatIsThere brings a database of the kiosk's first version to today's.
func TestMigrationKeepsWhatIsThere(t *testing.T) {
	folder := t.TempDir()
	_ = open(t, t.TempDir(), newMachine()) // sets how files are locked, before the first lock
	db := raw(t, folder)
	names, err := migrations()
	must(t, err)
	for i, name := range names[:2] {
		must(t, migrateOnce(t.Context(), db, name, i+1))
	}
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: "2026-11-20", Sequence: 1})
	must(t, err)
	digest := ""
	for range 64 {
		digest += "a"
	}
	for _, statement := range []string{
		"INSERT INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence) VALUES ('" + string(number) + "', x'01', 'A', x'', x'', x'', x'', 'accepted', 1, 1)",
		"INSERT INTO events (case_number, position, id, kind, sequence, at_ms, digest, detail) VALUES ('" + string(number) + "', 1, 'p1', 'submitted', 1, 5, 'd', x'0102')",
		"INSERT INTO packets (id, digest, head) VALUES ('p1', 'd', x'00')",
		"INSERT INTO attachments (digest, packet, position, length) VALUES ('" + digest + "', 'p1', 0, 7)",
		"INSERT INTO outbox (packet, case_number, generation, sequence, kind, priority, head_length, total, committed_ms) VALUES ('p1', '" + string(number) + "', 'A', 1, 'submitted', 1, 1, 8, 1)",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		must(t, err)
	}
	must(t, db.Close())
	must(t, os.MkdirAll(filepath.Join(folder, "attachments", "aa"), 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "attachments", "aa", digest), []byte("content"), 0o600))

	s := open(t, folder, newMachine())
	if removed, err := s.Sweep(t.Context()); err != nil || removed != 0 {
		t.Errorf("%d files swept, %v: a row named them", removed, err)
	}
	found, err := s.CaseByNumber(t.Context(), number)
	if err != nil || found.State != casefile.StateAccepted {
		t.Errorf("%+v, %v", found, err)
	}
	if log, err := s.eventsOf(t.Context(), number); err != nil || len(log) != 1 || log[0].Kind != casefile.Submitted || string(log[0].Detail) != "\x01\x02" {
		t.Errorf("%+v, %v", log, err)
	}
	if _, err := s.writer.ExecContext(t.Context(), "UPDATE events SET at_ms = 6"); err == nil {
		t.Error("a case's log was changed")
	}
	items, err := s.Pending(t.Context(), morning, 10)
	if err != nil || len(items) != 1 {
		t.Fatalf("%+v, %v", items, err)
	}
	reader, err := s.OpenPacket(t.Context(), "p1")
	must(t, err)
	if reader.Total() != 8 {
		t.Errorf("the packet has %d bytes with its page, want 8", reader.Total())
	}
	must(t, reader.Close())
	if last, _, err := s.Revision(t.Context()); err != nil || last < 1 {
		t.Errorf("%d, %v", last, err)
	}
}
