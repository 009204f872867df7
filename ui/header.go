package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Header is the top of every screen: the service point's name, the time, and
// the pills for large letters, language, help and leaving.
type Header struct {
	drawn
	point *Text
	clock *canvas.Text
	pills []*Button
	gap   float32
	apart bool // the pills are drawn elsewhere
}

// NewHeader makes the header with its pills from left to right.
func NewHeader(look theme.Look, point string, pills ...*Button) *Header {
	h := &Header{pills: pills, gap: look.Size(theme.Gap)}
	h.look = look
	kind := theme.BodyStrong
	if look.Large() { // the pills leave the name little room
		kind = theme.SmallBold
	}
	h.point = NewText(look, kind, theme.Ink, point).Lines(2)
	h.clock = word(look, theme.SecondaryText, theme.InkSecondary, "")
	h.parts = []fyne.CanvasObject{h.point, h.clock}
	for _, pill := range pills {
		h.parts = append(h.parts, pill)
	}
	h.arrange = h.arrangeHeader
	h.measure = func(width float32) fyne.Size {
		if h.below(width) {
			return fyne.NewSize(0, h.words(width)+h.gap+look.Size(theme.PillHeight))
		}
		return fyne.NewSize(0, max(look.Size(theme.PillHeight), h.words(width)))
	}
	h.ExtendBaseWidget(h)
	return h
}

// SetPoint changes the service point's name.
func (h *Header) SetPoint(point string) {
	h.point.SetText(point)
	h.relayout()
}

// SetClock changes the time's words.
func (h *Header) SetClock(words string) {
	if h.clock.Text == words {
		return
	}
	h.clock.Text = words
	h.relayout()
	h.clock.Refresh()
}

// words is the height of name and time at a width of the whole header.
func (h *Header) words(width float32) float32 {
	return h.point.HeightAt(h.nameWidth(width)) + h.look.Leading(theme.SecondaryText)
}

func (h *Header) pillsWidth() float32 {
	if h.apart || len(h.pills) == 0 {
		return 0
	}
	wide := float32(0)
	for _, pill := range h.pills {
		wide += naturalWidth(pill) + h.gap
	}
	return wide
}

// below tells whether the pills stand below the name, because beside them the
// name would not fit two lines.
func (h *Header) below(width float32) bool {
	const loss = 1.15 // what breaking a line wastes
	return !h.apart && width > 0 && naturalWidth(h.point)*loss > 2*(width-h.pillsWidth())
}

func (h *Header) nameWidth(width float32) float32 {
	if h.below(width) {
		return width
	}
	return max(h.look.Px(120), width-h.pillsWidth())
}

func (h *Header) arrangeHeader(size fyne.Size) {
	name := h.nameWidth(size.Width)
	height := h.point.HeightAt(name)
	pillHeight := h.look.Size(theme.PillHeight)
	y, middle := (size.Height-h.words(size.Width))/2, (size.Height-pillHeight)/2
	if h.below(size.Width) {
		y, middle = 0, size.Height-pillHeight
	}
	place(h.point, 0, y, name, height)
	leadWord(h.clock, 0, y+height, h.look.Leading(theme.SecondaryText))
	if h.apart {
		return
	}
	x := size.Width
	for i := len(h.pills) - 1; i >= 0; i-- {
		wide := naturalWidth(h.pills[i])
		x -= wide
		place(h.pills[i], x, middle, wide, pillHeight)
		x -= h.gap
	}
}

// takePills lets somebody else draw the pills, or gives them back.
func (h *Header) takePills(apart bool) {
	h.apart = apart
	h.parts = []fyne.CanvasObject{h.point, h.clock}
	if !apart {
		for _, pill := range h.pills {
			h.parts = append(h.parts, pill)
		}
	}
}

// StepBar shows the named steps and where one is.
type StepBar struct {
	drawn
	names  []string
	now    int // from 1
	bars   []*canvas.Rectangle
	labels []*canvas.Text
}

// NewStepBar makes the bar; step counts from 1.
func NewStepBar(look theme.Look, names []string, step int) *StepBar {
	s := &StepBar{names: names}
	s.look = look
	for range names {
		s.bars = append(s.bars, canvas.NewRectangle(theme.Colour(theme.Line)))
		s.labels = append(s.labels, word(look, theme.SmallText, theme.InkSecondary, ""))
	}
	for i := range names {
		s.parts = append(s.parts, s.bars[i], s.labels[i])
	}
	s.arrange = s.arrangeSteps
	s.measure = func(float32) fyne.Size {
		return fyne.NewSize(0, look.Size(theme.StepBarWidth)+look.Px(20)+look.Leading(theme.SmallText))
	}
	s.ExtendBaseWidget(s)
	s.SetStep(step)
	return s
}

