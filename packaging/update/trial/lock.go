package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Locks in the terminal's data folder.
const (
	ProgramLock = "program.lock" // kiosk and desk hold it together, for as long as they have the store open
	SenderLock  = "sender.lock"  // the one sender holds it alone
)

// ErrHeld says that somebody else holds the lock.
var ErrHeld = errors.New("somebody else holds it")

const lockPoll = 50 * time.Millisecond

// Hold takes the programs' lock beside other programs; it waits for an updater that is at work. The lock ends with the
// process, also when that replaces itself.
func Hold(ctx context.Context, data string) (release func() error, err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return take(ctx, filepath.Join(data, ProgramLock), syscall.LOCK_SH)
}

// HoldAlone takes one of the locks alone, for an updater; ctx bounds the waiting.
func HoldAlone(ctx context.Context, data, name string) (release func() error, err error) {
	path := filepath.Join(data, name)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600) // #nosec G304 -- fixed names
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	if err := errors.Join(giveTo(file, data), file.Close()); err != nil {
		return nil, err
	}
	return take(ctx, path, syscall.LOCK_EX)
}

func take(ctx context.Context, path string, how int) (func() error, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600) // #nosec G304 -- fixed names
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	for {
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB) // #nosec G115 -- a descriptor
		if err == nil {
			return file.Close, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", filepath.Base(path), err), file.Close())
		}
		timer := time.NewTimer(lockPoll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, errors.Join(fmt.Errorf("lock %s: %w", filepath.Base(path), ErrHeld), file.Close())
		case <-timer.C:
		}
	}
}
