package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// impatient opens a store without waiting for its check.
func impatient(t *testing.T, folder, boot string) *Store {
	t.Helper()
	m := newMachine()
	m.reading.BootID = boot
	s, err := Open(t.Context(), Options{Folder: folder, Clock: m.read, Patience: time.Nanosecond})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// filledUp is a folder with a store of some hundred pages.
func filledUp(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	s := open(t, folder, newMachine())
	for range 200 {
		must(t, s.Audit(t.Context(), Entry{Actor: "terminal", Action: "fill", Detail: strings.Repeat("x", 500)}))
	}
	must(t, s.Close())
	return folder
}

func checkedIn(t *testing.T, s *Store) string {
	t.Helper()
	var boot string
	must(t, s.reader.QueryRowContext(t.Context(), sqlChecked).Scan(&boot))
	return boot
}

// TestLongCheckGoesOnBesideTheWork: a check that would keep the first screen away is finished beside the work, and noted for this boot.
func TestLongCheckGoesOnBesideTheWork(t *testing.T) {
	s := impatient(t, filledUp(t), "boot-2")
	must(t, s.Audit(t.Context(), Entry{Actor: "terminal", Action: "at once"}))
	s.check.running.Wait()
	if boot := checkedIn(t, s); boot != "boot-2" {
		t.Errorf("checked in boot %q", boot)
	}
}

// TestLongCheckIsStopped: closing ends it, and the next start begins it again.
func TestLongCheckIsStopped(t *testing.T) {
	folder := filledUp(t)
	s := impatient(t, folder, "boot-2")
	s.check.end()
	must(t, s.Close())
	again := impatient(t, folder, "boot-3")
	again.check.running.Wait()
	if boot := checkedIn(t, again); boot != "boot-3" {
		t.Errorf("checked in boot %q", boot)
	}
}

// TestDamageFoundLate: what the check finds beside the work ends it: nothing more is accepted, and everybody is told why.
func TestDamageFoundLate(t *testing.T) {
	folder := filledUp(t)
	path := filepath.Join(folder, databaseName)
	content, err := os.ReadFile(path)
	must(t, err)
	for i := len(content) - 4*4096; i < len(content)-4096; i += 4096 {
		copy(content[i+100:], bytes.Repeat([]byte{0xA5}, 3000))
	}
	must(t, os.WriteFile(path, content, 0o600))
	s := impatient(t, folder, "boot-2")
	s.check.running.Wait()
	if err := s.Audit(t.Context(), Entry{Actor: "terminal", Action: "more"}); Code(err) != casefile.Damaged {
		t.Errorf("accepted on a damaged database: %v", err)
	}
	if _, err := s.Standing(t.Context(), "A"); Code(err) != casefile.Damaged {
		t.Errorf("it stands well: %v", err)
	}
}
