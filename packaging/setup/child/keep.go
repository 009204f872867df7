package child

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Sticks are the folders where desktops lay what is plugged in for a user.
func Sticks(user string) (all []string) {
	for _, pattern := range []string{"/media/" + user + "/*", "/run/media/" + user + "/*"} {
		if found, err := filepath.Glob(pattern); err == nil {
			all = append(all, found...)
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

// write writes both files each whole or not at all.
func write(folder, name string, pdf, signed []byte) error {
	for ending, content := range map[string][]byte{".pdf": pdf, ".json": signed} {
		path := filepath.Join(folder, name+ending)
		if err := os.WriteFile(path+".part", content, 0o600); err != nil {
			return errors.Join(fmt.Errorf("save the report: %w", err), leave(path+".part"))
		}
		if err := os.Rename(path+".part", path); err != nil {
			return errors.Join(fmt.Errorf("save the report: %w", err), leave(path+".part"))
		}
	}
	return nil
}

func leave(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("take half a file away: %w", err)
	}
	return nil
}
