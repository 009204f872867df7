// Gallery paints every state of the setup window with canned data, in both languages, across and upright, without any
// display: for the eye, and for goldens. It is never shipped.
package main

import (
	"fmt"
	"image"
	"os"

	"fyne.io/fyne/v2/test"

	"bianmin/packaging/setup/gallery/states"
	"bianmin/ui/gallery"
	"bianmin/ui/theme"
)

func main() {
	if err := run(gallery.Flags("build/gallery-setup")); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func run(choice gallery.Choice) error {
	test.NewApp().Settings().SetTheme(theme.DeskToolkit())
	words, err := catalog()
	if err != nil {
		return err
	}
	named := states.All()
	g := gallery.Gallery{Words: words, Picture: func(v, s int) (image.Image, error) {
		return variants[v].picture(variants[v].draw(words, named[s].State)), nil
	}}
	for _, v := range variants {
		g.Variants = append(g.Variants, gallery.Variant{Name: v.name, Title: v.name, Wide: v.size.Width > v.size.Height})
	}
	for _, one := range named {
		g.States = append(g.States, one.Name)
	}
	return g.Paint(choice)
}
