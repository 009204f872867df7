package main

import (
	"testing"

	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"bianmin/kiosk/gallery/states"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// TestGoldens compares every state, in Chinese, with the accepted one.
func TestGoldens(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.Toolkit(theme.Look{}))
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	v, all := variants[0], states.All()
	var names []string
	for _, named := range all {
		names = append(names, named.Name)
	}
	uitest.Goldens(t, names, func(i int) string {
		canvas := software.NewCanvas()
		canvas.SetPadded(false)
		canvas.SetContent(v.draw(words, all[i].State).Root())
		canvas.Resize(v.size)
		return test.RenderToMarkup(canvas)
	})
}
