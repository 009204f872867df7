package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
	file       *os.File
	known      bool // the content was in order when it was opened
	generation byte
	count      int64
}

func openHighWater(path string) (*highWater, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- our own folder
	if err != nil {
		return nil, fmt.Errorf("open high-water file: %w", err)
	}
	w := &highWater{file: file}
	content := make([]byte, waterSize)
	if n, _ := file.ReadAt(content, 0); n == waterSize {
		sum := seal.Sum(content[:waterBody])
		if string(content[:4]) == waterMagic && string(content[waterBody:]) == string(sum[:waterBody]) {
			w.known, w.generation = true, content[4]
			w.count = int64(binary.BigEndian.Uint64(content[8:])) // #nosec G115 -- we wrote it
		}
	}
	return w, nil
}

// begin makes the file durable with its first content.
func (w *highWater) begin(generation byte, count int64) error {
	if err := w.set(generation, count); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("sync high-water file: %w", err)
	}
	return seal.SyncFolder(filepath.Dir(w.file.Name()))
}

func (w *highWater) set(generation byte, count int64) error {
	content := make([]byte, 0, waterSize)
	content = append(content, waterMagic...)
	content = append(content, generation, 0, 0, 0)
	content = binary.BigEndian.AppendUint64(content, uint64(count)) // #nosec G115 -- never negative
	sum := seal.Sum(content)
	if _, err := w.file.WriteAt(append(content, sum[:waterBody]...), 0); err != nil {
		return fmt.Errorf("write high-water file: %w", err)
	}
	w.known, w.generation, w.count = true, generation, count
	return nil
}

// holds tells whether a database with so many commits may accept under a generation.
func (w *highWater) holds(generation byte, commits int64) bool {
	if !w.known {
		return commits == 0
	}
	return generation != w.generation || commits >= w.count
}

func (w *highWater) close() error {
	if w.file == nil {
		return nil
	}
	return errors.Join(w.file.Close())
}
