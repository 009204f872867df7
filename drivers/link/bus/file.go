package bus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"bianmin/drivers/link/channel"
)

// FileError gives what the system says of a device's file the name that package channel has for it.
func FileError(err error) error {
	switch {
	case errors.Is(err, channel.ErrUnplugged):
		return err
	case errors.Is(err, os.ErrClosed):
		return channel.ErrClosed
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.EIO), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%w: %w", channel.ErrUnplugged, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", channel.ErrNotPermitted, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%w: %w", channel.ErrBusy, err)
	}
	return err
}

// SocketIn gives the socket of the device at a path in sysfs with its links followed, "" where it is at none. A hub's sockets
// stand before it: the last one is the device's own.
func SocketIn(path string) (socket string) {
	for part := range strings.SplitSeq(path, "/") {
		if isSocket(part) {
			socket = part
		}
	}
	return socket
}
