package succession_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/packaging/succession"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/seal"
)

// pair is an old machine with a queue, its enrolled successor, and a stick.
type pair struct {
	p                 *platformtest.Platform
	old, fresh, stick string
	filed             []casefile.Filed
}

const waiting = 4

func newPair(t *testing.T) *pair {
	t.Helper()
	w := &pair{p: platformtest.Start(t, platformtest.Options{}), old: t.TempDir(), fresh: t.TempDir(), stick: t.TempDir()}
	if err := os.Mkdir(filepath.Join(w.stick, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	enrolIn(t, w.p, terminal, w.old)
	f := desk(t, w.old)
	for i := range waiting {
		w.filed = append(w.filed, mustFile(t, f, i+1))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	enrolIn(t, w.p, terminal, w.fresh)
	if _, err := machine(w.fresh).Offer(w.stick); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *pair) do(t *testing.T, what string) {
	t.Helper()
	data := w.old
	if what == "restore" {
		data = w.fresh
	}
	if err := act(t.Context(), what, machine(data), w.stick); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// mustArrive sends what the successor holds; everything was filed once and arrives once.
func (w *pair) mustArrive(t *testing.T) {
	t.Helper()
	after := desk(t, w.fresh)
	send(t, w.fresh, drained(t, after))
	mustHold(t, w.p, w.filed)
	for i := range waiting {
		cases, err := after.Cases(t.Context(), person(i+1))
		if err != nil || len(cases) != 1 || cases[0].State != casefile.StateAccepted {
			t.Errorf("person %d has %+v, %v", i+1, cases, err)
		}
	}
	if err := after.Close(); err != nil {
		t.Fatal(err)
	}
}

// mustWait looks whether everything waits at the successor, whole, without sending it.
func (w *pair) mustWait(t *testing.T) {
	t.Helper()
	after := desk(t, w.fresh)
	defer func() { _ = after.Close() }()
	ids, refused, err := after.Store().Undelivered(t.Context())
	if err != nil || len(ids) != len(w.filed) || len(refused) != 0 {
		t.Errorf("waiting %d, refused %d, %v", len(ids), len(refused), err)
	}
	pages, err := after.Store().Pages(t.Context())
	if err != nil || len(pages) != len(w.filed) {
		t.Errorf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		content, err := os.ReadFile(store.PagePath(w.fresh, page.Digest))
		if err != nil || seal.Digest(content) != page.Digest {
			t.Errorf("page %s: %v", page.Digest, err)
		}
	}
}

// nothingLeft looks for what an operation must not leave behind.
func nothingLeft(t *testing.T, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			name := entry.Name()
			if strings.HasPrefix(name, ".part-") || name == "backup.copy" || (strings.HasPrefix(name, "restore.") && entry.IsDir()) {
				t.Errorf("left behind: %s", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestKilledBackup kills a backup at every point. What lies on the stick then
// is no backup, or the former one whole; the next run makes it.
func TestKilledBackup(t *testing.T) {
	for _, point := range succession.BackupPoints {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			w := newPair(t)
			killed(t, "backup", w.old, w.stick, point, 1)
			_, err := machine(w.fresh).Restore(t.Context(), w.stick)
			whole := point == "backup-listed"
			if (err == nil) != whole || (err != nil && !errors.Is(err, succession.ErrUnfinished) && !errors.Is(err, succession.ErrNoBackup)) {
				t.Errorf("half a backup: %v", err)
			}
			w.do(t, "backup")
			w.do(t, "restore")
			nothingLeft(t, w.old, w.fresh, w.stick)
			w.mustWait(t)
		})
	}
}

// TestKilledRestore kills the taking over at every point; the next run goes on.
func TestKilledRestore(t *testing.T) {
	for _, point := range succession.RestorePoints {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			w := newPair(t)
			w.do(t, "backup")
			killed(t, "restore", w.fresh, w.stick, point, 1)
			if f := desk(t, w.fresh); point != "restore-receipt" { // the kiosk starts meanwhile and sweeps what no row names
				if err := f.Ready(t.Context()); err != nil {
					t.Errorf("half a restore: %v", err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
			w.do(t, "restore")
			nothingLeft(t, w.fresh, w.stick)
			w.mustArrive(t)
		})
	}
}

// TestKilledReplace kills the one command for an old disk at each of its points; the same command ends it.
func TestKilledReplace(t *testing.T) {
	w := newPair(t)
	ticket := w.p.Ticket(terminal, w.p.URL).String()
	t.Setenv(ticketVariable, ticket)
	w.fresh = t.TempDir()
	for _, point := range slices.Concat([]string{"replace-enrolled"}, succession.BackupPoints, succession.RestorePoints) {
		killed(t, "replace", w.fresh, w.old, point, 1)
	}
	if err := act(t.Context(), "replace", machine(w.fresh), w.old); err != nil {
		t.Fatal(err)
	}
	self, err := seal.LoadIdentity(filepath.Join(w.fresh, "keys"))
	if err != nil || self.Generation != "C" {
		t.Errorf("became %+v, %v", self, err)
	}
	nothingLeft(t, w.old, w.fresh)
	w.mustArrive(t)
}

// TestKilledRetire kills the erasing at every point. Before the marker the
// machine is whole and can still be copied; after it the next run ends it.
func TestKilledRetire(t *testing.T) {
	past := false
	for _, point := range succession.RetirePoints {
		past = past || point == "retire-marked"
		whole := !past
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			w := newPair(t)
			w.do(t, "backup")
			w.do(t, "restore")
			killed(t, "retire", w.old, w.stick, point, 1)
			if whole {
				w.do(t, "backup")
				w.do(t, "restore")
			}
			w.do(t, "retire")
			left, err := os.ReadDir(w.old)
			if err != nil || len(left) > 0 {
				t.Errorf("the old machine still holds %v, %v", left, err)
			}
			w.mustBeRetired(t)
			w.mustWait(t)
		})
	}
}

// mustBeRetired checks the certificate and that the platform knows.
func (w *pair) mustBeRetired(t *testing.T) {
	t.Helper()
	self, err := seal.LoadIdentity(filepath.Join(w.fresh, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(w.stick, "out", "erasure-QH0301A.json"))
	if err != nil {
		t.Fatal(err)
	}
	var signed succession.SignedStatement
	if err := json.Unmarshal(content, &signed); err != nil {
		t.Fatal(err)
	}
	s, err := succession.VerifyStatement(signed, self.Trust)
	if err != nil || s.Moved != waiting || s.Lost != 0 || s.Successor != "B" || len(s.Keys) != 3 || s.By != "陈师傅" {
		t.Errorf("the statement says %+v, %v", s, err)
	}
	pdf, err := os.ReadFile(filepath.Join(w.stick, "out", "erasure-QH0301A.pdf"))
	if err != nil || string(pdf) != "%PDF-"+seal.Digest(signed.Statement) {
		t.Errorf("the certificate: %q, %v", pdf, err)
	}
	var kept []struct{ Terminal, Generation string }
	if err := json.Unmarshal(w.p.Run("terminal", "retired"), &kept); err != nil || len(kept) != 1 || kept[0].Generation != "A" {
		t.Errorf("the platform keeps %+v, %v", kept, err)
	}
}

// TestSweptMeanwhile: the kiosk starts between the pages' arrival and the rows
// that name them, and sweeps them away; they are there all the same.
func TestSweptMeanwhile(t *testing.T) {
	w := newPair(t)
	w.do(t, "backup")
	m := machine(w.fresh)
	m.Step = func(point string) {
		if point == "restore-linked" {
			if err := desk(t, w.fresh).Close(); err != nil {
				t.Error(err)
			}
			if left, err := filepath.Glob(filepath.Join(w.fresh, "attachments", "??", "*")); err != nil || len(left) > 0 {
				t.Errorf("not swept: %v, %v", left, err)
			}
		}
	}
	if _, err := m.Restore(t.Context(), w.stick); err != nil {
		t.Fatal(err)
	}
	w.mustWait(t)
}
