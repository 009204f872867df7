// Package apart runs programs that are not ours apart: each in a process group
// of its own, which is killed with all it holds when its time is over, when it
// has ended, or when we die. It knows nothing of what they are for.
package apart

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Run runs a command that was made with exec.CommandContext, and waits for it. Nothing of its group is left afterwards. When its context ends, its
// group is asked to end (SIGTERM) and killed after parting, at once where that is 0. Its error is the command's; exec.ErrWaitDelay where something
// that it started held its output.
func Run(command *exec.Cmd, parting time.Duration) error {
	runtime.LockOSThread() // the kernel kills it when the thread that started it dies
	defer runtime.UnlockOSThread()
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	last, wait := syscall.SIGKILL, 2*time.Second
	if parting > 0 {
		last, wait = syscall.SIGTERM, parting
	}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, last) }
	command.WaitDelay = wait
	err := command.Run()
	if command.Process != nil {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // whatever it left behind
	}
	return err
}
