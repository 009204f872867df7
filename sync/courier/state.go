package courier

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/store"
	"bianmin/sync/seal"
)

// stateFile lies in the data folder; it names packets, never what is in them.
const stateFile = "courier.json"

// keptTrips is how many bundles are remembered.
const keptTrips = 50

// State is what this terminal remembers of its bundles.
type State struct {
	Number int64  `json:"number"` // of the last bundle
	Trips  []Trip `json:"trips"`  // newest last
}

// Trip is one bundle.
type Trip struct {
	Number   int64      `json:"number"`
	Made     time.Time  `json:"made"`
	Nonce    string     `json:"nonce"`
	Packets  []string   `json:"packets"`
	Left     int        `json:"left"`
	Returned *time.Time `json:"returned,omitempty"` // when its answer was taken; nil while it is on its way
}

func (t Terminal) load() (State, error) {
	content, err := os.ReadFile(filepath.Join(t.Data, stateFile)) // #nosec G304 -- our own folder
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("read what the courier carried: %w", err)
	}
	var s State
	if err := json.Unmarshal(content, &s); err != nil {
		// Numbers that were given before may be given again then: the platform tells bundles apart by their nonce.
		return State{}, nil
	}
	return s, nil
}

func (t Terminal) save(s State) error {
	if n := len(s.Trips) - keptTrips; n > 0 {
		s.Trips = s.Trips[n:]
	}
	content, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("note what the courier carries: %w", err)
	}
	return seal.WriteFile(filepath.Join(t.Data, stateFile), content)
}

func (t Terminal) note(s State, index Index, items []store.Item) error {
	trip := Trip{Number: index.Number, Made: index.Made, Nonce: index.Nonce, Packets: []string{}, Left: index.Left}
	for _, item := range items {
		trip.Packets = append(trip.Packets, item.Packet)
	}
	s.Number, s.Trips = index.Number, append(s.Trips, trip)
	return t.save(s)
}

// returned notes that a bundle's answer was taken.
func (t Terminal) returned(number int64, nonce string) error {
	s, err := t.load()
	if err != nil {
		return err
	}
	now := t.Now().UTC().Truncate(time.Second)
	for i := range s.Trips {
		if s.Trips[i].Number == number && s.Trips[i].Nonce == nonce && s.Trips[i].Returned == nil {
			s.Trips[i].Returned = &now
		}
	}
	return t.save(s)
}

// Trips gives what is remembered of this terminal's bundles, the newest last.
func (t Terminal) Trips() ([]Trip, error) {
	s, err := t.load()
	return s.Trips, err
}
