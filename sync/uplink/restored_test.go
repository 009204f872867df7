package uplink_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/store/filing"
	"bianmin/sync/seal"
)

// TestWholeDiskRestoredIsFoundOut: a terminal whose whole disk comes from this
// morning's copy gives a number again; the platform's word closes it until it has a new generation.
func TestWholeDiskRestoredIsFoundOut(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	morning := t.TempDir()
	if err := m.desk.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(morning, "copy"), os.DirFS(m.folder)); err != nil {
		t.Fatal(err)
	}
	m.reopen(m.folder)
	first := m.file(100)
	stop := m.send(nil)
	m.await(0)
	stop()
	m.reopen(filepath.Join(morning, "copy"))
	again := m.file(100)
	if again.Number != first.Number {
		t.Fatalf("the copy gave %s, not %s again: this test tests nothing", again.Number, first.Number)
	}
	m.send(nil)
	m.await(1)
	var code *casefile.Error
	if err := m.desk.Ready(t.Context()); !errors.As(err, &code) || code.Code != casefile.Restored {
		t.Fatalf("after the platform saw %s twice the terminal says %v, want %q", again.Number, err, casefile.Restored)
	}
}

// reopen opens the desk on another folder with the same identity.
func (m *terminal) reopen(folder string) {
	m.t.Helper()
	if err := m.desk.Close(); err != nil {
		m.t.Fatal(err)
	}
	desk, err := filing.Open(m.t.Context(), filing.Options{Folder: folder, Software: "test", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = desk.Close() })
	m.desk, m.folder = desk, folder
}
