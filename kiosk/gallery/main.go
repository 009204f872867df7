// Gallery paints every state of every kiosk screen with canned data, in every
// language and size, without any display: for the eye, and for goldens. It is
// never shipped.
package main

import (
	"fmt"
	"image"
	"os"

	"fyne.io/fyne/v2/test"

	"bianmin/kiosk/gallery/states"
	"bianmin/ui/gallery"
	"bianmin/ui/theme"
)

func main() {
	if err := run(gallery.Flags("build/gallery")); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func run(choice gallery.Choice) error {
	test.NewApp().Settings().SetTheme(theme.Toolkit(theme.Look{}))
	words, err := catalog()
	if err != nil {
		return err
	}
	named := states.All()
	g := gallery.Gallery{Words: words, Picture: func(v, s int) (image.Image, error) {
		return variants[v].picture(variants[v].draw(words, named[s].State)), nil
	}}
	for _, v := range variants {
		g.Variants = append(g.Variants, gallery.Variant{Name: v.name, Title: v.title, Wide: v.size.Width > v.size.Height})
	}
	for _, one := range named {
		g.States = append(g.States, one.Name)
	}
	return g.Paint(choice)
}
