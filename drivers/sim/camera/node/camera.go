package node

import (
	"context"
	"image"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"

	"bianmin/drivers/sim/camera"
)

// Trouble is what is wrong with a camera, its driver in the kernel, or with who else uses it.
type Trouble struct {
	camera.Trouble
	Busy    bool // another program looks through it
	Denied  bool // nobody may open it
	Strange bool // its pictures are H.264, whatever is asked for
	Late    time.Duration
}

// Camera is a simulated document camera. Its methods are safe for use by several goroutines.
type Camera struct {
	folder  *fs.Inode
	name    string
	path    string
	options camera.Options
	running context.Context // of the pictures, ends with it
	end     context.CancelFunc

	mutex   sync.Mutex
	lens    *image.Gray
	trouble Trouble
	armed   []Strike
	random  *rand.Rand
	events  int     // since they were armed
	struck  int     // of them
	file    *file   // nil while it is unplugged
	owner   *handle // who has chosen a format, as the kernel keeps others away from then on
	begun   int     // how often it was switched on
	last    camera.Mode
}

// numbers are those of the files: each plugging is another one.
var numbers atomic.Uint64

// Link is the camera's link for a configuration file.
func (c *Camera) Link() string { return "video:" + c.path }

// Replug plugs it in. Each plugging makes another file: what was opened before stays gone.
func (c *Camera) Replug() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.file == nil {
		c.file = &file{camera: c}
		c.folder.AddChild(c.name, c.folder.NewPersistentInode(c.running, c.file, fs.StableAttr{Mode: syscall.S_IFREG, Ino: 1 + numbers.Add(1)}), true)
	}
}

// Unplug pulls its cable.
func (c *Camera) Unplug() {
	c.mutex.Lock()
	left := c.pull()
	c.mutex.Unlock()
	left.stop()
}

// pull is Unplug without the wait for the last picture; the mutex is held.
func (c *Camera) pull() *handle {
	left := c.owner
	if c.file != nil {
		c.folder.RmChild(c.name)
		c.file.ForgetPersistent()
	}
	c.file, c.owner = nil, nil
	return left
}

// Plugged tells whether it is plugged in.
func (c *Camera) Plugged() bool { return c.there() != nil }

func (c *Camera) there() *file {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.file
}

// Lay puts another page before the lens.
func (c *Camera) Lay(lens *image.Gray) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.lens = lens
}

// Have gives the camera trouble; the zero Trouble takes it away.
func (c *Camera) Have(trouble Trouble) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.trouble = trouble
}

// Trouble is what it has now.
func (c *Camera) Trouble() Trouble {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.trouble
}

// On tells whether it is switched on now, how often it was, and with what the last time.
func (c *Camera) On() (now bool, times int, last camera.Mode) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.owner != nil && c.owner.on(), c.begun, c.last
}
