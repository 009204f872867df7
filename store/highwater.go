package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"bianmin/sync/seal"
)

// The high-water file lies outside the database and counts the case events ever
// committed, so that a database put back from a copy is found out: it has fewer.
//
//	"BMHW" | 1 byte generation letter | 3 bytes 0 | u64 BE count | 16 bytes of SM3 of those 16
//
// It is one sector written in place after each commit, without a sync: after a
// power cut it may lag behind, never run ahead.
const (
	waterMagic = "BMHW"
	waterBody  = 16
	waterSize  = 32
)

type highWater struct {
	path string
	mu   sync.Mutex
	file *os.File // nil until the file is there
	level
}

// level is what the file says.
type level struct {
	known      bool // the content was in order when it was opened
	generation byte
	count      int64
}

// openHighWater reads the file; begin makes it when there is none.
func openHighWater(path string) (*highWater, error) {
	w := &highWater{path: path}
	return w, w.load()
}

// load opens the file where it is there, and takes what it says where that is in order.
func (w *highWater) load() error {
	if w.file == nil {
		file, err := os.OpenFile(w.path, os.O_RDWR, 0o600) // #nosec G304 -- our own folder
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("open high-water file: %w", err)
		}
		w.file = file
	}
	content := make([]byte, waterSize)
	if n, _ := w.file.ReadAt(content, 0); n == waterSize {
		sum := seal.Sum(content[:waterBody])
		if string(content[:4]) == waterMagic && string(content[waterBody:]) == string(sum[:waterBody]) {
			w.known, w.generation = true, content[4]
			w.count = int64(binary.BigEndian.Uint64(content[8:])) // #nosec G115 -- we wrote it
		}
	}
	return nil
}

// begin makes the file durable with its first content.
func (w *highWater) begin(generation byte, count int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		file, err := os.OpenFile(w.path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- our own folder
		if err != nil {
			return fmt.Errorf("make high-water file: %w", err)
		}
		w.file = file
	}
	if err := w.set(generation, count); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("sync high-water file: %w", err)
	}
	return seal.SyncFolder(filepath.Dir(w.path))
}

// raise notes one more commit; it never lowers the count.
func (w *highWater) raise(generation byte, count int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.set(generation, max(count, w.count))
}

// read is what the file says. One that was not there, or not in order, is looked for again: somebody else may have begun it.
func (w *highWater) read() level {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.known {
		_ = w.load() // it stays unknown
	}
	return w.level
}

func (w *highWater) set(generation byte, count int64) error {
	if w.file == nil {
		return errors.New("write high-water file: there is none")
	}
	content := make([]byte, 0, waterSize)
	content = append(content, waterMagic...)
	content = append(content, generation, 0, 0, 0)
	content = binary.BigEndian.AppendUint64(content, uint64(count)) // #nosec G115 -- never negative
	sum := seal.Sum(content)
	if _, err := w.file.WriteAt(append(content, sum[:waterBody]...), 0); err != nil {
		return fmt.Errorf("write high-water file: %w", err)
	}
	w.level = level{known: true, generation: generation, count: count}
	return nil
}

// holds tells whether a database with so many commits, the last of them under
// the generation last, may go on under a generation. A folder of keys without
// the file is that of a new enrolment; under the old generation it is a copy.
func (w level) holds(generation, last string, commits int64) bool {
	if !w.known {
		return generation != last || commits == 0
	}
	return generation[0] != w.generation || commits >= w.count
}

func (w *highWater) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}
