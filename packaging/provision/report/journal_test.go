package report

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/support"
)

// TestJournalClosed: who may not read the system's journal is told, though journalctl ends well and shows nothing.
func TestJournalClosed(t *testing.T) {
	top, err := os.MkdirTemp("", "journal")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	machine := filepath.Join(top, "0123456789abcdef")
	file := filepath.Join(machine, "system.journal")
	own := filepath.Join(top, "own")
	if err := errors.Join(os.Chmod(top, 0o755), os.Mkdir(machine, 0o755), os.Mkdir(own, 0o755), os.WriteFile(file, []byte("LPKSHHRH"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(own, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		mode   os.FileMode
		closed bool
	}{"closed": {0, true}, "open": {0o644, false}} {
		if err := os.Chmod(file, c.mode); err != nil {
			t.Fatal(err)
		}
		var said error
		if err := asuser.Do(own, func() error { said = journalClosed(filepath.Join(top, "none"), top); return nil }); err != nil {
			t.Fatal(err)
		}
		if errors.Is(said, fs.ErrPermission) != c.closed {
			t.Errorf("%s: %v", name, said)
		}
	}
}

// TestLacking: a bundle that lacks something names it and ends with an error; for missing rights that stays known.
func TestLacking(t *testing.T) {
	if err := lacking(nil, nil); err != nil {
		t.Error(err)
	}
	err := lacking([]support.Missing{{Part: "queue.json", Why: "records: database"}, {Part: "journal.txt", Why: "closed"}}, fs.ErrPermission)
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "queue.json (records: database), journal.txt (closed)") {
		t.Error(err)
	}
}
