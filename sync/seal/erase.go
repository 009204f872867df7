package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
)

// Scribble overwrites a file of keys with chance, in place and synced, before
// it is removed. On flash an old copy of a block may outlive it in the medium.
func Scribble(path string) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0) // #nosec G304 -- our own folder
	if err != nil {
		return fmt.Errorf("overwrite a key: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return scribble(file)
}

// scribble overwrites an open file of keys, which may have lost its name.
func scribble(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("overwrite a key: %w", err)
	}
	noise := make([]byte, info.Size())
	if _, err := rand.Read(noise); err != nil {
		return fmt.Errorf("overwrite a key: %w", err)
	}
	if _, err := file.WriteAt(noise, 0); err != nil {
		return fmt.Errorf("overwrite a key: %w", err)
	}
	return file.Sync()
}