// SetStep changes where one is.
func (s *StepBar) SetStep(step int) {
	if s.now == step {
		return
	}
	s.now = step
	for i := range s.names {
		bar, ink, kind := theme.Action, theme.Ink, theme.SmallText
		switch {
		case i+1 > step:
			bar, ink = theme.Line, theme.InkSecondary
		case i+1 == step:
			ink, kind = theme.Action, theme.SmallBold
		}
		s.bars[i].FillColor = theme.Colour(bar)
		s.labels[i].Color = theme.Colour(ink)
		s.labels[i].TextStyle = s.look.Style(kind)
	}
	s.relayout()
	s.repaint()
}

func (s *StepBar) arrangeSteps(size fyne.Size) {
	gap := s.look.Size(theme.SmallGap)
	count := float32(len(s.names))
	cell := (size.Width - gap*(count-1)) / count
	thick := s.look.Size(theme.StepBarWidth)
	for i, name := range s.names {
		x := float32(i) * (cell + gap)
		place(s.bars[i], x, 0, cell, thick)
		s.labels[i].Text = string(rune('1'+i)) + " " + name
		fitWord(s.labels[i], s.look.Text(theme.SmallText), cell-s.look.Px(4))
		leadWord(s.labels[i], x, thick+s.look.Px(20), s.look.Leading(theme.SmallText))
	}
}

// NetworkLine is the quiet, true line about the network at the foot of a screen.
type NetworkLine struct {
	drawn
	ground *canvas.Rectangle
	dot    *canvas.Circle
	strong *canvas.Text
	rest   *Text
}

// NewNetworkLine makes the line; no words hide it.
func NewNetworkLine(look theme.Look) *NetworkLine {
	n := &NetworkLine{}
	n.look = look
	n.ground = canvas.NewRectangle(theme.Colour(theme.WarnGround))
	n.ground.CornerRadius = look.Px(20)
	n.dot = canvas.NewCircle(theme.Colour(theme.WarnDot))
	n.strong = word(look, theme.SecondaryBold, theme.WarnText, "")
	n.rest = NewText(look, theme.SecondaryText, theme.WarnText, "")
	n.parts = []fyne.CanvasObject{n.ground, n.dot, n.strong, n.rest}
	n.arrange = n.arrangeLine
	n.measure = func(width float32) fyne.Size {
		if width <= 0 {
			width = look.Px(theme.DesignWidth)
		}
		return fyne.NewSize(0, max(look.Size(theme.PillHeight), n.rest.HeightAt(n.restWidth(width))+look.Px(32)))
	}
	n.ExtendBaseWidget(n)
	n.Set(Warn, "", "")
	return n
}

// Set changes the line: a bold beginning and the rest.
func (n *NetworkLine) Set(tone Tone, strong, rest string) {
	ground, ink := tone.roles()
	dot := theme.WarnDot
	if tone == Good {
		dot = theme.GoodSolid
	}
	n.ground.FillColor, n.dot.FillColor, n.strong.Color = theme.Colour(ground), theme.Colour(dot), theme.Colour(ink)
	n.strong.Text = strong
	n.rest.SetText(rest)
	n.rest.SetRole(ink)
	if strong == "" && rest == "" {
		n.Hide()
		return
	}
	n.Show()
	n.relayout()
	n.repaint()
}

func (n *NetworkLine) restStart() float32 {
	return n.look.Px(72) + n.strong.MinSize().Width + n.look.Px(4)
}

func (n *NetworkLine) restWidth(width float32) float32 {
	return max(n.look.Px(200), width-n.restStart()-n.look.Px(28))
}

func (n *NetworkLine) arrangeLine(size fyne.Size) {
	place(n.ground, 0, 0, size.Width, size.Height)
	round := n.look.Px(24)
	place(n.dot, n.look.Px(28), (size.Height-round)/2, round, round)
	leadWord(n.strong, n.look.Px(72), 0, size.Height)
	height := n.rest.HeightAt(n.restWidth(size.Width))
	place(n.rest, n.restStart(), (size.Height-height)/2, n.restWidth(size.Width), height)
}
