package desk

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Bar is one bar of a chart.
type Bar struct {
	Label string
	Value int
}

// Bars is a simple chart: a line each with words, a bar and its number.
type Bars struct {
	ui.Base
	bars   []Bar
	labels []*canvas.Text
	rects  []*canvas.Rectangle
	counts []*canvas.Text
}

const barLine = 34

// NewBars makes a chart without bars.
func NewBars(k *Kit) *Bars {
	b := &Bars{}
	b.Setup(b, k.Look, func(width float32) fyne.Size {
		high := float32(len(b.bars)) * barLine
		if width <= 0 {
			return fyne.NewSize(320, high)
		}
		return fyne.NewSize(0, high)
	}, b.arrange)
	return b
}

// Set shows bars.
func (b *Bars) Set(bars []Bar) {
	if slices.Equal(bars, b.bars) {
		return
	}
	b.bars = bars
	b.labels, b.rects, b.counts = nil, nil, nil
	var parts []fyne.CanvasObject
	for _, bar := range bars {
		rect := canvas.NewRectangle(theme.Colour(theme.Action))
		rect.CornerRadius = 3
		label := ui.Word(b.Look(), theme.DeskBodyText, theme.Ink, bar.Label)
		count := ui.Word(b.Look(), theme.DeskBodyBold, theme.Ink, strconv.Itoa(bar.Value))
		b.labels, b.rects, b.counts = append(b.labels, label), append(b.rects, rect), append(b.counts, count)
		parts = append(parts, label, rect, count)
	}
	b.SetParts(parts...)
	canvas.Refresh(b)
}

func (b *Bars) arrange(size fyne.Size) {
	label, count, most := size.Width*0.52, float32(44), 1
	for _, bar := range b.bars {
		most = max(most, bar.Value)
	}
	for i, bar := range b.bars {
		y := float32(i) * barLine
		b.labels[i].Text = ui.Cut(b.Look(), theme.DeskBodyText, bar.Label, label-12)
		ui.LeadWord(b.labels[i], 0, y, barLine)
		wide := max(2, (size.Width-label-count)*float32(bar.Value)/float32(most))
		ui.Place(b.rects[i], label, y+(barLine-theme.DeskBar)/2, wide, theme.DeskBar)
		ui.LeadWord(b.counts[i], label+wide+8, y, barLine)
	}
}
