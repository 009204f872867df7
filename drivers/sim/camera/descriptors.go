package camera

import (
	"encoding/binary"
	"image"
	"slices"
)

// Places in the descriptors (USB video class 1.0).
const (
	pipe                        byte = 0x81
	packet                           = 512
	payload                          = 32 * packet // bytes of one transfer, its header among them
	mjpeg, yuyv                 byte = 1, 2        // the formats' indices
	classInterface              byte = 0x24
	video, control, streaming   byte = 0x0E, 1, 2
	probeControl, commitControl byte = 1, 2
)

// yuy2 is the GUID of the uncompressed format.
var yuy2 = []byte("YUY2\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71")

// configuration is what the camera says of itself: a control interface with a lens and an output, and a streaming interface with a bulk pipe.
func (o Options) configuration() []byte {
	var all []byte
	add := func(kind byte, body ...byte) { all = append(append(all, byte(len(body)+2), kind), body...) }
	add(2, 0, 0, 2, 1, 0, 0x80, 250)
	add(0x0B, 0, 2, video, 3, 0, 0)       // both interfaces belong together
	add(4, 0, 0, 0, video, control, 0, 0) // control
	lens := []byte{2, 1, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0}
	out := []byte{3, 2, 0x01, 0x01, 0, 1, 0}
	head := le16([]byte{1, 0x00, 0x01}, 13+len(lens)+2+len(out)+2)
	add(classInterface, append(le32(head, 48_000_000), 1, 1)...)
	add(classInterface, lens...)
	add(classInterface, out...)
	add(4, 1, 0, 1, video, streaming, 0, 0)
	all = append(all, o.formats()...)
	add(5, pipe, 2, packet&0xFF, packet>>8, 0)
	binary.LittleEndian.PutUint16(all[2:], uint16(len(all))) // #nosec G115 -- a few hundred
	return all
}

// formats are the class's descriptors of the streaming interface.
func (o Options) formats() []byte {
	var body []byte
	kinds := []byte{mjpeg, yuyv}
	if o.Plain {
		kinds = []byte{yuyv}
	}
	for i, kind := range kinds {
		index, n := byte(i+1), byte(len(o.sizes(kind)))
		if kind == mjpeg {
			body = append(body, 11, classInterface, 6, index, n, 1, 1, 0, 0, 0, 0)
		} else {
			body = slices.Concat(body, []byte{27, classInterface, 4, index, n}, yuy2, []byte{16, 1, 0, 0, 0, 0})
		}
		for j, s := range o.sizes(kind) {
			body = append(body, 30, classInterface, 7-2*(kind-1), byte(j+1), 0)
			body = le16(body, s.X, s.Y)
			body = le32(body, uint32(s.X*s.Y*16), uint32(s.X*s.Y*16*10), uint32(s.X*s.Y*2), interval) // #nosec G115 -- sizes of pictures
			body = le32(append(body, 1), interval)
		}
		body = append(body, 6, classInterface, 13, 1, 1, 4)
	}
	head := []byte{13 + byte(len(kinds)), classInterface, 1, byte(len(kinds)), 0, 0, pipe, 0, 2, 0, 0, 0, 1}
	head = append(head, make([]byte, len(kinds))...)
	binary.LittleEndian.PutUint16(head[4:], uint16(len(head)+len(body))) // #nosec G115 -- a few hundred
	return append(head, body...)
}

// sizes are the sizes of a format's pictures: uncompressed ones that no cable carries quickly are left out, as makers do.
func (o Options) sizes(kind byte) (some []image.Point) {
	for _, s := range o.Sizes {
		if kind == mjpeg || o.Plain || s.X*s.Y <= 640*480 {
			some = append(some, s)
		}
	}
	return some
}

func le16(to []byte, values ...int) []byte {
	for _, v := range values {
		to = binary.LittleEndian.AppendUint16(to, uint16(v)) // #nosec G115 -- sizes of pictures
	}
	return to
}

func le32(to []byte, values ...uint32) []byte {
	for _, v := range values {
		to = binary.LittleEndian.AppendUint32(to, v)
	}
	return to
}
