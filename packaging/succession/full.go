package succession

import (
	"errors"
	"fmt"

	"bianmin/packaging/stick"
	"bianmin/store/room"
)

// Which disk has no room left, and what to do about it.
var (
	ErrFull      = errors.New("there is no room left on this machine's disk: make room (sudo apt clean; sudo journalctl --vacuum-size=50M) and run the command again, it goes on")
	ErrStickFull = errors.New("there is no room left on the stick: make room on it, or take another one, and run the command again")
	ErrOldFull   = errors.New("there is no room left on the old machine's disk, where a copy is made first: make room on it and run the command again")
)

// fullError is a folder in which something did not fit.
type fullError struct {
	folder stick.Folder
	err    error
}

func (e *fullError) Error() string { return e.err.Error() }
func (e *fullError) Unwrap() error { return e.err }

// roomless says whose disk a full one is; what is not written to a folder of its own goes to the disk of the data.
func roomless(err error, data string, ofData error) error {
	if !room.Full(err) {
		return err
	}
	for _, said := range []error{ErrFull, ErrStickFull, ErrOldFull} {
		if errors.Is(err, said) {
			return err
		}
	}
	var full *fullError
	if errors.As(err, &full) && full.folder.Away(data) {
		return fmt.Errorf("%w: %w", ErrStickFull, err)
	}
	return fmt.Errorf("%w: %w", ofData, err)
}
