package update

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// writeJSON makes a file whole and durable, or leaves it as it was.
func writeJSON(path string, value any) error {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, append(content, '\n'))
}

func writeFile(path string, content []byte) error {
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644) // #nosec G302 G304 -- our own folder, nothing secret
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close()); err != nil { // #nosec G302 -- for the terminal's user to read, whatever the mask
		return errors.Join(err, os.Remove(path+".new"))
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// readJSON tells whether the file is there.
func readJSON(path string, into any) (found bool, err error) {
	content, err := os.ReadFile(path) // #nosec G304 -- our own folder
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return true, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return true, nil
}

// remove removes files or folders, and syncs the folder they were in.
func remove(paths ...string) error {
	var errs []error
	for _, path := range paths {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		errs = append(errs, os.RemoveAll(path), syncFolder(filepath.Dir(path)))
	}
	return errors.Join(errs...)
}

func syncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// room refuses when a folder's disk has not so many bytes and the margin besides.
func (u *Updater) room(folder string, bytes int64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return fmt.Errorf("ask for the free space of %s: %w", folder, err)
	}
	free := int64(s.Bavail) * s.Bsize // #nosec G115 -- no disk is that large
	if free < bytes+u.Margin {
		return refuse(NoRoom, "%d bytes are needed on the disk of %s, %d are free", bytes+u.Margin, folder, free)
	}
	return nil
}
