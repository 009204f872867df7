package node

import (
	"image"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

// Strike is one thing that goes wrong after so many things that a program has asked of the camera, or it has taken.
type Strike struct {
	At   int    // openings, requests and pictures since it was armed
	What string // one of Strikes
	N    int    // how much of it
}

// Strikes are what can go wrong.
var Strikes = []string{
	"pull",    // the cable
	"freeze",  // no picture comes any more
	"late",    // those that come are so many milliseconds late
	"cut",     // of the next picture the first N hundredths come
	"noise",   // the next picture is none
	"shift",   // the next picture begins with N bytes of the one before
	"refuse",  // the next request is answered with one of the errors that kernels have for it
	"strange", // its format is another from now on
}

// Arm has the camera plugged in, well but for what is armed from now on.
func (c *Camera) Arm(seed uint64, strikes []Strike) {
	c.Replug()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.trouble, c.events, c.struck = Trouble{}, 0, 0
	c.armed, c.random = slices.Clone(strikes), rand.New(rand.NewPCG(seed, 0xCA))
}

// Struck is how many of what was armed has come to pass.
func (c *Camera) Struck() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.struck
}

// refusals are what a kernel answers where the hardware does not do as it is told.
var refusals = []syscall.Errno{syscall.EIO, syscall.EPIPE, syscall.EPROTO, syscall.ENOSPC, syscall.ENOMEM, syscall.ETIMEDOUT, syscall.EINVAL, syscall.EBUSY}

// strike counts a request and says how it is answered where not as usual.
func (c *Camera) strike(at *file) (answer syscall.Errno) {
	c.mutex.Lock()
	c.events++
	var left *handle
	for _, s := range c.due("pull", "freeze", "late", "refuse", "strange") {
		switch s.What {
		case "pull":
			left = c.pull()
		case "freeze":
			c.trouble.Frozen = true
		case "late":
			c.trouble.Late = time.Duration(s.N) * time.Millisecond
		case "strange":
			c.trouble.Strange = true
		case "refuse":
			answer = refusals[s.N%len(refusals)]
		}
	}
	if c.file != at {
		answer = syscall.ENODEV
	}
	c.mutex.Unlock()
	left.stop()
	return answer
}

// due takes those of some kinds whose time has come; the mutex is held.
func (c *Camera) due(kinds ...string) (due []Strike) {
	c.armed = slices.DeleteFunc(c.armed, func(s Strike) bool {
		is := s.At < c.events && slices.Contains(kinds, s.What)
		if is {
			due = append(due, s)
		}
		return is
	})
	c.struck += len(due)
	return due
}

// sees is what there is to be filmed now, with what is wrong, and with what happens to the next picture on its way.
func (c *Camera) sees() (lens *image.Gray, trouble Trouble, on func([]byte) []byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.events++
	due := c.due("cut", "noise", "shift")
	return c.lens, c.trouble, func(data []byte) []byte {
		for _, s := range due {
			switch s.What {
			case "cut":
				data = data[:len(data)*(s.N%100)/100]
			case "noise":
				data = c.noise(1 + s.N%max(len(data), 1))
			case "shift":
				data = slices.Concat(data[len(data)-s.N%max(len(data), 1):], data)
			}
		}
		return data
	}
}

func (c *Camera) noise(n int) []byte {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(c.random.Uint32())
	}
	return data
}
