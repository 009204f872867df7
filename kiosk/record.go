package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/kiosk/journey"
)

// recorder keeps a picture of each screen and when it was shown, for a demo by
// hand. It goes on where the process before the last replacement stopped.
type recorder struct {
	dir    string
	now    func() time.Time
	serial int
	Name   string `json:"name"`
	Steps  []shot `json:"steps"`
}

// shot is one screen as it was shown.
type shot struct {
	Step    int       `json:"step"` // from 1
	Screen  string    `json:"screen"`
	At      time.Time `json:"at"`
	Picture string    `json:"picture"`
}

func openRecorder(dir string, now func() time.Time) (*recorder, error) {
	r := &recorder{dir: dir, now: now, serial: -1, Name: "by hand"}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for pictures: %w", err)
	}
	content, err := os.ReadFile(r.path("journey.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(content, r)
	}
	if err != nil {
		return nil, fmt.Errorf("go on recording: %w", err)
	}
	return r, nil
}

func (r *recorder) path(name string) string { return filepath.Join(r.dir, name) }

// keep saves the screen the first time a state with this serial is shown.
func (r *recorder) keep(state journey.State, capture func() image.Image) error {
	if state.Serial == r.serial {
		return nil
	}
	r.serial = state.Serial
	s := shot{Step: len(r.Steps) + 1, Screen: string(state.Screen), At: r.now()}
	s.Picture = fmt.Sprintf("%02d-%s.png", s.Step, state.Screen)
	file, err := os.Create(r.path(s.Picture))
	if err != nil {
		return fmt.Errorf("keep a picture: %w", err)
	}
	if err := errors.Join(png.Encode(file, capture()), file.Close()); err != nil {
		return fmt.Errorf("keep a picture: %w", err)
	}
	r.Steps = append(r.Steps, s)
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the record: %w", err)
	}
	if err := os.WriteFile(r.path("journey.json"), content, 0o644); err != nil {
		return fmt.Errorf("keep the record: %w", err)
	}
	return nil
}
