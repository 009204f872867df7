package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Progress is a bar that fills from the left. The words beside it say the same: it is never alone.
type Progress struct {
	drawn
	part   float32
	ground *canvas.Rectangle
	fill   *canvas.Rectangle
}

// NewProgress makes an empty bar of a height.
func NewProgress(look theme.Look, high float32) *Progress {
	p := &Progress{}
	p.look = look
	p.ground, p.fill = canvas.NewRectangle(theme.Colour(theme.Line)), canvas.NewRectangle(theme.Colour(theme.Action))
	p.ground.CornerRadius, p.fill.CornerRadius = high/2, high/2
	p.parts = []fyne.CanvasObject{p.ground, p.fill}
	p.arrange = func(size fyne.Size) {
		place(p.ground, 0, 0, size.Width, size.Height)
		place(p.fill, 0, 0, max(size.Height, size.Width*p.part), size.Height)
		p.fill.Hidden = p.part <= 0
	}
	p.measure = func(width float32) fyne.Size { return fyne.NewSize(0, high) }
	p.ExtendBaseWidget(p)
	return p
}

// Set shows that a share of all is there.
func (p *Progress) Set(held, total int64) {
	part := float32(0)
	if total > 0 {
		part = float32(float64(min(max(held, 0), total)) / float64(total))
	}
	if part == p.part {
		return
	}
	p.part = part
	p.relayout()
}
