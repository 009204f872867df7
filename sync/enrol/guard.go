package enrol

import (
	"errors"
	"os"
	"path/filepath"

	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"
)

// Guard lets the security chip at device, where there is one, keep the keys that the next enrolment in a data folder makes. Keys of
// an enrolment that was begun stay as they are. After an error enrolment goes on with files that only their user reads.
func Guard(data, device string) error {
	next := filepath.Join(data, nextFolder)
	if _, err := seal.LoadKeys(next); !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := os.RemoveAll(next); err != nil { // a chip that was asked before, and no keys
		return err
	}
	err := seal.UseChip(next, device)
	if errors.Is(err, chip.ErrNone) {
		return nil
	}
	return err
}
