package node

import (
	"context"
	"sync"
	"syscall"
	"time"

	"bianmin/drivers/sim/camera"
)

// handle is a camera that a program has opened.
type handle struct {
	camera *Camera
	file   *file

	mutex    sync.Mutex
	mode     camera.Mode
	memory   [][]byte // of the pictures, as the program has asked for it
	free     []int    // handed over to be filled, oldest first
	full     []filled // oldest first
	taken    bool     // the last request for a picture was answered with one
	sequence uint32
	more     chan struct{} // told after each picture
	cancel   context.CancelFunc
	pictures sync.WaitGroup
}

// filled is a picture in its memory.
type filled struct {
	index, used int
	number      uint32
	at          time.Time
}

const (
	pause  = 50 * time.Millisecond  // between two pictures
	glance = 500 * time.Millisecond // see dequeue
	page   = 4096
)

// room is how much memory a picture takes at the most.
func (h *handle) room() int { return (2*h.mode.Size.X*h.mode.Size.Y + page - 1) / page * page }

// request is the order for memory, of so many pictures.
func (h *handle) request(out []byte) syscall.Errno {
	c := h.camera
	c.mutex.Lock()
	owns := c.owner == h
	c.mutex.Unlock()
	if !owns || le.Uint32(out[8:]) != mapped {
		return syscall.EINVAL
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.cancel != nil {
		return syscall.EBUSY
	}
	n := min(le.Uint32(out), most)
	h.memory, h.free, h.full = make([][]byte, n), nil, nil
	for i := range h.memory {
		h.memory[i] = make([]byte, h.room())
	}
	le.PutUint32(out, n)
	return 0
}

// tell says where a picture's memory lies.
func (h *handle) tell(out []byte) syscall.Errno {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	i := int(le.Uint32(out))
	if i >= len(h.memory) {
		return syscall.EINVAL
	}
	h.describe(out, i, isMapped)
	return 0
}

func (h *handle) describe(out []byte, i int, flags uint32) {
	clear(out)
	for at, v := range map[int]uint32{0: uint32(i), 4: capture, 12: flags | monotonic, 16: noField, 60: mapped, 64: uint32(i * reserved), 72: uint32(len(h.memory[i]))} { // #nosec G115 -- a few megabytes
		le.PutUint32(out[at:], v)
	}
}

// queue hands a picture's memory over.
func (h *handle) queue(out []byte) syscall.Errno {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	i := int(le.Uint32(out))
	if i >= len(h.memory) {
		return syscall.EINVAL
	}
	h.free = append(h.free, i)
	h.describe(out, i, isMapped|isQueued)
	return 0
}

// dequeue gives the oldest picture. The library of FUSE knows no poll, so that programs hear at once that there is one: who asks then, and has
// not just taken one, waits for it here.
func (h *handle) dequeue(ctx context.Context, out []byte) syscall.Errno {
	h.mutex.Lock()
	on, more, wait := h.cancel != nil, h.more, len(h.full) == 0 && !h.taken
	h.taken = false
	h.mutex.Unlock()
	if !on {
		return syscall.EINVAL
	}
	if wait {
		timer := time.NewTimer(glance)
		defer timer.Stop()
		select {
		case <-more:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	gone := h.camera.there() != h.file
	h.mutex.Lock()
	defer h.mutex.Unlock()
	switch {
	case gone:
		return syscall.ENODEV
	case len(h.full) == 0:
		return syscall.EAGAIN
	}
	one := h.full[0]
	h.full, h.taken = h.full[1:], true
	h.describe(out, one.index, isMapped|isDone)
	le.PutUint32(out[8:], uint32(one.used)) // #nosec G115 -- a few megabytes
	le.PutUint32(out[56:], one.number)
	stamp(out, one.at)
	return 0
}

// start switches the camera on.
func (h *handle) start() syscall.Errno {
	c := h.camera
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch {
	case c.owner != h:
		return syscall.EINVAL
	case c.trouble.Refuse:
		return syscall.EPIPE
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.cancel != nil || len(h.memory) == 0 {
		return syscall.EINVAL
	}
	ctx, cancel := context.WithCancel(c.running)
	h.cancel, h.more = cancel, make(chan struct{}, 1)
	c.begun++
	c.last = h.mode
	h.pictures.Go(func() { h.film(ctx) })
	return 0
}

func (h *handle) on() bool {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.cancel != nil
}

// stop switches it off and waits for its last picture. It may be nobody's.
func (h *handle) stop() {
	if h == nil {
		return
	}
	h.mutex.Lock()
	cancel := h.cancel
	h.cancel, h.free, h.full = nil, nil, nil
	h.mutex.Unlock()
	if cancel != nil {
		cancel()
		h.pictures.Wait()
	}
}

// film makes one picture after another; one that has no memory to go to is left out.
func (h *handle) film(ctx context.Context) {
	every := time.NewTicker(pause)
	defer every.Stop()
	var pictures camera.Pictures
	for n := 0; ; n++ {
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
		lens, trouble, lie := h.camera.sees()
		if trouble.Frozen {
			continue
		}
		mode := h.mode
		data, err := pictures.Next(lens, mode, trouble.Trouble, n < h.camera.options.Dim)
		if err != nil {
			panic(err) // it only encodes what it has drawn itself
		}
		if trouble.Late > 0 {
			late := time.NewTimer(trouble.Late)
			select {
			case <-late.C:
			case <-ctx.Done():
				late.Stop()
				return
			}
		}
		h.fill(lie(data))
	}
}

// fill puts a picture into the next free memory.
func (h *handle) fill(data []byte) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.sequence++
	if len(h.free) == 0 || h.cancel == nil {
		return
	}
	i := h.free[0]
	n := copy(h.memory[i], data)
	end := min((n+page-1)/page*page, len(h.memory[i]))
	clear(h.memory[i][n:end])
	if h.file.WriteCache(int64(i*reserved), h.memory[i][:end]) != 0 {
		return // nobody has it open any more
	}
	h.free = h.free[1:]
	h.full = append(h.full, filled{i, n, h.sequence, time.Now()})
	select {
	case h.more <- struct{}{}:
	default:
	}
}
