package main

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/packaging/setup/gallery/states"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// TestGoldens compares every state, in Chinese, with the accepted one.
func TestGoldens(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.DeskToolkit())
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	v, all := variants[0], states.All()
	var names []string
	for _, named := range all {
		names = append(names, named.Name)
	}
	uitest.Goldens(t, names, func(i int) string { return test.RenderToMarkup(v.canvas(v.draw(words, all[i].State))) })
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
