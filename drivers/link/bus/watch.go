package bus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A device that is plugged in makes a burst of messages, and udev gives it its name and its rights after the last of them: settled is
// the silence after which is told, patience how long a burst may last before it is told all the same.
const (
	settled  = 250 * time.Millisecond
	patience = time.Second
)

// kinds of devices whose coming and going counts.
var kinds = [][]byte{[]byte("usb"), []byte("tty"), []byte("hidraw"), []byte("input"), []byte("usbmisc"), []byte("video4linux")}

// Watch calls changed after each time that devices were plugged in or pulled, once for a burst, as the kernel tells it
// (NETLINK_KOBJECT_UEVENT), until ctx ends. It returns at once with an error where the kernel does not tell.
func Watch(ctx context.Context, changed func()) error {
	file, err := listen()
	if err != nil {
		return fmt.Errorf("listen for devices: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	err = watch(ctx, file, changed)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return errors.Join(err, file.Close())
}

const (
	kernelGroup = 1
	longestSaid = 16 << 10
)

func listen() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: kernelGroup}); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "uevents"), nil // #nosec G115 -- a descriptor
}

// watch gathers bursts.
func watch(ctx context.Context, file *os.File, changed func()) error {
	var begun time.Time // of the burst, zero while there is none
	for {
		until := time.Time{}
		if !begun.IsZero() {
			until = time.Now().Add(min(settled, time.Until(begun.Add(patience))))
		}
		if err := file.SetReadDeadline(until); err != nil {
			return err
		}
		if ctx.Err() != nil { // its end may have come before the deadline was put off
			return nil
		}
		counts, err := next(file)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil:
			begun = time.Time{}
			changed()
		case err != nil:
			return err
		case counts && begun.IsZero():
			begun = time.Now()
		}
	}
}

// next reads one message and tells whether it counts.
func next(file *os.File) (counts bool, err error) {
	conn, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	buffer := make([]byte, longestSaid)
	var n int
	var from unix.Sockaddr
	var failed error
	err = conn.Read(func(fd uintptr) bool {
		n, from, failed = unix.Recvfrom(int(fd), buffer, 0) // #nosec G115 -- a descriptor
		return !errors.Is(failed, unix.EAGAIN)
	})
	if errors.Is(failed, unix.ENOBUFS) { // some were lost: whatever they were
		return true, err
	}
	if err := errors.Join(err, failed); err != nil {
		return false, err
	}
	sender, ok := from.(*unix.SockaddrNetlink)
	return ok && genuine(sender) && matters(buffer[:n]), nil
}

// genuine tells the kernel's messages from those that a program sends.
func genuine(sender *unix.SockaddrNetlink) bool {
	return sender.Pid == 0 && sender.Groups == kernelGroup
}

// matters tells whether a message says that a device came, went, or has a driver now.
func matters(message []byte) bool {
	var action, kind []byte
	for field := range bytes.SplitSeq(message, []byte{0}) {
		if value, ok := bytes.CutPrefix(field, []byte("ACTION=")); ok {
			action = value
		}
		if value, ok := bytes.CutPrefix(field, []byte("SUBSYSTEM=")); ok {
			kind = value
		}
	}
	switch string(action) {
	case "add", "remove", "bind", "unbind":
	default:
		return false
	}
	for _, one := range kinds {
		if bytes.Equal(kind, one) {
			return true
		}
	}
	return false
}
