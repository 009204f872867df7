package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"bianmin/packaging/lockfile"
)

// Locks in the terminal's data folder.
const (
	ProgramLock = "program.lock" // kiosk and desk hold it together, for as long as they have the store open
	SenderLock  = "sender.lock"  // the one sender holds it alone
)

// ErrHeld says that somebody else holds the lock.
var ErrHeld = lockfile.ErrHeld

// Hold takes the programs' lock beside other programs; it waits for an updater that is at work. The lock ends with the
// process, also when that replaces itself.
func Hold(ctx context.Context, data string) (release func() error, err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return lockfile.Take(ctx, filepath.Join(data, ProgramLock), lockfile.Together)
}

// ErrOn says that a new version is being tried, and nothing else may touch the records until that is decided.
var ErrOn = errors.New("a new version is being tried on this machine (正在试用新版本), and until that is decided nothing may be changed: " +
	"see that the kiosk or the desk runs, wait a few minutes, and look with: provision update status")

// ErrAtWork says that an updater copies the records or switches just now.
var ErrAtWork = errors.New("the updater is at work (正在更新): try again in a minute")

// Enter is Hold for a tool that touches the records beside the programs: it also refuses, with ErrOn, while a version is
// on trial. folder is the updater's; a data folder that is not there yet is not made. wait bounds the waiting for an updater.
func Enter(ctx context.Context, folder, data string, wait time.Duration) (release func() error, err error) {
	release = func() error { return nil }
	if _, err := os.Stat(data); err == nil {
		ctx, stop := context.WithTimeout(ctx, wait)
		defer stop()
		if err := makeLock(data, ProgramLock); err != nil {
			return nil, err
		}
		release, err = lockfile.Take(ctx, filepath.Join(data, ProgramLock), lockfile.Together)
		if errors.Is(err, ErrHeld) {
			return nil, ErrAtWork
		}
		if err != nil {
			return nil, err
		}
	}
	if Look(folder).On {
		return nil, errors.Join(ErrOn, release())
	}
	return release, nil
}

// StateOf is the updater's folder of a machine whose data folder alone is known: they lie side by side.
func StateOf(data string) string { return filepath.Clean(data) + "-update" }

// HoldAlone takes one of the locks alone, for an updater; ctx bounds the waiting.
func HoldAlone(ctx context.Context, data, name string) (release func() error, err error) {
	if err := makeLock(data, name); err != nil {
		return nil, err
	}
	return lockfile.Take(ctx, filepath.Join(data, name), lockfile.Alone)
}

// makeLock sees that a lock's file is there and the terminal's user's.
func makeLock(data, name string) error {
	file, err := os.OpenFile(filepath.Join(data, name), os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600) // #nosec G304 -- fixed names
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	return errors.Join(giveTo(file, data), file.Close())
}
