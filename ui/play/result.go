package play

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Result is what happened: written as journey.json.
type Result struct {
	Name    string         `json:"name"`
	Started time.Time      `json:"started"`
	Took    Seconds        `json:"took"`
	Steps   []Outcome      `json:"steps"`
	Entered map[string]any `json:"entered"` // what was entered, by the steps' as
	Seen    map[string]any `json:"seen"`    // what was read from the screen, by the steps' as
	Shots   []string       `json:"shots"`
	Error   string         `json:"error,omitempty"`
}

// Outcome is one step's.
type Outcome struct {
	Step   int     `json:"step"` // from 1
	What   string  `json:"what"`
	At     Seconds `json:"at"` // since the start
	Took   Seconds `json:"took"`
	Screen string  `json:"screen,omitempty"` // afterwards
	Note   string  `json:"note,omitempty"`
}

// Seconds are written with three digits.
type Seconds float64

// MarshalJSON writes milliseconds at most.
func (s Seconds) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprintf("%.3f", float64(s))), nil }

func seconds(d time.Duration) Seconds { return Seconds(d.Seconds()) }

// Write writes the result as an indented JSON file.
func (r *Result) Write(path string) error {
	bytes, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(path, append(bytes, '\n'), 0o644); err != nil { //nolint:gosec // a result to be read
		return fmt.Errorf("write the journey's result: %w", err)
	}
	return nil
}
