// Package lockfile keeps programs of one machine out of each other's way by
// a lock on a file, which the system frees when its holder ends in whatever
// way. It must not know what is kept apart: names and words are its callers'.
package lockfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Mode says whom a lock shuts out.
type Mode int

// Modes.
const (
	Alone    Mode = iota // everybody else
	Together             // those who want to be alone
)

// poll is how often a held lock is tried again.
const poll = 20 * time.Millisecond

// ErrHeld says that somebody else holds the lock.
var ErrHeld = errors.New("somebody else holds it")

// Take takes the lock of a file, which is made (0600, never through a link) where there is none, and waits for it while
// ctx lasts. What is given back lets go by word, not only by closing: a program that is just being started still holds
// its parent's files open (flock(2)).
func Take(ctx context.Context, path string, how Mode) (release func() error, err error) {
	return take(ctx.Done(), file(path), how)
}

// Within is Take with a limit in place of a context; 0 tries once.
func Within(wait time.Duration, path string, how Mode) (release func() error, err error) {
	return take(after(wait), file(path), how)
}

// Folder is Within for a folder itself, where no file may be written.
func Folder(wait time.Duration, path string, how Mode) (release func() error, err error) {
	return take(after(wait), flock.New(path, flock.SetFlag(os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW)), how)
}

func file(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW), flock.SetPermissions(0o600))
}

func take[T any](end <-chan T, lock *flock.Flock, how Mode) (func() error, error) {
	try := lock.TryLock
	if how == Together {
		try = lock.TryRLock
	}
	for {
		mine, err := try()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", filepath.Base(lock.Path()), cause(err)), lock.Close())
		}
		if mine {
			return lock.Unlock, nil
		}
		select {
		case <-end:
			return nil, errors.Join(fmt.Errorf("lock %s: %w", filepath.Base(lock.Path()), ErrHeld), lock.Close())
		case <-time.After(poll):
		}
	}
}

// after is a channel that is ready once wait is over, and at once when there is none.
func after(wait time.Duration) <-chan time.Time { return time.After(max(wait, 0)) }

// cause leaves out the path, which a person's home may be in.
func cause(err error) error {
	if at := (*os.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}
