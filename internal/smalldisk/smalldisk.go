// Package smalldisk gives a test's child process file systems of its own: small ones, that are filled, given room again,
// and made read-only. For tests of any package; no program may hold it.
package smalldisk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Alone lets a command that is not started yet run in a mount namespace of its own, as root or as anybody.
func Alone(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		command.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	}
}

// Private keeps what this process mounts from everybody else. Alone's child calls it first.
func Private() error {
	// In a chroot "/" is no mount point; what is mounted here is unmounted below all the same.
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil && !errors.Is(err, syscall.EINVAL) {
		return fmt.Errorf("make mounts private: %w", err)
	}
	return nil
}

// Mount lays an empty file system of a size ("64k", "8m") on a folder.
func Mount(folder, size string) error { return mount(folder, size, 0) }

// Remount changes the room of a file system, which may be full; flags are 0 or MS_RDONLY. An open file keeps it
// writable: then MS_RDONLY is an error.
func Remount(folder, size string, flags uintptr) error {
	return mount(folder, size, syscall.MS_REMOUNT|flags)
}

// Unmount takes it away, whoever still uses it.
func Unmount(folder string) { _ = syscall.Unmount(folder, syscall.MNT_DETACH) }

func mount(folder, size string, flags uintptr) error {
	if err := syscall.Mount("tmpfs", folder, "tmpfs", flags, "size="+size); err != nil {
		return fmt.Errorf("a file system of %s: %w", size, err)
	}
	return nil
}
