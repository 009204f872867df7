package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Hero is a whole area one can tap anywhere: words to read and, below them,
// what looks like one very big button. Its name is the button's words.
type Hero struct {
	touch
	content fyne.CanvasObject
	ground  *canvas.Rectangle
	label   *Text
	high    float32 // of the button, at least
	most    float32 // and at most, when there is room
	gap     float32
}

// NewHero makes the area round content, which is only read.
func NewHero(look theme.Look, label string, content fyne.CanvasObject, tapped func()) *Hero {
	h := &Hero{content: content, high: look.Px(220), most: look.Px(460), gap: look.Px(48)}
	h.look, h.name, h.tapped = look, label, tapped
	h.ground = panel(look, theme.Action, theme.Action, theme.Border)
	h.ground.StrokeWidth = 0
	h.label = NewText(look, theme.TitleText, theme.OnAction, label).Centred()
	h.parts = []fyne.CanvasObject{content, h.ground, h.label}
	h.arrange = func(size fyne.Size) {
		read := min(heightAt(content, size.Width), max(0, size.Height-h.high-h.gap))
		place(content, 0, 0, size.Width, read)
		high := min(h.most, max(h.high, size.Height-read-2*h.gap))
		place(h.ground, 0, read+h.gap, size.Width, high)
		need := h.label.HeightAt(size.Width)
		place(h.label, 0, read+h.gap+(high-need)/2, size.Width, need)
	}
	h.measure = func(width float32) fyne.Size {
		return fyne.NewSize(naturalWidth(content), heightAt(content, width)+h.gap+h.high)
	}
	h.style = func() {
		fill := theme.Action
		if h.down {
			fill = theme.ActionPressed
		}
		h.ground.FillColor = theme.Colour(fill)
	}
	h.ExtendBaseWidget(h)
	return h
}

// Grows tells that it takes the room that is left, so that a tap beside the words counts too.
func (h *Hero) Grows() bool { return true }
