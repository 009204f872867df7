package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Rank tells how a button is drawn.
type Rank int

// Ranks.
const (
	Primary   Rank = iota // the one filled button of a screen: onward
	Secondary             // outlined: back, and everything else
	Plain                 // grey outline, ink: of no weight
	Danger                // outlined in red: wipes something
)

// Button is a big button with words. Its name in journey files is its words.
type Button struct {
	touch
	rank   Rank
	ground *canvas.Rectangle
	label  *Text
	height float32
	inner  float32
	wide   float32 // natural width at least
}

// NewBigButton makes a button for the bottom of the screen: 136 px high.
func NewBigButton(look theme.Look, label string, rank Rank, tapped func()) *Button {
	b := newButton(look, label, rank, theme.ButtonText, tapped)
	b.height, b.wide = look.Size(theme.ButtonHeight), look.Size(theme.BackWidth)
	return b
}

// NewButton makes a lesser button for cards: 112 px high.
func NewButton(look theme.Look, label string, rank Rank, tapped func()) *Button {
	b := newButton(look, label, rank, theme.ButtonLowText, tapped)
	b.height = look.Size(theme.ButtonLow)
	return b
}

// NewPill makes a small round button: 88 px high.
func NewPill(look theme.Look, label string, rank Rank, tapped func()) *Button {
	b := newButton(look, label, rank, theme.PillText, tapped)
	b.height, b.wide = look.Size(theme.PillHeight), look.Px(124)
	b.ground.CornerRadius = look.Size(theme.RadiusPill)
	b.ground.StrokeWidth = look.Size(theme.Border)
	b.inner = look.Px(30)
	return b
}

func newButton(look theme.Look, label string, rank Rank, kind theme.TextKind, tapped func()) *Button {
	b := &Button{rank: rank, inner: look.Px(32)}
	b.look, b.name, b.tapped = look, label, tapped
	b.ground = panel(look, theme.Surface, theme.Action, theme.Border)
	b.ground.StrokeWidth = look.Px(3)
	b.label = NewText(look, kind, theme.Action, label).Centred()
	b.parts = []fyne.CanvasObject{b.ground, b.label}
	b.arrange = b.arrangeButton
	b.measure = func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(max(b.wide, naturalWidth(b.label)+2*b.inner), b.height)
		}
		return fyne.NewSize(0, max(b.height, b.label.HeightAt(width-2*b.inner)+b.look.Size(theme.SmallGap)))
	}
	b.style = b.styleButton
	b.styleButton()
	b.ExtendBaseWidget(b)
	return b
}

// SetLabel changes the words.
func (b *Button) SetLabel(label string) {
	if label == b.name {
		return
	}
	b.name = label
	b.label.SetText(label)
	b.relayout()
}

// SetRank changes how it is drawn.
func (b *Button) SetRank(rank Rank) {
	if rank != b.rank {
		b.rank = rank
		b.restyle()
	}
}

func (b *Button) arrangeButton(size fyne.Size) {
	place(b.ground, 0, 0, size.Width, size.Height)
	height := b.label.HeightAt(size.Width - 2*b.inner)
	place(b.label, b.inner, (size.Height-height)/2, size.Width-2*b.inner, height)
}

func (b *Button) styleButton() {
	fill, border, ink := theme.Surface, theme.Action, theme.Action
	switch {
	case b.off:
		fill, border, ink = theme.DisabledGround, theme.DisabledGround, theme.DisabledText
	case b.rank == Primary && b.down:
		fill, border, ink = theme.ActionPressed, theme.ActionPressed, theme.OnAction
	case b.rank == Primary:
		fill, border, ink = theme.Action, theme.Action, theme.OnAction
	case b.rank == Danger:
		border, ink = theme.BadText, theme.BadText
	case b.rank == Plain:
		border, ink = theme.LineControl, theme.Ink
	}
	if b.down && b.rank != Primary {
		fill = theme.Tint
		if b.rank == Danger {
			fill = theme.BadGround
		}
	}
	b.ground.FillColor, b.ground.StrokeColor = theme.Colour(fill), theme.Colour(border)
	b.label.SetRole(ink)
}
