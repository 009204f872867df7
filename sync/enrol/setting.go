package enrol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// LoadSettings reads the settings the platform gave with the enrolment in a
// keys folder, as words; none when there is no enrolment. Values that are
// neither text nor number nor yes/no are left out.
func LoadSettings(folder string) (map[string]string, error) {
	content, err := os.ReadFile(filepath.Join(folder, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the enrolment's settings: %w", err)
	}
	var record struct {
		Settings map[string]any `json:"settings"`
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber() // 30 stays "30"
	if err := decoder.Decode(&record); err != nil {
		return nil, fmt.Errorf("read the enrolment's settings: %w", err)
	}
	settings := map[string]string{}
	for key, value := range record.Settings {
		switch v := value.(type) {
		case string:
			settings[key] = v
		case json.Number:
			settings[key] = v.String()
		case bool:
			settings[key] = strconv.FormatBool(v)
		}
	}
	return settings, nil
}
