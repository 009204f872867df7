package asuser

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// mark lies in a folder while root works in it. One that is left says that the work was cut off, and that what it made may not be given away yet.
const mark = ".root-at-work"

// fresh is how near to the work's beginning a folder's time may lie and still not show what the work changed: file systems count in ticks.
const fresh = 2 * time.Second

// Owning begins work of root in a folder; what it gives ends it, and gives what root made there to whom the folder belongs. Only folders that changed are
// looked into, which is what creating, renaming and linking do to a folder; all of them after work that was cut off, and beside other work.
func Owning(folder string) (end func() error, err error) {
	owner, found, err := Of(folder)
	if err != nil || os.Geteuid() != 0 || !found || owner.User == 0 {
		return func() error { return nil }, err
	}
	w := &work{owner: owner, top: folder}
	marked, whole := w.mark()
	if !whole {
		w.before, err = stamps(folder)
		if err != nil { // it is looked through as a whole then
			w.before = nil
		}
	}
	return func() error {
		err := w.give(folder)
		if marked != nil {
			if err == nil {
				err = os.Remove(filepath.Join(folder, mark))
				if errors.Is(err, fs.ErrNotExist) { // the work took the folder away
					err = nil
				}
			}
			err = errors.Join(err, marked.Close())
		}
		return err
	}, nil
}

// work is what root does in a folder.
type work struct {
	owner  Owner
	top    string
	before map[string]stamp // of every folder when it began; nil to look into all
}

// stamp is a folder as it stood.
type stamp struct {
	node           uint64
	changed        time.Time
	contents       time.Time
	certain        bool // a later change would show in the times
	withoutFolders bool
}

func stampOf(info fs.FileInfo, now time.Time) stamp {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return stamp{}
	}
	at := stamp{node: s.Ino, changed: time.Unix(s.Ctim.Unix()), contents: info.ModTime(), withoutFolders: s.Nlink == 2}
	at.certain = now.Sub(at.changed).Abs() > fresh && now.Sub(at.contents).Abs() > fresh
	return at
}

// mark lays the mark down, durably. Without one of its own, and behind one that was left, everything is to be looked into.
func (w *work) mark() (file *os.File, whole bool) {
	path := filepath.Join(w.top, mark)
	_, err := os.Lstat(path)
	left := err == nil
	file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600) // #nosec G304 -- the data folder
	if err != nil {
		return nil, true
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil { // other work of root
		_ = file.Close()
		return nil, true
	}
	if syncTo(file, w.top) != nil {
		return file, true
	}
	return file, left
}

func syncTo(file *os.File, folder string) error {
	in, err := os.Open(filepath.Clean(folder))
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), in.Sync(), in.Close())
}

// stamps are those of a folder and all in it. A folder that holds no others, by its count of links, is not read.
func stamps(folder string) (map[string]stamp, error) {
	all, now := map[string]stamp{}, time.Now()
	var note func(path string) error
	note = func(path string) error {
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		at := stampOf(info, now)
		all[path] = at
		if at.withoutFolders {
			return nil
		}
		entries, err := os.ReadDir(path)
		for _, e := range entries {
			if e.IsDir() {
				err = errors.Join(err, note(filepath.Join(path, e.Name())))
			}
		}
		return err
	}
	return all, note(folder)
}

// give gives a folder, and what is in it where that may have changed, to the owner.
func (w *work) give(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) { // a journal that came and went
		return nil
	}
	if err != nil {
		return fmt.Errorf("give what root made away: %w", err)
	}
	if err := w.own(path, info); err != nil || !info.IsDir() {
		return err
	}
	before, known := w.before[path]
	now := stampOf(info, time.Time{})
	same := known && path != w.top && before.certain && before.node == now.node && before.changed.Equal(now.changed) && before.contents.Equal(now.contents)
	if same && now.withoutFolders {
		return nil
	}
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.IsDir() || !same {
			err = errors.Join(err, w.give(filepath.Join(path, e.Name())))
		}
	}
	return err
}

// own changes the owner of what is not the owner's.
func (w *work) own(path string, info fs.FileInfo) error {
	s, ok := info.Sys().(*syscall.Stat_t)
	if ok && s.Uid == w.owner.User && s.Gid == w.owner.Group {
		return nil
	}
	if err := os.Lchown(path, int(w.owner.User), int(w.owner.Group)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
