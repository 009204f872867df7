package succession_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bianmin/internal/softchip"
	"bianmin/packaging/succession"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// TestDiskOfADeadChip: a machine whose keys its security chip kept is dead, and only its disk is left. Nothing that waited is lost: the
// successor takes it over and sends it. What opens with a card opens once the custodians gave the old machine's secrets, which
// stand on the disk for nobody else.
func TestDiskOfADeadChip(t *testing.T) {
	w := &pair{p: platformtest.Start(t, platformtest.Options{}), old: t.TempDir(), fresh: t.TempDir(), stick: t.TempDir()}
	if err := enrol.Guard(w.old, softchip.Start(t)); err != nil {
		t.Fatal(err)
	}
	enrolIn(t, w.p, terminal, w.old)
	if kept, err := seal.ProtectionOf(filepath.Join(w.old, "keys")); err != nil || kept != seal.ByChip {
		t.Fatalf("enrolment keeps keys by %q, %v", kept, err)
	}
	f := desk(t, w.old)
	for i := range waiting {
		w.filed = append(w.filed, mustFile(t, f, i+1))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	disk := t.TempDir() // in another machine, whose chip is another
	if err := os.CopyFS(disk, os.DirFS(w.old)); err != nil {
		t.Fatal(err)
	}
	plug(t, filepath.Join(disk, "keys", "chip.json"), softchip.Start(t))
	if _, err := machine(disk).Backup(t.Context(), w.stick, true); !errors.Is(err, seal.ErrChip) {
		t.Errorf("the disk's keys open in another machine: %v", err)
	}

	enrolIn(t, w.p, terminal, w.fresh)
	taken, err := machine(w.fresh).TakeOver(t.Context(), disk)
	var asked *succession.WaitingError
	if !errors.As(err, &asked) || !asked.Taken {
		t.Fatalf("%+v, %v", taken, err)
	}
	w.mustWait(t)
	after := desk(t, w.fresh)
	send(t, w.fresh, drained(t, after))
	mustHold(t, w.p, w.filed)
	if cases, err := after.Cases(t.Context(), person(1)); err != nil || len(cases) != 0 {
		t.Errorf("without the custodians a card opens %d cases, %v", len(cases), err)
	}
	if err := after.Close(); err != nil {
		t.Fatal(err)
	}

	custodians := []string{t.TempDir(), t.TempDir()}
	w.p.Run("recovery", "split", "--terminal", terminal, "--first", custodians[0], "--second", custodians[1])
	one, two := first(t, custodians[0], "*.share"), first(t, custodians[1], "*.share")
	for _, alone := range []string{one, two} {
		if err := w.p.Try("recovery", "answer", "--request", asked.Request, "--share", alone); err == nil {
			t.Error("one custodian alone opened the dead machine's secrets")
		}
	}
	answer := w.p.Run("recovery", "answer", "--request", asked.Request, "--share", one, "--share", two)
	if err := os.WriteFile(asked.Answer, answer, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := machine(w.fresh).TakeOver(t.Context(), disk); err != nil {
			t.Fatal(err)
		}
	}
	w.mustArrive(t)
}

// plug lets keys be asked of another chip.
func plug(t *testing.T, document, device string) {
	t.Helper()
	content, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(content, &fields); err != nil {
		t.Fatal(err)
	}
	fields["device"] = device
	if content, err = json.Marshal(fields); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(document, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
