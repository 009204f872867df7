// Package room tells a full disk from other faults of writing, for all that
// writes: records, keys, sticks, new versions. It must not say what to do.
package room

import (
	"errors"
	"syscall"
)

// Full tells whether an error is a disk, a user's share of it or a file system's largest file that is used up, or says so itself.
func Full(err error) bool {
	var says interface{ Full() bool }
	if errors.As(err, &says) && says.Full() {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
