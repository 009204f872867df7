package readiness

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

const (
	historyFile = "readiness.jsonl" // in the data folder, one report a line, the newest last
	historyKept = 60
	damagedKept = 5
)

// ErrDamaged says that a part of the history cannot be read; the rest was given.
var ErrDamaged = errors.New("a part of the history cannot be read")

// Keep adds a report to the terminal's history, of which the last 60 are kept. A history that is damaged is kept aside
// as it is, and what can be read of it stays.
func Keep(data string, r Report) error {
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return nil // no terminal yet, so nothing to remember it by
	}
	path := filepath.Join(data, historyFile)
	kept, err := History(data)
	if errors.Is(err, ErrDamaged) {
		damaged, err := os.ReadFile(path) // #nosec G304 -- the terminal's own folder
		if err = errors.Join(err, seal.WriteFile(aside(path), damaged)); err != nil {
			return fmt.Errorf("keep the damaged history aside: %w", err)
		}
	} else if err != nil {
		return err
	}
	kept = append(kept, r)
	if over := len(kept) - historyKept; over > 0 {
		kept = kept[over:]
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for _, each := range kept {
		if err := encoder.Encode(each); err != nil {
			return fmt.Errorf("keep the report: %w", err)
		}
	}
	return seal.WriteFile(path, out.Bytes())
}

// aside is where a damaged history is kept: the first and the newest are the ones that tell most.
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

// History gives the reports that were kept, oldest first; beside ErrDamaged those that can be read.
func History(data string) ([]Report, error) {
	content, err := os.ReadFile(filepath.Join(data, historyFile)) // #nosec G304 -- the terminal's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	var all []Report
	damaged := 0
	for line := range bytes.Lines(content) {
		var r Report
		if json.Unmarshal(line, &r) != nil {
			damaged++
			continue
		}
		all = append(all, r)
	}
	if damaged > 0 {
		return all, fmt.Errorf("%w: %d of %d reports", ErrDamaged, damaged, damaged+len(all))
	}
	return all, nil
}
