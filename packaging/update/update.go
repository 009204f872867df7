// Package update brings a terminal to a new version: it asks a mirror or a stick for
// signed lists, fetches and checks what is newer, puts it beside the old version, and
// switches between sessions, back when the new version is not healthy, else only
// forward. It must not stop a program that serves somebody.
package update

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"bianmin/packaging/update/release"
)

// Updater works on one terminal. Prefix, State and Data are required.
type Updater struct {
	Prefix string // versions side by side in versions/, and the links current and keeper
	State  string // the updater's own memory
	Data   string // the terminal's data folder
	Root   string // file with the list of keys that came with the installation
	Arch   string // kind of machine; "" is this one
	Now    func() time.Time
	Log    *slog.Logger
	// Limit is how often a new version may be started before it must be healthy; 0 is three times.
	Limit int
	// Margin is what must stay free besides, in bytes; 0 is 64 MiB.
	Margin int64
	// Wait is how long programs may take to step aside; 0 is thirty seconds.
	Wait time.Duration
	// Point is called with the name of each step at which the power may go; nil in production.
	Point func(name string)
}

// New is an updater with what is not given filled in.
func New(u Updater) *Updater {
	if u.Arch == "" {
		u.Arch = runtime.GOARCH
	}
	if u.Now == nil {
		u.Now = time.Now
	}
	if u.Log == nil {
		u.Log = slog.New(slog.DiscardHandler)
	}
	if u.Limit == 0 {
		u.Limit = 3
	}
	if u.Margin == 0 {
		u.Margin = 64 << 20
	}
	if u.Wait == 0 {
		u.Wait = 30 * time.Second
	}
	return &u
}

// Points are the names of all steps.
var Points = []string{
	"update-lists-kept", "update-part-begun", "update-archive-whole", "update-program-unpacked", "update-unpacked", "update-version-named", "update-staged",
	"update-asked", "update-prepared", "update-held", "update-copied", "update-trial-noted", "update-switched", "update-begun",
	"update-start-counted", "update-kept", "update-trial-over", "update-copy-removed", "update-confirmed",
	"update-back-noted", "update-store-back", "update-switched-back", "update-failure-noted", "update-back-over",
}

func (u *Updater) passed(name string) {
	if u.Point != nil {
		u.Point(name)
	}
}

// Names of the links to versions.
const (
	current = "current" // what runs
	keeper  = "keeper"  // the last version that proved healthy; it decides about the next one
)

func (u *Updater) versions() string         { return filepath.Join(u.Prefix, "versions") }
func (u *Updater) programs(v string) string { return filepath.Join(u.versions(), v) }
func (u *Updater) state(parts ...string) string {
	return filepath.Join(append([]string{u.State}, parts...)...)
}

// link is the version a link names.
func (u *Updater) link(name string) (string, error) {
	to, err := os.Readlink(filepath.Join(u.Prefix, name))
	if err != nil {
		return "", fmt.Errorf("read which version is %s: %w", name, err)
	}
	version := filepath.Base(to)
	if !release.ValidVersion(version) && version != "dev" {
		return "", fmt.Errorf("%s leads to %q, which is no version", name, to)
	}
	return version, nil
}

// point lets a link name a version: a new link is renamed over the old one, so that there is one at any moment.
func (u *Updater) point(name, version string) error {
	if now, err := u.link(name); err == nil && now == version {
		return nil
	}
	path := filepath.Join(u.Prefix, name)
	err := os.Remove(path + ".new")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("let %s be %s: %w", name, version, err)
	}
	if err := os.Symlink(filepath.Join("versions", version), path+".new"); err != nil {
		return fmt.Errorf("let %s be %s: %w", name, version, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("let %s be %s: %w", name, version, err)
	}
	return syncFolder(u.Prefix)
}

// Running is the version that runs.
func (u *Updater) Running() (string, error) { return u.link(current) }

func newer(a, b string) bool {
	if b == "dev" {
		return true
	}
	return release.Compare(a, b) > 0
}
