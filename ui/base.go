package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Base is what widgets of another kit on the same plan are built on: a list of
// parts, how they are arranged, how high they are at a width. Call Setup once.
type Base struct{ drawn }

// Setup makes the widget; self is the outermost one. A measure's width of 0 asks for the natural size.
func (b *Base) Setup(self fyne.Widget, look theme.Look, measure func(width float32) fyne.Size, arrange func(fyne.Size), parts ...fyne.CanvasObject) {
	b.look, b.measure, b.arrange, b.parts = look, measure, arrange, parts
	b.ExtendBaseWidget(self)
}

// Look is how it is drawn.
func (b *Base) Look() theme.Look { return b.look }

// SetParts changes what it is made of, bottom first.
func (b *Base) SetParts(parts ...fyne.CanvasObject) {
	b.parts = parts
	b.relayout()
}

// Rearrange arranges the parts again in the present size.
func (b *Base) Rearrange() { b.relayout() }

// Repaint has the toolkit draw the parts again.
func (b *Base) Repaint() { b.repaint() }

// Clip makes a renderer that does not draw outside of the widget.
func (b *Base) Clip() fyne.WidgetRenderer { return clipRenderer{drawnRenderer{&b.drawn}} }

// Place moves and resizes an object; no size is ever negative.
func Place(object fyne.CanvasObject, x, y, width, height float32) {
	place(object, x, y, width, height)
}

// HeightAt is the height an object needs at a width.
func HeightAt(object fyne.CanvasObject, width float32) float32 { return heightAt(object, width) }

// NaturalWidth is how wide an object would be with all the room it likes.
func NaturalWidth(object fyne.CanvasObject) float32 { return naturalWidth(object) }

// PartsOf returns what an object is made of, nil for what is not the kit's.
func PartsOf(object fyne.CanvasObject) []fyne.CanvasObject { return partsOf(object) }

// Word is one line of text of a kind.
func Word(look theme.Look, kind theme.TextKind, role theme.Role, text string) *canvas.Text {
	return word(look, kind, role, text)
}

// LeadWord puts one line of text at the left of a box, in its middle height.
func LeadWord(t *canvas.Text, x, y, height float32) { leadWord(t, x, y, height) }

// CentreWord puts one line of text into the middle of a box.
func CentreWord(t *canvas.Text, x, y, width, height float32) { centreWord(t, x, y, width, height) }

// Cut shortens a text until it fits a width, the last sign being …; what fits stays as it is.
func Cut(look theme.Look, kind theme.TextKind, text string, width float32) string {
	measure := func(s string) float32 { return fyne.MeasureText(s, look.Text(kind), look.Style(kind)).Width }
	if measure(text) <= width {
		return text
	}
	signs := []rune(text)
	for len(signs) > 0 && measure(string(signs)+"…") > width {
		signs = signs[:len(signs)-1]
	}
	return string(signs) + "…"
}
