package main

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/agent/gallery/states"
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
	all, err := states.All()
	if err != nil {
		t.Fatal(err)
	}
	v := variants[0]
	var names []string
	for _, named := range all {
		names = append(names, named.Name)
	}
	uitest.Goldens(t, names, func(i int) string { return test.RenderToMarkup(v.canvas(v.draw(words, all[i].State))) })
}
