// Package session makes a machine the kiosk or the desk: which services run, and, at a kiosk, that no key, stick or
// console leads out of it. It only writes and removes files of its own; it must not know terminals or their records.
package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Role is what a machine is for.
type Role string

// Roles.
const (
	Kiosk Role = "kiosk"
	Desk  Role = "desk"
	None  Role = "none" // as before the first setup
)

// ErrRole says that there is no such role.
var ErrRole = errors.New("say kiosk, desk or none")

// ErrForeign says that a file of that name belongs to somebody else.
var ErrForeign = errors.New("this file was not written by provision")

func files(role Role) ([]file, error) {
	switch role {
	case Kiosk:
		return kiosk(), nil
	case Desk:
		return desk(), nil
	case None:
		return nil, nil
	}
	return nil, fmt.Errorf("role %q: %w", role, ErrRole)
}

// Apply makes the machine whose file system is at root ("/") one of that role: what another role had is removed. It returns
// what changed; a second call changes nothing. A power cut leaves some of it done, and the next call does the rest.
func Apply(root string, role Role) (changed []string, err error) {
	wanted, err := files(role)
	if err != nil {
		return nil, err
	}
	keep := map[string]bool{}
	for _, f := range wanted {
		keep[f.path] = true
	}
	for _, f := range append(kiosk(), desk()...) {
		if keep[f.path] {
			continue
		}
		gone, err := remove(root, f)
		if err != nil {
			return changed, err
		}
		if gone {
			changed = append(changed, "-"+f.path)
		}
	}
	for _, f := range wanted {
		made, err := write(root, f)
		if err != nil {
			return changed, err
		}
		if made {
			changed = append(changed, "+"+f.path)
		}
	}
	return changed, nil
}

// ours tells whether a path holds nothing, or something that provision wrote.
func ours(path string) (there, own bool, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, true, nil
	case err != nil:
		return false, false, fmt.Errorf("look at %s: %w", path, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return true, true, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return true, false, fmt.Errorf("read %s: %w", path, err)
	}
	return true, bytes.HasPrefix(content, []byte(header)), nil
}

func write(root string, f file) (changed bool, err error) {
	path := filepath.Join(root, f.path)
	there, own, err := ours(path)
	if err != nil {
		return false, err
	}
	if !own {
		return false, fmt.Errorf("%s: %w; move it away first", f.path, ErrForeign)
	}
	if there && same(path, f) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, fmt.Errorf("make the folder of %s: %w", f.path, err)
	}
	temporary := path + ".new"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("clear %s: %w", temporary, err)
	}
	if f.link != "" {
		err = os.Symlink(f.link, temporary)
	} else {
		err = writeWhole(temporary, f)
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		if gone := os.Remove(temporary); !errors.Is(gone, fs.ErrNotExist) { // a full disk has room for half of it
			err = errors.Join(err, gone)
		}
		return false, fmt.Errorf("write %s: %w", f.path, err)
	}
	return true, nil
}

// writeWhole writes a file so that a power cut after its renaming finds it whole.
func writeWhole(path string, f file) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode) // #nosec G304 -- beside a file of ours
	if err != nil {
		return err
	}
	_, err = file.WriteString(f.content)
	return errors.Join(err, file.Chmod(f.mode), file.Sync(), file.Close()) // whatever the umask is
}

func same(path string, f file) bool {
	if f.link != "" {
		target, err := os.Readlink(path)
		return err == nil && target == f.link
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != f.mode {
		return false
	}
	content, err := os.ReadFile(path)
	return err == nil && string(content) == f.content
}

func remove(root string, f file) (gone bool, err error) {
	path := filepath.Join(root, f.path)
	there, own, err := ours(path)
	if err != nil || !there || !own || f.link != "" && !same(path, f) {
		return false, err
	}
	if err := os.Remove(path); err != nil {
		return false, fmt.Errorf("remove %s: %w", f.path, err)
	}
	return true, nil
}
