// Gallery paints every state of every page of the desk with canned data, in every
// language and size, without any display: for the eye, and for goldens. It is
// never shipped.
package main

import (
	"fmt"
	"image"
	"os"

	"fyne.io/fyne/v2/test"

	"bianmin/agent/gallery/states"
	"bianmin/ui/gallery"
	"bianmin/ui/theme"
)

func main() {
	if err := run(gallery.Flags("build/gallery-desk")); err != nil {
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
	named, err := states.All()
	if err != nil {
		return err
	}
	g := gallery.Gallery{Words: words, Picture: func(v, s int) (image.Image, error) {
		return variants[v].picture(variants[v].draw(words, named[s].State)), nil
	}}
	for _, v := range variants {
		g.Variants = append(g.Variants, gallery.Variant{Name: v.name, Title: v.title, Wide: true})
	}
	for _, one := range named {
		g.States = append(g.States, one.Name)
	}
	return g.Paint(choice)
}
