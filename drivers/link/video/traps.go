package video

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"
)

// errLibrary says that the library is not the one that this package knows.
var errLibrary = errors.New("the camera library has changed")

// descriptor reads the file descriptor that the library keeps to itself: it waits for whole seconds only, and leaves the descriptor open in
// every program that is started.
func descriptor(hardware *webcam.Webcam) (int, error) {
	field := reflect.ValueOf(hardware).Elem().FieldByName("fd")
	if !field.IsValid() || field.Kind() != reflect.Uintptr {
		return 0, errLibrary
	}
	return int(field.Uint()), nil // #nosec G115 -- a descriptor
}

// letGo frees the memory of pictures that the library has mapped before it failed to switch the camera on: it forgets them.
func letGo(hardware *webcam.Webcam) (err error) {
	field := reflect.ValueOf(hardware).Elem().FieldByName("buffers")
	if !field.IsValid() || field.Type() != reflect.TypeFor[[][]byte]() {
		return errLibrary
	}
	for i := range field.Len() {
		if one := field.Index(i); one.Len() > 0 {
			err = errors.Join(err, unix.Munmap(unsafe.Slice((*byte)(one.UnsafePointer()), one.Len()))) // #nosec G103 -- the slice that was mapped
		}
	}
	return err
}

// numbered finds the system's error again of which the library has kept the words only.
func numbered(err error) error {
	for _, errno := range []unix.Errno{unix.EBUSY, unix.ENODEV, unix.EIO, unix.ENXIO, unix.EPIPE, unix.EPROTO, unix.ENOSPC, unix.ENOMEM, unix.ETIMEDOUT, unix.EINVAL} {
		if strings.HasSuffix(err.Error(), ": "+errno.Error()) {
			return fmt.Errorf("%w: %w", err, errno)
		}
	}
	return err
}
