package main

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/agent/gallery/states"
	"bianmin/ui/theme"
)

// accept takes the pages as they are for the new goldens: make goldens.
const accept = "BIANMIN_ACCEPT"

// TestGoldens compares the markup of every state in Chinese with the accepted
// one: parts, places, colours and words. What differs lies in testdata/failed.
func TestGoldens(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.DeskToolkit())
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	all, err := states.All()
	if err != nil {
		t.Fatal(err)
	}
	v := variants[0]
	wanted := map[string]bool{"failed": true}
	for _, named := range all {
		wanted[named.Name+".xml"] = true
		t.Run(named.Name, func(t *testing.T) {
			compare(t, named.Name+".xml", test.RenderToMarkup(v.canvas(v.draw(words, named.State))))
		})
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !wanted[file.Name()] {
			t.Errorf("testdata/%s is the golden of no state", file.Name())
		}
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("testdata", name)
	if os.Getenv(accept) != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil { //nolint:gosec // goldens are read by everyone
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
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
	t.Errorf("differs from %s, see %s; accept with make goldens", golden, failed)
}
