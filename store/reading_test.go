package store

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"bianmin/core/casefile"
)

// published is the schema of the first version that terminals got. From the next one on, every migration leaves the
// version before able to read.
const published = 3

// asProgram lets this test be a program that knows the migrations given, besides our own.
func asProgram(t *testing.T, more map[string]string, do func()) {
	t.Helper()
	all := fstest.MapFS{}
	names, err := migrations()
	must(t, err)
	for _, name := range names {
		content, err := fs.ReadFile(migrationFiles, name)
		must(t, err)
		all[name] = &fstest.MapFile{Data: content}
	}
	for name, content := range more {
		all["migration/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	before := migrationFiles
	migrationFiles = all
	defer func() { migrationFiles = before }()
	do()
}

// filled is a store with a case, a packet that waits and what belongs to it.
func filled(t *testing.T, folder string) (casefile.Number, *Store) {
	t.Helper()
	s := open(t, folder, newMachine())
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: "2026-11-20", Sequence: 1})
	must(t, err)
	for _, statement := range []string{
		"INSERT INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence) VALUES ('" + string(number) + "', x'01', 'A', x'02', x'03', x'04', x'05', 'accepted', 1, 1)",
		"INSERT INTO packets (id, digest, head) VALUES ('p1', 'd', x'00')",
		"INSERT INTO outbox (packet, case_number, generation, sequence, kind, priority, head_length, total, committed_ms) VALUES ('p1', '" + string(number) + "', 'A', 1, 'submitted', 1, 1, 8, 1)",
	} {
		_, err := s.writer.ExecContext(t.Context(), statement)
		must(t, err)
	}
	return number, s
}

// seen is what a reader sees.
func seen(t *testing.T, s *Store, number casefile.Number) string {
	t.Helper()
	found, err := s.CaseByNumber(t.Context(), number)
	must(t, err)
	counts, err := s.Counts(t.Context())
	must(t, err)
	packets, err := s.Packets(t.Context())
	must(t, err)
	link, err := s.Link(t.Context())
	must(t, err)
	return fmt.Sprintf("%+v %+v %v %+v", found, counts, packets, link)
}

const good = "-- readers: 3\nALTER TABLE cases ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';\nCREATE TABLE colours (name TEXT PRIMARY KEY) STRICT;\nCREATE INDEX cases_colour ON cases (colour);"

// TestVersionBeforeReads: a store that the next version migrated is read by this one, never written or taken for its own.
func TestVersionBeforeReads(t *testing.T) {
	folder := t.TempDir()
	number, s := filled(t, folder)
	before := seen(t, s, number)
	must(t, s.Close())
	asProgram(t, map[string]string{"9998_colour.sql": good}, func() {
		next := open(t, folder, newMachine())
		if after := seen(t, next, number); after != before {
			t.Errorf("the next version sees %s", after)
		}
		must(t, next.Close())
	})
	if _, err := Open(t.Context(), Options{Folder: folder, Clock: newMachine().read}); Code(err) != casefile.NewerDatabase {
		t.Fatalf("a newer store was opened: %v", err)
	}
	reading, err := OpenToRead(t.Context(), folder)
	must(t, err)
	defer func() { _ = reading.Close() }()
	if after := seen(t, reading, number); after != before {
		t.Errorf("this version sees %s, before %s", after, before)
	}
	if err := reading.RetryNow(t.Context()); Code(err) != casefile.ReadOnly {
		t.Errorf("a newer store was written: %v", err)
	}
	asProgram(t, map[string]string{"9998_colour.sql": good}, func() {
		next := open(t, folder, newMachine()) // beside the reader
		must(t, next.RetryNow(t.Context()))
		must(t, next.Close())
	})
}

// TestNotReadable: without the next version's word nothing is read.
func TestNotReadable(t *testing.T) {
	names, err := migrations()
	must(t, err)
	for name, first := range map[string]string{"silent": "", "only its own": fmt.Sprintf("-- readers: %d\n", len(names)+1)} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			_, s := filled(t, folder)
			must(t, s.Close())
			asProgram(t, map[string]string{"9998_next.sql": first + "DROP TABLE link;"}, func() { must(t, open(t, folder, newMachine()).Close()) })
			if _, err := OpenToRead(t.Context(), folder); Code(err) != casefile.NewerDatabase {
				t.Errorf("%v", err)
			}
		})
	}
	asProgram(t, map[string]string{"9998_next.sql": "-- readers: five\n"}, func() {
		if _, err := Open(t.Context(), Options{Folder: t.TempDir(), Clock: newMachine().read}); err == nil {
			t.Error("a migration whose first line names no version was run")
		}
	})
}

// column is one column as a reader meets it.
type column struct{ table, name, kind, notNull, key string }

func columns(t *testing.T, db *sql.DB) (all []column) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT m.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'")
	must(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var c column
		must(t, rows.Scan(&c.table, &c.name, &c.kind, &c.notNull, &c.key))
		all = append(all, c)
	}
	must(t, rows.Err())
	return all
}

// brokenFor is what a reader of the schema before misses behind a migration.
func brokenFor(before, after []column) (all []string) {
	for _, c := range before {
		if !slices.Contains(after, c) {
			all = append(all, c.table+"."+c.name)
		}
	}
	return all
}

