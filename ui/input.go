package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// InputBox shows what is being typed, with a caret that stands still. It takes
// no keys itself: a pad or keyboard below it does. A tap can open something.
type InputBox struct {
	touch
	text    string
	hint    string
	group   func(string) string
	locked  bool
	ground  *canvas.Rectangle
	caret   *canvas.Rectangle
	line    *canvas.Text // one line, big letters
	wrapped *Text        // several lines, smaller letters
	height  float32
}

// NewInputBox makes the box with a hint that shows while it is empty. group
// sets spaces between digits for the eye; nil leaves the text as it is.
func NewInputBox(look theme.Look, hint string, group func(string) string) *InputBox {
	return newInputBox(look, hint, group, look.Size(theme.FieldHeight))
}

// NewSearchBox makes a lower box that opens the search when tapped. Its name is its hint.
func NewSearchBox(look theme.Look, hint string, tapped func()) *InputBox {
	b := newInputBox(look, hint, nil, look.Size(theme.SearchHeight))
	b.SetTapped(tapped)
	return b
}

// SetTapped sets what a tap opens; with nil the box is only read.
func (b *InputBox) SetTapped(tapped func()) {
	b.tapped, b.off = tapped, tapped == nil
	b.relayout()
}

func newInputBox(look theme.Look, hint string, group func(string) string, height float32) *InputBox {
	b := &InputBox{hint: hint, group: group, height: height}
	b.look, b.name, b.off = look, hint, true
	b.ground = panel(look, theme.Surface, theme.Action, theme.BorderStrong)
	b.caret = canvas.NewRectangle(theme.Colour(theme.Action))
	b.line = word(look, theme.FieldText, theme.Ink, "")
	b.wrapped = NewText(look, theme.NumberText, theme.Ink, "")
	b.parts = []fyne.CanvasObject{b.ground, b.line, b.wrapped, b.caret}
	b.arrange = b.arrangeBox
	b.measure = func(width float32) fyne.Size {
		if width <= 0 || b.fits(width) {
			return fyne.NewSize(0, b.height)
		}
		return fyne.NewSize(0, max(b.height, b.wrapped.HeightAt(b.room(width))+2*b.look.Px(28)))
	}
	b.style = func() {
		fill := theme.Surface
		if b.down && b.tapped != nil {
			fill = theme.Tint
		}
		b.ground.FillColor = theme.Colour(fill)
	}
	b.ExtendBaseWidget(b)
	b.showText()
	return b
}

// SetText changes what is shown.
func (b *InputBox) SetText(text string) {
	if text == b.text {
		return
	}
	b.text = text
	b.showText()
}

// Text returns what is shown, without the spaces of groups.
func (b *InputBox) Text() string { return b.text }

// SetName sets the name journey files use; without one it is the hint.
func (b *InputBox) SetName(name string) { b.name = name }

// SetHint changes the hint.
func (b *InputBox) SetHint(hint string) {
	b.hint = hint
	b.showText()
}

// SetLocked draws the box as one that cannot be typed into, without a caret.
func (b *InputBox) SetLocked(locked bool) {
	b.locked = locked
	border, width := theme.Action, theme.BorderStrong
	if locked {
		border, width = theme.Line, theme.Border
	}
	b.ground.StrokeColor, b.ground.StrokeWidth = theme.Colour(border), b.look.Size(width)
	b.showText()
}

// SetWrong draws the border in the colour of what is wrong, or takes it back.
func (b *InputBox) SetWrong(wrong bool) {
	role := theme.Action
	if wrong {
		role = theme.BadText
	}
	b.ground.StrokeColor = theme.Colour(role)
	b.ground.Refresh()
}

func (b *InputBox) showText() {
	shown := b.text
	if b.group != nil {
		shown = b.group(shown)
	}
	b.line.Text = shown
	b.line.Color, b.line.TextStyle = theme.Colour(theme.Ink), b.look.Style(theme.FieldText)
	if shown == "" {
		b.line.Text = b.hint
		b.line.Color, b.line.TextStyle = theme.Colour(theme.InkQuiet), fyne.TextStyle{}
	}
	b.wrapped.SetText(shown)
	b.relayout()
	b.repaint()
}

func (b *InputBox) room(width float32) float32 { return width - 2*b.look.Px(40) }

// fits tells whether the text stands on one line in big letters.
func (b *InputBox) fits(width float32) bool {
	if b.text == "" {
		return true
	}
	return fyne.MeasureText(b.line.Text, b.look.Text(theme.FieldText), b.line.TextStyle).Width <= b.room(width)-b.look.Px(16)
}

func (b *InputBox) arrangeBox(size fyne.Size) {
	place(b.ground, 0, 0, size.Width, size.Height)
	side, room := b.look.Px(40), b.room(size.Width)
	one := b.fits(size.Width)
	b.line.Hidden, b.wrapped.Hidden = !one, one
	b.caret.Hidden = b.locked || b.tapped != nil
	thick := b.look.Px(6)
	if one {
		big := b.look.Text(theme.FieldText)
		if b.text == "" {
			big = b.look.Text(theme.ButtonLowText)
		}
		fitWord(b.line, big, room)
		leadWord(b.line, side, 0, size.Height)
		high := b.look.Grow(72)
		x := side
		if b.text != "" {
			x += b.line.MinSize().Width + b.look.Px(6)
		} else if !b.caret.Hidden { // the hint begins behind the caret
			b.line.Move(b.line.Position().AddXY(b.look.Px(16), 0))
		}
		place(b.caret, x, (size.Height-high)/2, thick, high)
		return
	}
	height := b.wrapped.HeightAt(room)
	y := (size.Height - height) / 2
	place(b.wrapped, side, y, room, height)
	leading := b.look.Leading(theme.NumberText)
	last := b.wrapped.broken(room)
	x := b.wrapped.width(last[len(last)-1])
	place(b.caret, side+min(x+b.look.Px(4), room), y+height-leading+b.look.Px(4), thick, leading-b.look.Px(8))
}

// Groups returns a function that sets a space after each of the given numbers
// of characters: Groups(3, 4) writes 138 0531 2764.
func Groups(sizes ...int) func(string) string {
	return func(text string) string {
		var out strings.Builder
		group, n := 0, 0
		for _, r := range text {
			if group < len(sizes) && n == sizes[group] {
				out.WriteByte(' ')
				group, n = group+1, 0
			}
			out.WriteRune(r)
			n++
		}
		return out.String()
	}
}

// Usual groups.
var (
	GroupPhone = Groups(3, 4)    // 138 0531 2764
	GroupID    = Groups(6, 8)    // 620000 19480315 0001
	GroupCode  = Groups(4, 4, 4) // bank cards, credit codes and the like
)

// GroupSecret shows a dot for each character: for a PIN.
func GroupSecret(text string) string { return strings.Repeat("●", len([]rune(text))) }
