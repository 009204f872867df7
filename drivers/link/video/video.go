// Package video opens cameras (V4L2) and gives their pictures as they come over
// the cable. It knows neither what is on a picture nor what it is for, decodes
// none, and keeps none: a picture that was handed on is cleared in the kernel's memory.
package video

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// Format is how a picture comes, by its V4L2 code.
type Format uint32

// Formats that are known here.
const (
	JPEG Format = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24 // one JPEG per picture, mostly without its Huffman tables
	YUYV Format = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24 // two pixels in four bytes
)

// Mode is a format and a size of pictures.
type Mode struct {
	Format        Format
	Width, Height int
}

// Camera is an open camera. One goroutine at a time.
type Camera struct {
	hardware *webcam.Webcam
	file     int // its descriptor, which the library keeps to itself
	model    string
	mode     Mode
	on       bool
}

const (
	buffers  = 3                     // the library would take 256
	glance   = 50 * time.Millisecond // after which the context is looked at
	farewell = 8                     // glances in which the kernel sees that a camera is gone
)

// Open opens the camera that a link names: "video:VENDOR:PRODUCT", with ":SERIAL" or "@PORT" behind it, or "video:/dev/…". It stays off. Errors are
// those of package channel, and ErrLink.
func Open(link string) (*Camera, error) {
	path, err := find(link)
	if err != nil {
		return nil, err
	}
	c, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open camera: %w", bus.FileError(err))
	}
	if c.model, err = c.hardware.GetName(); err != nil {
		return nil, fmt.Errorf("open camera: %w", errors.Join(bus.FileError(err), c.Close()))
	}
	c.model = bus.Clean(c.model)
	return c, nil
}

// open keeps the descriptor from every program that is started meanwhile: the library does not.
func open(path string) (*Camera, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	hardware, err := webcam.Open(path)
	if err != nil {
		if errno := (unix.Errno)(0); !errors.As(err, &errno) {
			return nil, fmt.Errorf("%w: %w", channel.ErrProtocol, err) // no camera, or one without a stream
		}
		return nil, err
	}
	file, err := descriptor(hardware)
	if err != nil {
		return nil, errors.Join(err, hardware.Close())
	}
	unix.CloseOnExec(file)
	return &Camera{hardware: hardware, file: file}, nil
}

// Model is what the kernel calls the camera.
func (c *Camera) Model() string { return c.model }

// Modes are the formats and sizes that are known here, JPEG before YUYV and larger before smaller.
func (c *Camera) Modes() (all []Mode) {
	for format := range c.hardware.GetSupportedFormats() {
		if f := Format(format); f == JPEG || f == YUYV {
			for _, s := range c.hardware.GetSupportedFrameSizes(format) {
				all = append(all, ends(f, s)...)
			}
		}
	}
	slices.SortFunc(all, func(a, b Mode) int {
		return cmp.Or(cmp.Compare(a.Format, b.Format), cmp.Compare(b.Width*b.Height, a.Width*a.Height), cmp.Compare(b.Width, a.Width))
	})
	return slices.Compact(all)
}

// ends are a size, or of a range its largest and its smallest; one that the library does not understand has none.
func ends(f Format, s webcam.FrameSize) (all []Mode) {
	for _, m := range []Mode{{f, int(s.MaxWidth), int(s.MaxHeight)}, {f, int(s.MinWidth), int(s.MinHeight)}} {
		if m.Width > 0 && m.Height > 0 {
			all = append(all, m)
		}
	}
	return all
}

// Prepare chooses a mode; the camera stays off. It fails with ErrBusy while another program films.
func (c *Camera) Prepare(mode Mode) error {
	format, _, _, err := c.hardware.SetImageFormat(webcam.PixelFormat(mode.Format), uint32(mode.Width), uint32(mode.Height)) // #nosec G115 -- sizes that it has named
	if err != nil {
		return fmt.Errorf("prepare camera: %w", c.told(err))
	}
	if Format(format) != mode.Format {
		return fmt.Errorf("prepare camera: %w: another format", channel.ErrProtocol)
	}
	c.mode = mode
	return nil
}

// Start switches the prepared camera on, once.
func (c *Camera) Start() error {
	if err := c.hardware.SetBufferCount(buffers); err != nil {
		return fmt.Errorf("switch camera on: %w", err)
	}
	if err := c.hardware.StartStreaming(); err != nil {
		return fmt.Errorf("switch camera on: %w", errors.Join(c.told(numbered(err)), letGo(c.hardware)))
	}
	c.on = true
	return nil
}

// told names an error of a setting: a camera that is there may answer no, and one that was pulled gives the same answer for a moment.
func (c *Camera) told(err error) error {
	if !errors.Is(err, unix.EIO) && !errors.Is(err, unix.EPIPE) {
		return bus.FileError(err)
	}
	for range farewell {
		if _, gone := c.hardware.GetName(); gone != nil {
			return errors.Join(bus.FileError(gone), err)
		}
		_, _ = unix.Poll(nil, int(glance.Milliseconds()))
	}
	return fmt.Errorf("%w: %w", channel.ErrRefused, err)
}

// Frame waits for a picture and gives the newest, which is the caller's; older ones are left out. ErrTimeout at the deadline of ctx. Nothing says
// whether what came is whole.
func (c *Camera) Frame(ctx context.Context) ([]byte, error) {
	const op = "wait for a picture: %w"
	for {
		if ctx.Err() != nil {
			return nil, fmt.Errorf(op, channel.Ended(ctx))
		}
		events := []unix.PollFd{{Fd: int32(c.file), Events: unix.POLLIN}} // #nosec G115 -- a descriptor
		n, err := unix.Poll(events, int(glance.Milliseconds()))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return nil, fmt.Errorf(op, err)
		}
		if n < 1 {
			continue
		}
		frame, err := c.newest()
		switch {
		case err != nil:
			return nil, fmt.Errorf(op, bus.FileError(err))
		case frame != nil:
			return frame, nil
		case events[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0:
			return nil, fmt.Errorf(op, channel.ErrUnplugged)
		}
	}
}

// newest takes all pictures that are there, and copies the last; nil where there is none. What the kernel keeps of them is cleared.
func (c *Camera) newest() (last []byte, err error) {
	for {
		frame, index, err := c.hardware.GetFrame()
		if errors.Is(err, unix.EAGAIN) {
			return last, nil
		}
		if err != nil {
			clear(last)
			return nil, err
		}
		if len(frame) > 0 { // an empty one came broken
			clear(last)
			last = slices.Clone(frame)
			clear(frame)
		}
		if err := c.hardware.ReleaseFrame(index); err != nil {
			clear(last)
			return nil, err
		}
	}
}

// Stop switches it off.
func (c *Camera) Stop() error {
	if !c.on {
		return nil
	}
	c.on = false
	err := bus.FileError(c.hardware.StopStreaming())
	if err == nil || errors.Is(err, channel.ErrUnplugged) { // one that is gone is off
		return nil
	}
	return fmt.Errorf("switch camera off: %w", err)
}

// Close switches it off and lets go of it. A second Close does nothing.
func (c *Camera) Close() error {
	if c.hardware == nil {
		return nil
	}
	err := errors.Join(c.Stop(), c.hardware.Close())
	c.hardware = nil
	if err != nil {
		return fmt.Errorf("close camera: %w", err)
	}
	return nil
}
