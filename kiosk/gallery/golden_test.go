package main

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"bianmin/kiosk/gallery/states"
	"bianmin/ui/theme"
)

// accept takes the screens as they are for the new goldens: make goldens.
const accept = "BIANMIN_ACCEPT"

// TestGoldens compares the markup of every state in Chinese with the accepted
// one: parts, places, colours and words. What differs lies in testdata/failed.
func TestGoldens(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.Toolkit(theme.Look{}))
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	v := variants[0]
	wanted := map[string]bool{}
	for _, named := range states.All() {
		wanted[named.Name+".xml"] = true
		t.Run(named.Name, func(t *testing.T) {
			canvas := software.NewCanvas()
			canvas.SetPadded(false)
			canvas.SetContent(v.draw(words, named.State).Root())
			canvas.Resize(v.size)
			compare(t, named.Name+".xml", test.RenderToMarkup(canvas))
		})
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
