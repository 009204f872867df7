package main

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/kiosk/gallery/states"
	"bianmin/kiosk/journey"
	"bianmin/kiosk/screen"
	"bianmin/ui/theme"
)

// BenchmarkShow draws the state after one more digit, as each key press does.
func BenchmarkShow(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(theme.Toolkit(theme.Look{}))
	words, err := catalog()
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"question-phone", "done-offline", "guide"} {
		b.Run(name, func(b *testing.B) {
			s, ok := states.Find(name)
			if !ok {
				b.Fatal("no such state")
			}
			w := screen.New(screen.Options{Catalog: words, Emit: func(journey.Event) {}, Size: upright})
			w.Root().Resize(upright)
			w.Show(s)
			for i := 0; b.Loop(); i++ {
				s.Network.Waiting = i % 2
				w.Show(s)
			}
		})
	}
}
