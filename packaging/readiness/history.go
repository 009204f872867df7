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
)

// Keep adds a report to the terminal's history, of which the last 60 are kept.
func Keep(data string, r Report) error {
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return nil // no terminal yet, so nothing to remember it by
	}
	kept, err := History(data)
	if err != nil {
		kept = nil // damaged: the history begins anew
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
	return seal.WriteFile(filepath.Join(data, historyFile), out.Bytes())
}

// History gives the reports that were kept, oldest first.
func History(data string) ([]Report, error) {
	content, err := os.ReadFile(filepath.Join(data, historyFile)) // #nosec G304 -- the terminal's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	var all []Report
	for line := range bytes.Lines(content) {
		var r Report
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		all = append(all, r)
	}
	return all, nil
}
