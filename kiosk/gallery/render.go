package main

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"bianmin/core/text"
	"bianmin/kiosk/gallery/states"
	"bianmin/kiosk/journey"
	"bianmin/kiosk/screen"
	"bianmin/ui/gallery"
	"bianmin/ui/theme"
)

// variant is one way every state is shown.
type variant struct {
	name     string
	title    string
	lang     text.Lang
	large    bool
	lowReach bool
	size     fyne.Size
}

var (
	upright   = fyne.NewSize(theme.DesignWidth, theme.DesignHeight)
	landscape = fyne.NewSize(theme.DesignHeight, theme.DesignWidth)
)

var variants = []variant{
	{name: "zh", title: "中文", lang: text.Chinese, size: upright},
	{name: "en", title: "English", lang: text.English, size: upright},
	{name: "zh-large", title: "大字", lang: text.Chinese, large: true, size: upright},
	{name: "en-large", title: "English, larger", lang: text.English, large: true, size: upright},
	{name: "landscape", title: "横屏", lang: text.Chinese, size: landscape},
	{name: "low-reach", title: "坐着操作", lang: text.Chinese, lowReach: true, size: upright},
	{name: "pseudo", title: "40 % longer words", lang: gallery.Pseudo, size: upright},
}

// corners are variants that are checked and not painted: one trouble on top of another.
var corners = []variant{
	{name: "pseudo-large", lang: gallery.Pseudo, large: true, size: upright},
	{name: "low-reach-large", lang: text.English, large: true, lowReach: true, size: upright},
	{name: "landscape-large", lang: text.English, large: true, size: landscape},
	{name: "landscape-low", lang: text.Chinese, lowReach: true, size: landscape},
	{name: "small", lang: text.Chinese, size: fyne.NewSize(768, 1366)},
}

// catalog is the word catalogue with the pseudo-language.
func catalog() (*text.Catalog, error) { return gallery.Words(40) }

// as puts a state into a variant.
func (v variant) as(s journey.State) journey.State {
	s.Lang, s.Large, s.LowReach = v.lang, v.large, v.lowReach
	return s
}

// draw makes the screens for one state alone, so that nothing of another state is seen.
func (v variant) draw(c *text.Catalog, s journey.State) *screen.Window {
	w := screen.New(screen.Options{Catalog: c, Emit: func(journey.Event) {}, Engine: canned{}, Size: v.size})
	w.Root().Resize(v.size)
	w.Show(v.as(s))
	return w
}

// picture paints a window without any display.
func (v variant) picture(w *screen.Window) image.Image {
	canvas := software.NewCanvas()
	canvas.SetPadded(false)
	canvas.SetContent(w.Root())
	canvas.Resize(v.size)
	return canvas.Capture()
}

// canned gives candidates for pictures of the keyboard.
type canned struct{}

// Candidates gives a few names for any keys.
func (canned) Candidates(keys string, page int) []string {
	if keys == "" || page > 0 {
		return nil
	}
	return []string{"王秀兰", "王", "往", "网", "望", "忘"}
}

// all pairs every state with every one of the variants.
func all(variants []variant, each func(v variant, named states.Named) error) error {
	for _, v := range variants {
		for _, named := range states.All() {
			if err := each(v, named); err != nil {
				return fmt.Errorf("%s of %s: %w", named.Name, v.name, err)
			}
		}
	}
	return nil
}
