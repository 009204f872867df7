package camera

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
)

// Pictures are what a camera sends. It keeps the last: drawing is much slower than sending. Its zero value is ready; one goroutine at a time.
type Pictures struct {
	lens *image.Gray
	mode Mode
	have Trouble
	dim  bool
	data []byte
}

// Next is what the lens shows as it goes over the cable in a mode, with what is wrong with it. It is not the caller's.
func (m *Pictures) Next(lens *image.Gray, mode Mode, trouble Trouble, dim bool) ([]byte, error) {
	if m.data != nil && m.lens == lens && m.mode == mode && m.have == trouble && m.dim == dim {
		return m.data, nil
	}
	m.lens, m.mode, m.have, m.dim = lens, mode, trouble, dim
	seen := see(lens, mode.Size)
	if trouble.Black || dim {
		for i, light := range seen.Y {
			seen.Y[i] = light / 3
			if trouble.Black {
				seen.Y[i] = 3
			}
		}
	}
	if !mode.JPEG {
		m.data = plain(seen)
		return m.data, nil
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, seen, &jpeg.Options{Quality: 85}); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	m.data = withoutTables(out.Bytes())
	switch {
	case trouble.Cut:
		m.data = m.data[:len(m.data)/2]
	case trouble.Garbage:
		m.data = bytes.Repeat([]byte("no picture"), 500)
	}
	return m.data, nil
}

// withoutTables leaves the Huffman tables out of a JPEG, as most cameras do: they are always the same ones.
func withoutTables(data []byte) []byte {
	const tables, scan = 0xC4, 0xDA
	out := append([]byte(nil), data[:2]...)
	for at := 2; at+4 <= len(data); {
		size := 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == scan {
			return append(out, data[at:]...)
		}
		if data[at+1] != tables {
			out = append(out, data[at:at+size]...)
		}
		at += size
	}
	return out
}

// see is what the lens shows, in a size, under a lamp that is a little warm.
func see(lens *image.Gray, size image.Point) *image.YCbCr {
	out := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio422)
	from := lens.Rect.Size()
	for y := range size.Y {
		row := lens.Pix[y*from.Y/size.Y*lens.Stride:]
		for x := range size.X {
			out.Y[y*out.YStride+x] = row[x*from.X/size.X]
		}
	}
	for i := range out.Cb {
		out.Cb[i], out.Cr[i] = 122, 131
	}
	return out
}

// plain is the picture as YUY2: two pixels in four bytes, with one colour.
func plain(img *image.YCbCr) []byte {
	out := make([]byte, 0, 2*len(img.Y))
	for i := range img.Cb {
		out = append(out, img.Y[2*i], img.Cb[i], img.Y[2*i+1], img.Cr[i])
	}
	return out
}