// migrated runs our migrations up to a number on a fresh database, then perhaps one more script, and gives it.
func migrated(t *testing.T, upTo int, more string) *sql.DB {
	t.Helper()
	db := raw(t, t.TempDir())
	names, err := migrations()
	must(t, err)
	for i, name := range names[:upTo] {
		must(t, migrateOnce(t.Context(), db, name, i+1))
	}
	_, err = db.ExecContext(t.Context(), more)
	must(t, err)
	return db
}

// TestMigrationsLeaveReadable holds every migration since the first published version to the rule.
func TestMigrationsLeaveReadable(t *testing.T) {
	_ = open(t, t.TempDir(), newMachine()) // sets how files are locked, before the first lock
	names, err := migrations()
	must(t, err)
	for version := published + 1; version <= len(names); version++ {
		script, err := fs.ReadFile(migrationFiles, names[version-1])
		must(t, err)
		if readers, err := readersOf(script, version); err != nil || readers >= version {
			t.Errorf("%s leaves the version before unable to read: %d, %v", names[version-1], readers, err)
		}
		if broken := brokenFor(columns(t, migrated(t, version-1, "")), columns(t, migrated(t, version, ""))); len(broken) > 0 {
			t.Errorf("%s takes from the version before: %v", names[version-1], broken)
		}
	}
	before := columns(t, migrated(t, published, ""))
	if broken := brokenFor(before, columns(t, migrated(t, published, good))); len(broken) > 0 {
		t.Errorf("a column more breaks %v", broken)
	}
	for script, want := range map[string]string{
		"DROP TABLE link": "link.online", "ALTER TABLE cases RENAME COLUMN state TO standing": "cases.state", "ALTER TABLE cases DROP COLUMN official": "cases.official",
		"ALTER TABLE prints RENAME TO jobs": "prints.kind",
	} {
		if broken := brokenFor(before, columns(t, migrated(t, published, script))); !slices.Contains(broken, want) {
			t.Errorf("%s was not found to break a reader: %v", script, broken)
		}
	}
}

// TestReadsOfEarlierVersions: what published versions read, kept word for word in testdata, still can be read.
// BIANMIN_ACCEPT=1 writes down what this version reads, when it is published; the file of an earlier schema is never changed.
func TestReadsOfEarlierVersions(t *testing.T) {
	_ = open(t, t.TempDir(), newMachine())
	names, err := migrations()
	must(t, err)
	db := migrated(t, len(names), "")
	own := filepath.Join("testdata", "reads-"+strconv.Itoa(len(names))+".sql")
	if os.Getenv("BIANMIN_ACCEPT") == "1" {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(own, []byte(strings.Join(reads(t, db), ";\n")+";\n"), 0o644))
	}
	kept, err := filepath.Glob("testdata/reads-*.sql")
	must(t, err)
	if !slices.Contains(kept, own) {
		t.Fatalf("%s is missing: BIANMIN_ACCEPT=1 writes it", own)
	}
	for _, path := range kept {
		content, err := os.ReadFile(path)
		must(t, err)
		statements := strings.Split(strings.TrimSuffix(string(content), ";\n"), ";\n")
		if len(statements) < 20 {
			t.Errorf("%s holds %d statements only", path, len(statements))
		}
		for _, statement := range statements {
			if err := canRead(t, db, statement); err != nil {
				t.Errorf("%s: %v\n\t%s", path, err, statement)
			}
		}
	}
}

func canRead(t *testing.T, db *sql.DB, statement string) error {
	t.Helper()
	prepared, err := db.PrepareContext(t.Context(), statement)
	if err != nil {
		return err
	}
	return prepared.Close()
}

// reads are the store's own reading statements, as far as they stand in one piece in the source.
func reads(t *testing.T, db *sql.DB) (all []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := literal(n); ok && strings.HasPrefix(text, "SELECT ") && canRead(t, db, text) == nil {
				all = append(all, strings.Join(strings.Fields(text), " "))
			}
			return true
		})
	}
	slices.SortFunc(all, cmp.Compare[string])
	return slices.Compact(all)
}

func literal(n ast.Node) (string, bool) {
	basic, ok := n.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}

// TestCopyAndPutBack: a copy taken before a migration is the store of the version before, however often it is put back.
func TestCopyAndPutBack(t *testing.T) {
	folder, copied := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	number, s := filled(t, folder)
	before := seen(t, s, number)
	must(t, s.Close())
	must(t, Copy(folder, copied))
	if err := Copy(folder, copied); err == nil {
		t.Error("a copy was written over another")
	}
	for range 2 {
		asProgram(t, map[string]string{"9998_next.sql": "DELETE FROM outbox; DROP TABLE link;"}, func() { must(t, open(t, folder, newMachine()).Close()) })
		must(t, os.WriteFile(filepath.Join(folder, databaseName+"-wal"), []byte("of the version that went"), 0o600))
		again := filepath.Join(t.TempDir(), "again")
		must(t, os.CopyFS(again, os.DirFS(copied))) // putting back may use the copy up
		must(t, errors.Join(PutBack(again, folder), PutBack(again, folder)))
		back := open(t, folder, newMachine())
		if after := seen(t, back, number); after != before {
			t.Errorf("put back: %s, before %s", after, before)
		}
		must(t, back.Close())
	}
	empty := filepath.Join(t.TempDir(), "empty")
	must(t, Copy(t.TempDir(), empty))
	must(t, PutBack(empty, folder))
	if _, err := os.Stat(filepath.Join(folder, databaseName)); err == nil {
		t.Error("where there was no store, one was left")
	}
}
