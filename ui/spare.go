package ui

import "fyne.io/fyne/v2"

// Spare shows its child only where there is room for all of it: for what may
// be left out before anything has to scroll.
type Spare struct {
	drawn
	child fyne.CanvasObject
}

// NewSpare makes it.
func NewSpare(child fyne.CanvasObject) *Spare {
	s := &Spare{child: child}
	s.parts = []fyne.CanvasObject{child}
	s.arrange = func(size fyne.Size) {
		room := size.Height >= heightAt(child, size.Width)-0.5
		if room != child.Visible() {
			if room {
				child.Show()
			} else {
				child.Hide()
			}
		}
		place(child, 0, 0, size.Width, size.Height)
	}
	s.measure = func(width float32) fyne.Size {
		return fyne.NewSize(naturalWidth(child), heightAt(child, width))
	}
	s.ExtendBaseWidget(s)
	return s
}

// LeastHeight is nothing: without room it is left out.
func (s *Spare) LeastHeight(float32) float32 { return 0 }
