package main

import (
	"os"
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/packaging/setup/gallery/states"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// TestGoldens compares the markup of every state, in Chinese, with the accepted one.
func TestGoldens(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.DeskToolkit())
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{"failed": true}
	err = all(variants[:1], func(v variant, named states.Named) error {
		file := named.Name + ".xml"
		wanted[file] = true
		t.Run(file, func(t *testing.T) {
			uitest.Golden(t, file, test.RenderToMarkup(v.canvas(v.draw(words, named.State))))
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
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

// TestLayout checks every state in every variant.
func TestLayout(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.DeskToolkit())
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	layout := uitest.NewLayout(t)
	err = all(append(slices.Clone(variants), corners...), func(v variant, named states.Named) error {
		layout.Check(v.name+"/"+named.Name, v.draw(words, named.State).Root(), v.size)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if missing := words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}
