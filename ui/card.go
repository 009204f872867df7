package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Card is a white panel with a border round its content.
type Card struct {
	drawn
	ground  *canvas.Rectangle
	content fyne.CanvasObject
	inner   float32 // left and right
	above   float32 // above and below
}

// NewCard makes a card round its content.
func NewCard(look theme.Look, content fyne.CanvasObject) *Card {
	c := &Card{content: content, inner: look.Size(theme.Inner), above: look.Size(theme.Inner)}
	c.look = look
	c.ground = panel(look, theme.Surface, theme.Line, theme.Border)
	c.parts = []fyne.CanvasObject{c.ground, content}
	c.arrange = func(size fyne.Size) {
		place(c.ground, 0, 0, size.Width, size.Height)
		place(c.content, c.inner, c.above, size.Width-2*c.inner, size.Height-2*c.above)
	}
	c.measure = func(width float32) fyne.Size {
		if width <= 0 {
			wide := naturalWidth(c.content)
			return fyne.NewSize(wide+2*c.inner, heightAt(c.content, wide)+2*c.above)
		}
		return fyne.NewSize(0, heightAt(c.content, width-2*c.inner)+2*c.above)
	}
	c.ExtendBaseWidget(c)
	return c
}

// Low keeps less room above and below, for tables whose rows bring their own, and returns the card.
func (c *Card) Low() *Card {
	c.above = c.look.Size(theme.HalfGap)
	return c
}

// Set changes the content.
func (c *Card) Set(content fyne.CanvasObject) {
	c.content = content
	c.parts = []fyne.CanvasObject{c.ground, content}
	c.Refresh()
}

// SetActive draws the strong border of what is being worked on.
func (c *Card) SetActive(active bool) {
	if active {
		c.ground.StrokeColor, c.ground.StrokeWidth = theme.Colour(theme.Action), c.look.Size(theme.BorderStrong)
	} else {
		c.ground.StrokeColor, c.ground.StrokeWidth = theme.Colour(theme.Line), c.look.Size(theme.Border)
	}
	c.ground.Refresh()
}

// SetFill changes the ground, for notices in state colours; such a card has no border.
func (c *Card) SetFill(role theme.Role) {
	c.ground.FillColor = theme.Colour(role)
	c.ground.StrokeWidth = 0
	c.ground.Refresh()
}

// Inset keeps room round its content.
type Inset struct{ drawn }

// NewInset keeps left, top, right and bottom free.
func NewInset(left, top, right, bottom float32, content fyne.CanvasObject) *Inset {
	i := &Inset{}
	i.parts = []fyne.CanvasObject{content}
	i.arrange = func(size fyne.Size) {
		place(content, left, top, size.Width-left-right, size.Height-top-bottom)
	}
	i.measure = func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(naturalWidth(content)+left+right, heightAt(content, 0)+top+bottom)
		}
		return fyne.NewSize(0, heightAt(content, width-left-right)+top+bottom)
	}
	i.ExtendBaseWidget(i)
	return i
}

// Rule is a hair line between rows.
type Rule struct{ drawn }

// NewRule makes a hair line.
func NewRule(look theme.Look) *Rule {
	r := &Rule{}
	line := canvas.NewRectangle(theme.Colour(theme.Line))
	r.parts = []fyne.CanvasObject{line}
	r.arrange = func(size fyne.Size) { place(line, 0, 0, size.Width, look.Size(theme.Border)) }
	r.measure = func(float32) fyne.Size { return fyne.NewSize(0, look.Size(theme.Border)) }
	r.ExtendBaseWidget(r)
	return r
}
