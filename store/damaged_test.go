package store

import (
	"strings"
	"testing"

	"bianmin/core/casefile"
)

// TestDamagedCaseKeyStopsNothing: where the disk has damaged one case's key, what the platform says of that case is taken all the same, without the details
// that nobody could read, and what it says of others does not wait behind it.
func TestDamagedCaseKeyStopsNothing(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	shelf, ctx := newShelf(t, s), t.Context()
	taken, takenID := shelf.submit("")
	refusedCase, refusedID := shelf.submit("")
	sound, soundID := shelf.submit("")
	for _, number := range []casefile.Number{taken, refusedCase} {
		_, err := s.writer.ExecContext(ctx, "UPDATE cases SET public = ? WHERE number = ?", append([]byte{5}, shelf.public[1:]...), string(number))
		must(t, err)
	}
	shelf.accept(takenID)
	shelf.refuse(refusedID)
	shelf.accept(soundID)
	finished := func(id string, number casefile.Number) casefile.Update {
		return casefile.Update{ID: strings.Repeat(id, 16), Case: number, Kind: casefile.PlatformFinished, At: morning, Outcome: &casefile.Outcome{Result: "准予"}}
	}
	must(t, s.Take(ctx, "7", []casefile.Update{finished("0a", taken), finished("0b", sound)}))
	for number, want := range map[casefile.Number]string{taken: casefile.StateDone, refusedCase: casefile.StateRefused, sound: casefile.StateDone} {
		if c, err := s.CaseByNumber(ctx, number); err != nil || c.State != want {
			t.Errorf("%s is %q, %v; want %q", number, c.State, err, want)
		}
	}
	if n, err := s.Counts(ctx); err != nil || n.Waiting != 0 || n.Refused != 1 {
		t.Errorf("%+v, %v", n, err)
	}
	kept, err := s.Answers(ctx, refusedID)
	if err != nil || len(kept["refusal"].Signed) != 0 || kept["refusal"].Digest == "" {
		t.Errorf("of the refusal is kept %+v, %v", kept, err)
	}
	var noted int
	must(t, s.reader.QueryRowContext(ctx, "SELECT count(*) FROM audit WHERE action = 'case-key-damaged'").Scan(&noted))
	if noted != 3 {
		t.Errorf("the audit trail has %d entries, want 3", noted)
	}
	if _, err := s.VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}
