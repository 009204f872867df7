package desk

import (
	"fyne.io/fyne/v2"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Flow stands its children side by side, and in further lines where there is no room.
type Flow struct {
	ui.Base
	children []fyne.CanvasObject
}

// NewFlow makes a flow.
func NewFlow(k *Kit, children ...fyne.CanvasObject) *Flow {
	f := &Flow{children: children}
	f.Setup(f, k.Look, func(width float32) fyne.Size {
		if width <= 0 {
			wide, high := float32(0), float32(0)
			for _, child := range f.children {
				if child.Visible() {
					wide += ui.NaturalWidth(child) + theme.DeskSmallGap
					high = max(high, ui.HeightAt(child, 0))
				}
			}
			return fyne.NewSize(max(0, wide-theme.DeskSmallGap), high)
		}
		return fyne.NewSize(0, f.each(width, func(fyne.CanvasObject, float32, float32, float32, float32) {}))
	}, func(size fyne.Size) {
		f.each(size.Width, func(child fyne.CanvasObject, x, y, wide, high float32) { ui.Place(child, x, y, wide, high) })
	}, children...)
	return f
}

// Set changes the children.
func (f *Flow) Set(children ...fyne.CanvasObject) {
	f.children = children
	f.SetParts(children...)
}

func (f *Flow) each(width float32, put func(child fyne.CanvasObject, x, y, wide, high float32)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, child := range f.children {
		if !child.Visible() {
			continue
		}
		wide := min(width, ui.NaturalWidth(child))
		high := ui.HeightAt(child, wide)
		if x > 0 && x+wide > width+0.5 {
			x, y, line = 0, y+line+theme.DeskSmallGap, 0
		}
		put(child, x, y, wide, high)
		x += wide + theme.DeskSmallGap
		line = max(line, high)
	}
	return y + line
}
