package toolkit

import (
	"fmt"
	"os"
	"syscall"
)

// Replace runs this program anew in the same process (exec): the kernel drops
// all its memory, with every string a session left in it. It returns only on failure.
func Replace() error { return ReplaceWith(os.Args[1:]) }

// ReplaceWith is Replace with other arguments.
func ReplaceWith(args []string) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("replace the process: %w", err)
	}
	if err := syscall.Exec(program, append([]string{os.Args[0]}, args...), os.Environ()); err != nil {
		return fmt.Errorf("replace the process: %w", err)
	}
	return nil
}
