package desk

import (
	"fyne.io/fyne/v2"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Labelled stands a label beside a control, with what is wrong or a hint below.
type Labelled struct {
	ui.Base
	label   *ui.Text
	control fyne.CanvasObject
	below   *ui.Text
	hint    string
	wide    float32 // of the label; 0 stands it above
}

// NewLabelled makes it; wide is the label's width, 0 stands it above the control.
func NewLabelled(k *Kit, label string, wide float32, control fyne.CanvasObject) *Labelled {
	l := &Labelled{control: control, wide: wide}
	l.label = ui.NewText(k.Look, theme.DeskBodyText, theme.InkQuiet, label)
	l.below = ui.NewText(k.Look, theme.DeskSmallText, theme.InkQuiet, "")
	l.Setup(l, k.Look, l.measure, l.arrange, l.label, control, l.below)
	return l
}

// SetLabel changes the label.
func (l *Labelled) SetLabel(label string) { l.label.SetText(label) }

// SetHint is what helps, shown while nothing is wrong.
func (l *Labelled) SetHint(hint string) {
	l.hint = hint
	l.SetProblem("")
}

// SetProblem says what is wrong; "" shows the hint again.
func (l *Labelled) SetProblem(problem string) {
	role, words := theme.BadText, problem
	if problem == "" {
		role, words = theme.InkQuiet, l.hint
	}
	l.below.SetRole(role)
	l.below.SetText(words)
}

func (l *Labelled) measure(width float32) fyne.Size {
	if width <= 0 {
		return fyne.NewSize(l.wide+theme.DeskGap+ui.NaturalWidth(l.control), l.measure(480).Height)
	}
	wide, top := width-l.wide, float32(0)
	if l.wide > 0 {
		wide -= theme.DeskGap
	} else {
		top = l.label.HeightAt(width) + 4
	}
	high := ui.HeightAt(l.control, wide)
	if l.wide > 0 {
		high = max(high, l.label.HeightAt(l.wide)+16)
	}
	if l.below.Text() != "" {
		high += l.below.HeightAt(wide) + 4
	}
	return fyne.NewSize(0, top+high)
}

func (l *Labelled) arrange(size fyne.Size) {
	x, y, wide := float32(0), float32(0), size.Width
	if l.wide > 0 {
		x, wide = l.wide+theme.DeskGap, size.Width-l.wide-theme.DeskGap
		high := l.label.HeightAt(l.wide)
		ui.Place(l.label, 0, max(0, min(8, (theme.DeskControl-high)/2)), l.wide, high)
	} else {
		high := l.label.HeightAt(size.Width)
		ui.Place(l.label, 0, 0, size.Width, high)
		y = high + 4
	}
	high := ui.HeightAt(l.control, wide)
	ui.Place(l.control, x, y, wide, high)
	ui.Place(l.below, x, y+high+4, wide, l.below.HeightAt(wide))
}
