package update

import (
	"time"

	"bianmin/packaging/update/trial"
)

const lastFile = "last.json"

// Last is how the last attempt ended that did not end well.
type Last struct {
	Code Code      `json:"code"`
	Err  string    `json:"error"`
	At   time.Time `json:"at"`
}

// Note keeps why something was refused, for the next one who asks.
func (u *Updater) Note(why error) error { return u.noteLast(why) }

func (u *Updater) noteLast(why error) error {
	return writeJSON(u.state(lastFile), Last{CodeOf(why), why.Error(), u.Now().UTC()})
}

// Status is how the terminal stands with its versions.
type Status struct {
	Running  string       `json:"running"`
	Keeper   string       `json:"keeper"`           // the last version that proved healthy
	Staged   *Staged      `json:"staged,omitempty"` // lies ready
	Wished   bool         `json:"wished"`           // will be switched to when nobody is served
	Trial    *trial.Trial `json:"trial,omitempty"`  // a new version is not decided yet
	Passed   bool         `json:"passed"`           // it is healthy
	Failures []Failure    `json:"failures,omitempty"`
	Last     *Last        `json:"last,omitempty"`
}

// Status tells how the terminal stands with its versions.
func (u *Updater) Status() (Status, error) {
	var s Status
	var err error
	if s.Running, err = u.link(current); err != nil {
		return s, err
	}
	if s.Keeper, err = u.link(keeper); err != nil {
		s.Keeper = s.Running // made at the first launch
	}
	if s.Staged, err = u.Staged(); err != nil {
		return s, err
	}
	s.Wished = trial.Wished(u.State, time.Time{})
	if s.Trial, err = trial.Read(u.State); err != nil {
		return s, err
	}
	s.Passed = s.Trial != nil && s.Trial.Passed(u.State)
	s.Failures = u.Failures()
	var last Last
	found, err := readJSON(u.state(lastFile), &last)
	if found && err == nil {
		s.Last = &last
	}
	return s, nil
}
