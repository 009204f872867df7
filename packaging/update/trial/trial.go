// Package trial is what programs and updater tell each other while a new version is
// tried: a version on trial accepts nothing and sends nothing until it has shown that
// it is healthy. It is small on purpose: every program reads it at its start. It must
// not fetch, switch or decide about versions.
package trial

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Where things lie on an installed terminal.
const (
	DefaultFolder = "/var/lib/bianmin-update" // the updater's memory
	DefaultPrefix = "/usr/lib/bianmin"        // versions/, and the links current and keeper
)

// Names in that folder.
const (
	trialFile  = "trial.json"
	askedFile  = "asked.json"
	health     = "health" // the one folder programs may write to
	passedFile = "passed.json"
	readerFile = "reader.json"
	whyFile    = "why.json"
)

// Stage is how far a trial is.
type Stage string

// Stages.
const (
	Preparing Stage = "preparing" // the old version still is the current one; programs step aside
	Running   Stage = "running"   // the new version must show that it is healthy
	GoingBack Stage = "going-back"
)

// Trial is a change from one version to another that is not decided yet.
type Trial struct {
	ID       string    `json:"id"` // made anew for each trial
	From     string    `json:"from"`
	To       string    `json:"to"`
	SHA256   string    `json:"sha256"`   // of the archive of To
	Programs string    `json:"programs"` // folder of To's programs
	Stage    Stage     `json:"stage"`
	Starts   int       `json:"starts"` // how often To was started
	Begun    time.Time `json:"begun"`
	Why      string    `json:"why,omitempty"` // it goes back
	// ReaderSilent: the card reader did not answer the old version either, so that is not the new one's fault.
	ReaderSilent bool `json:"readerSilent"`
}

// NewID is a name no other trial has.
func NewID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	return hex.EncodeToString(id)
}

// Read gives the trial that is on; nil when none is.
func Read(folder string) (*Trial, error) {
	var t Trial
	found, err := readJSON(filepath.Join(folder, trialFile), &t)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the trial of a new version: %w", err)
	case !found:
		return nil, nil
	case t.ID == "" || t.From == "" || t.To == "":
		return nil, errors.New("read the trial of a new version: it is not whole")
	}
	return &t, nil
}

// Write notes a trial durably. The updater alone does.
func (t *Trial) Write(folder string) error {
	return writeJSON(filepath.Join(folder, trialFile), t)
}

// End ends a trial durably.
func End(folder string) error { return remove(filepath.Join(folder, trialFile)) }

// Passed tells whether a trial's version has shown that it is healthy: from then on there is no way back.
func (t *Trial) Passed(folder string) bool {
	var p passed
	found, err := readJSON(filepath.Join(folder, health, passedFile), &p)
	return found && err == nil && p.ID == t.ID
}

// AnyPassed tells whether the last trial was passed, for an updater whose note of the trial cannot be read.
func AnyPassed(folder string) bool {
	var p passed
	found, err := readJSON(filepath.Join(folder, health, passedFile), &p)
	return found && err == nil && p.ID != ""
}

type passed struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// Pass says, durably, that a version is healthy. Only after it returned may the version accept or send anything.
func (t *Trial) Pass(folder string, at time.Time) error {
	if err := writeJSON(filepath.Join(folder, health, passedFile), passed{t.ID, at.UTC()}); err != nil {
		return fmt.Errorf("note that the new version is healthy: %w", err)
	}
	return nil
}

// Forget removes what was said of an earlier trial.
func Forget(folder string) error {
	return errors.Join(remove(filepath.Join(folder, health, passedFile)), remove(filepath.Join(folder, health, whyFile)))
}

type complaint struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// Complain notes what a version on trial lacks, for whoever asks why it did not stay.
func (t *Trial) Complain(folder, why string) error {
	return writeJSON(filepath.Join(folder, health, whyFile), complaint{t.ID, why})
}

// Complaint is what the version on trial said it lacks; "" when it said nothing.
func (t *Trial) Complaint(folder string) string {
	var c complaint
	found, err := readJSON(filepath.Join(folder, health, whyFile), &c)
	if !found || err != nil || c.ID != t.ID {
		return ""
	}
	return c.Why
}

