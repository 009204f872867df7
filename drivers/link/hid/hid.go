// Package hid talks to HID devices through /dev/hidraw: it reads their input
// reports, or makes a byte channel of their reports both ways. It knows what a
// report descriptor says a device is for, and no device's reports.
package hid

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// Usage pages (HID Usage Tables).
const (
	PageKeyboard = 0x07
	PageBarCode  = 0x8C // bar code readers of the point-of-sale class
)

// longestReport is beyond what any device of USB's full speed sends.
const longestReport = 4096

// Device is an open HID device.
type Device struct {
	file       *os.File
	descriptor []byte
	vendor     uint16
	product    uint16
}

// Open opens a hidraw node. Errors are those of package channel; ErrSettings when it is no HID device.
func Open(path string) (*Device, error) {
	return open(path, os.O_RDONLY)
}

func open(path string, access int) (*Device, error) {
	file, err := os.OpenFile(path, access|syscall.O_NONBLOCK, 0) // #nosec G304 -- a device the configuration names
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), bus.FileError(err))
	}
	d := &Device{file: file}
	if err := d.ask(); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w: %w", filepath.Base(path), channel.ErrSettings, err), file.Close())
	}
	return d, nil
}

// ask takes the report descriptor and the ids from the kernel.
func (d *Device) ask() error {
	conn, err := d.file.SyscallConn()
	if err != nil {
		return err
	}
	var asked error
	err = conn.Control(func(fd uintptr) { asked = d.describe(int(fd)) }) // #nosec G115 -- a descriptor
	return errors.Join(err, asked)
}

func (d *Device) describe(fd int) error {
	size, err := unix.IoctlGetInt(fd, unix.HIDIOCGRDESCSIZE)
	if err != nil {
		return err
	}
	all := unix.HIDRawReportDescriptor{Size: uint32(max(0, min(size, unix.HID_MAX_DESCRIPTOR_SIZE)))} // #nosec G115 -- bounded
	if err := unix.IoctlHIDGetDesc(fd, &all); err != nil {
		return err
	}
	is, err := unix.IoctlHIDGetRawInfo(fd)
	if err != nil {
		return err
	}
	d.descriptor = bytes.Clone(all.Value[:all.Size])
	d.vendor, d.product = uint16(is.Vendor), uint16(is.Product) // #nosec G115 -- the same bits
	return nil
}

// IDs are the device's vendor and product.
func (d *Device) IDs() (vendor, product uint16) { return d.vendor, d.product }

// Is tells whether the report descriptor names a usage page.
func (d *Device) Is(page uint16) bool { return Names(d.descriptor, page) }

// HasFeature tells whether the report descriptor names a feature report of that number.
func (d *Device) HasFeature(number byte) bool { return HasFeature(d.descriptor, number) }

// SetFeature sends a feature report, its number first. The kernel gives the device at most five seconds. Errors are those of package channel, or the
// device's refusal.
func (d *Device) SetFeature(report []byte) error {
	conn, err := d.file.SyscallConn()
	if err != nil {
		return fmt.Errorf("set a feature: %w", bus.FileError(err))
	}
	const both, kind, setFeature = 3 << 30, 'H' << 8, 6
	request := uint(both|kind|setFeature) | uint(len(report))<<16
	var errno unix.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, errno = unix.Syscall(unix.SYS_IOCTL, fd, uintptr(request), uintptr(unsafe.Pointer(unsafe.SliceData(report)))) // #nosec G103 -- the kernel reads len(report) bytes
	})
	if err == nil && errno != 0 {
		err = errno
	}
	if err != nil {
		return fmt.Errorf("set a feature: %w", bus.FileError(err))
	}
	return nil
}

// ReadReport waits for the next input report; with its number first where the device numbers its reports. Errors are those of
// channel.Link's ReadContext. One goroutine at a time.
func (d *Device) ReadReport(ctx context.Context) ([]byte, error) {
	if err := d.file.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("read a report: %w", bus.FileError(err))
	}
	stop := context.AfterFunc(ctx, func() { _ = d.file.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	report := make([]byte, longestReport)
	n, err := d.file.Read(report)
	switch {
	case n > 0:
		return report[:n], nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, fmt.Errorf("read a report: %w", channel.Ended(ctx))
	case err == nil:
		err = channel.ErrUnplugged // the end of a device
	}
	return nil, fmt.Errorf("read a report: %w", bus.FileError(err))
}

// Close frees the device, and a read that waits.
func (d *Device) Close() error {
	if err := d.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close a HID device: %w", err)
	}
	return nil
}
