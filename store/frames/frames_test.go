package frames

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modernc.org/libc"
	_ "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// connect opens one connection to a database, through the layer or past it.
func connect(t testing.TB, path string, layered bool, more string) *sql.DB {
	t.Helper()
	must(t, Register())
	dsn := "file:" + path + "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=journal_size_limit(16777216)" + more
	if layered {
		dsn += "&vfs=" + Name
	}
	db, err := sql.Open("sqlite", dsn)
	must(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { must(t, db.Close()) })
	exec(t, db, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, a BLOB, b TEXT UNIQUE)")
	return db
}

func exec(t testing.TB, db interface {
	Exec(query string, args ...any) (sql.Result, error)
}, statements ...string,
) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
}

// left is what is in a database's files now, as the next program finds it when all that have it open are killed.
func left(t testing.TB, path, question string) (answer string) {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "db")
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + end)
		must(t, err)
		must(t, os.WriteFile(copied+end, content, 0o600))
	}
	db := connect(t, copied, false, "")
	var whole string
	must(t, db.QueryRow("PRAGMA integrity_check").Scan(&whole))
	if whole != "ok" {
		t.Fatal(whole)
	}
	must(t, db.QueryRow(question).Scan(&answer))
	must(t, db.Close())
	return answer
}

// writes counts the write calls of this process while do is done.
func writes(t testing.TB, do func()) int {
	t.Helper()
	count := func() (n int) {
		content, err := os.ReadFile("/proc/self/io")
		must(t, err)
		_, rest, _ := strings.Cut(string(content), "syscw: ")
		_, err = fmt.Sscan(rest, &n)
		must(t, err)
		return n
	}
	before := count()
	do()
	return count() - before
}

func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}

// TestOneWrite: a transaction of many pages is one write, and one of far more a few, while SQLite alone makes two of each page.
func TestOneWrite(t *testing.T) {
	for layered, most := range map[bool][2]int{true: {1, 40}, false: {1 << 20, 1 << 20}} {
		path := filepath.Join(t.TempDir(), "db")
		db := connect(t, path, layered, "")
		exec(t, db, "INSERT INTO t (a) VALUES (1)")
		for i, n := range []int{40_000, 1_000_000} {
			counted := writes(t, func() { exec(t, db, fmt.Sprintf("INSERT INTO t (a) VALUES (randomblob(%d))", n)) })
			if counted > most[i] || !layered && counted < n/2100 {
				t.Errorf("layered %v: %d writes for %d bytes", layered, counted, n)
			}
		}
		if got := left(t, path, "SELECT count(*) || ' ' || sum(length(a)) FROM t"); got != "3 1040001" {
			t.Error(got)
		}
	}
}

// TestUndoneFramesAreForgotten: what a transaction that was undone had ready for the log does not get there later, over what others wrote.
func TestUndoneFramesAreForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	one, other := connect(t, path, true, "&_pragma=cache_size(10)"), connect(t, path, true, "")
	for round := range 8 {
		exec(t, one, fmt.Sprintf("INSERT INTO t (a) VALUES (randomblob(%d))", 100+round*400), "PRAGMA wal_checkpoint(TRUNCATE)") // so that nothing is read from the log
		tx, err := one.Begin()
		must(t, err)
		for range 5 + round { // more pages than it may hold in memory
			exec(t, tx, "INSERT INTO t (a) VALUES (randomblob(9000))")
		}
		must(t, tx.Rollback())
		for range 1 + round%3 {
			exec(t, other, fmt.Sprintf("INSERT INTO t (a) VALUES (randomblob(%d))", 9000+round*800))
		}
		exec(t, one, "INSERT INTO t (a) VALUES (randomblob(5000))")
		left(t, path, "SELECT count(*) FROM t")
	}
}

// TestRoom: a log grows by more than it needs, up to what SQLite leaves of it; where a disk has no room for that it has its own length.
func TestRoom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := connect(t, path, true, "&_pragma=wal_autocheckpoint(100000)")
	exec(t, db, "INSERT INTO t (a) VALUES (1)")
	first := size(t, path+"-wal")
	exec(t, db, "INSERT INTO t (a) VALUES (2)")
	if again := size(t, path+"-wal"); first < room || again != first {
		t.Errorf("the log has %d bytes after one row, %d after two", first, again)
	}
	exec(t, db, "INSERT INTO t (a) VALUES (randomblob(15900000))", "INSERT INTO t (a) VALUES (2)")
	if now := size(t, path+"-wal"); now != enough {
		t.Errorf("%d bytes, not %d", now, int64(enough))
	}
	exec(t, db, "PRAGMA wal_checkpoint(TRUNCATE)")
	f := onlyLog(t)
	write, full := f.below.write, 0
	defer func() { f.below.write = write }()
	f.below.write = func(tls *libc.TLS, file, content uintptr, n int32, at int64) int32 {
		if content == nothing {
			if full++; full > 1 {
				return sqlite3.SQLITE_FULL
			}
		}
		return write(tls, file, content, n, at)
	}
	exec(t, db, "INSERT INTO t (a) VALUES (randomblob(20000))")
	if now := size(t, path+"-wal"); full != 2 || now < 20_000 || (now-32)%(4096+header) != 0 {
		t.Errorf("on a full disk the log has %d bytes, tried %d times", now, full)
	}
	if got := left(t, path, "SELECT count(*) FROM t"); got != "5" {
		t.Error(got)
	}
}

// onlyLog is the one log that is open through the layer.
func onlyLog(t *testing.T) (f *file) {
	t.Helper()
	mu.RLock()
	defer mu.RUnlock()
	for _, one := range files {
		if one.log != nil && f != nil {
			t.Fatal("more than one log is open")
		}
		if one.log != nil {
			f = one
		}
	}
	return f
}

// TestNothingToWriteDown: commit after commit the system is not asked for the log's length, which would have it write down a new time of
// change with each; the first sync is the layer's below, which makes the file's name durable. A log that somebody else cut is looked at again.
func TestNothingToWriteDown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := connect(t, path, true, "")
	f := onlyLog(t)
	measure, sync, looks, syncs := f.below.measure, f.below.sync, 0, 0
	defer func() { f.below.measure, f.below.sync = measure, sync }()
	f.below.measure = func(tls *libc.TLS, file, size uintptr) int32 { looks++; return measure(tls, file, size) }
	f.below.sync = func(tls *libc.TLS, file uintptr, flags int32) int32 { syncs++; return sync(tls, file, flags) }
	f.log.named = false // as a file that was just opened
	exec(t, db, "INSERT INTO t (a) VALUES (1)")
	if syncs != 1 {
		t.Errorf("%d syncs by the layer below at first, not 1", syncs)
	}
	looks = 0
	for range 20 {
		exec(t, db, "INSERT INTO t (a) VALUES (randomblob(9000))")
	}
	if looks > 0 || syncs != 1 {
		t.Errorf("%d looks at the length, %d syncs by the layer below", looks, syncs)
	}
	other := connect(t, path, false, "")
	exec(t, other, "PRAGMA wal_checkpoint(TRUNCATE)", "INSERT INTO t (a) VALUES (1)")
	short := size(t, path+"-wal")
	exec(t, db, "INSERT INTO t (a) VALUES (1)", "INSERT INTO t (a) VALUES (2)")
	if now := size(t, path+"-wal"); short >= room || now < room {
		t.Errorf("the log had %d bytes after it was cut, and has %d", short, now)
	}
}