// View is a program's look at the trial.
type View struct {
	On    bool   // nothing may be accepted or sent now
	Mine  bool   // this program belongs to the version on trial
	Trial *Trial // nil when none is on or it cannot be read
}

// Look tells a program whether a trial is on. What cannot be read counts as one: a program in doubt holds still.
func Look(folder string) View {
	t, err := Read(folder)
	switch {
	case err != nil:
		return View{On: true}
	case t == nil || t.Passed(folder):
		return View{}
	}
	return View{On: true, Mine: t.Stage == Running && belongs(t.Programs), Trial: t}
}

// belongs tells whether this program lies in a folder.
func belongs(folder string) bool {
	program, err := os.Executable()
	if err != nil {
		return false
	}
	mine, err := filepath.EvalSymlinks(filepath.Dir(program))
	if err != nil {
		return false
	}
	its, err := filepath.EvalSymlinks(folder)
	return err == nil && mine == its
}

// Replaced tells whether this program belongs to a version that is not the current one any more, so that it should
// end and be started anew. One that was not installed as a version is never replaced.
func Replaced(prefix string) bool {
	program, err := os.Executable()
	if err != nil {
		return false
	}
	mine, err := filepath.EvalSymlinks(filepath.Dir(program))
	if err != nil {
		return false
	}
	versions, err := filepath.EvalSymlinks(filepath.Join(prefix, "versions"))
	if err != nil || filepath.Dir(mine) != versions {
		return false
	}
	now, err := filepath.EvalSymlinks(filepath.Join(prefix, "current"))
	return err == nil && now != mine
}

// Asked is the wish that programs step aside for another version as soon as they serve nobody.
type Asked struct {
	Version string    `json:"version"`
	SHA256  string    `json:"sha256"`
	At      time.Time `json:"at"`
}

// Ask notes the wish.
func Ask(folder string, a Asked) error { return writeJSON(filepath.Join(folder, askedFile), a) }

// Wish gives the wish; nil when there is none.
func Wish(folder string) (*Asked, error) {
	var a Asked
	found, err := readJSON(filepath.Join(folder, askedFile), &a)
	if err != nil || !found {
		return nil, err
	}
	return &a, nil
}

// Wished tells a program that was started at a time whether to step aside when it serves nobody. A wish older than the
// program was not met before its start, and will not be by another one.
func Wished(folder string, started time.Time) bool {
	info, err := os.Stat(filepath.Join(folder, askedFile))
	return err == nil && info.ModTime().After(started)
}

// Unask removes the wish.
func Unask(folder string) error { return remove(filepath.Join(folder, askedFile)) }

type reader struct {
	Silent bool `json:"silent"`
}

// NoteReader notes at a program's end whether its card reader answered. Where there is no updater it does nothing.
func NoteReader(folder string, silent bool) error {
	if _, err := os.Stat(filepath.Join(folder, health)); err != nil {
		return nil // not an installed terminal
	}
	if ReaderWasSilent(folder) == silent {
		return nil
	}
	return writeJSON(filepath.Join(folder, health, readerFile), reader{silent})
}

// ReaderWasSilent is what the last program noted.
func ReaderWasSilent(folder string) bool {
	var r reader
	found, err := readJSON(filepath.Join(folder, health, readerFile), &r)
	return found && err == nil && r.Silent
}

// Prepare makes the folder that programs write to, for whoever owns the terminal's data.
func Prepare(folder, data string) error {
	path := filepath.Join(folder, health)
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) { // #nosec G301 -- nothing secret
		return fmt.Errorf("make the folder %s: %w", health, err)
	}
	opened, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0) // #nosec G304 -- our own folder
	if err != nil {
		return fmt.Errorf("open the folder %s: %w", health, err)
	}
	return errors.Join(giveTo(opened, data), opened.Close())
}

const limit = 64 << 10 // bytes of a file here

func readJSON(path string, into any) (found bool, err error) {
	file, err := openPlain(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	decoder := json.NewDecoder(&limited{file, limit})
	if err := decoder.Decode(into); err != nil {
		return true, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return true, nil
}
