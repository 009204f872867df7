// Package linkstate hands from the sender to the programs at the screen why
// nothing goes out, since when, when the next try comes, and how far a long
// packet is. It goes through one small file in the data folder and must not hold
// anything personal.
package linkstate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	file = "link.json"
	// Every is how often an unchanged state is written anew, so that its age tells whether the sender lives.
	Every = time.Minute
	fresh = 3 * Every
)

// State is how the link stands.
type State struct {
	At     time.Time `json:"at"`               // of this word
	Why    string    `json:"why,omitempty"`    // a reason of package channel, or "store"; "" while the platform is reached
	Since  time.Time `json:"since,omitzero"`   // of the reason
	Next   time.Time `json:"next,omitzero"`    // next try, zero when it comes at once or is not known
	Hold   string    `json:"hold,omitempty"`   // why scanned pages wait although the platform is reached: quiet, metered, forms
	Packet string    `json:"packet,omitempty"` // id of the packet under way
	Held   int64     `json:"held,omitempty"`   // bytes of the packet under way that have gone out
	Total  int64     `json:"total,omitempty"`  // of all its bytes; 0 while none is under way
	Rate   int64     `json:"rate,omitempty"`   // bytes a second, over the last seconds
}

// Load reads what the sender last said; zero when it said nothing of late.
func Load(folder string, now time.Time) (State, error) {
	content, err := os.ReadFile(filepath.Join(folder, file))
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("read the link's state: %w", err)
	}
	var s State
	if err := json.Unmarshal(content, &s); err != nil {
		return State{}, fmt.Errorf("read the link's state: %w", err)
	}
	if age := now.Sub(s.At); age > fresh || age < -fresh {
		return State{}, nil
	}
	return s, nil
}

// Save writes the state. It needs no sync: after a power cut nobody believes it.
func Save(folder string, s State) error {
	content, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the link's state: %w", err)
	}
	temporary := filepath.Join(folder, file+".new")
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return fmt.Errorf("write the link's state: %w", err)
	}
	if err := os.Rename(temporary, filepath.Join(folder, file)); err != nil {
		return fmt.Errorf("write the link's state: %w", err)
	}
	return nil
}
