// Package serial opens serial lines with tarm/serial and makes them safe: reads
// and writes obey a context, an unplugged device is told apart from an idle
// one, and Close cannot hang. It knows bytes only, no protocol.
package serial

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	tarm "github.com/tarm/serial"
	"golang.org/x/sys/unix"

	"bianmin/drivers/link/channel"
)

const (
	defaultBaud = 115200
	// slice is how long one wait in the kernel lasts at most, so that an ended context and Close are seen.
	// It is tarm's read timeout too: with 0 a blocked read would hold Close for ever.
	slice = 100 * time.Millisecond
	// chunk is how many bytes are written at once.
	chunk = 256
	// Majors of the slaves of pseudo terminals (Linux, Documentation/admin-guide/devices.txt).
	firstPTYMajor, lastPTYMajor = 136, 143
	// patience is how long Close waits for the operating system.
	patience = 2 * time.Second
)

// Port is an open serial line; it implements channel.Link and channel.Drainer.
type Port struct {
	name     string
	side     int // second descriptor of the same line, non-blocking: poll, locks, settings, writes
	port     interface{ Read(p []byte) (int, error) }
	release  func() error // closes both descriptors
	patience time.Duration

	closing chan struct{} // closed when Close begins
	once    sync.Once
	closed  error
	use     sync.RWMutex // held for reading by every operation, for writing by the one that frees the descriptors
}

var (
	_ channel.Link    = (*Port)(nil)
	_ channel.Drainer = (*Port)(nil)
)

// Open opens the line at path, 8 data bits, no parity, 1 stop bit, for this program alone.
// Both descriptors name the same device even when path is a symbolic link that is moved meanwhile.
func Open(ctx context.Context, path string, options channel.Options) (*Port, error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("open serial line: %w", channel.Ended(ctx))
	}
	if options.Baud == 0 {
		options.Baud = defaultBaud
	}
	device, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, fmt.Errorf("open serial line %s: %w", path, translate(err))
	}
	side, err := openSide(device)
	if err != nil {
		return nil, fmt.Errorf("open serial line %s: %w", path, err)
	}
	main, err := tarm.OpenPort(&tarm.Config{Name: device, Baud: options.Baud, ReadTimeout: slice})
	if err != nil {
		_ = unix.Close(side)
		return nil, fmt.Errorf("open serial line %s: %w", path, translate(err))
	}
	p := &Port{
		name: path, side: side, port: main, patience: patience, closing: make(chan struct{}),
		release: func() error { return errors.Join(free(side), main.Close(), unix.Close(side)) },
	}
	if err := p.prepare(options); err != nil {
		return nil, fmt.Errorf("open serial line %s: %w", path, errors.Join(err, p.Close()))
	}
	return p, nil
}

func openSide(device string) (int, error) {
	side, err := unix.Open(device, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, translate(err)
	}
	if _, err := unix.IoctlGetTermios(side, unix.TCGETS); err != nil {
		_ = unix.Close(side)
		return -1, fmt.Errorf("%w: %w", channel.ErrNotSerial, err)
	}
	if err := unix.Flock(side, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = unix.Close(side)
		return -1, translate(err)
	}
	return side, nil
}

// prepare makes the line exclusive, sets what tarm/serial cannot, and throws away stale bytes.
func (p *Port) prepare(options channel.Options) error {
	if err := p.exclude(); err != nil {
		return fmt.Errorf("make exclusive: %w", translate(err))
	}
	settings, err := unix.IoctlGetTermios(p.side, unix.TCGETS)
	if err != nil {
		return fmt.Errorf("read settings: %w", translate(err))
	}
	settings.Cflag &^= unix.CRTSCTS
	settings.Iflag &^= unix.IXON | unix.IXOFF | unix.IXANY
	switch options.FlowControl {
	case channel.NoFlow:
	case channel.RTSCTS:
		settings.Cflag |= unix.CRTSCTS
	case channel.XonXoff:
		settings.Iflag |= unix.IXON | unix.IXOFF
		settings.Cc[unix.VSTART], settings.Cc[unix.VSTOP] = 0x11, 0x13
	default:
		return fmt.Errorf("flow control %q: %w", options.FlowControl, channel.ErrSettings)
	}
	if err := unix.IoctlSetTermios(p.side, unix.TCSETS, settings); err != nil {
		return fmt.Errorf("set flow control: %w", translate(err))
	}
	// Many adapters power the device's interface from DTR and RTS; pseudo terminals have none.
	if err := unix.IoctlSetPointerInt(p.side, unix.TIOCMBIS, unix.TIOCM_DTR|unix.TIOCM_RTS); err != nil &&
		!errors.Is(err, unix.ENOTTY) && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("raise DTR and RTS: %w", translate(err))
	}
	return p.Flush()
}

// exclude keeps other programs from opening the line, also those that do not ask for the lock. A pseudo
// terminal is spared: it outlives a killed program at its other end and would stay exclusive for ever; the lock does there.
func (p *Port) exclude() error {
	var stat unix.Stat_t
	if err := unix.Fstat(p.side, &stat); err != nil {
		return err
	}
	if major := unix.Major(stat.Rdev); major >= firstPTYMajor && major <= lastPTYMajor {
		return nil
	}
	return unix.IoctlSetInt(p.side, unix.TIOCEXCL, 0)
}

// free says that the line may be opened again. Closing does not say it while a program that is just being started holds
// copies of the descriptors.
func free(side int) error {
	if err := unix.IoctlSetInt(side, unix.TIOCNXCL, 0); err != nil && !errors.Is(err, unix.EIO) && !errors.Is(err, unix.ENODEV) { // pulled
		return err
	}
	return unix.Flock(side, unix.LOCK_UN)
}

// translate gives an operating system's error its meaning and keeps it in the chain.
func translate(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV), errors.Is(err, unix.EIO):
		return fmt.Errorf("%w: %w", channel.ErrUnplugged, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", channel.ErrNotPermitted, err)
	case errors.Is(err, unix.EBUSY), errors.Is(err, unix.EWOULDBLOCK):
		return fmt.Errorf("%w: %w", channel.ErrBusy, err)
	case errors.Is(err, unix.ENOTTY):
		return fmt.Errorf("%w: %w", channel.ErrNotSerial, err)
	case errors.Is(err, os.ErrClosed), errors.Is(err, unix.EBADF):
		return fmt.Errorf("%w: %w", channel.ErrClosed, err)
	case err.Error() == "Unrecognized baud rate": // tarm/serial has no value for it
		return fmt.Errorf("%w: %w", channel.ErrSettings, err)
	}
	return err
}
