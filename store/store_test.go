package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bianmin/core/casefile"

	"golang.org/x/crypto/argon2"
)

var morning = time.Date(2026, 11, 22, 9, 0, 0, 0, casefile.Zone)

// machine is a machine's clocks in a test's hands.
type machine struct {
	mu      sync.Mutex
	reading casefile.Reading
}

func newMachine() *machine {
	return &machine{reading: casefile.Reading{Wall: morning, Monotonic: time.Hour, BootID: "boot-1"}}
}

func (m *machine) read() (casefile.Reading, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reading, nil
}

func (m *machine) change(to func(*casefile.Reading)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	to(&m.reading)
}

func open(t testing.TB, folder string, m *machine) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Folder: folder, Clock: m.read})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// raw opens the database as a stranger would, past everything of ours.
func raw(t testing.TB, folder string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryConnectionIsSetUp(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	for name, c := range map[string]struct {
		db          *sql.DB
		synchronous int
		queryOnly   int
	}{"writer": {s.writer, 2, 0}, "relaxed": {s.relaxed, 1, 0}, "reader": {s.reader, 2, 1}} {
		var mode string
		var synchronous, foreign, busy, queryOnly int
		must(t, c.db.QueryRow("PRAGMA journal_mode").Scan(&mode))
		must(t, c.db.QueryRow("PRAGMA synchronous").Scan(&synchronous))
		must(t, c.db.QueryRow("PRAGMA foreign_keys").Scan(&foreign))
		must(t, c.db.QueryRow("PRAGMA busy_timeout").Scan(&busy))
		must(t, c.db.QueryRow("PRAGMA query_only").Scan(&queryOnly))
		if mode != "wal" || synchronous != c.synchronous || foreign != 1 || busy != 5000 || queryOnly != c.queryOnly {
			t.Errorf("%s: journal %s, synchronous %d, foreign keys %d, busy %d, query only %d", name, mode, synchronous, foreign, busy, queryOnly)
		}
	}
}

func TestMigrationKeepsAnOlderStore(t *testing.T) {
	folder := t.TempDir()
	m := newMachine()
	names, err := migrations()
	must(t, err)
	db := raw(t, folder)
	must(t, migrateOnce(t.Context(), db, names[0], 1)) // as the first version left it
	_, err = db.Exec("INSERT INTO settings (key, value) VALUES ('retention.days', '3')")
	must(t, err)
	hash := auditHash(nil, morning.UnixMilli(), Entry{Actor: "terminal", Action: "older"})
	_, err = db.Exec("INSERT INTO audit (at_ms, actor, action, subject, detail, hash) VALUES (?, 'terminal', 'older', '', '', ?)", morning.UnixMilli(), hash)
	must(t, err)
	must(t, db.Close())

	s := open(t, folder, m)
	var version int
	must(t, s.reader.QueryRow("PRAGMA user_version").Scan(&version))
	settings, err := s.Settings(t.Context())
	if err != nil || version != len(names) || settings["retention.days"] != "3" {
		t.Errorf("version %d of %d, settings %v, %v", version, len(names), settings, err)
	}
	must(t, s.Audit(t.Context(), Entry{Actor: "terminal", Action: "newer"}))
	if n, err := s.VerifyAudit(t.Context()); n != 2 || err != nil {
		t.Errorf("audit trail of %d: %v", n, err)
	}
	if _, err := s.writer.Exec("DELETE FROM audit"); err == nil {
		t.Error("the newer version's trigger is not there")
	}
}

func TestOpenRefusesForeignAndNewerAndDamaged(t *testing.T) {
	m := newMachine()
	prepareStore := func(t *testing.T) string {
		folder := t.TempDir()
		s := open(t, folder, m)
		for range 200 {
			must(t, s.Audit(t.Context(), Entry{Actor: "terminal", Action: "fill", Detail: strings.Repeat("x", 500)}))
		}
		must(t, s.Close())
		return folder
	}
	cases := map[string]struct {
		spoil func(t *testing.T, path string)
		want  casefile.Code
	}{
		"newer version": {func(t *testing.T, path string) {
			_, err := raw(t, filepath.Dir(path)).Exec("PRAGMA user_version = 99")
			must(t, err)
		}, casefile.NewerDatabase},
		"another program's": {func(t *testing.T, path string) {
			_, err := raw(t, filepath.Dir(path)).Exec("PRAGMA application_id = 7")
			must(t, err)
		}, casefile.Damaged},
		"not a database": {func(t *testing.T, path string) { must(t, os.WriteFile(path, bytes.Repeat([]byte("no "), 5000), 0o600)) }, casefile.Damaged},
		"pages overwritten": {func(t *testing.T, path string) {
			content, err := os.ReadFile(path)
			must(t, err)
			for i := 6 * 4096; i < len(content)-4096; i += 4096 {
				copy(content[i:], bytes.Repeat([]byte{0xA5}, 600))
			}
			must(t, os.WriteFile(path, content, 0o600))
		}, casefile.Damaged},
		"cut short": {func(t *testing.T, path string) { must(t, os.Truncate(path, 5*4096+100)) }, casefile.Damaged},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			folder := prepareStore(t)
			path := filepath.Join(folder, databaseName)
			c.spoil(t, path)
			m.change(func(r *casefile.Reading) { r.BootID += "x" }) // a new boot: the full check
			before, err := os.ReadFile(path)
			must(t, err)
			s, err := Open(t.Context(), Options{Folder: folder, Clock: m.read})
			if err == nil {
				_ = s.Close()
			}
			if got := Code(err); got != c.want {
				t.Errorf("code %q (%v), want %q", got, err, c.want)
			}
			after, err := os.ReadFile(path)
			must(t, err)
			if !bytes.Equal(before, after) {
				t.Error("the file was changed all the same")
			}
		})
	}
}

