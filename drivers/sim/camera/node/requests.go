package node

import (
	"context"
	"encoding/binary"
	"image"
	"syscall"
	"time"

	"bianmin/drivers/sim/camera"
)

// Requests of Video4Linux: letter 'V', a number, and the size of what is handed over (linux/videodev2.h, on 64 bits).
const (
	queryCap   = 2<<30 | 104<<16 | 'V'<<8
	enumFmt    = 3<<30 | 64<<16 | 'V'<<8 | 2
	getFmt     = 3<<30 | 208<<16 | 'V'<<8 | 4
	setFmt     = 3<<30 | 208<<16 | 'V'<<8 | 5
	reqBufs    = 3<<30 | 20<<16 | 'V'<<8 | 8
	queryBuf   = 3<<30 | 88<<16 | 'V'<<8 | 9
	qBuf       = 3<<30 | 88<<16 | 'V'<<8 | 15
	dqBuf      = 3<<30 | 88<<16 | 'V'<<8 | 17
	streamOn   = 1<<30 | 4<<16 | 'V'<<8 | 18
	streamOff  = 1<<30 | 4<<16 | 'V'<<8 | 19
	enumInput  = 3<<30 | 80<<16 | 'V'<<8 | 26
	getInput   = 2<<30 | 4<<16 | 'V'<<8 | 38
	setInput   = 3<<30 | 4<<16 | 'V'<<8 | 39
	tryFmt     = 3<<30 | 208<<16 | 'V'<<8 | 64
	enumSizes  = 3<<30 | 44<<16 | 'V'<<8 | 74
	capture    = 1 // the one kind of stream, and of memory
	mapped     = 1
	isCapture  = 1
	canStream  = 1 << 26
	discrete   = 1
	noField    = 1
	isMapped   = 1
	isQueued   = 2
	isDone     = 4
	monotonic  = 0x2000
	cameraType = 2
)

// Formats by their codes.
var (
	jpeg = binary.LittleEndian.Uint32([]byte("MJPG"))
	yuyv = binary.LittleEndian.Uint32([]byte("YUYV"))
	h264 = binary.LittleEndian.Uint32([]byte("H264"))
)

var le = binary.LittleEndian

// Ioctl implements fs.FileIoctler: in is what the program hands over, out what it gets back.
func (h *handle) Ioctl(ctx context.Context, request uint32, _ uint64, in, out []byte) (int32, syscall.Errno) {
	if err := h.camera.strike(h.file); err != 0 {
		return 0, err
	}
	copy(out, in)
	switch request {
	case queryCap:
		return 0, h.capabilities(out)
	case enumFmt:
		return 0, h.format(out)
	case enumSizes:
		return 0, h.size(out)
	case getFmt, tryFmt, setFmt:
		return 0, h.choose(out, request == setFmt)
	case reqBufs:
		return 0, h.request(out)
	case queryBuf:
		return 0, h.tell(out)
	case qBuf:
		return 0, h.queue(out)
	case dqBuf:
		return 0, h.dequeue(ctx, out)
	case streamOn:
		return 0, h.start()
	case streamOff:
		h.stop()
		return 0, 0
	case enumInput:
		if le.Uint32(in) != 0 {
			return 0, syscall.EINVAL
		}
		copy(out[4:36], "Lens")
		le.PutUint32(out[36:], cameraType)
		return 0, 0
	case getInput, setInput:
		clear(out)
		return 0, 0
	}
	return 0, syscall.ENOTTY
}

func (h *handle) capabilities(out []byte) syscall.Errno {
	clear(out)
	copy(out[0:16], "simulated")
	copy(out[16:48], "Document camera: Document camera")
	copy(out[48:80], "bench")
	le.PutUint32(out[80:], 6<<16)
	le.PutUint32(out[84:], isCapture|canStream)
	return 0
}

// formats are those the camera has, by their codes.
func (c *Camera) formats() []uint32 {
	switch {
	case c.trouble.Strange:
		return []uint32{h264}
	case c.options.Plain:
		return []uint32{yuyv}
	}
	return []uint32{jpeg, yuyv}
}

func (h *handle) format(out []byte) syscall.Errno {
	h.camera.mutex.Lock()
	defer h.camera.mutex.Unlock()
	all, i := h.camera.formats(), int(le.Uint32(out))
	if le.Uint32(out[4:]) != capture || i >= len(all) {
		return syscall.EINVAL
	}
	le.PutUint32(out[44:], all[i])
	copy(out[12:44], map[uint32]string{jpeg: "Motion-JPEG", yuyv: "YUYV 4:2:2", h264: "H.264"}[all[i]])
	return 0
}

// sizes are those of a format: uncompressed ones that no cable carries quickly are left out, as makers do.
func (c *Camera) sizes(format uint32) (some []image.Point) {
	for _, s := range c.options.Sizes {
		if format != yuyv || c.options.Plain || s.X*s.Y <= 640*480 {
			some = append(some, s)
		}
	}
	return some
}

func (h *handle) size(out []byte) syscall.Errno {
	all, i := h.camera.sizes(le.Uint32(out[4:])), int(le.Uint32(out))
	if i >= len(all) {
		return syscall.EINVAL
	}
	le.PutUint32(out[8:], discrete)
	le.PutUint32(out[12:], uint32(all[i].X)) // #nosec G115 -- sizes of pictures
	le.PutUint32(out[16:], uint32(all[i].Y)) // #nosec G115 -- sizes of pictures
	return 0
}

// choose answers which format and size come nearest to what is asked for, and chooses them.
func (h *handle) choose(out []byte, set bool) syscall.Errno {
	c := h.camera
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if le.Uint32(out) != capture {
		return syscall.EINVAL
	}
	if set && (c.trouble.Busy || c.owner != nil && (c.owner != h || h.on())) {
		return syscall.EBUSY
	}
	format := le.Uint32(out[16:])
	if all := c.formats(); format != all[0] && (len(all) < 2 || format != all[1]) {
		format = all[0]
	}
	sizes := c.sizes(format)
	best := sizes[0]
	for _, s := range sizes {
		if s.X == int(le.Uint32(out[8:])) && s.Y == int(le.Uint32(out[12:])) {
			best = s
		}
	}
	for at, v := range map[int]uint32{8: uint32(best.X), 12: uint32(best.Y), 16: format, 20: noField, 24: uint32(2 * best.X), 28: uint32(2 * best.X * best.Y), 32: 8} { // #nosec G115 -- sizes of pictures
		le.PutUint32(out[at:], v)
	}
	if set {
		c.owner = h
		h.mutex.Lock()
		h.mode = camera.Mode{JPEG: format != yuyv, Size: best}
		h.mutex.Unlock()
	}
	return 0
}

// stamp says when a picture was taken.
func stamp(out []byte, at time.Time) {
	le.PutUint64(out[24:], uint64(at.Unix()))            // #nosec G115 -- after 1970
	le.PutUint64(out[32:], uint64(at.Nanosecond()/1000)) // #nosec G115 -- below a second
}
