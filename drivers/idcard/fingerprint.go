package idcard

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Fingerprint templates lie behind text and photo: none, one or two of 512 bytes. The answer's head says how many bytes.
const (
	fingerSize = 512
	fingerHead = readHead + 2
	fingerAll  = fingerHead + textSize + photoSize
)

var readAll = command{
	name: "read fingerprints", frame: encode(0x30, 0x10), ok: swOK, sizes: []int{fingerAll + 2*fingerSize, fingerAll + fingerSize, fingerAll},
	head: []byte{textSize >> 8, textSize & 0xFF, photoSize >> 8, photoSize & 0xFF}, time: 2 * time.Second,
}

// readFingers asks the card that is selected, where Options say so. A reader that gives a card only once, or knows no such command, has none to give.
func (r *Reader) readFingers(ctx context.Context) error {
	if !r.fingers {
		return nil
	}
	data, err := r.ask(ctx, readAll)
	var refused *StatusError
	if errors.As(err, &refused) && !doubted(err) {
		return nil
	}
	if err != nil {
		return err
	}
	templates := data[fingerAll:]
	if said := int(data[readHead])<<8 | int(data[readHead+1]); said != len(templates) {
		return fmt.Errorf("%d bytes of fingerprints where %d were said: %w", len(templates), said, ErrProtocol)
	}
	clear(data[fingerHead:fingerAll])
	if !blank(templates) {
		r.templates = templates
	}
	return nil
}

// Fingerprints hands over the templates of the card that was read last, nil where there are none or Options did not ask for them. They are given once,
// neither decoded nor compared, and the next Read throws away what nobody took; the caller clears them.
func (r *Reader) Fingerprints() []byte {
	taken := r.templates
	r.templates = nil
	return taken
}
