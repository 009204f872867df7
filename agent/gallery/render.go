package main

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"bianmin/agent/desk"
	"bianmin/agent/gallery/states"
	"bianmin/agent/view"
	"bianmin/core/text"
	"bianmin/ui"
	"bianmin/ui/gallery"
	"bianmin/ui/theme"
)

// variant is one way every state is shown.
type variant struct {
	name  string
	title string
	lang  text.Lang
	size  fyne.Size
}

var (
	small = fyne.NewSize(theme.DeskWidth, theme.DeskHeight)
	large = fyne.NewSize(theme.DesignHeight, theme.DesignWidth)
)

var variants = []variant{
	{name: "zh", title: "中文 1366×768", lang: text.Chinese, size: small},
	{name: "en", title: "English 1366×768", lang: text.English, size: small},
	{name: "zh-1920", title: "中文 1920×1080", lang: text.Chinese, size: large},
}

// corners are variants that are checked and not painted.
var corners = []variant{{name: "pseudo", lang: gallery.Pseudo, size: small}}

// catalog is the word catalogue with the pseudo-language.
func catalog() (*text.Catalog, error) { return gallery.Words(25) }

// draw makes the window for one state alone, so that nothing of another state is seen.
func (v variant) draw(c *text.Catalog, s desk.State) *view.Window {
	w := view.New(view.Options{Catalog: c, Emit: func(desk.Event) {}})
	s.Lang = v.lang
	w.Root().Resize(v.size)
	w.Show(s)
	return w
}

// canvas shows a window without any display.
func (v variant) canvas(w *view.Window) software.WindowlessCanvas {
	canvas := software.NewCanvas()
	canvas.SetPadded(false)
	canvas.SetContent(w.Root())
	canvas.Resize(v.size)
	return canvas
}

func (v variant) picture(w *view.Window) image.Image {
	canvas := v.canvas(w)
	clip(w.Root(), 0, 0, v.size.Height)
	return canvas.Capture()
}

// clip hides text entries that a scroll hides: this painter, unlike the window's, does not clip within a clip.
func clip(object fyne.CanvasObject, offset, top, bottom float32) {
	above := offset + object.Position().Y
	below := above + object.Size().Height
	if clipping, ok := object.(ui.Clipping); ok && clipping.Clips() {
		top, bottom = max(above, top), min(below, bottom)
	}
	if _, ok := object.(ui.Reading); ok && (above < top || below > bottom) {
		object.Hide()
	}
	for _, part := range ui.PartsOf(object) {
		clip(part, above, top, bottom)
	}
}

// all pairs every state with every one of the variants.
func all(variants []variant, each func(v variant, named states.Named) error) error {
	named, err := states.All()
	if err != nil {
		return err
	}
	for _, v := range variants {
		for _, one := range named {
			if err := each(v, one); err != nil {
				return fmt.Errorf("%s of %s: %w", one.Name, v.name, err)
			}
		}
	}
	return nil
}
