package ui

import (
	"fyne.io/fyne/v2"

	"bianmin/ui/theme"
)

// Pane is a scroll that may be drawn lower than its content, for lists that
// share a screen with a keyboard or pad.
type Pane struct {
	drawn
	scroll *DragScroll
	least  float32
}

// NewPane makes a pane that is never lower than least, unless its content is.
func NewPane(look theme.Look, least float32, content fyne.CanvasObject) *Pane {
	p := &Pane{scroll: NewDragScroll(look, content), least: least}
	p.look = look
	p.scroll.bleed = look.Px(frameBleed)
	p.parts = []fyne.CanvasObject{p.scroll}
	p.arrange = func(size fyne.Size) {
		bleed := p.scroll.bleed
		place(p.scroll, -bleed, -bleed, size.Width+2*bleed, size.Height+2*bleed)
	}
	p.measure = func(width float32) fyne.Size {
		return fyne.NewSize(naturalWidth(p.scroll), heightAt(p.scroll, width))
	}
	p.ExtendBaseWidget(p)
	return p
}

// Grows tells that it takes the room that is left.
func (p *Pane) Grows() bool { return true }

// LeastHeight is the height below which too little of the content is seen.
func (p *Pane) LeastHeight(width float32) float32 {
	return min(p.least, heightAt(p.scroll, width))
}

// ToTop goes to the beginning of the content.
func (p *Pane) ToTop() { p.scroll.ToTop() }
