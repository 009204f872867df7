package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The files of a database that nobody has open. The third one, "-shm", is made anew by whoever opens it.
var databaseFiles = []string{databaseName, databaseName + "-wal"}

// CopySize is how many bytes Copy will write.
func CopySize(folder string) (bytes int64, err error) {
	for _, name := range databaseFiles {
		info, err := os.Stat(filepath.Join(folder, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("measure the database: %w", err)
		}
		bytes += info.Size()
	}
	return bytes, nil
}

// Copy copies the database of a data folder that no program has open into a new folder, durably, as bytes: it is not
// opened, so that whoever copies may be another user and another version. Keys and attachments are not copied.
func Copy(folder, to string) error {
	if err := os.Mkdir(to, 0o700); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	for _, name := range databaseFiles {
		err := copyFile(filepath.Join(folder, name), filepath.Join(to, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("copy the database: %w", err)
		}
	}
	return syncFolder(to)
}

// PutBack puts a copy in the database's place, in a data folder that no program has open. Stopped in the middle it can
// be done again, and must be before anybody opens the store. It takes no room on the disk where the copy lies on the same one.
func PutBack(from, folder string) error {
	like, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("put the database back: %w", err)
	}
	for _, name := range append([]string{databaseName + "-shm"}, databaseFiles...) {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put the database back: %w", err)
		}
	}
	for _, name := range databaseFiles {
		if err := putBack(filepath.Join(from, name), filepath.Join(folder, name), like); err != nil {
			return fmt.Errorf("put the database back: %w", err)
		}
	}
	return syncFolder(folder)
}

func putBack(from, to string, like fs.FileInfo) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	half := to + ".back"
	if err := os.Remove(half); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// The copy lies where only the updater writes, so its owner is changed there, not in a folder that is another user's.
	if err := own(from, like); err != nil {
		return err
	}
	if err := os.Link(from, half); err != nil {
		if err := copyFile(from, half); err != nil {
			return err
		}
	}
	return os.Rename(half, to)
}

// own gives a file to a folder's owner; only root can, and only root must.
func own(path string, like fs.FileInfo) error {
	owner, ok := like.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return os.Lchown(path, int(owner.Uid), int(owner.Gid))
}

// copyFile copies a plain file, with its owner, to where there is none.
func copyFile(from, to string) error {
	source, err := os.OpenFile(from, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0) // #nosec G304 -- our own folders
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file", filepath.Base(from))
	}
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600) // #nosec G304 -- our own folders
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	if os.Geteuid() == 0 {
		err = errors.Join(err, target.Chown(int(owner.Uid), int(owner.Gid)))
	}
	return errors.Join(err, target.Sync(), target.Close())
}

func syncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
