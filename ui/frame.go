package ui

import (
	"fyne.io/fyne/v2"

	"bianmin/ui/theme"
)

// Frame is the plan of every screen: header with pills, step bar, head (what is
// asked, to read), body (what one taps), foot (back and onward). It stands
// upright or lies on its side, and in low reach all that one taps is in the
// lower half. What does not fit scrolls; nothing is clipped.
type Frame struct {
	drawn
	header *Header
	steps  *StepBar
	band   fyne.CanvasObject
	head   fyne.CanvasObject
	body   fyne.CanvasObject
	foot   fyne.CanvasObject
	across bool
	pinned bool

	low      bool
	composed frameMode
	pills    *Row
	column   *Column
	scroll   *DragScroll
	aside    *DragScroll // the head, where it stands apart from the body
}

type frameMode int

const (
	frameNone frameMode = iota
	frameUpright
	frameSplit // upright, but the body is pinned and the head scrolls for itself
	frameLow
	frameWide
	frameWideLow
)

// frameBleed is the room round scrolled content, in px, so that borders are not clipped.
const frameBleed = 10

// NewFrame makes a frame without steps, head, body and foot.
func NewFrame(look theme.Look, header *Header) *Frame {
	f := &Frame{header: header}
	f.look = look
	var pills []fyne.CanvasObject
	for _, pill := range header.pills {
		pills = append(pills, NewShare(1, pill))
	}
	f.pills = NewRow(look.Size(theme.Gap), pills...)
	f.column = NewColumn(look.Px(32))
	f.scroll = NewDragScroll(look, f.column)
	f.aside = NewDragScroll(look, NewSpace(0, 0))
	f.scroll.bleed, f.aside.bleed = look.Px(frameBleed), look.Px(frameBleed)
	f.arrange = f.arrangeFrame
	f.measure = func(float32) fyne.Size { return fyne.NewSize(1, 1) }
	f.ExtendBaseWidget(f)
	return f
}

// Parts of a screen. Each may be nil.
type Parts struct {
	Steps *StepBar
	Band  fyne.CanvasObject // a notice across the top, such as practice mode
	Head  fyne.CanvasObject // the question and what explains it: never tapped
	Body  fyne.CanvasObject // what one taps
	Foot  fyne.CanvasObject // back and onward, or the network line
	// Across keeps head and body below each other on a panel that lies on its
	// side, where they otherwise stand side by side.
	Across bool
	// Pinned keeps the body whole at its full width on an upright panel, and
	// scrolls the head alone where both don't fit: for keyboards.
	Pinned bool
}

// Set changes what the frame holds. With the same parts it only arranges them anew.
func (f *Frame) Set(parts Parts) {
	if f.body != parts.Body {
		f.scroll.offset, f.aside.offset = 0, 0
	}
	f.steps, f.band, f.head, f.body, f.foot = parts.Steps, parts.Band, parts.Head, parts.Body, parts.Foot
	f.across, f.pinned = parts.Across, parts.Pinned
	f.composed = frameNone
	f.Refresh()
	Relayout(f)
}

// SetLowReach moves all that one taps to the lower half, or back.
func (f *Frame) SetLowReach(low bool) {
	if f.low != low {
		f.low = low
		f.Refresh()
	}
}

func (f *Frame) mode(size fyne.Size) frameMode {
	wide := size.Width > size.Height
	switch {
	case wide && f.low:
		return frameWideLow
	case wide:
		return frameWide
	case f.low:
		return frameLow
	}
	return frameUpright
}

// apart tells whether head and body scroll each for itself.
func (f *Frame) apart(mode frameMode) bool {
	if f.head == nil || f.body == nil {
		return false
	}
	return mode == frameLow || mode == frameSplit || !f.across && (mode == frameWide || mode == frameWideLow)
}

// compose puts the parts into the tree as a mode needs them, and tells whether it had to.
func (f *Frame) compose(mode frameMode) bool {
	if mode == f.composed {
		return false
	}
	f.composed = mode
	low := mode == frameLow || mode == frameWideLow
	apart := f.apart(mode)
	f.header.takePills(low)
	f.parts = []fyne.CanvasObject{f.header}
	if low {
		f.parts = append(f.parts, f.pills)
	}
	if f.steps != nil {
		f.parts = append(f.parts, f.steps)
	}
	if f.band != nil {
		f.parts = append(f.parts, f.band)
	}
	var main []fyne.CanvasObject
	if f.head != nil && !apart {
		main = append(main, f.head)
	}
	if f.body != nil {
		main = append(main, f.body)
	}
	f.column.parts = main
	f.parts = append(f.parts, f.scroll)
	if apart {
		f.aside.content = f.head
		f.aside.parts = []fyne.CanvasObject{f.head, f.aside.up, f.aside.down}
		f.parts = append(f.parts, f.aside)
	}
	if f.foot != nil {
		f.parts = append(f.parts, f.foot)
	}
	return true
}

