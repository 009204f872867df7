// Package camera is the far end of a document camera's cable: a device of the
// USB video class whose lens sees a drawn page. It is written from the class's
// specification and shares no code with the driver; the kernel's own driver
// (uvcvideo) stands between them.
package camera

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"bianmin/drivers/sim/usbip"
)

// Options are a camera's build. Zero values are the defaults.
type Options struct {
	Vendor, Product uint16 // 1b17:0211
	Serial          string
	Sizes           []image.Point // its pictures' sizes, the usual one first; 640×480, 1024×768
	Plain           bool          // it sends uncompressed pictures only
	Dim             int           // so many pictures after it was switched on are too dark
}

// Camera is a simulated document camera. Its methods are safe for use by several goroutines.
type Camera struct {
	options Options
	device  *usbip.Device

	mutex    sync.Mutex
	lens     *image.Gray
	trouble  Trouble
	probe    []byte // what the host has proposed
	begun    int    // how often it was switched on
	last     Mode
	cancel   context.CancelFunc // of the pictures, nil while it is off
	pictures sync.WaitGroup
}

// Trouble is what is wrong with the camera.
type Trouble struct {
	Frozen  bool // it is on and sends nothing
	Cut     bool // its JPEG pictures end in the middle
	Garbage bool // its JPEG pictures are none
	Black   bool // its lens is covered
	Refuse  bool // it will not be switched on
}

// Mode is what it was switched on with.
type Mode struct {
	JPEG bool
	Size image.Point
}

const (
	interval = 1_000_000 // of pictures, 100 ns
	pause    = interval * 100 * time.Nanosecond
)

// Plug makes a camera and plugs it in; it lives until Close.
func Plug(ctx context.Context, lens *image.Gray, options Options) (*Camera, error) {
	if options.Vendor == 0 {
		options.Vendor, options.Product = 0x1B17, 0x0211
	}
	if options.Sizes == nil {
		options.Sizes = []image.Point{{640, 480}, {1024, 768}}
	}
	c := &Camera{options: options, lens: lens, probe: make([]byte, 26)}
	c.device = usbip.New(usbip.Model{
		Vendor: options.Vendor, Product: options.Product, Maker: "Simulated", Name: "Document camera", Serial: options.Serial, HighSpeed: true,
		Configuration: options.configuration(), Cleared: func(byte) { c.off() },
		Control: func(s usbip.Setup) ([]byte, bool) { return c.control(ctx, s) },
	})
	if err := c.device.Plug(ctx); err != nil {
		return nil, fmt.Errorf("plug a simulated camera in: %w", err)
	}
	return c, nil
}

// Unplug pulls its cable; Replug puts it back.
func (c *Camera) Unplug() error {
	err := c.device.Unplug()
	c.off()
	return err
}

// Replug puts the cable back in.
func (c *Camera) Replug(ctx context.Context) error { return c.device.Plug(ctx) }

// Close pulls it for good.
func (c *Camera) Close() error {
	if err := c.Unplug(); err != nil {
		return fmt.Errorf("close a simulated camera: %w", err)
	}
	return nil
}

// Lay puts another page before the lens.
func (c *Camera) Lay(lens *image.Gray) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.lens = lens
}

// Have gives the camera trouble; the zero Trouble takes it away.
func (c *Camera) Have(trouble Trouble) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.trouble = trouble
}

// On tells whether it is switched on now, how often it was, and with what the last time.
func (c *Camera) On() (now bool, times int, last Mode) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.cancel != nil, c.begun, c.last
}

// Requests of the class.
const (
	setCurrent                         = 0x01
	getCurrent, getMinimum, getMaximum = 0x81, 0x82, 0x83
	getLength, getInfo, getDefault     = 0x85, 0x86, 0x87
	toClass, fromClass                 = 0x21, 0xA1
)

// control answers the requests of the class: what is proposed is corrected, what is committed switches it on.
func (c *Camera) control(ctx context.Context, s usbip.Setup) (answer []byte, ok bool) {
	what := byte(s.Value >> 8)
	if s.Index != 1 || what != probeControl && what != commitControl {
		return nil, false
	}
	c.mutex.Lock()
	refuse := c.trouble.Refuse && what == commitControl
	c.mutex.Unlock()
	switch {
	case refuse:
		return nil, false
	case s.Type == toClass && s.Request == setCurrent:
		c.mutex.Lock()
		copy(c.probe, s.Data)
		c.correct()
		c.mutex.Unlock()
		if what == commitControl {
			c.on(ctx)
		}
		return nil, true
	case s.Type != fromClass:
		return nil, false
	}
	switch s.Request {
	case getCurrent, getMinimum, getMaximum, getDefault:
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.correct()
		return append([]byte(nil), c.probe...), true
	case getLength:
		return []byte{26, 0}, true
	case getInfo:
		return []byte{3}, true
	}
	return nil, false
}

// correct makes a proposal one that the camera can do; the mutex is held.
func (c *Camera) correct() {
	m := c.mode()
	binary.LittleEndian.PutUint32(c.probe[4:], interval)
	binary.LittleEndian.PutUint32(c.probe[18:], uint32(m.Size.X*m.Size.Y*2)) // #nosec G115 -- a picture's size
	binary.LittleEndian.PutUint32(c.probe[22:], payload)
}

// mode is what the proposal means, put right where it means nothing; the mutex is held.
func (c *Camera) mode() Mode {
	kinds := []byte{mjpeg, yuyv}
	if c.options.Plain {
		kinds = []byte{yuyv}
	}
	c.probe[2] = min(max(c.probe[2], 1), byte(len(kinds)))
	kind := kinds[c.probe[2]-1]
	sizes := c.options.sizes(kind)
	c.probe[3] = min(max(c.probe[3], 1), byte(len(sizes)))
	return Mode{JPEG: kind == mjpeg, Size: sizes[c.probe[3]-1]}
}

// on begins to send pictures.
func (c *Camera) on(ctx context.Context) {
	c.off()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	ctx, c.cancel = context.WithCancel(ctx)
	c.begun++
	c.last = c.mode()
	mode := c.last
	c.pictures.Go(func() { c.film(ctx, mode) })
}

// off ends them and waits.
func (c *Camera) off() {
	c.mutex.Lock()
	cancel := c.cancel
	c.cancel = nil
	c.mutex.Unlock()
	if cancel != nil {
		cancel()
		c.pictures.Wait()
		c.device.Drop(pipe)
	}
}

// film sends one picture after another; one that the host is too slow for is left out.
func (c *Camera) film(ctx context.Context, mode Mode) {
	every := time.NewTicker(pause)
	defer every.Stop()
	var pictures Pictures
	toggle := byte(0)
	for n := 0; ; n++ {
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
		c.mutex.Lock()
		lens, trouble := c.lens, c.trouble
		c.mutex.Unlock()
		if trouble.Frozen || c.device.Waiting(pipe) > 0 {
			continue
		}
		data, err := pictures.Next(lens, mode, trouble, n < c.options.Dim)
		if err != nil {
			panic(errors.Join(errors.New("simulated camera"), err)) // it only encodes what it has drawn itself
		}
		toggle ^= 1
		for at := 0; at < len(data); at += payload - 2 {
			end := min(at+payload-2, len(data))
			flags := 0x80 | toggle
			if end == len(data) {
				flags |= 2
			}
			c.device.Send(pipe, append([]byte{2, flags}, data[at:end]...))
		}
	}
}
