package standing

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/packaging/lockfile"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

const (
	refusedFile = "settings-refused.json"
	lockFile    = "settings.lock"
)

// Refused is the newest settings that were refused whole, and why.
type Refused struct {
	Number int64  `json:"number"` // 0 for none
	Key    string `json:"key"`
	Reason string `json:"reason"`
}

// note keeps that settings were refused, until newer ones are taken.
func note(folder string, who Who, refusal *Refusal) error {
	if known, err := LoadRefused(folder, who); err != nil || known.Number >= refusal.Number {
		return err
	}
	content, err := json.Marshal(Refused{refusal.Number, refusal.Key, refusal.Err.Error()})
	if err != nil {
		return fmt.Errorf("note the refused settings: %w", err)
	}
	return seal.WriteFile(filepath.Join(folder, refusedFile), content)
}

// LoadRefused gives what was refused and is newer than what is here.
func LoadRefused(folder string, who Who) (Refused, error) {
	content, err := os.ReadFile(filepath.Join(folder, refusedFile)) // #nosec G304 -- our own folder
	if errors.Is(err, fs.ErrNotExist) {
		return Refused{}, nil
	}
	if err != nil {
		return Refused{}, fmt.Errorf("read the refused settings: %w", err)
	}
	var refused Refused
	if json.Unmarshal(content, &refused) != nil {
		return Refused{}, nil // a note, which the next refusal writes anew
	}
	if here, err := Load(folder, who); err == nil && here.Number >= refused.Number {
		return Refused{}, nil
	}
	return refused, nil
}

// Held is what the platform is told about this terminal's settings.
func Held(folder string, who Who) (*wire.SettingsHeld, error) {
	here, err := Load(folder, who)
	refused, err2 := LoadRefused(folder, who)
	held := &wire.SettingsHeld{Number: here.Number, Unknown: here.Unknown}
	if refused.Number > 0 {
		held.Refused, held.Reason = refused.Number, cut(refused.Key+": "+refused.Reason)
	}
	return held, errors.Join(err, err2)
}

// cut keeps a reason within the contract.
func cut(reason string) string {
	if r := []rune(reason); len(r) > 300 {
		return string(r[:300])
	}
	return reason
}

// lockWait is far longer than settings take to be taken.
const lockWait = 30 * time.Second

// lock keeps sender and technician from taking settings at the same moment.
func lock(folder string) (unlock func() error, err error) {
	return lockfile.Within(lockWait, filepath.Join(folder, lockFile), lockfile.Alone)
}
