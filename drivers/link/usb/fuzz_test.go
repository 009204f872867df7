//go:build cgo

package usb

import (
	"bytes"
	"testing"
)

// FuzzDeviceID: whatever a printer answers, what is taken for its name stands in the answer behind the length, and is not longer than both ways to read that allow.
func FuzzDeviceID(f *testing.F) {
	f.Add([]byte{0, 14, 'M', 'F', 'G', ':', 'A', ';', 'M', 'D', 'L', ':', 'B', ';'})
	f.Add([]byte{14, 0, 'M', 'F', 'G', ':', 'A', ';', 'M', 'D', 'L', ':', 'B', ';'}) // the other way round
	f.Add([]byte{0xFF, 0xFF, 'M', 'F', 'G', ':'})                                    // too long
	f.Add([]byte{0, 1, 'M'})                                                         // shorter than the length itself
	f.Add([]byte{0, 0})
	f.Add([]byte{7})
	f.Fuzz(func(t *testing.T, answer []byte) {
		said, err := deviceID(answer)
		if (err != nil) != (len(answer) < 2) {
			t.Fatalf("% x: %v", answer, err)
		}
		if err != nil {
			return
		}
		if !bytes.HasPrefix(answer[2:], []byte(said)) {
			t.Fatalf("% x gives %q", answer, said)
		}
		one, other := int(answer[0])<<8|int(answer[1]), int(answer[1])<<8|int(answer[0])
		if n := len(said) + 2; n > max(2, one, other) {
			t.Fatalf("% x gives %d bytes", answer, n)
		}
	})
}

// FuzzHead: whatever a split reader sends, in whatever pieces, each byte of a frame has one pipe, and as many as the frame's
// head said are taken from the second.
func FuzzHead(f *testing.F) {
	frame := []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22}
	f.Add(append(bytes.Clone(frame), frame...), 3)
	f.Add([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x00, 0xAA}, 1) // nothing behind the head
	f.Add(bytes.Repeat([]byte{0xFF}, 80), 64)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = max(1, min(size, 4096))
		var h head
		second := 0 // still to come there, counted here
		var first []byte
		for rest := stream; len(rest) > 0; {
			if h.left() <= 0 || (h.pipe() == 1) != (second > 0) {
				t.Fatalf("%d bytes left of pipe %d, %d expected on the second", h.left(), h.pipe(), second)
			}
			part := rest[:min(size, len(rest), h.left())]
			rest = rest[len(part):]
			h.take(part)
			if second > 0 {
				second -= len(part)
				continue
			}
			if first = append(first, part...); len(first) == headSize {
				second, first = int(first[5])<<8|int(first[6]), nil
			}
		}
	})
}
