// Package camera takes pages with a document camera (高拍仪) and shows what lies
// before it. The camera is on only while it is looked through. Pictures stay in
// memory, and those that are not handed on are cleared.
package camera

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/video"
)

// Options are a camera's limits. Zero values are the defaults.
type Options struct {
	DPI       int              // when a scan does not say, 200
	PageBytes int              // budget of one encoded page, 300 000
	Now       func() time.Time // time.Now
	First     time.Duration    // for the first picture after it was switched on, 6 s
	Next      time.Duration    // for a whole one after that, 3 s
	Settle    time.Duration    // for getting used to the light, 3 s
	Pace      time.Duration    // between two pictures of the view, 100 ms
}

func (o *Options) fill() {
	if o.DPI == 0 {
		o.DPI = 200
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{{&o.First, 6 * time.Second}, {&o.Next, 3 * time.Second}, {&o.Settle, 3 * time.Second}, {&o.Pace, 100 * time.Millisecond}} {
		if *d.value == 0 {
			*d.value = d.fallback
		}
	}
}

// Camera is one document camera; it implements drivers.Viewer. One goroutine at a time.
type Camera struct {
	link    string
	options Options
	model   string
	modes   []video.Mode
}

var _ drivers.Viewer = (*Camera)(nil)

// CheckLink tells whether a link can name a camera.
func CheckLink(link string) error { return video.CheckLink(link) }

// Open looks at the camera that a link names, as package video has it, and what it can do: video.ErrLink, or a *drivers.Error when it is not there.
func Open(_ context.Context, link string, options Options) (*Camera, error) {
	if err := CheckLink(link); err != nil {
		return nil, err
	}
	options.fill()
	c := &Camera{link: link, options: options}
	hardware, err := video.Open(link)
	if err != nil {
		return nil, failure("open", err)
	}
	c.model, c.modes = hardware.Model(), hardware.Modes()
	if err := hardware.Close(); err != nil {
		return nil, failure("open", err)
	}
	if len(c.modes) == 0 {
		return nil, failure("open", fmt.Errorf("%w: neither JPEG nor YUYV", channel.ErrProtocol))
	}
	return c, nil
}

// Model is what the kernel calls the camera.
func (c *Camera) Model() string { return c.model }

// Legible tells whether its pictures are large enough for a page: one of A4 has at least 150 dots per inch.
func (c *Camera) Legible() bool {
	m := forPage(c.modes, legible)
	return enough(m, legible)
}

// Status implements drivers.Scanner: whether it is there, and whether another program looks through it. It stays off.
func (c *Camera) Status(context.Context) (drivers.Status, error) {
	status := drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online, Model: c.model, At: c.options.Now()}
	err := c.look()
	if err == nil {
		return status, nil
	}
	err = failure("status", err)
	status.Fault = drivers.FaultOf(err)
	switch status.Fault {
	case drivers.FaultUnplugged, drivers.FaultAmbiguous:
		status.Condition = drivers.NoDevice
	case drivers.FaultBusy:
		status.Condition = drivers.Busy
	case drivers.FaultNotPermitted:
		status.Condition = drivers.Offline
	default:
		status.Condition = drivers.HardwareError
	}
	return status, err
}

func (c *Camera) look() error {
	hardware, err := video.Open(c.link)
	if err != nil {
		return err
	}
	return errors.Join(hardware.Prepare(forView(c.modes, c.options.DPI)), hardware.Close())
}

// Close implements drivers.Scanner; between two looks nothing is held.
func (c *Camera) Close() error { return nil }

// film switches the camera on, has look take what it wants of its pictures, and switches it off.
func (c *Camera) film(mode video.Mode, look func(*video.Camera) error) (err error) {
	hardware, err := video.Open(c.link)
	if err != nil {
		return err
	}
	defer func() {
		if closing := hardware.Close(); !errors.Is(err, channel.ErrUnplugged) {
			err = errors.Join(err, closing)
		}
	}()
	if err := hardware.Prepare(mode); err != nil {
		return err
	}
	if err := hardware.Start(); err != nil {
		return err
	}
	return look(hardware)
}

// failure is an error as people hear of it.
func failure(op string, err error) error {
	fault := drivers.FaultDevice
	for _, known := range []struct {
		err   error
		fault drivers.Fault
	}{
		{context.Canceled, drivers.FaultCancelled},
		{channel.ErrUnplugged, drivers.FaultUnplugged},
		{channel.ErrAmbiguous, drivers.FaultAmbiguous},
		{channel.ErrNotPermitted, drivers.FaultNotPermitted},
		{channel.ErrBusy, drivers.FaultBusy},
		{errPicture, drivers.FaultProtocol},
		{channel.ErrProtocol, drivers.FaultProtocol},
		{channel.ErrTimeout, drivers.FaultSilent},
		{context.DeadlineExceeded, drivers.FaultSilent},
	} {
		if errors.Is(err, known.err) {
			fault = known.fault
			break
		}
	}
	return &drivers.Error{Role: drivers.RoleScanner, Fault: fault, Op: op, Err: err}
}
