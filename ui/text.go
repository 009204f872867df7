package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// endless is wider than any line of words.
const endless = 1e9

// Text is words in one kind and colour, wrapped by the rules of Chinese
// typesetting. It is read, never tapped.
type Text struct {
	drawn
	text  string
	kind  theme.TextKind
	role  theme.Role
	align fyne.TextAlign
	limit int  // lines at most, 0 for any number
	one   bool // one line, in smaller letters if need be
	kept  bool // the room of a line is kept while there are no words

	lines     []*canvas.Text // pooled, hidden when unused
	shown     []string
	shownAt   float32
	shownText string
}

// NewText makes words of any kind and colour.
func NewText(look theme.Look, kind theme.TextKind, role theme.Role, text string) *Text {
	t := &Text{text: text, kind: kind, role: role}
	t.look = look
	t.measure = t.measureText
	t.arrange = t.arrangeText
	t.ExtendBaseWidget(t)
	return t
}

// NewTitle makes the one question of a screen.
func NewTitle(look theme.Look, text string) *Text {
	return NewText(look, theme.TitleText, theme.Ink, text)
}

// NewSection makes the head of a part of a screen.
func NewSection(look theme.Look, text string) *Text {
	return NewText(look, theme.SectionText, theme.Ink, text)
}

// NewBody makes words to read.
func NewBody(look theme.Look, text string) *Text {
	return NewText(look, theme.BodyText, theme.Ink, text)
}

// NewSecondary makes lesser words, on the ground.
func NewSecondary(look theme.Look, text string) *Text {
	return NewText(look, theme.SecondaryText, theme.InkSecondary, text)
}

// NewQuiet makes lesser words, on a surface.
func NewQuiet(look theme.Look, text string) *Text {
	return NewText(look, theme.SecondaryText, theme.InkQuiet, text)
}

// NewSmall makes the smallest words, on the ground.
func NewSmall(look theme.Look, text string) *Text {
	return NewText(look, theme.SmallText, theme.InkSecondary, text)
}

// Centred centres each line and returns the text itself.
func (t *Text) Centred() *Text {
	t.align = fyne.TextAlignCenter
	return t
}

// Lines limits how many lines are shown, the last ending in …, and returns the text itself.
func (t *Text) Lines(limit int) *Text {
	t.limit = limit
	return t
}

// OneLine keeps the words on one line, in smaller letters where they do not
// fit: for numbers that must not be broken. It returns the text itself.
func (t *Text) OneLine() *Text {
	t.one = true
	return t
}

// Kept keeps the room of one line while there are no words, so that what
// stands below does not move when they come. It returns the text itself.
func (t *Text) Kept() *Text {
	t.kept = true
	return t
}

// Text returns the words.
func (t *Text) Text() string { return t.text }

// SetText changes the words. Whoever holds the text calls Relayout.
func (t *Text) SetText(text string) {
	if text == t.text {
		return
	}
	t.text = text
	t.relayout()
}

// SetRole changes the colour.
func (t *Text) SetRole(role theme.Role) {
	if role == t.role {
		return
	}
	t.role = role
	for _, line := range t.lines {
		line.Color = theme.Colour(role)
		line.Refresh()
	}
}

func (t *Text) width(piece string) float32 {
	return fyne.MeasureText(piece, t.look.Text(t.kind), t.look.Style(t.kind)).Width
}

// broken returns the lines at a width, from memory when nothing changed.
func (t *Text) broken(width float32) []string {
	if t.shown != nil && t.shownAt == width && t.shownText == t.text {
		return t.shown
	}
	var lines []string
	switch {
	case t.one:
		lines = []string{t.text}
	case t.align == fyne.TextAlignCenter, t.kind == theme.TitleText, t.kind == theme.SectionText:
		lines = balanced(t.text, width, t.width)
	default:
		lines = wrap(t.text, width, t.width)
	}
	if t.limit > 0 && len(lines) > t.limit {
		lines = lines[:t.limit]
		last := []rune(lines[t.limit-1])
		for len(last) > 0 && t.width(string(last)+"…") > width {
			last = last[:len(last)-1]
		}
		lines[t.limit-1] = string(last) + "…"
	}
	t.shown, t.shownAt, t.shownText = lines, width, t.text
	return lines
}

func (t *Text) measureText(width float32) fyne.Size {
	if t.text == "" && t.kept {
		return fyne.NewSize(0, t.look.Leading(t.kind))
	}
	if t.text == "" {
		return fyne.Size{}
	}
	if width <= 0 { // nobody gave a width yet: as wide as the words are
		var wide float32
		lines := wrap(t.text, endless, t.width)
		for _, line := range lines {
			wide = max(wide, t.width(line))
		}
		return fyne.NewSize(wide+1, float32(len(lines))*t.look.Leading(t.kind))
	}
	lines := t.broken(width)
	return fyne.NewSize(0, float32(len(lines))*t.look.Leading(t.kind))
}

func (t *Text) arrangeText(size fyne.Size) {
	var lines []string
	if t.text != "" {
		lines = t.broken(size.Width)
	}
	for len(t.lines) < len(lines) {
		line := word(t.look, t.kind, t.role, "")
		t.lines = append(t.lines, line)
		t.parts = append(t.parts, line)
	}
	leading := t.look.Leading(t.kind)
	for i, line := range t.lines {
		if i >= len(lines) {
			line.Text = ""
			line.Hide()
			continue
		}
		if line.Text != lines[i] {
			line.Text = lines[i]
			line.Refresh()
		}
		line.Show()
		if t.one {
			fitWord(line, t.look.Text(t.kind), size.Width)
		}
		if t.align == fyne.TextAlignCenter {
			centreWord(line, 0, float32(i)*leading, size.Width, leading)
		} else {
			leadWord(line, 0, float32(i)*leading, leading)
		}
	}
}
