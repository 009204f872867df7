//go:build cgo

package usb

// headSize is the preamble and the length of a card reader's frame.
const headSize = 7

// head follows one direction of a split reader: seven bytes on the first pipe, then as many on the second as the last
// two of them say.
type head struct {
	seen []byte // of the head
	rest int    // still to come on the second pipe
}

// pipe is where the next byte goes or comes from.
func (h *head) pipe() int {
	if h.rest > 0 {
		return 1
	}
	return 0
}

// left is how many bytes belong to the present pipe.
func (h *head) left() int {
	if h.rest > 0 {
		return h.rest
	}
	return headSize - len(h.seen)
}

// take counts bytes that went over the present pipe.
func (h *head) take(b []byte) {
	if h.rest > 0 {
		h.rest = max(0, h.rest-len(b))
		return
	}
	h.seen = append(h.seen, b...)
	if len(h.seen) >= headSize {
		h.rest, h.seen = int(h.seen[5])<<8|int(h.seen[6]), nil
	}
}