func (f *Frame) arrangeFrame(size fyne.Size) {
	mode := f.mode(size)
	if mode == frameUpright && f.splits(size) {
		mode = frameSplit
	}
	if f.compose(mode) { // the parts moved between scrolls, whose sizes may stay the same
		defer func() {
			Relayout(f.scroll)
			Relayout(f.aside)
		}()
	}
	margin := f.look.Size(theme.Margin)
	wide := size.Width - 2*margin
	top := f.arrangeTop(margin, wide, mode)
	bottom := size.Height - f.look.Size(theme.FootSpace)
	gap := f.look.Px(36)
	if f.foot != nil {
		high := heightAt(f.foot, wide)
		bottom -= high
		place(f.foot, margin, bottom, wide, high)
		bottom -= gap
	}
	apart := f.apart(mode)
	pills := f.look.Size(theme.PillHeight)
	if mode == frameLow || mode == frameWideLow && !apart {
		bottom -= pills
		place(f.pills, margin, bottom, wide, pills)
		bottom -= gap
	}
	switch {
	case mode == frameSplit:
		body := leastHeight(f.body, wide)
		f.placeScroll(f.aside, margin, top, wide, bottom-body-gap-top)
		f.placeScroll(f.scroll, margin, bottom-body, wide, body)
	case mode == frameLow && apart:
		middle := size.Height / 2
		f.placeScroll(f.aside, margin, top, wide, middle-top-gap)
		f.placeScroll(f.scroll, margin, middle, wide, bottom-middle)
	case mode == frameLow && f.body != nil:
		f.placeScroll(f.scroll, margin, max(top, size.Height/2), wide, bottom-max(top, size.Height/2))
	case apart:
		left := wide * 0.42
		below := bottom
		if mode == frameWideLow {
			below -= pills
			place(f.pills, margin, below, left, pills)
			below -= gap
		}
		f.placeScroll(f.aside, margin, top, left, below-top)
		f.placeScroll(f.scroll, margin+left+f.look.Px(64), top, wide-left-f.look.Px(64), bottom-top)
	default:
		f.placeScroll(f.scroll, margin, top, wide, bottom-top)
	}
}

// splits tells whether head and pinned body are too high to stand below each other.
func (f *Frame) splits(size fyne.Size) bool {
	if !f.pinned || f.head == nil || f.body == nil {
		return false
	}
	margin, gap := f.look.Size(theme.Margin), f.look.Px(36)
	wide := size.Width - 2*margin
	room := size.Height - f.look.Size(theme.FootSpace) - f.arrangeTop(margin, wide, frameUpright)
	if f.foot != nil {
		room -= heightAt(f.foot, wide) + gap
	}
	return leastHeight(f.head, wide)+gap+leastHeight(f.body, wide) > room
}

// placeScroll puts a scroll so that its content stands in the box.
func (f *Frame) placeScroll(scroll *DragScroll, x, y, width, height float32) {
	bleed := scroll.bleed
	place(scroll, x-bleed, y-bleed, width+2*bleed, max(0, height)+2*bleed)
}

// arrangeTop stands header, step bar and band below each other and returns where the rest begins.
func (f *Frame) arrangeTop(margin, wide float32, mode frameMode) float32 {
	y := f.look.Size(theme.TopSpace)
	high := f.header.HeightAt(wide)
	place(f.header, margin, y, wide, high)
	y += high
	upright := mode == frameUpright || mode == frameLow || mode == frameSplit
	if f.steps != nil {
		y += f.look.Px(44)
		if !upright {
			y -= f.look.Px(20)
		}
		high = f.steps.HeightAt(wide)
		place(f.steps, margin, y, wide, high)
		y += high
	}
	if f.band != nil && f.band.Visible() {
		y += f.look.Size(theme.Gap)
		high = heightAt(f.band, wide)
		place(f.band, margin, y, wide, high)
		y += high
	}
	if f.steps != nil && upright {
		return y + f.look.Px(64)
	}
	return y + f.look.Px(36)
}

// NewFoot makes the usual foot: back at the left, as wide as its words need,
// onward at the right in the room that is left. Either may be nil.
func NewFoot(look theme.Look, back, next *Button) fyne.CanvasObject {
	gap := look.Px(32)
	switch {
	case back == nil && next == nil:
		return nil
	case next == nil:
		return NewRow(gap, back, NewSpring())
	case back == nil:
		return NewRow(gap, NewShare(1, next))
	}
	return NewRow(gap, back, NewShare(1, next)).Stretch()
}
