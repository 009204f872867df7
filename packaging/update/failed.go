package update

import (
	"time"
)

const failedFile = "failed.json"

// Failure is a version that was tried here and was not healthy.
type Failure struct {
	Version string    `json:"version"`
	SHA256  string    `json:"sha256"` // of its archive
	Why     string    `json:"why"`
	At      time.Time `json:"at"`
}

// Failures are the versions that were tried here and were not healthy; they are not tried again by themselves.
func (u *Updater) Failures() []Failure {
	var all []Failure
	if _, err := readJSON(u.state(failedFile), &all); err != nil {
		u.Log.Warn("the list of versions that failed here cannot be read", "error", err)
		return nil
	}
	return all
}

func (u *Updater) failed(digest string) (why string, failed bool) {
	for _, f := range u.Failures() {
		if f.SHA256 == digest {
			return f.Why, true
		}
	}
	return "", false
}

// noteFailure keeps the last few.
func (u *Updater) noteFailure(f Failure) error {
	if _, known := u.failed(f.SHA256); known {
		return nil
	}
	all := append(u.Failures(), f)
	return writeJSON(u.state(failedFile), all[max(0, len(all)-10):])
}
