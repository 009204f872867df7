package idcard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/channel"
)

// Times of the protocol.
const (
	// answerTime is how long a reader may take for a short answer.
	answerTime = time.Second
	// cardTime is how long it may take to read a card by radio before its answer begins.
	cardTime = 3 * time.Second
	// gap is the longest pause inside one answer; after it the answer counts as broken.
	gap = 500 * time.Millisecond
	// quiet is how long a line must be silent before it counts as in step again.
	quiet = 150 * time.Millisecond
	// burst is how many bytes of noise may come before an answer; more is an answer whose start was lost.
	burst = 64
	// settleTime bounds the wait for quiet, for lines that never fall silent.
	settleTime = 2 * time.Second
	// tries is how often a command is given when noise damages the answers.
	tries = 3
)

// command is one command and the form of its answer.
type command struct {
	name  string
	frame []byte
	ok    byte // SW3 of success
	// sizes are the lengths of data success may carry.
	sizes []int
	// head are the first bytes of the data of success.
	head []byte
	time time.Duration
}

// Commands (GA 450). Some readers leave out the four and eight zero bytes of find and select.
var (
	findCard   = command{name: "find card", frame: encode(0x20, 0x01), ok: swFound, sizes: []int{4, 0}, time: answerTime}
	selectCard = command{name: "select card", frame: encode(0x20, 0x02), ok: swOK, sizes: []int{8, 4, 0}, time: answerTime}
	readCard   = command{
		name: "read card", frame: encode(0x30, 0x01), ok: swOK, sizes: []int{readSize},
		head: []byte{textSize >> 8, textSize & 0xFF, photoSize >> 8, photoSize & 0xFF}, time: cardTime,
	}
	readAddress = command{name: "read newest address", frame: encode(0x30, 0x03), ok: swOK, sizes: []int{addressSize}, time: cardTime}
	samStatus   = command{name: "status of the security module", frame: encode(0x11, 0xFF), ok: swOK, sizes: []int{0}, time: answerTime}
	samNumber   = command{name: "number of the security module", frame: encode(0x12, 0xFF), ok: swOK, sizes: []int{16}, time: answerTime}
)

const (
	readHead = 4
	readSize = readHead + textSize + photoSize
	// statusSize is SW1 to SW3, frameEnd the checksum.
	statusSize, frameEnd = 3, 1
)

// limit is the greatest length field an answer to the command can have.
func (c command) limit() int { return statusSize + c.sizes[0] + frameEnd }

// fits tells whether an answer can belong to the command. A status that is no success carries no data;
// success carries exactly its data. Everything else is an answer to something else, or noise the checksum cannot see.
func (c command) fits(r reply) bool {
	if r.sw[2] != c.ok {
		return len(r.data) == 0 && r.sw[2] != swOK && r.sw[2] != swFound
	}
	if r.sw[0] != 0 && r.sw[0] != 0x90 || r.sw[1] != 0 {
		return false
	}
	for _, size := range c.sizes {
		if len(r.data) == size {
			return string(r.data[:min(size, len(c.head))]) == string(c.head)
		}
	}
	return false
}

// ask gives a command and returns the data of success. Damaged answers are asked for again; silence is
// asked about once more through the status of the security module. A status that is no success is a *StatusError.
func (r *Reader) ask(ctx context.Context, c command) ([]byte, error) {
	var last error
	for range tries {
		answer, err := r.exchange(ctx, c)
		if err == nil {
			data, refused := c.result(answer)
			if refused == nil || !doubted(refused) || isSame(refused, last) {
				return data, refused
			}
			last = refused
			continue
		}
		last = err
		if !again(ctx, err) || !r.alive(ctx, err) {
			break
		}
	}
	if said := (*StatusError)(nil); errors.As(last, &said) { // once, and then something else
		last = fmt.Errorf("%w (%v)", ErrProtocol, said)
	}
	return nil, fmt.Errorf("%s: %w", c.name, last)
}

// doubted tells whether a refusal is only believed when it is said twice: that the reader is broken, for whoever hears it takes the terminal
// out of service, and that the command came damaged, for half a command of somebody who gave up may have stood before it.
func doubted(refused error) bool {
	var status *StatusError
	damaged := errors.As(refused, &status) && (status.SW3 == swChecksum || status.SW3 == swLength)
	return damaged || faultOf(refused) == drivers.FaultDevice
}

func isSame(a, b error) bool {
	var one, other *StatusError
	return errors.As(a, &one) && errors.As(b, &other) && one.SW3 == other.SW3
}

