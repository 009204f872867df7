package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Busy says that something is being done: words and three dots. It does not
// move by itself, because an endless animation repaints the whole window; who
// has a clock calls Advance.
type Busy struct {
	drawn
	label *Text
	dots  [3]*canvas.Circle
	at    int
}

// NewBusy makes the indicator.
func NewBusy(look theme.Look, text string) *Busy {
	b := &Busy{}
	b.look = look
	b.label = NewText(look, theme.SectionText, theme.Ink, text).Centred()
	b.parts = []fyne.CanvasObject{b.label}
	for i := range b.dots {
		b.dots[i] = canvas.NewCircle(theme.Colour(theme.LineControl))
		b.parts = append(b.parts, b.dots[i])
	}
	round, gap := look.Px(28), look.Px(28)
	b.arrange = func(size fyne.Size) {
		x := (size.Width - 3*round - 2*gap) / 2
		for i, dot := range b.dots {
			place(dot, x+float32(i)*(round+gap), 0, round, round)
		}
		place(b.label, 0, round+gap, size.Width, size.Height-round-gap)
	}
	b.measure = func(width float32) fyne.Size {
		return fyne.NewSize(naturalWidth(b.label), round+gap+b.label.HeightAt(width))
	}
	b.ExtendBaseWidget(b)
	b.show()
	return b
}

// SetText changes the words.
func (b *Busy) SetText(text string) { b.label.SetText(text) }

// Advance moves the dark dot one on.
func (b *Busy) Advance() {
	b.at = (b.at + 1) % len(b.dots)
	b.show()
}

func (b *Busy) show() {
	for i, dot := range b.dots {
		role := theme.LineControl
		if i == b.at {
			role = theme.Action
		}
		dot.FillColor = theme.Colour(role)
		dot.Refresh()
	}
}
