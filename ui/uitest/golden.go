package uitest

import (
	"os"
	"path/filepath"
	"testing"
)

// accept takes the pages as they are for the new goldens: make goldens.
const accept = "BIANMIN_ACCEPT"

// Goldens compares the markup of pages, by name, with the accepted ones in testdata: parts, places, colours and words.
// What differs lies in testdata/failed; a golden of no page is an error.
func Goldens(t *testing.T, names []string, markup func(i int) string) {
	t.Helper()
	wanted := map[string]bool{}
	for i, name := range names {
		wanted[name+".xml"] = true
		t.Run(name, func(t *testing.T) { golden(t, name+".xml", markup(i)) })
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !file.IsDir() && !wanted[file.Name()] {
			t.Errorf("testdata/%s is the golden of no state", file.Name())
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	accepted := filepath.Join("testdata", name)
	if os.Getenv(accept) != "" {
		if err := os.WriteFile(accepted, []byte(got), 0o644); err != nil { //nolint:gosec // goldens are read by everyone
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(accepted)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	failed := filepath.Join("testdata", "failed", name)
	if err := os.MkdirAll(filepath.Dir(failed), 0o755); err != nil { //nolint:gosec // the same
		t.Fatal(err)
	}
	if err := os.WriteFile(failed, []byte(got), 0o644); err != nil { //nolint:gosec // the same
		t.Fatal(err)
	}
	t.Errorf("differs from %s, see %s; accept with make goldens", accepted, failed)
}