// alive tells whether a reader whose last exchange ended with err answers at all. A silent one may have been left with
// the beginning of a command, by a program that ended or a loose contact, and wait for its rest: it gets that first.
func (r *Reader) alive(ctx context.Context, err error) bool {
	if !errors.Is(err, channel.ErrTimeout) {
		return true
	}
	if err := r.fill(ctx); err != nil {
		return false
	}
	_, err = r.exchange(ctx, samStatus)
	return err == nil || errors.Is(err, ErrProtocol)
}

// filler is longer than what can be missing of a command that broke off: the length of one of ours, or the 00 of one
// and the AA of the next. No byte of it begins a command.
var filler [256]byte

// fill ends a command that was left half sent. What the reader says to it counts for nothing.
func (r *Reader) fill(ctx context.Context) error {
	r.dirty = true
	limited, cancel := context.WithTimeout(ctx, answerTime+r.onWire(len(filler)))
	defer cancel()
	_, err := r.link.WriteContext(limited, filler[:])
	return err
}

func (c command) result(answer reply) ([]byte, error) {
	if answer.sw[2] != c.ok {
		return nil, &StatusError{Command: c.name, SW1: answer.sw[0], SW2: answer.sw[1], SW3: answer.sw[2]}
	}
	return answer.data, nil
}

// again tells whether another try can help.
func again(ctx context.Context, err error) bool {
	return ctx.Err() == nil && (errors.Is(err, ErrProtocol) || errors.Is(err, channel.ErrTimeout))
}

// exchange gives a command once and waits for an answer that fits it. It returns
// channel.ErrTimeout when nothing came, ErrProtocol when only damage came.
func (r *Reader) exchange(ctx context.Context, c command) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.time+r.onWire(c.limit()))
	defer cancel()
	if err := r.send(ctx, c); err != nil {
		return reply{}, err
	}
	for {
		for {
			answer, ok := r.parser.next(c.limit())
			if !ok {
				break
			}
			if c.fits(answer) { // else it is late, or damaged beyond what the checksum sees
				return answer, nil
			}
		}
		if r.parser.broken && !r.parser.waiting() {
			r.dirty = true
			return reply{}, ErrProtocol
		}
		if err := r.receive(ctx); err != nil {
			r.dirty = true
			if r.heard > 0 && errors.Is(err, channel.ErrTimeout) {
				return reply{}, ErrProtocol
			}
			return reply{}, err
		}
	}
}

// send brings the line in step and writes the command.
func (r *Reader) send(ctx context.Context, c command) error {
	if err := r.settle(ctx); err != nil {
		return err
	}
	r.parser.reset()
	r.heard = 0
	if _, err := r.link.WriteContext(ctx, c.frame); err != nil {
		r.dirty = true
		return err
	}
	return nil
}

// receive waits for bytes and feeds the parser. A pause inside an answer makes the parser give that answer up.
func (r *Reader) receive(ctx context.Context) error {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if r.parser.started || r.heard > burst {
		limited, cancel = context.WithTimeout(ctx, gap)
	}
	defer cancel()
	n, err := r.link.ReadContext(limited, r.buffer[:])
	r.parser.feed(r.buffer[:n])
	r.heard += n
	if err == nil || n > 0 {
		return nil
	}
	if errors.Is(err, channel.ErrTimeout) && ctx.Err() == nil {
		if !r.parser.waiting() {
			return ErrProtocol
		}
		r.parser.rescan()
		return nil
	}
	return err
}

// settle brings the line in step: it takes in the rest of an answer nobody waits for any
// more, and after damage it waits until the line is silent.
func (r *Reader) settle(ctx context.Context) error {
	if r.owed == 0 && !r.dirty {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, settleTime+r.onWire(r.owed))
	defer cancel()
	for r.dirty || r.owed > 0 {
		pause := quiet
		if !r.dirty {
			pause = gap
		}
		limited, cancel := context.WithTimeout(bounded, pause)
		n, err := r.link.ReadContext(limited, r.buffer[:])
		cancel()
		r.owed = max(0, r.owed-n)
		if errors.Is(err, channel.ErrTimeout) && ctx.Err() == nil {
			break
		}
		if err != nil {
			return err
		}
	}
	r.owed, r.dirty = 0, false
	return r.link.Flush()
}

// onWire is how long n bytes take on the line: ten bits each.
func (r *Reader) onWire(n int) time.Duration {
	return time.Duration(n) * 10 * time.Second / time.Duration(r.baud)
}
