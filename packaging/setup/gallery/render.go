package main

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"bianmin/core/text"
	"bianmin/packaging/setup/gallery/states"
	"bianmin/packaging/setup/stage"
	"bianmin/packaging/setup/view"
	"bianmin/ui/gallery"
	"bianmin/ui/theme"
)

// variant is one way every state is shown; scale is from the toolkit's units to px.
type variant struct {
	name  string
	lang  text.Lang
	size  fyne.Size // in the toolkit's units
	scale float32
}

var (
	across  = fyne.NewSize(theme.DeskWidth, theme.DeskHeight)
	upright = fyne.NewSize(theme.DesignWidth/1.6, theme.DesignHeight/1.6)
)

var variants = []variant{
	{name: "zh", lang: text.Chinese, size: across, scale: 1},
	{name: "en", lang: text.English, size: across, scale: 1},
	{name: "zh-1080x1920", lang: text.Chinese, size: upright, scale: 1.6},
	{name: "en-1080x1920", lang: text.English, size: upright, scale: 1.6},
}

// corners are variants that are checked and not painted.
var corners = []variant{{name: "pseudo", lang: gallery.Pseudo, size: across}, {name: "pseudo-upright", lang: gallery.Pseudo, size: upright}}

// catalog is the word catalogue with the pseudo-language.
func catalog() (*text.Catalog, error) { return gallery.Words(25) }

// draw makes the window for one state alone, so that nothing of another state is seen.
func (v variant) draw(c *text.Catalog, s stage.State) *view.Window {
	w := view.New(view.Options{Catalog: c, Emit: func(stage.Event) {}})
	s.Lang = v.lang
	w.Root().Resize(v.size)
	w.Show(s)
	return w
}

// canvas shows a window without any display.
func (v variant) canvas(w *view.Window) software.WindowlessCanvas {
	canvas := software.NewCanvas()
	canvas.SetPadded(false)
	canvas.SetScale(max(1, v.scale))
	canvas.SetContent(w.Root())
	canvas.Resize(v.size)
	return canvas
}

func (v variant) picture(w *view.Window) image.Image { return v.canvas(w).Capture() }

// all pairs every state with every one of the variants.
func all(variants []variant, each func(v variant, named states.Named) error) error {
	for _, v := range variants {
		for _, one := range states.All() {
			if err := each(v, one); err != nil {
				return fmt.Errorf("%s of %s: %w", one.Name, v.name, err)
			}
		}
	}
	return nil
}
