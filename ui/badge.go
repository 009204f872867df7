package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Tone is the state a badge or notice tells; always with words, never by colour alone.
type Tone int

// Tones.
const (
	Good  Tone = iota // in order, with a tick
	Warn              // mind this
	Bad               // wrong
	Calm              // information
	Muted             // of no weight
)

func (t Tone) roles() (ground, text theme.Role) {
	switch t {
	case Good:
		return theme.GoodGround, theme.GoodText
	case Warn:
		return theme.WarnGround, theme.WarnText
	case Bad:
		return theme.BadGround, theme.BadText
	case Calm:
		return theme.Tint, theme.ActionPressed
	default:
		return theme.DisabledGround, theme.DisabledText
	}
}

// Badge is a short word on a coloured ground.
type Badge struct {
	drawn
	tone   Tone
	ground *canvas.Rectangle
	label  *canvas.Text
}

// NewBadge makes a badge; a good one begins with a tick.
func NewBadge(look theme.Look, tone Tone, text string) *Badge {
	b := &Badge{}
	b.look = look
	b.ground = canvas.NewRectangle(theme.Colour(theme.Tint))
	b.ground.CornerRadius = look.Size(theme.RadiusSmall)
	b.label = word(look, theme.SmallBold, theme.Ink, "")
	b.parts = []fyne.CanvasObject{b.ground, b.label}
	b.arrange = func(size fyne.Size) {
		place(b.ground, 0, 0, size.Width, size.Height)
		fitWord(b.label, look.Text(theme.SmallBold), size.Width-look.Px(20))
		centreWord(b.label, 0, 0, size.Width, size.Height)
	}
	b.measure = func(float32) fyne.Size {
		if b.label.Text == "" {
			return fyne.Size{}
		}
		wide := fyne.MeasureText(b.label.Text, look.Text(theme.SmallBold), b.label.TextStyle).Width
		return fyne.NewSize(wide+look.Px(40), look.Grow(52))
	}
	b.Set(tone, text)
	b.ExtendBaseWidget(b)
	return b
}

// Set changes tone and words; no words hide it.
func (b *Badge) Set(tone Tone, text string) {
	b.tone = tone
	ground, ink := tone.roles()
	if tone == Good && text != "" {
		text = "✓ " + text
	}
	b.ground.FillColor, b.label.Color = theme.Colour(ground), theme.Colour(ink)
	if text == "" {
		b.ground.FillColor = theme.Colour(theme.Surface)
		b.ground.Hide()
	} else {
		b.ground.Show()
	}
	b.label.Text = text
	b.relayout()
	b.repaint()
}

// Notice is a sentence or two on a coloured ground, as wide as it is given.
type Notice struct {
	drawn
	ground *canvas.Rectangle
	text   *Text
}

// NewNotice makes a notice; without words it takes no room.
func NewNotice(look theme.Look, tone Tone, text string) *Notice {
	n := &Notice{}
	n.look = look
	n.ground = canvas.NewRectangle(theme.Colour(theme.Tint))
	n.ground.CornerRadius = look.Size(theme.Radius)
	n.text = NewText(look, theme.SecondaryText, theme.Ink, text)
	n.parts = []fyne.CanvasObject{n.ground, n.text}
	side, above := look.Px(28), look.Px(20)
	n.arrange = func(size fyne.Size) {
		place(n.ground, 0, 0, size.Width, size.Height)
		place(n.text, side, above, size.Width-2*side, size.Height-2*above)
	}
	n.measure = func(width float32) fyne.Size {
		if n.text.text == "" {
			return fyne.Size{}
		}
		if width <= 0 {
			return fyne.NewSize(naturalWidth(n.text)+2*side, n.text.HeightAt(0)+2*above)
		}
		return fyne.NewSize(0, n.text.HeightAt(width-2*side)+2*above)
	}
	n.ExtendBaseWidget(n)
	n.Set(tone, text)
	return n
}

// Set changes tone and words; no words hide it.
func (n *Notice) Set(tone Tone, text string) {
	ground, ink := tone.roles()
	n.ground.FillColor = theme.Colour(ground)
	n.text.SetText(text)
	n.text.SetRole(ink)
	if text == "" {
		n.Hide()
		return
	}
	n.Show()
	n.repaint()
}
