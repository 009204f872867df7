// Package evdev takes an input device for itself (EVIOCGRAB) and reads its keys:
// a code reader that plays keyboard types into no window then. It opens only
// what it is told to by name, and knows no layout and no codes.
package evdev

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// ErrKeyboard says that a device looks like a keyboard for people and is not named alone.
var ErrKeyboard = errors.New("it looks like a keyboard for people: name its serial number or its socket if it is the code reader")

// ErrNotInput says that a path is no input device that types.
var ErrNotInput = errors.New("not an input device that types")

// Keys whose numbers this package needs (linux/input-event-codes.h).
const (
	keyEnter = 28
	keyMost  = 0x2ff
)

// Kinds of events, and of one that says that some were lost.
const (
	typeSync = 0
	typeKey  = 1
	dropped  = 3
)

// size is that of an event on 64 bits: two words of time, the kind, the number and the value.
const size = int(unsafe.Sizeof(unix.Timeval{})) + 8

// Key is a key that went down or up, or a loss.
type Key struct {
	Number uint16
	Down   bool          // repeats are left out: a reader that sends none holds no key down
	At     time.Duration // since the machine's start: only the time between two counts
	Lost   bool          // keys before this one were lost
}

// Device is an input device that nobody else hears from.
type Device struct {
	file *os.File
}

// Open takes the device called name for itself: VENDOR:PRODUCT with ":SERIAL" or "@PORT" behind it, or a path in /dev/input, as
// udev makes them (/dev/input/by-id/…). Errors are those of package channel, ErrKeyboard and ErrNotInput; ErrBusy also when a key
// is held down for half a second, for whoever read it until now would wait for its end. What is being typed is let end first.
func Open(name string) (*Device, error) {
	path := name
	if !strings.HasPrefix(name, "/") {
		place, err := bus.ParsePlace(name)
		if err != nil || place.Printer {
			return nil, fmt.Errorf("input device %q: %w", name, channel.ErrSettings)
		}
		if path, err = find("/", place); err != nil {
			return nil, err
		}
	} else if err := CheckPath(name); err != nil {
		return nil, err
	}
	return take(path)
}

// CheckPath checks that a path can only be an input device's.
func CheckPath(path string) error {
	if filepath.Clean(path) != path || !strings.HasPrefix(path, "/dev/input/") {
		return fmt.Errorf("input device %q: %w: say a path in /dev/input", path, channel.ErrSettings)
	}
	return nil
}

func take(path string) (*Device, error) {
	short := filepath.Base(path)
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // #nosec G304 -- a device the configuration names
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", short, bus.FileError(err))
	}
	d := &Device{file: file}
	if err := d.alone(); err != nil {
		return nil, errors.Join(fmt.Errorf("take %s alone: %w", short, err), file.Close())
	}
	return d, nil
}

// errHeld is a key that is held down: by a hand, or for the moment that a reader in the middle of a code takes for each.
var errHeld = fmt.Errorf("%w: a key is held down", channel.ErrBusy)

// How long nothing is typed between two codes, at least, and how long that is waited for.
const (
	between  = 40 * time.Millisecond
	patience = 500 * time.Millisecond
)

// alone takes the device when no key is held down and nothing is typed: who came into the middle of a code would take its rest for one.
func (d *Device) alone() error {
	if err := d.control(typing); err != nil {
		return err
	}
	for begun := time.Now(); ; {
		for time.Since(begun) < patience {
			if _, err := d.ReadKeys(between); errors.Is(err, channel.ErrTimeout) {
				break
			} else if err != nil {
				return err
			}
		}
		err := d.control(d.grab)
		if !errors.Is(err, errHeld) || time.Since(begun) > patience {
			return err
		}
	}
}

// control calls do with the descriptor.
func (d *Device) control(do func(fd int) error) error {
	conn, err := d.file.SyscallConn()
	if err != nil {
		return bus.FileError(err)
	}
	var done error
	err = conn.Control(func(fd uintptr) { done = do(int(fd)) }) // #nosec G115 -- a descriptor
	return errors.Join(err, done)
}

// Requests (linux/input.h); the others carry a length.
const (
	setClock = 0x400445a0
	setGrab  = 0x40044590
	setMask  = 0x40104593
	keysDown = 0x18
	keysHas  = 0x20 + typeKey
)

