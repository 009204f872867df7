// Package diary keeps what a terminal notes of itself: files of records in its data folder, one JSON object a line, the
// newest last. A file is replaced as a whole, so that a power cut leaves the old or the new one. It must not know what
// the records mean, and nothing of people goes in.
package diary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bianmin/sync/seal"
)

// damagedKept is how many damaged files are kept aside at most.
const damagedKept = 5

// Diary is one such file.
type Diary[T any] struct {
	Data string // the data folder
	File string // the file's name in it
	// Trim says which records stay; nil lets all stay.
	Trim func(all []T) (stay []bool)
	// Damaged is the error of a file that cannot be read in parts.
	Damaged error
}

// line is a record as it stands in the file: what a newer version wrote into it stays when an older one adds a line.
type line[T any] struct {
	raw    json.RawMessage
	record T
}

// Add adds records. Where there is no data folder nothing is kept. A damaged file is kept aside as it is, and what can be
// read of it stays.
func (d Diary[T]) Add(records ...T) error {
	if _, err := os.Stat(d.Data); errors.Is(err, fs.ErrNotExist) {
		return nil // no terminal yet, so nothing to remember it by
	}
	path := filepath.Join(d.Data, d.File)
	lines, err := d.read()
	if errors.Is(err, d.Damaged) {
		damaged, err := os.ReadFile(path) // #nosec G304 -- the terminal's own folder
		if err = errors.Join(err, seal.WriteFile(aside(path), damaged)); err != nil {
			return fmt.Errorf("keep the damaged %s aside: %w", d.File, err)
		}
	} else if err != nil {
		return err
	}
	for _, r := range records {
		raw, err := encode(r)
		if err != nil {
			return fmt.Errorf("write into %s: %w", d.File, err)
		}
		lines = append(lines, line[T]{raw: raw, record: r})
	}
	var out bytes.Buffer
	for _, l := range d.trimmed(lines) {
		out.Write(l.raw)
		out.WriteByte('\n')
	}
	return seal.WriteFile(path, out.Bytes())
}

func encode(record any) (json.RawMessage, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(record)
	return bytes.TrimSpace(out.Bytes()), err
}

func (d Diary[T]) trimmed(lines []line[T]) []line[T] {
	if d.Trim == nil {
		return lines
	}
	all := make([]T, 0, len(lines))
	for _, l := range lines {
		all = append(all, l.record)
	}
	var left []line[T]
	for i, stays := range d.Trim(all) {
		if stays {
			left = append(left, lines[i])
		}
	}
	return left
}

// aside is where a damaged file is kept: the first and the newest are the ones that tell most.
func aside(path string) string {
	name := path + ".damaged"
	for n := 2; n <= damagedKept; n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			break
		}
		name = fmt.Sprintf("%s-%d", path+".damaged", n)
	}
	return name
}

// All gives the records, oldest first; beside Damaged those that can be read.
func (d Diary[T]) All() ([]T, error) {
	lines, err := d.read()
	var all []T
	for _, l := range lines {
		all = append(all, l.record)
	}
	return all, err
}

func (d Diary[T]) read() (lines []line[T], err error) {
	content, err := os.ReadFile(filepath.Join(d.Data, d.File)) // #nosec G304 -- the terminal's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", d.File, err)
	}
	damaged := 0
	for raw := range bytes.Lines(content) {
		l := line[T]{raw: bytes.TrimSpace(raw)}
		if json.Unmarshal(l.raw, &l.record) != nil {
			damaged++
			continue
		}
		lines = append(lines, l)
	}
	if damaged > 0 {
		return lines, fmt.Errorf("%w: %d of %d records", d.Damaged, damaged, damaged+len(lines))
	}
	return lines, nil
}

// Newest is a Trim that lets the last most records stay.
func Newest[T any](most int) func(all []T) []bool {
	return func(all []T) []bool {
		stay := make([]bool, len(all))
		for i := range all {
			stay[i] = len(all)-i <= most
		}
		return stay
	}
}
