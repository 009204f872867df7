//go:build commitpoints

package cut

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Point kills the process (SIGKILL, as a power cut would) at the point that Variable names.
var Point func(name string) = point()

func point() func(string) {
	name, count, found := strings.Cut(os.Getenv(Variable), ":")
	if !found {
		return nil
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 {
		panic("cut: " + Variable + " must look like submit-after-commit:1")
	}
	var passed atomic.Int64
	return func(at string) {
		if at == name && passed.Add(1) == n {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // SIGKILL is on its way; do nothing more
		}
	}
}
