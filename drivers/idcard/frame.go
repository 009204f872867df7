package idcard

import "bytes"

// sync is what a receiver looks for: replies start AA AA AA 96 69, and a first byte may be lost or doubled.
var sync = []byte{0xAA, 0xAA, 0x96, 0x69}

const (
	lengthSize = 2
	// longest is the greatest length a frame may state (SW1 to checksum).
	longest = 4089
	// shortest is three status bytes and the checksum.
	shortest = 4
)

// encode builds a command: preamble, length of what follows, command, parameter, data, checksum.
func encode(command, parameter byte, data ...byte) []byte {
	length := 2 + len(data) + 1
	frame := append([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, byte(length >> 8), byte(length), command, parameter}, data...)
	return append(frame, xor(frame[5:]))
}

func xor(b []byte) byte {
	var sum byte
	for _, c := range b {
		sum ^= c
	}
	return sum
}

// reply is one frame of the reader with a right checksum.
type reply struct {
	sw   [3]byte // SW1 and SW2 are the card's own status, SW3 the reader's
	data []byte  // valid until the parser is fed again
}

// parser finds frames in a stream of bytes that may hold anything. It never
// needs more than one frame of memory beyond what it is fed.
type parser struct {
	buffer []byte
	// started: a frame's start was seen since the last reset, so silence now means a broken frame and not a slow reader.
	started bool
	// broken: a frame had a wrong checksum or an impossible length.
	broken bool
}

func (p *parser) reset() { p.buffer, p.started, p.broken = p.buffer[:0], false, false }

func (p *parser) feed(b []byte) { p.buffer = append(p.buffer, b...) }

// align drops what comes before a frame's start and returns the stated length;
// false when more bytes are needed to tell.
func (p *parser) align(limit int) (length int, ok bool) {
	for {
		at := bytes.Index(p.buffer, sync)
		if at < 0 {
			p.drop(max(0, len(p.buffer)-len(sync)+1))
			return 0, false
		}
		p.drop(at)
		p.started = true
		if len(p.buffer) < len(sync)+lengthSize {
			return 0, false
		}
		length = int(p.buffer[4])<<8 | int(p.buffer[5])
		if length >= shortest && length <= min(limit, longest) {
			return length, true
		}
		p.broken = true
		p.drop(1)
	}
}

// next takes the next frame with a right checksum out of the stream. limit is
// the greatest length that can be meant. It returns false when more bytes are needed.
func (p *parser) next(limit int) (reply, bool) {
	for {
		length, ok := p.align(limit)
		if !ok {
			return reply{}, false
		}
		total := len(sync) + lengthSize + length
		if len(p.buffer) < total {
			return reply{}, false
		}
		if xor(p.buffer[len(sync):total]) != 0 {
			p.broken = true
			p.drop(1) // a whole frame may begin inside a broken one
			continue
		}
		body := bytes.Clone(p.buffer[len(sync)+lengthSize : total-1])
		p.drop(total)
		return reply{sw: [3]byte(body[:3]), data: body[3:]}, true
	}
}

// begun is what has arrived of a frame of exactly this length, from SW1 on, not
// yet proved by its checksum; rest is how many bytes of it are still to come.
func (p *parser) begun(length int) (body []byte, rest int) {
	stated, ok := p.align(longest)
	if !ok || stated != length {
		return nil, 0
	}
	head := len(sync) + lengthSize
	return p.buffer[head:min(len(p.buffer), head+length)], max(0, head+length-len(p.buffer))
}

// rescan gives up the frame that was begun and looks behind its start.
func (p *parser) rescan() {
	p.broken = true
	p.drop(min(1, len(p.buffer)))
}

// waiting tells whether a frame was begun and is not complete.
func (p *parser) waiting() bool { return len(p.buffer) >= len(sync) && bytes.HasPrefix(p.buffer, sync) }

func (p *parser) drop(n int) {
	p.buffer = append(p.buffer[:0], p.buffer[n:]...)
}
