// Package powercut cuts the power under a terminal: a virtual disk that forgets what was not flushed, the machine that
// writes on it, and a look at what is left. For tests; no program may hold it.
package powercut

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// entry is one thing that happened to a disk, in the order of arrival: a write, a flush, or something the machine said.
type entry struct {
	at    time.Time
	flush bool
	// through says that this write is safe when it is answered, without a flush.
	through bool
	offset  int64
	data    []byte
	said    string
}

// Disk is a disk in memory with a cache that a power cut empties: only what was flushed is safe. It remembers all that happened to it.
type Disk struct {
	mu   sync.Mutex
	base []byte // what was safe at the beginning
	now  []byte // what a reader sees
	log  []entry
}

// NewDisk is a disk with a content, which it takes over.
func NewDisk(content []byte) *Disk { return &Disk{base: content, now: slices.Clone(content)} }

// Size is the disk's size in bytes.
func (d *Disk) Size() int64 { return int64(len(d.base)) }

// ReadAt reads what was written last, flushed or not.
func (d *Disk) ReadAt(p []byte, offset int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.inside(offset, len(p)) {
		return fmt.Errorf("read %d bytes at %d: past the end of the disk", len(p), offset)
	}
	copy(p, d.now[offset:])
	return nil
}

// WriteAt writes into the cache, or through it. It keeps p.
func (d *Disk) WriteAt(p []byte, offset int64, through bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.inside(offset, len(p)) {
		return fmt.Errorf("write %d bytes at %d: past the end of the disk", len(p), offset)
	}
	copy(d.now[offset:], p)
	d.log = append(d.log, entry{at: time.Now(), offset: offset, data: p, through: through})
	return nil
}

// Flush makes safe what was written.
func (d *Disk) Flush() { d.note(entry{flush: true}) }

// Say notes what the machine told the world: whatever it is must be true of the disk from here on.
func (d *Disk) Say(words string) { d.note(entry{said: words}) }

func (d *Disk) note(e entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e.at = time.Now()
	d.log = append(d.log, e)
}

func (d *Disk) inside(offset int64, length int) bool {
	return offset >= 0 && offset+int64(length) <= int64(len(d.base))
}

// happened is the log so far.
func (d *Disk) happened() []entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.log)
}
