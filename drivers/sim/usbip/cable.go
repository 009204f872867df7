package usbip

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Kinds of messages, and the errors in answers.
const (
	submit, unlink                       = 1, 2
	answerToSubmit, answerToUnlink       = 3, 4
	headerSize                           = 48
	stalled, broken                int32 = -int32(unix.EPIPE), -int32(unix.ECONNRESET)
)

// request is one transfer that the host wants.
type request struct {
	number uint32
	pipe   byte // with 0x80 towards the host
	length int
	data   []byte
	setup  Setup
}

// cable is a device's connection from plugging in to pulling out.
type cable struct {
	device *Device
	end    *os.File
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	writing sync.Mutex

	mutex   sync.Mutex
	asked   map[byte][]request // transfers to the host that wait for data
	ready   map[byte][][]byte  // data that waits for a transfer
	taking  map[byte]chan request
	pending map[uint32]bool // transfers from the host that are not answered yet
}

func newCable(ctx context.Context, device *Device, end *os.File) *cable {
	c := &cable{
		device: device, end: end, asked: map[byte][]request{}, ready: map[byte][][]byte{}, taking: map[byte]chan request{}, pending: map[uint32]bool{},
	}
	c.ctx, c.cancel = context.WithCancel(ctx)
	c.work.Go(c.serve)
	return c
}

// pull ends the connection and waits for all that worked on it.
func (c *cable) pull() error {
	c.cancel()
	err := c.end.Close() // frees the reading, and the kernel sees the device go
	c.work.Wait()
	return err
}

func (c *cable) serve() {
	defer func() {
		c.cancel()
		for _, queue := range c.taking {
			close(queue)
		}
	}()
	header := make([]byte, headerSize)
	for {
		if _, err := io.ReadFull(c.end, header); err != nil {
			return
		}
		number := binary.BigEndian.Uint32(header[4:])
		if binary.BigEndian.Uint32(header) == unlink {
			c.unlink(number, binary.BigEndian.Uint32(header[20:]))
			continue
		}
		r, err := c.requestOf(number, header)
		if err != nil {
			return
		}
		switch {
		case r.pipe&0x7F == 0:
			c.control(r)
		case r.pipe&0x80 != 0:
			c.ask(r)
		default:
			c.take(r)
		}
	}
}

func (c *cable) requestOf(number uint32, header []byte) (request, error) {
	big, s := binary.BigEndian, header[40:48]
	r := request{number: number, pipe: byte(big.Uint32(header[16:])), length: int(int32(big.Uint32(header[24:])))} // #nosec G115 -- the kernel's own fields
	little := binary.LittleEndian
	r.setup = Setup{Type: s[0], Request: s[1], Value: little.Uint16(s[2:]), Index: little.Uint16(s[4:]), Length: little.Uint16(s[6:])}
	if toHost := big.Uint32(header[12:]) == 1; toHost {
		r.pipe |= 0x80
		return r, nil
	}
	r.data = make([]byte, max(0, r.length))
	_, err := io.ReadFull(c.end, r.data)
	return r, err
}

// answer ends a transfer. A cable that is out carries nothing.
func (c *cable) answer(number uint32, kind uint32, status int32, length int, data []byte) {
	message := make([]byte, headerSize, headerSize+len(data))
	big := binary.BigEndian
	big.PutUint32(message, kind)
	big.PutUint32(message[4:], number)
	big.PutUint32(message[20:], uint32(status)) // #nosec G115 -- a negative number's bits
	big.PutUint32(message[24:], uint32(length)) // #nosec G115 -- at most what was asked
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := c.end.Write(append(message, data...)); err != nil && !errors.Is(err, os.ErrClosed) {
		c.cancel()
	}
}

// ask gives data towards the host, or keeps the transfer waiting.
func (c *cable) ask(r request) {
	if c.device.halted(r.pipe) {
		c.answer(r.number, answerToSubmit, stalled, 0, nil)
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.asked[r.pipe] = append(c.asked[r.pipe], r)
	c.match(r.pipe)
}

func (c *cable) send(pipe byte, data []byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.ready[pipe] = append(c.ready[pipe], append([]byte(nil), data...))
	c.match(pipe)
}

func (c *cable) waiting(pipe byte) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.ready[pipe])
}

func (c *cable) drop(pipe byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.ready[pipe] = nil
}

// match brings data and transfers together; the mutex is held.
func (c *cable) match(pipe byte) {
	for len(c.asked[pipe]) > 0 && len(c.ready[pipe]) > 0 {
		r, data := c.asked[pipe][0], c.ready[pipe][0]
		n := min(len(data), r.length)
		c.asked[pipe] = c.asked[pipe][1:]
		if c.ready[pipe][0] = data[n:]; n == len(data) {
			c.ready[pipe] = c.ready[pipe][1:]
		}
		c.answer(r.number, answerToSubmit, 0, n, data[:n])
	}
}

// refuse ends the waiting transfers of a pipe that was halted.
func (c *cable) refuse(pipe byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, r := range c.asked[pipe] {
		c.answer(r.number, answerToSubmit, stalled, 0, nil)
	}
	c.asked[pipe], c.ready[pipe] = nil, nil
}

// take hands what the host sends to the device, pipe by pipe in order.
func (c *cable) take(r request) {
	c.mutex.Lock()
	c.pending[r.number] = true
	queue, known := c.taking[r.pipe]
	if !known {
		queue = make(chan request, 256)
		c.taking[r.pipe] = queue
		c.work.Go(func() {
			for r := range queue {
				c.receive(r)
			}
		})
	}
	c.mutex.Unlock()
	select {
	case queue <- r:
	case <-c.ctx.Done():
	}
}

func (c *cable) receive(r request) {
	if c.device.halted(r.pipe) {
		c.finish(r.number, stalled, 0)
		return
	}
	if !c.waits(r.number) {
		return
	}
	if c.device.model.Receive != nil {
		c.device.model.Receive(c.ctx, r.pipe, r.data)
	}
	if c.ctx.Err() == nil {
		c.finish(r.number, 0, len(r.data))
	}
}

func (c *cable) waits(number uint32) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.pending[number]
}

// finish answers a transfer from the host unless that gave it up meanwhile.
func (c *cable) finish(number uint32, status int32, length int) {
	c.mutex.Lock()
	waits := c.pending[number]
	delete(c.pending, number)
	c.mutex.Unlock()
	if waits {
		c.answer(number, answerToSubmit, status, length, nil)
	}
}

// unlink gives a transfer up that the host no longer wants. One that was answered already is none of it.
func (c *cable) unlink(number, wanted uint32) {
	c.mutex.Lock()
	found := c.pending[wanted]
	delete(c.pending, wanted)
	for pipe, waiting := range c.asked {
		for i, r := range waiting {
			if r.number == wanted {
				c.asked[pipe] = append(waiting[:i:i], waiting[i+1:]...)
				found = true
				break
			}
		}
	}
	c.mutex.Unlock()
	status := int32(0)
	if found {
		status = broken
	}
	c.answer(number, answerToUnlink, status, 0, nil)
}
