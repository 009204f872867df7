package wiring

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// folder is where files go that leave the desk.
type folder struct{ path string }

// Save writes a file; an old one of its name is kept beside it with a number before its ending, so that it still opens by a click.
func (f folder) Save(_ context.Context, name string, content []byte) (string, error) {
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return "", fmt.Errorf("make the folder for files: %w", err)
	}
	path := filepath.Join(f.path, filepath.Base(name))
	if err := makeWay(path); err != nil {
		return "", fmt.Errorf("keep the file of before: %w", err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return "", fmt.Errorf("write the file: %w", err)
	}
	return path, nil
}

// Load reads a file that was brought back.
func (f folder) Load(_ context.Context, name string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(f.path, filepath.Base(name)))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return content, nil
}

// makeWay renames what stands at path; nothing does no harm.
func makeWay(path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	ending := filepath.Ext(path)
	for n := 1; ; n++ {
		old := fmt.Sprintf("%s.%d%s", strings.TrimSuffix(path, ending), n, ending)
		if _, err := os.Stat(old); errors.Is(err, os.ErrNotExist) {
			return os.Rename(path, old)
		}
	}
}
