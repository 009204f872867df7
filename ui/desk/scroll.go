package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// bleed is the room round a scroll's content, so that rings and borders are not cut.
const bleed = 4

// Scroll shows content higher than itself: by the wheel, by dragging its bar, and by itself to what takes the keys.
type Scroll struct {
	ui.Base
	content fyne.CanvasObject
	bar     *bar
	offset  float32
}

var _ fyne.Scrollable = (*Scroll)(nil)

// NewScroll makes a scroll; it takes the room that is left of a column.
func NewScroll(k *Kit, content fyne.CanvasObject) *Scroll {
	s := &Scroll{content: content}
	s.bar = newBar(k, s)
	s.Setup(s, k.Look, func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(ui.NaturalWidth(content)+2*bleed, ui.HeightAt(content, 0)+2*bleed)
		}
		return fyne.NewSize(0, ui.HeightAt(content, width-2*bleed)+2*bleed)
	}, s.arrange, content, s.bar)
	return s
}

// PlayName is "scroll": journeys turn the wheel over it.
func (s *Scroll) PlayName() string { return "scroll" }

// Clips tells that what does not fit is not seen.
func (s *Scroll) Clips() bool { return true }

// Grows tells that it takes the room that is left.
func (s *Scroll) Grows() bool { return true }

// LeastHeight is little: what does not fit scrolls.
func (s *Scroll) LeastHeight(float32) float32 { return theme.DeskRow }

// MinSize is small for the same reason.
func (s *Scroll) MinSize() fyne.Size { return fyne.NewSize(1, theme.DeskRow) }

// CreateRenderer is the toolkit's way in; the renderer clips.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer { return s.Clip() }

// ToTop goes to the beginning.
func (s *Scroll) ToTop() { s.to(0) }

func (s *Scroll) whole(size fyne.Size) float32 {
	return ui.HeightAt(s.content, size.Width-2*bleed-s.gutter(size)) + 2*bleed
}

// gutter keeps the bar from the content, where there is one.
func (s *Scroll) gutter(size fyne.Size) float32 {
	if ui.HeightAt(s.content, size.Width-2*bleed)+2*bleed <= size.Height+0.5 {
		return 0
	}
	return 12
}

func (s *Scroll) arrange(size fyne.Size) {
	whole := s.whole(size)
	s.offset = min(max(0, s.offset), max(0, whole-size.Height))
	ui.Place(s.content, bleed, bleed-s.offset, size.Width-2*bleed-s.gutter(size), max(whole, size.Height)-2*bleed)
	s.bar.Hidden = whole <= size.Height+0.5
	if !s.bar.Hidden {
		high := max(32, size.Height*size.Height/whole)
		at := (size.Height - high) * s.offset / max(1, whole-size.Height)
		ui.Place(s.bar, size.Width-8, at, 8, high)
	}
}

func (s *Scroll) to(offset float32) {
	s.offset = offset
	s.Rearrange()
	canvas.Refresh(s)
}

// Scrolled is called by the toolkit for a mouse wheel.
func (s *Scroll) Scrolled(event *fyne.ScrollEvent) { s.to(s.offset - 3*event.Scrolled.DY) }

// reveal moves so that an object inside is seen.
func (s *Scroll) reveal(object fyne.CanvasObject) {
	at, ok := within(s.content, object, 0)
	if !ok {
		return
	}
	top, high := at+bleed, object.Size().Height
	switch {
	case top-theme.DeskGap < s.offset:
		s.to(top - theme.DeskGap)
	case top+high+theme.DeskMargin > s.offset+s.Size().Height:
		s.to(top + high + theme.DeskMargin - s.Size().Height)
	}
}

// within finds how far an object lies below the top of another.
func within(root, object fyne.CanvasObject, y float32) (float32, bool) {
	if root == object {
		return y, true
	}
	for _, part := range ui.PartsOf(root) {
		if at, ok := within(part, object, y+part.Position().Y); ok {
			return at, true
		}
	}
	return 0, false
}

// bar is the scroll's bar.
type bar struct {
	clickable
	scroll *Scroll
	thumb  *canvas.Rectangle
}

var _ fyne.Draggable = (*bar)(nil)

func newBar(k *Kit, scroll *Scroll) *bar {
	b := &bar{scroll: scroll, thumb: canvas.NewRectangle(theme.Colour(theme.LineControl))}
	b.kit = k
	b.thumb.CornerRadius = 4
	b.style = func() {
		b.thumb.FillColor = theme.Colour(theme.LineControl)
		if b.over || b.down {
			b.thumb.FillColor = theme.Colour(theme.LinePad)
		}
	}
	b.Setup(b, k.Look, func(float32) fyne.Size { return fyne.NewSize(8, 32) },
		func(size fyne.Size) { ui.Place(b.thumb, 0, 0, size.Width, size.Height) }, b.thumb)
	return b
}

// Dragged is called by the toolkit.
func (b *bar) Dragged(event *fyne.DragEvent) {
	size := b.scroll.Size()
	if free := size.Height - b.Size().Height; free > 0 {
		b.scroll.to(b.scroll.offset + event.Dragged.DY*(b.scroll.whole(size)-size.Height)/free)
	}
}

// DragEnd is called by the toolkit.
func (b *bar) DragEnd() {}

// Cursor is the usual one.
func (b *bar) Cursor() desktop.Cursor { return desktop.DefaultCursor }
