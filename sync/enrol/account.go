package enrol

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

const (
	staffFile       = "staff.json"
	agentsFile      = "agents.json"
	evaluationsFile = "evaluations.json"
)

// SaveStaff writes the technicians' accounts into a keys folder, synced.
func SaveStaff(folder string, staff []wire.Staff) error {
	if staff == nil {
		staff = []wire.Staff{}
	}
	return saveJSON(folder, staffFile, staff)
}

// LoadStaff reads the technicians' accounts from a keys folder; none when there is no file.
func LoadStaff(folder string) ([]wire.Staff, error) {
	var staff []wire.Staff
	return staff, loadJSON(folder, staffFile, &staff)
}

// SaveAgents writes the accounts of the desk's people into a keys folder, synced.
func SaveAgents(folder string, agents []wire.Agent) error {
	if agents == nil {
		agents = []wire.Agent{}
	}
	return saveJSON(folder, agentsFile, agents)
}

// LoadAgents reads the accounts of the desk's people from a keys folder; none when there is no file.
func LoadAgents(folder string) ([]wire.Agent, error) {
	var agents []wire.Agent
	return agents, loadJSON(folder, agentsFile, &agents)
}

// SaveEvaluations writes how the point's cases were rated into a keys folder, synced.
func SaveEvaluations(folder string, evaluations wire.Evaluations) error {
	return saveJSON(folder, evaluationsFile, evaluations)
}

// LoadEvaluations reads how the point's cases were rated; zero when nothing was said yet.
func LoadEvaluations(folder string) (wire.Evaluations, error) {
	var evaluations wire.Evaluations
	return evaluations, loadJSON(folder, evaluationsFile, &evaluations)
}

func saveJSON(folder, name string, value any) error {
	content, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return seal.WriteFile(filepath.Join(folder, name), content)
}

// loadJSON leaves value alone when there is no file.
func loadJSON(folder, name string, value any) error {
	content, err := os.ReadFile(filepath.Join(folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(content, value); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}