func TestAuditChainSeesTampering(t *testing.T) {
	for name, statement := range map[string]string{
		"word changed":  "UPDATE audit SET detail = 'other' WHERE id = 5",
		"time changed":  "UPDATE audit SET at_ms = at_ms + 1 WHERE id = 5",
		"hash changed":  "UPDATE audit SET hash = zeroblob(32) WHERE id = 10",
		"entry removed": "DELETE FROM audit WHERE id = 5",
		"first removed": "DELETE FROM audit WHERE id = 1",
		"fields moved":  "UPDATE audit SET actor = 'ter', action = 'minal' || action WHERE id = 5",
		"two exchanged": "UPDATE audit SET detail = CASE id WHEN 4 THEN '5' ELSE '4' END WHERE id IN (4, 5)",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s := open(t, folder, newMachine())
			for i := range 10 {
				must(t, s.Audit(t.Context(), Entry{Actor: "terminal", Action: "act", Subject: "s", Detail: string(rune('0' + i))}))
			}
			if n, err := s.VerifyAudit(t.Context()); n != 10 || err != nil {
				t.Fatalf("before: %d, %v", n, err)
			}
			db := raw(t, folder)
			_, err := db.Exec("DROP TRIGGER audit_keeps_rows; DROP TRIGGER audit_keeps_words; " + statement)
			must(t, err)
			must(t, db.Close())
			if n, err := s.VerifyAudit(t.Context()); !errors.Is(err, ErrAudit) {
				t.Errorf("after: %d, %v", n, err)
			}
		})
	}
	t.Run("cut at the end", func(t *testing.T) {
		folder := t.TempDir()
		s := open(t, folder, newMachine())
		for range 10 {
			must(t, s.Audit(t.Context(), Entry{Actor: "terminal", Action: "act"}))
		}
		count, head, err := s.AuditHead(t.Context())
		must(t, err)
		if n, same, err := s.ProvenAuditHead(t.Context()); err != nil || n != count || same != head {
			t.Errorf("proven is %d %s of %d %s: %v", n, same, count, head, err)
		}
		_, err = raw(t, folder).Exec("DROP TRIGGER audit_keeps_rows; DELETE FROM audit WHERE id > 7")
		must(t, err)
		if n, again, err := s.AuditHead(t.Context()); err != nil || n == count || again == head {
			t.Errorf("the head says %d %s as before: %v", n, again, err)
		}
	})
}

