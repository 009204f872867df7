package main

import (
	"os"
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/agent/gallery/states"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

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
			uitest.Golden(t, named.Name+".xml", test.RenderToMarkup(v.canvas(v.draw(words, named.State))))
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
