package asuser

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const nobody = 65534

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// data is a data folder of another user with pages in folders, all older than the work.
func data(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"keys", "tmp", "attachments/aa", "attachments/bb", "attachments/cc"} {
		must(t, os.MkdirAll(filepath.Join(folder, name), 0o700))
	}
	for _, name := range []string{"bianmin.db", "keys/sign.key", "attachments/aa/1", "attachments/bb/1", "attachments/cc/1"} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600))
	}
	must(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, nobody, nobody))
	}))
	return folder
}

// foreign are the things in a folder that are not the user's.
func foreign(t *testing.T, folder string) (all []string) {
	t.Helper()
	must(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if s := info.Sys().(*syscall.Stat_t); s.Uid != nobody || s.Gid != nobody {
			all = append(all, path[len(folder)+1:])
		}
		return nil
	}))
	return all
}

// asRoot runs a test that changes owners: as root, as everywhere these tests run; an ordinary user's work changes nothing, which is all there is to see then.
func asRoot(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() == 0 {
		return true
	}
	end, err := Owning(t.TempDir())
	must(t, err)
	must(t, end())
	return false
}

// settled lets the folders' times be old enough to be sure of.
func settled(t *testing.T, folder string, old time.Time) map[string]stamp {
	t.Helper()
	before, err := stamps(folder)
	must(t, err)
	for path, s := range before {
		s.certain = old.Sub(s.changed).Abs() > fresh
		before[path] = s
	}
	return before
}

// TestOwnsWhatWasMade: new files, renamed and linked ones and new folders become the user's wherever they are; nothing stays of the mark.
func TestOwnsWhatWasMade(t *testing.T) {
	if !asRoot(t) {
		return
	}
	folder := data(t)
	end, err := Owning(folder)
	must(t, err)
	in := func(name string) string { return filepath.Join(folder, name) }
	must(t, os.WriteFile(in("bianmin.db-wal"), nil, 0o600))
	must(t, os.WriteFile(in("attachments/aa/2"), nil, 0o600))
	must(t, os.WriteFile(in("tmp/page"), nil, 0o600))
	must(t, os.Rename(in("tmp/page"), in("attachments/bb/2")))
	must(t, os.Link(in("attachments/bb/2"), in("attachments/cc/2")))
	must(t, os.MkdirAll(in("attachments/dd/deep"), 0o700))
	must(t, os.WriteFile(in("attachments/dd/deep/1"), nil, 0o600))
	must(t, os.Symlink("nowhere", in("keys/link")))
	must(t, end())
	if left := foreign(t, folder); len(left) > 0 {
		t.Errorf("still root's: %v", left)
	}
	if _, err := os.Lstat(in(mark)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the mark stays: %v", err)
	}
}

// TestLooksOnlyWhereSomethingChanged: a folder that the work left alone is not looked into, whatever lies in it; one in which it made something is.
func TestLooksOnlyWhereSomethingChanged(t *testing.T) {
	if !asRoot(t) {
		return
	}
	folder := data(t)
	planted := filepath.Join(folder, "attachments/bb/1")
	must(t, os.Lchown(planted, 0, 0)) // of a time before: nobody looks there
	w := &work{owner: Owner{User: nobody, Group: nobody}, top: folder, before: settled(t, folder, time.Now().Add(time.Hour))}
	must(t, os.WriteFile(filepath.Join(folder, "attachments/aa/2"), nil, 0o600))
	must(t, w.give(folder))
	if left := foreign(t, folder); fmt.Sprint(left) != "[attachments/bb/1]" {
		t.Errorf("root's afterwards: %v, want what lies where nothing changed", left)
	}
	w.before = settled(t, folder, time.Now()) // times too near to be sure of
	must(t, w.give(folder))
	if left := foreign(t, folder); len(left) > 0 {
		t.Errorf("in folders whose times say nothing: %v", left)
	}
}

// TestCutOffWorkIsMadeGood: after work that was killed, and beside other work, everything is looked into.
func TestCutOffWorkIsMadeGood(t *testing.T) {
	if !asRoot(t) {
		return
	}
	folder := data(t)
	w := &work{owner: Owner{User: nobody, Group: nobody}, top: folder}
	marked, whole := w.mark()
	if marked == nil || whole {
		t.Fatal("the first work has no mark of its own")
	}
	must(t, os.WriteFile(filepath.Join(folder, "attachments/aa/2"), nil, 0o600))
	if beside, whole := w.mark(); beside != nil || !whole {
		t.Error("work beside other work does not look into everything")
	}
	must(t, marked.Close()) // killed
	end, err := Owning(folder)
	must(t, err)
	must(t, end())
	if left := foreign(t, folder); len(left) > 0 {
		t.Errorf("still root's: %v", left)
	}
	if again, whole := w.mark(); again == nil || whole {
		t.Error("once made good, everything is looked into again")
	}
}