// mute keeps from the little room that the kernel has for events what is not read: all but keys. Where it cannot, they only take room.
func mute(fd int) {
	kinds := uint64(1<<typeSync | 1<<typeKey)
	order := struct {
		kind, length uint32
		set          *uint64
	}{typeSync, 8, &kinds} // of this kind the set is that of all kinds
	_, _, _ = unix.Syscall(unix.SYS_IOCTL, uintptr(fd), setMask, uintptr(unsafe.Pointer(&order))) // #nosec G103 G115 -- read by the kernel
}

func (d *Device) grab(fd int) error {
	mute(fd)
	if err := unix.IoctlSetPointerInt(fd, setClock, unix.CLOCK_MONOTONIC); err != nil {
		return bus.FileError(err)
	}
	if err := held(fd); err != nil {
		return err
	}
	if err := unix.IoctlSetInt(fd, setGrab, 1); err != nil {
		return bus.FileError(err)
	}
	if err := held(fd); err != nil { // since
		return errors.Join(err, bus.FileError(unix.IoctlSetInt(fd, setGrab, 0)))
	}
	return nil
}

// typing tells of what is no input device that types.
func typing(fd int) error {
	set := make([]byte, keyMost/8+1)
	if err := ask(fd, keysHas, set); err != nil {
		return fmt.Errorf("%w: %w", ErrNotInput, err)
	}
	if !types(set) {
		return ErrNotInput
	}
	return nil
}

// held tells of a key that is held down.
func held(fd int) error {
	down := make([]byte, keyMost/8+1)
	if err := ask(fd, keysDown, down); err != nil {
		return bus.FileError(err)
	}
	for _, b := range down {
		if b != 0 {
			return errHeld
		}
	}
	return nil
}

// ask asks for a set of key numbers.
func ask(fd int, number uint, set []byte) error {
	const read, kind = 2 << 30, 'E' << 8
	request := uint(read|kind) | uint(len(set))<<16 | number                                                                   // #nosec G115 -- small
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(unsafe.Pointer(unsafe.SliceData(set)))) // #nosec G103 G115 -- the kernel fills len(set) bytes
	if errno != 0 {
		return errno
	}
	return nil
}

// ReadKeys waits for the next keys, at most for limit; 0 is for ever. Errors are those of channel.Link's ReadContext. One goroutine
// at a time, and always one: the kernel keeps what about ten characters are, and drops what comes after them (Key.Lost).
func (d *Device) ReadKeys(limit time.Duration) ([]Key, error) {
	until := time.Time{}
	if limit > 0 {
		until = time.Now().Add(limit)
	}
	if err := d.file.SetReadDeadline(until); err != nil {
		return nil, fmt.Errorf("read keys: %w", bus.FileError(err))
	}
	buffer := make([]byte, 128*size)
	defer clear(buffer) // it holds what was read of a person's paper
	for {
		n, err := d.file.Read(buffer)
		if keys := parse(buffer[:max(n, 0)]); len(keys) > 0 {
			return keys, nil
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, fmt.Errorf("read keys: %w", channel.ErrTimeout)
		case err == nil && n == 0:
			err = channel.ErrUnplugged
		}
		if err != nil {
			return nil, fmt.Errorf("read keys: %w", bus.FileError(err))
		}
	}
}

// parse takes the keys out of what the kernel tells.
func parse(data []byte) (keys []Key) {
	order := binary.NativeEndian
	for ; len(data) >= size; data = data[size:] {
		word := func(at int) int64 {
			if size == 24 {
				return int64(order.Uint64(data[8*at:])) // #nosec G115 -- as the kernel means it
			}
			return int64(order.Uint32(data[4*at:]))
		}
		rest := data[size-8:]
		kind, number, value := order.Uint16(rest), order.Uint16(rest[2:]), order.Uint32(rest[4:])
		at := time.Duration(word(0))*time.Second + time.Duration(word(1))*time.Microsecond
		switch {
		case kind == typeSync && number == dropped:
			keys = append(keys, Key{At: at, Lost: true})
		case kind == typeKey && value <= 1:
			keys = append(keys, Key{Number: number, Down: value == 1, At: at})
		}
	}
	return keys
}

// Close gives the device back, and ends a read that waits.
func (d *Device) Close() error {
	if err := d.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close an input device: %w", err)
	}
	return nil
}
