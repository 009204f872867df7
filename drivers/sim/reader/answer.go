package reader

import (
	"bytes"
	"time"
)

// respond carries out a command (length, command, data, checksum) and returns the
// answer as it goes over the line, and how long the reader works on it first.
func (r *Reader) respond(body []byte) ([]Piece, time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	command := Command{body[2], body[3]}
	r.asked[command]++
	if r.silent {
		return nil, 0
	}
	answer, wait := r.execute(command, body)
	pieces := []Piece{{Bytes: answer}}
	if r.always != nil {
		pieces = r.always(answer, r.random)
	}
	if len(r.faults) > 0 {
		pieces = r.faults[0](answer, r.random)
		r.faults = r.faults[1:]
	}
	return pieces, wait
}

func (r *Reader) execute(command Command, body []byte) ([]byte, time.Duration) {
	var sum byte
	for _, b := range body {
		sum ^= b
	}
	if sum != 0 {
		return frame(0x10), 0
	}
	if queue := r.answers[command]; len(queue) > 0 {
		r.answers[command] = queue[1:]
		return frame(queue[0]), 0
	}
	switch command {
	case Reset, Status:
		return frame(0x90), 0
	case Number:
		// 05.01-20261122-0000000042-1, little endian: of no real device.
		return frame(0x90, 5, 0, 1, 0, 0x02, 0x29, 0x35, 0x01, 42, 0, 0, 0, 1, 0, 0, 0), 0
	case Find:
		return r.find(), 0
	case Select:
		return r.choose(), 0
	case Read:
		return r.readCard(false)
	case Fingers:
		return r.readCard(true)
	case Address:
		return r.address()
	}
	return frame(0x21), 0
}

func (r *Reader) find() []byte {
	r.selected = false
	r.found = r.card != nil && (!r.read || r.options.AlwaysFinds)
	if !r.found {
		return frame(0x80)
	}
	return frame(0x9F, 0, 0, 0, 0)
}

func (r *Reader) choose() []byte {
	if r.card == nil || !r.found {
		return frame(0x81)
	}
	r.selected = true
	if r.options.AlwaysFinds {
		r.read = false // it counts as another card
	}
	return frame(0x90, 0, 0, 0, 0, 0, 0, 0, 0)
}

func (r *Reader) readCard(fingers bool) ([]byte, time.Duration) {
	if r.pull && r.selected {
		r.pull, r.card, r.found, r.selected, r.read = false, nil, false, false, false
		return frame(0x41), r.options.Radio / 2
	}
	if r.card == nil || !r.selected || (r.read && r.options.ReadsOnce) {
		return frame(0x41), 0
	}
	r.read = true
	block, err := r.card.Block()
	if err != nil {
		return frame(0x3F), 0
	}
	head := []byte{1, 0, 4, 0}
	if fingers {
		head = append(head, byte(r.options.Fingers>>8), byte(r.options.Fingers)) // #nosec G115 -- 1024 at the most
	}
	data := append(append(head, block[:]...), r.card.Photo()...)
	if fingers {
		data = append(data, bytes.Repeat([]byte{'C', 1}, r.options.Fingers/2)...)
	}
	return frame(0x90, data...), r.options.Radio
}

func (r *Reader) address() ([]byte, time.Duration) {
	if r.card == nil || !r.selected {
		return frame(0x41), 0
	}
	moved := r.card.MovedBlock()
	if moved == nil {
		return frame(0x91), r.options.Radio / 10
	}
	return frame(0x90, moved...), r.options.Radio / 10
}

// frame builds an answer: preamble, length, SW1 SW2 SW3, data, checksum.
func frame(sw3 byte, data ...byte) []byte {
	length := 3 + len(data) + 1
	f := append([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, byte(length >> 8), byte(length), 0, 0, sw3}, data...)
	var sum byte
	for _, b := range f[5:] {
		sum ^= b
	}
	return append(f, sum)
}
