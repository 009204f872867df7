package toolkit

import (
	"fmt"
	"os"
	"syscall"
)

// Replace runs this program anew in the same process (exec): the kernel drops
// all its memory, with every string a session left in it. It returns only on failure.
func Replace() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("replace the process: %w", err)
	}
	if err := syscall.Exec(program, os.Args, os.Environ()); err != nil {
		return fmt.Errorf("replace the process: %w", err)
	}
	return nil
}
