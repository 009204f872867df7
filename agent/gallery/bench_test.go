package main

import (
	"strconv"
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/agent/desk"
	"bianmin/agent/gallery/states"
	"bianmin/agent/view"
	"bianmin/ui/theme"
)

// BenchmarkShow draws the state after one more key, as each key press in a form does.
func BenchmarkShow(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(theme.DeskToolkit())
	words, err := catalog()
	if err != nil {
		b.Fatal(err)
	}
	all, err := states.All()
	if err != nil {
		b.Fatal(err)
	}
	for _, named := range all {
		if named.Name != "accept-table" {
			continue
		}
		w := view.New(view.Options{Catalog: words, Emit: func(desk.Event) {}})
		w.Root().Resize(small)
		for i := 0; b.Loop(); i++ {
			s := named.State
			page := *s.Accept
			s.Accept = &page
			page.Fields = append([]desk.FieldView(nil), page.Fields...)
			page.Fields[2].Shown = strconv.Itoa(13800000000 + i)
			w.Show(s)
		}
		return
	}
	b.Fatal("no such state")
}