func TestStaffTries(t *testing.T) {
	folder := t.TempDir()
	m := newMachine()
	s := open(t, folder, m)
	ctx := t.Context()
	account := Staff{ID: "100001", Name: "赵技术", Salt: []byte("0123456789abcdef"), Time: 1, Memory: 64, Threads: 1}
	account.Hash = argon2.IDKey([]byte("482915"), account.Salt, account.Time, account.Memory, account.Threads, 32)
	must(t, s.SetStaff(ctx, []Staff{account}))
	try := func(pin string, wantOK bool, wantLocked time.Duration) {
		t.Helper()
		ok, locked, err := s.SignIn(ctx, account.ID, pin)
		if err != nil || ok != wantOK || locked != wantLocked {
			t.Fatalf("%v, locked %v, %v; want %v, %v", ok, locked, err, wantOK, wantLocked)
		}
	}
	try("482915", true, 0)
	for range 4 {
		try("000000", false, 0)
	}
	try("482915", true, 0) // the right PIN forgives
	for range 4 {
		try("000000", false, 0)
	}
	try("000000", false, time.Minute)
	try("482915", false, time.Minute) // not even looked at
	m.change(func(r *casefile.Reading) { r.Wall = r.Wall.AddDate(10, 0, 0) })
	try("482915", false, time.Minute) // the wall clock gives nothing back
	must(t, s.Close())
	s = open(t, folder, m)
	try("482915", false, time.Minute) // nor does a restart of the program
	m.change(func(r *casefile.Reading) { r.BootID, r.Monotonic = "boot-2", 10*time.Second })
	try("482915", false, 50*time.Second) // nor one of the machine
	m.change(func(r *casefile.Reading) { r.Monotonic = time.Minute })
	try("000000", false, 2*time.Minute)
	for i := range 8 {
		m.change(func(r *casefile.Reading) { r.Monotonic += 2 * time.Hour })
		want := min(4*time.Minute<<i, time.Hour)
		try("000000", false, want)
	}
	m.change(func(r *casefile.Reading) { r.Monotonic += time.Hour })
	try("482915", true, 0)
	if ok, _, err := s.SignIn(ctx, "999999", "482915"); ok || err != nil {
		t.Errorf("unknown account: %v, %v", ok, err)
	}
	must(t, s.SetStaff(ctx, []Staff{{ID: "100002", Name: "坏", Salt: []byte{}, Hash: []byte{}}}))
	if ok, _, err := s.SignIn(ctx, "100002", ""); ok || err == nil {
		t.Errorf("an account without a verifier let somebody in: %v", err)
	}
	if _, err := s.VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}

func TestLinkAges(t *testing.T) {
	m := newMachine()
	s := open(t, t.TempDir(), m)
	ctx := t.Context()
	is := func(online bool) {
		t.Helper()
		if link, err := s.Link(ctx); err != nil || link.Online != online {
			t.Errorf("%+v, %v; want online %v", link, err, online)
		}
	}
	is(false)
	must(t, s.RecordLink(ctx, true, true))
	is(true)
	m.change(func(r *casefile.Reading) { r.Monotonic += 2 * time.Minute })
	is(true) // one word of the sender may be late
	m.change(func(r *casefile.Reading) { r.Monotonic += 2 * time.Minute })
	is(false)
	must(t, s.RecordLink(ctx, true, false))
	is(true)
	m.change(func(r *casefile.Reading) { r.BootID = "boot-2" })
	is(false)
	if link, err := s.Link(ctx); err != nil || !link.LastContact.Equal(morning) {
		t.Errorf("last contact %v, %v", link.LastContact, err)
	}
}

func TestSettingsAreReplaced(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	must(t, s.SetSettings(t.Context(), map[string]string{"a": "1", "b": "2"}))
	must(t, s.SetSettings(t.Context(), map[string]string{"b": "3"}))
	if got, err := s.Settings(t.Context()); err != nil || len(got) != 1 || got["b"] != "3" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	if _, err := s.reader.ExecContext(context.Background(), "DELETE FROM settings"); err == nil {
		t.Error("a reading connection wrote")
	}
}

// TestOtherHandlesDoNotDropLocks opens and closes the database file beside an
// open store. That drops a process's POSIX locks, and with them all protection
// from other processes; OFD locks stay.
func TestOtherHandlesDoNotDropLocks(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, newMachine())
	must(t, s.Audit(t.Context(), Entry{Action: "before"}))
	path := filepath.Join(folder, databaseName)
	if !locked(t, path) {
		t.Fatal("an open store holds no lock: the test looks at the wrong file")
	}
	file, err := os.Open(path)
	must(t, err)
	must(t, file.Close())
	if !locked(t, path) {
		t.Error("the lock went when somebody else closed the file")
	}
}

// locked tells whether any process holds a lock on a file.
func locked(t *testing.T, path string) bool {
	t.Helper()
	var stat syscall.Stat_t
	must(t, syscall.Stat(path, &stat))
	locks, err := os.ReadFile("/proc/locks")
	must(t, err)
	return strings.Contains(string(locks), fmt.Sprintf(":%d ", stat.Ino))
}
