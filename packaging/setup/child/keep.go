package child

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bianmin/packaging/stick"
)

// Sticks are the folders where desktops lay what is plugged in for a user, as far as something is mounted there: what a
// pulled stick left behind lies on the system's own disk.
func Sticks(user string) (all []string) {
	for _, pattern := range []string{"/media/" + user + "/*", "/run/media/" + user + "/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		for _, folder := range found {
			if stick.Mounted(folder) {
				all = append(all, folder)
			}
		}
	}
	return all
}

// Own is the folder for reports in a user's documents, which may have a name in the user's language; without them at home.
func Own(home string) string {
	const folder = "便民验收"
	content, err := os.ReadFile(filepath.Join(home, ".config", "user-dirs.dirs")) // #nosec G304 -- the user's own
	if err != nil {
		return filepath.Join(home, folder)
	}
	for line := range strings.Lines(string(content)) {
		if named, found := strings.CutPrefix(strings.TrimSpace(line), "XDG_DOCUMENTS_DIR="); found {
			return filepath.Join(strings.Replace(strings.Trim(named, `"`), "$HOME", home, 1), folder)
		}
	}
	return filepath.Join(home, folder)
}

// Save keeps a report's files on the first stick that can be written, else in a folder of the user's own.
func Save(sticks []string, own, name string, pdf, signed []byte) (where string, err error) {
	for _, folder := range append(sticks, own) {
		if folder == own {
			if err := os.MkdirAll(folder, 0o700); err != nil {
				return "", fmt.Errorf("save the report: %w", err)
			}
		}
		if err = write(folder, name, pdf, signed); err == nil {
			return folder, nil
		}
	}
	return "", err
}

// write writes both files, each whole or not at all, to the file system that is there now, or fails.
func write(folder, name string, pdf, signed []byte) error {
	on, err := stick.Look(folder)
	if err != nil {
		return fmt.Errorf("save the report: %w", err)
	}
	for _, file := range []struct {
		ending  string
		content []byte
	}{{".pdf", pdf}, {".json", signed}} {
		err := on.Place(filepath.Join(folder, name+file.ending), func(w io.Writer) error { _, err := w.Write(file.content); return err })
		if err != nil {
			return fmt.Errorf("save the report: %w", err)
		}
	}
	return nil
}
