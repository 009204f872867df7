package update_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"bianmin/packaging/update"
)

// TestReadableUnderAnyMask: the kiosk's unit launches with a mask that lets nobody else read, and the terminal's user must
// still read the note of the trial and start the programs.
func TestReadableUnderAnyMask(t *testing.T) {
	w := newWorld(t)
	w.publish("1.1.0")
	before := syscall.Umask(0o077)
	defer syscall.Umask(before)
	must(t, w.bring(w.stick()))
	_, err := w.terminal.Ask(false)
	must(t, err)
	w.launch(update.Switched)
	must(t, filepath.WalkDir(w.in("prefix", "versions", "1.1.0"), func(path string, e fs.DirEntry, err error) error {
		readable(t, path, 0o055)
		return err
	}))
	readable(t, w.in("state", "trial.json"), 0o044)
	w.launch(update.Again)
	readable(t, w.in("state", "trial.json"), 0o044)
	must(t, w.terminal.Note(os.ErrInvalid))
	for _, name := range []string{"staged.json", "last.json"} {
		readable(t, w.in("state", name), 0o044)
	}
}

func readable(t *testing.T, path string, bits fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm()&bits != bits {
		t.Errorf("%s has mode %v", filepath.Base(path), info.Mode())
	}
}
