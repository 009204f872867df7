// Package stick holds on to the folder of a stick: what is written goes to the file system that was first looked at, or
// fails. A stick that is pulled leaves its mount point behind, or lets it be made anew, on the system's own disk. It must
// not know what is written.
package stick

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// PartPrefix begins the name of a file that is being written.
const PartPrefix = ".part-"

// ErrGone says that a folder is no longer the one that was looked at.
var ErrGone = errors.New("the stick was pulled, or another one is there: plug it in again and repeat the command")

// Folder is a folder as it was when it was first looked at.
type Folder struct {
	Path          string
	device, inode uint64
}

// Look remembers which folder stands at a path.
func Look(path string) (Folder, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Folder{}, err
	}
	if !info.IsDir() {
		return Folder{}, fmt.Errorf("%s is no folder", path)
	}
	device, inode := identity(info)
	return Folder{Path: path, device: device, inode: inode}, nil
}

func identity(info os.FileInfo) (device, inode uint64) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Dev, stat.Ino
	}
	return 0, 0
}

// Check fails with ErrGone when another folder stands at the path by now, or none.
func (f Folder) Check() error {
	now, err := Look(f.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	if now != f {
		return fmt.Errorf("%w (%s)", ErrGone, f.Path)
	}
	return nil
}

// Away tells whether the folder lies on another file system than each of those: a stick's, not the system's own.
func (f Folder) Away(from ...string) bool {
	for _, path := range from {
		if other, err := Look(path); err == nil && other.device == f.device {
			return false
		}
	}
	return true
}

// Place writes a file below the folder, so that it is there whole and kept, or not at all. Folders between are made.
func (f Folder) Place(target string, write func(io.Writer) error) (err error) {
	name, err := filepath.Rel(f.Path, target)
	if err != nil || !filepath.IsLocal(name) {
		return fmt.Errorf("%s is not below %s", target, f.Path)
	}
	root, err := f.open()
	if err != nil {
		return err
	}
	err = place(root, name, write)
	return errors.Join(err, root.Close(), f.Check())
}

// open opens the folder; what is done by it stays in it, whatever stands at the path meanwhile.
func (f Folder) open() (*os.Root, error) {
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	info, err := root.Stat(".")
	if err == nil {
		if device, inode := identity(info); device != f.device || inode != f.inode {
			err = fmt.Errorf("%w (%s)", ErrGone, f.Path)
		}
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

func place(root *os.Root, name string, write func(io.Writer) error) (err error) {
	folder := filepath.Dir(name)
	if err := root.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		return fmt.Errorf("draw a name: %w", err)
	}
	part := filepath.Join(folder, PartPrefix+hex.EncodeToString(id[:]))
	file, err := root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(part)
		}
	}()
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = root.Rename(part, name)
	}
	if err == nil {
		err = syncFolder(root, folder)
	}
	return err
}

func syncFolder(root *os.Root, folder string) error {
	opened, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}
