package photo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Errors of a program that is not run: whoever could change it could see and change every card's photo.
var (
	ErrAbsent   = errors.New("the decoder of the card's photo is not there")
	ErrNoRights = errors.New("the decoder of the card's photo is no program")
	ErrOwner    = errors.New("the decoder of the card's photo, or a folder above it, is not root's")
	ErrWritable = errors.New("the decoder of the card's photo, or a folder above it, may be written by others than root")
)

// Check tells whether nobody but root can have put the program there: it and every folder above it, and behind symbolic links too, is
// root's and writable by nobody else.
func Check(program string) error {
	if !filepath.IsAbs(program) {
		return fmt.Errorf("%w: its path is not absolute", ErrDecoder)
	}
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return ErrAbsent
	}
	for _, path := range []string{filepath.Clean(program), real} {
		for ; ; path = filepath.Dir(path) {
			if err := rooted(path); err != nil {
				return err
			}
			if path == "/" {
				break
			}
		}
	}
	info, err := os.Stat(real)
	if err != nil {
		return ErrAbsent
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return ErrNoRights
	}
	return nil
}

// rooted looks at one file or folder.
func rooted(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return ErrAbsent
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != 0 {
		return ErrOwner
	}
	if info.Mode()&os.ModeSymlink == 0 && info.Mode().Perm()&0o022 != 0 { // where a link lies counts, not its own mode
		return ErrWritable
	}
	return nil
}
