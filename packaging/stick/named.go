package stick

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrNone says that a place where sticks are mounted has none.
var ErrNone = errors.New("no stick is there, only an empty folder of this machine's own disk: plug the stick in, wait until it is mounted, and repeat the command; for no stick at all, name a folder elsewhere")

// bases are the folders below which sticks are mounted; at those marked, one may be mounted itself.
var bases = map[string]bool{"media": false, "run/media": false, "mnt": true}

// Named looks at a folder that a technician named: a stick's, or any other. It fails with ErrNone where a stick would be
// mounted and none is.
func Named(path string) (Folder, error) { return named("/", path) }

func named(root, path string) (Folder, error) {
	f, err := Look(path)
	if err != nil {
		return f, err
	}
	whole, err := filepath.Abs(path)
	if err == nil {
		whole, err = filepath.EvalSymlinks(whole)
	}
	if err != nil {
		return f, fmt.Errorf("look at %s: %w", path, err)
	}
	for base, itself := range bases {
		base = filepath.Join(root, base)
		if whole != base && !strings.HasPrefix(whole, base+"/") {
			continue
		}
		own := base
		if itself {
			own = filepath.Dir(base)
		}
		if !f.Away(own) && bare(whole, f.device, 2) {
			return f, fmt.Errorf("%w (%s)", ErrNone, path)
		}
	}
	return f, nil
}

// bare tells whether a folder holds nothing, or only folders that hold nothing, so many levels down.
func bare(folder string, device uint64, levels int) bool {
	all, err := os.ReadDir(folder)
	if err != nil || levels == 0 {
		return err == nil && len(all) == 0
	}
	for _, entry := range all {
		within := filepath.Join(folder, entry.Name())
		if !entry.IsDir() {
			return false
		}
		if f, err := Look(within); err == nil && f.device == device && !bare(within, device, levels-1) {
			return false
		}
	}
	return true
}

// Mounted tells whether a file system of its own is mounted at a folder.
func Mounted(folder string) bool {
	f, err := Look(folder)
	return err == nil && f.Away(filepath.Dir(folder))
}
