package desk

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Rank tells how a button is drawn.
type Rank int

// Ranks.
const (
	Filled   Rank = iota // the one onward button of a page
	Outlined             // everything else
	Quiet                // words only, in lists and headers
	Danger               // outlined in red: takes something away
)

// Button is a button with words and, where it has one, the key it answers to.
type Button struct {
	control
	rank   Rank
	key    string
	ground *canvas.Rectangle
	ring   *canvas.Rectangle
	label  *canvas.Text
	hint   *canvas.Text
	low    bool
}

// NewButton makes a button; its name in journey files is name. key is the key
// it answers to, "" for none.
func NewButton(k *Kit, name, label, key string, rank Rank, tapped func()) *Button {
	b := &Button{rank: rank, key: key}
	b.kit, b.name, b.tapped, b.self = k, name, tapped, b
	b.ground = canvas.NewRectangle(theme.Colour(theme.Surface))
	b.ground.CornerRadius = theme.DeskSmallGap
	b.ring = ring()
	b.label = ui.Word(k.Look, theme.DeskBodyBold, theme.Ink, label)
	b.hint = ui.Word(k.Look, theme.DeskSmallText, theme.Ink, keyWords(key))
	b.style = b.styleButton
	b.styleButton()
	b.Setup(b, k.Look, b.measure, b.arrange, b.ring, b.ground, b.label, b.hint)
	return b
}

// Low makes it fit a row of a list, and returns it.
func (b *Button) Low() *Button {
	b.low = true
	return b
}

// SetLow makes it low, or as high as other controls.
func (b *Button) SetLow(low bool) { b.low = low }

// SetLabel changes the words.
func (b *Button) SetLabel(label string) {
	if b.label.Text != label {
		b.label.Text = label
		b.Rearrange()
		b.label.Refresh()
	}
}

// SetRank changes how it is drawn.
func (b *Button) SetRank(rank Rank) {
	if rank != b.rank {
		b.rank = rank
		b.restyle()
	}
}

// SetTapped changes what it does.
func (b *Button) SetTapped(tapped func()) { b.tapped = tapped }

// keyWords writes a key as it stands on the button.
func keyWords(key string) string {
	return strings.NewReplacer("Return", "Enter", "Escape", "Esc", "Prior", "PgUp", "Next", "PgDn").Replace(key)
}

func (b *Button) inner() float32 {
	if b.rank == Quiet || b.low {
		return theme.DeskGap
	}
	return 18
}

func (b *Button) height() float32 {
	if b.low {
		return 32
	}
	return theme.DeskControl
}

func (b *Button) measure(width float32) fyne.Size {
	if width > 0 {
		return fyne.NewSize(0, b.height())
	}
	wide := b.label.MinSize().Width + 2*b.inner()
	if b.hint.Text != "" {
		wide += b.hint.MinSize().Width + theme.DeskSmallGap
	}
	return fyne.NewSize(wide, b.height())
}

func (b *Button) arrange(size fyne.Size) {
	ui.Place(b.ground, 0, 0, size.Width, size.Height)
	ui.Place(b.ring, -3, -3, size.Width+6, size.Height+6)
	wide, hint := b.label.MinSize().Width, b.hint.MinSize().Width
	whole := wide
	if b.hint.Text != "" {
		whole += hint + theme.DeskSmallGap
	}
	x := (size.Width - whole) / 2
	ui.LeadWord(b.label, x, 0, size.Height)
	ui.LeadWord(b.hint, x+wide+theme.DeskSmallGap, 0, size.Height)
}

func (b *Button) styleButton() {
	fill, border, ink := theme.Surface, theme.Action, theme.Action
	switch {
	case b.off:
		fill, border, ink = theme.DisabledGround, theme.DisabledGround, theme.DisabledText
	case b.rank == Filled && (b.down || b.over):
		fill, border, ink = theme.ActionPressed, theme.ActionPressed, theme.OnAction
	case b.rank == Filled:
		fill, border, ink = theme.Action, theme.Action, theme.OnAction
	case b.rank == Danger:
		border, ink = theme.BadText, theme.BadText
	}
	if !b.off && b.rank != Filled && (b.over || b.down) {
		fill = theme.Tint
		if b.rank == Danger {
			fill = theme.BadGround
		}
	}
	b.ground.FillColor, b.ground.StrokeColor = theme.Colour(fill), theme.Colour(border)
	b.ground.StrokeWidth = 2
	if b.rank == Quiet {
		b.ground.StrokeWidth = 0
	}
	b.label.Color, b.hint.Color = theme.Colour(ink), theme.Colour(ink)
	b.ring.Hidden = !b.focused
}

// ring is what shows where the keys go.
func ring() *canvas.Rectangle {
	r := canvas.NewRectangle(theme.Colour(theme.Focus))
	r.CornerRadius = theme.DeskRadius + 1
	r.Hidden = true
	return r
}
