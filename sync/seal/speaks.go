package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bianmin/sync/wire"
)

const speaksFile = "speaks.json"

// SaveSpeaks keeps what the platform says it understands beside the keys, synced, when that changed; nil is a platform that says
// nothing. Programs that seal packets read it with the identity.
func SaveSpeaks(folder string, said *wire.Speaks) error {
	path := filepath.Join(folder, speaksFile)
	if said == nil {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget what the platform understands: %w", err)
		}
		return nil
	}
	content, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("keep what the platform understands: %w", err)
	}
	if known, err := os.ReadFile(path); err == nil && string(known) == string(content) { // #nosec G304 -- our own folder
		return nil
	}
	return WriteFile(path, content)
}

// LoadSpeaks gives what the platform said last that it understands; nil when it said nothing. A file that cannot be read counts as
// nothing said: everybody understands the first version, and the next answer brings the word again.
func LoadSpeaks(folder string) *wire.Speaks {
	content, err := os.ReadFile(filepath.Join(folder, speaksFile)) // #nosec G304 -- our own folder
	if err != nil {
		return nil
	}
	var said wire.Speaks
	if json.Unmarshal(content, &said) != nil {
		return nil
	}
	return &said
}
