package main

import (
	"fmt"
	"image"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"bianmin/agent/desk"
	"bianmin/agent/gallery/states"
	"bianmin/agent/view"
	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// pseudo is a language made of the English words, a quarter longer: what fits in it fits in any.
const pseudo text.Lang = "pseudo"

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
var corners = []variant{{name: "pseudo", lang: pseudo, size: small}}

// catalog is the word catalogue with the pseudo-language.
func catalog() (*text.Catalog, error) {
	c, err := text.Load(assets.Words())
	if err != nil {
		return nil, fmt.Errorf("load words: %w", err)
	}
	return c.Derive(text.English, pseudo, longer), nil
}

// longer adds words to a template until it is a quarter longer.
func longer(template string) string {
	filler := strings.Fields("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod")
	want := utf8.RuneCountInString(template) * 5 / 4
	out := template
	for i := 0; utf8.RuneCountInString(out) < want; i++ {
		word := filler[i%len(filler)]
		if left := want - utf8.RuneCountInString(out); len(word) >= left {
			word = word[:max(1, left-1)]
		}
		out += " " + word
	}
	return out
}

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
	clip(w.Root(), fyne.Position{}, box{0, 0, v.size.Width, v.size.Height})
	return canvas.Capture()
}

// clip hides text entries that a scroll hides: this painter, unlike the window's, does not clip within a clip.
func clip(object fyne.CanvasObject, offset fyne.Position, by box) {
	at := offset.Add(object.Position())
	here := box{at.X, at.Y, object.Size().Width, object.Size().Height}
	if clipping, ok := object.(ui.Clipping); ok && clipping.Clips() {
		by = here.seen(by)
	}
	if _, ok := object.(ui.Reading); ok && (here.y < by.y || here.y+here.h > by.y+by.h) {
		object.Hide()
	}
	for _, part := range ui.PartsOf(object) {
		clip(part, at, by)
	}
}

type box struct{ x, y, w, h float32 }

func (b box) seen(by box) box {
	x, y := max(b.x, by.x), max(b.y, by.y)
	return box{x, y, min(b.x+b.w, by.x+by.w) - x, min(b.y+b.h, by.y+by.h) - y}
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
