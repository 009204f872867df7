package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"bianmin/ui/theme"
)

// Flow is anything whose height depends on the width it is given: wrapped text
// and everything that holds it.
type Flow interface{ HeightAt(width float32) float32 }

// Parted is anything that shows its parts: the probe and Relayout walk them.
type Parted interface{ Parts() []fyne.CanvasObject }

// drawn is the base of every widget of the kit: a list of parts, how they are
// arranged in a size, and the smallest size at a width.
type drawn struct {
	widget.BaseWidget
	look    theme.Look
	parts   []fyne.CanvasObject
	arrange func(size fyne.Size)
	measure func(width float32) fyne.Size // width 0 asks for the natural size
}

// Parts returns what the widget is made of, bottom first.
func (d *drawn) Parts() []fyne.CanvasObject { return d.parts }

// HeightAt returns the height the widget needs at a width.
func (d *drawn) HeightAt(width float32) float32 { return d.measure(width).Height }

// NaturalWidth returns how wide the widget would be with all the room it likes.
func (d *drawn) NaturalWidth() float32 { return d.measure(0).Width }

// CreateRenderer is the toolkit's way in.
func (d *drawn) CreateRenderer() fyne.WidgetRenderer { return drawnRenderer{d} }

// relayout arranges the parts again in the present size.
func (d *drawn) relayout() {
	if d.arrange != nil && d.Size().Width > 0 {
		d.arrange(d.Size())
	}
}

// repaint has the toolkit draw the parts again.
func (d *drawn) repaint() {
	for _, part := range d.parts {
		if _, isWidget := part.(fyne.Widget); !isWidget {
			part.Refresh()
		}
	}
}

type drawnRenderer struct{ d *drawn }

func (r drawnRenderer) Destroy() {}

func (r drawnRenderer) Layout(size fyne.Size) {
	if r.d.arrange != nil {
		r.d.arrange(size)
	}
}

func (r drawnRenderer) MinSize() fyne.Size { return r.d.measure(r.d.Size().Width) }

func (r drawnRenderer) Objects() []fyne.CanvasObject { return r.d.parts }

func (r drawnRenderer) Refresh() {
	r.d.relayout()
	for _, part := range r.d.parts {
		part.Refresh()
	}
}

// Relayout arranges a whole tree again, top first, after contents changed: a
// changed text may need another height without any size having changed.
func Relayout(root fyne.CanvasObject) {
	switch object := root.(type) {
	case *fyne.Container:
		if object.Layout != nil {
			object.Layout.Layout(object.Objects, object.Size())
		}
		for _, child := range object.Objects {
			Relayout(child)
		}
	case interface{ relayout() }:
		object.relayout()
		if parted, ok := root.(Parted); ok {
			for _, part := range parted.Parts() {
				Relayout(part)
			}
		}
	}
}

// heightAt is the height an object needs at a width.
func heightAt(object fyne.CanvasObject, width float32) float32 {
	if flow, ok := object.(Flow); ok {
		return flow.HeightAt(width)
	}
	return object.MinSize().Height
}

// naturalWidth is how wide an object would be with all the room it likes.
func naturalWidth(object fyne.CanvasObject) float32 {
	if wide, ok := object.(interface{ NaturalWidth() float32 }); ok {
		return wide.NaturalWidth()
	}
	return object.MinSize().Width
}

// place moves and resizes an object; no size is ever negative.
func place(object fyne.CanvasObject, x, y, width, height float32) {
	object.Move(fyne.NewPos(x, y))
	object.Resize(fyne.NewSize(max(0, width), max(0, height)))
}

// panel is a rounded rectangle.
func panel(look theme.Look, fill, border theme.Role, width theme.Length) *canvas.Rectangle {
	rect := canvas.NewRectangle(theme.Colour(fill))
	rect.StrokeColor = theme.Colour(border)
	rect.StrokeWidth = look.Size(width)
	rect.CornerRadius = look.Size(theme.Radius)
	return rect
}

// word is one line of text of a kind.
func word(look theme.Look, kind theme.TextKind, role theme.Role, text string) *canvas.Text {
	t := canvas.NewText(text, theme.Colour(role))
	t.TextSize = look.Text(kind)
	t.TextStyle = look.Style(kind)
	return t
}

// fitWord makes one line of text smaller until it fits a width, never under half its size.
func fitWord(t *canvas.Text, full, width float32) {
	t.TextSize = full
	if wide := t.MinSize().Width; wide > width && width > 0 {
		t.TextSize = max(full/2, full*width/wide)
	}
}

// centreWord puts one line of text into the middle of a box.
func centreWord(t *canvas.Text, x, y, width, height float32) {
	need := t.MinSize()
	t.Alignment = fyne.TextAlignLeading
	place(t, x+(width-need.Width)/2, y+(height-need.Height)/2, need.Width, need.Height)
}

// leadWord puts one line of text at the left of a box, in its middle height.
func leadWord(t *canvas.Text, x, y, height float32) {
	need := t.MinSize()
	place(t, x, y+(height-need.Height)/2, need.Width, need.Height)
}
