package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/ui/theme"
)

// DragScroll shows content higher than itself: a finger drags it, and page
// buttons at the right show that there is more. A drag never taps; a finger
// that slides only a little still does.
type DragScroll struct {
	drawn
	content fyne.CanvasObject
	up      *iconKey
	down    *iconKey
	offset  float32
	moved   float32 // since the finger came down
	slid    bool    // the finger left the slop: it drags
	bleed   float32 // room round the content, so that borders are not clipped
	onMove  func()  // somebody scrolled; nil: nobody asks
}

var (
	_ fyne.Draggable    = (*DragScroll)(nil)
	_ desktop.Mouseable = (*DragScroll)(nil)
	_ fyne.Scrollable   = (*DragScroll)(nil)
)

// NewDragScroll makes a scroll; it takes the room that is left of a column.
func NewDragScroll(look theme.Look, content fyne.CanvasObject) *DragScroll {
	s := &DragScroll{content: content}
	s.look = look
	s.up = newIconKey(look, "page-up", arrowUp, func() { s.page(-1) })
	s.down = newIconKey(look, "page-down", arrowDown, func() { s.page(1) })
	s.parts = []fyne.CanvasObject{content, s.up, s.down}
	s.arrange = s.arrangeScroll
	s.measure = func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(naturalWidth(s.content), heightAt(s.content, 0))
		}
		return fyne.NewSize(0, heightAt(s.content, width))
	}
	s.ExtendBaseWidget(s)
	return s
}

// Clips tells that what does not fit is not seen.
func (s *DragScroll) Clips() bool { return true }

// Grows tells that it takes the room that is left.
func (s *DragScroll) Grows() bool { return true }

// MinSize is small: what does not fit scrolls.
func (s *DragScroll) MinSize() fyne.Size { return fyne.NewSize(1, s.look.Size(theme.Touch)) }

// SetContent changes the content and goes to its top.
func (s *DragScroll) SetContent(content fyne.CanvasObject) {
	s.content = content
	s.parts = []fyne.CanvasObject{content, s.up, s.down}
	s.offset = 0
	s.Refresh()
}

// ToTop goes to the beginning.
func (s *DragScroll) ToTop() { s.to(0) }

// ToEnd goes to the end.
func (s *DragScroll) ToEnd() { s.to(s.most()) }

// Offset returns how far the content is moved up.
func (s *DragScroll) Offset() float32 { return s.offset }

// CreateRenderer is the toolkit's way in; the renderer clips.
func (s *DragScroll) CreateRenderer() fyne.WidgetRenderer {
	return clipRenderer{drawnRenderer{&s.drawn}}
}

// clipRenderer tells the toolkit not to draw outside of the widget.
type clipRenderer struct{ drawnRenderer }

// IsClip marks the widget as one that clips.
func (clipRenderer) IsClip() {}

// fits tells whether all of the content is seen.
func (s *DragScroll) fits(size fyne.Size) bool {
	return leastHeight(s.content, size.Width-2*s.bleed) <= size.Height-2*s.bleed+0.5
}

// contentWidth leaves room for the page buttons when they are needed.
func (s *DragScroll) contentWidth(size fyne.Size) float32 {
	if s.fits(size) {
		return size.Width - 2*s.bleed
	}
	return size.Width - 2*s.bleed - s.look.Size(theme.Touch) - s.look.Size(theme.Gap)
}

func (s *DragScroll) most() float32 {
	size := s.Size()
	if s.fits(size) {
		return 0
	}
	return max(0, heightAt(s.content, s.contentWidth(size))+2*s.bleed-size.Height)
}

func (s *DragScroll) arrangeScroll(size fyne.Size) {
	wide := s.contentWidth(size)
	seen := size.Height - 2*s.bleed
	height := seen
	if !s.fits(size) {
		height = max(height, heightAt(s.content, wide)) // where it scrolls anyway, nothing is shrunk
	}
	s.offset = min(max(s.offset, 0), max(0, height-seen))
	place(s.content, s.bleed, s.bleed-s.offset, wide, height)
	side := s.look.Size(theme.Touch)
	x := size.Width - side - s.bleed
	s.up.Hidden, s.down.Hidden = s.fits(size), s.fits(size)
	s.up.SetEnabled(s.offset > 0.5)
	s.down.SetEnabled(s.offset < height-seen-0.5)
	place(s.up, x, s.bleed, side, side)
	place(s.down, x, size.Height-side-s.bleed, side, side)
}

func (s *DragScroll) to(offset float32) {
	if s.onMove != nil {
		s.onMove()
	}
	s.offset = min(max(offset, 0), s.most())
	s.relayout()
	canvas.Refresh(s)
}

// page moves by most of what is seen, so that the last line stays in sight.
func (s *DragScroll) page(direction float32) {
	s.to(s.offset + direction*max(s.Size().Height-s.look.Size(theme.RowHeight), s.Size().Height/2))
}

// Scrolled is called by the toolkit for a mouse wheel.
func (s *DragScroll) Scrolled(event *fyne.ScrollEvent) { s.to(s.offset - event.Scrolled.DY) }

// Dragged is called by the toolkit while a finger moves.
func (s *DragScroll) Dragged(event *fyne.DragEvent) {
	s.moved += event.Dragged.DY
	if !s.slid {
		if abs(s.moved) < s.look.Size(theme.Slop) {
			return
		}
		s.slid = true
		if pressed := pressedIn(s.content); pressed != nil {
			pressed.release()
		}
		s.to(s.offset - s.moved)
		return
	}
	s.to(s.offset - event.Dragged.DY)
}

// DragEnd is called by the toolkit when the finger goes up. The toolkit takes
// two pixels for a drag already and drops the tap; a small slide taps anyway.
func (s *DragScroll) DragEnd() {
	slid := s.slid
	s.slid, s.moved = false, 0
	if pressed := pressedIn(s.content); pressed != nil {
		if slid {
			pressed.release()
		} else {
			pressed.Tapped(&fyne.PointEvent{})
		}
	}
}

// MouseDown is called by the toolkit when the finger comes down beside any button.
func (s *DragScroll) MouseDown(*desktop.MouseEvent) { s.moved, s.slid = 0, false }

// MouseUp takes the finger's going up from the button it started on; DragEnd decides.
func (s *DragScroll) MouseUp(*desktop.MouseEvent) {}

// pressable is anything that is down under a finger.
type pressable interface {
	fyne.Tappable
	pressed() bool
	release()
}

// pressedIn finds what the finger is on.
func pressedIn(root fyne.CanvasObject) pressable {
	if object, ok := root.(pressable); ok && object.pressed() {
		return object
	}
	for _, part := range partsOf(root) {
		if found := pressedIn(part); found != nil {
			return found
		}
	}
	return nil
}

// partsOf returns what an object is made of.
func partsOf(object fyne.CanvasObject) []fyne.CanvasObject {
	switch object := object.(type) {
	case *fyne.Container:
		return object.Objects
	case Parted:
		return object.Parts()
	}
	return nil
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}

// iconKey is a square key with a drawing.
type iconKey struct {
	touch
	ground *canvas.Rectangle
	live   *canvas.Raster
	dull   *canvas.Raster
}

func newIconKey(look theme.Look, name string, draw glyph, tapped func()) *iconKey {
	k := &iconKey{live: icon(draw, theme.Action), dull: icon(draw, theme.LineControl)}
	k.look, k.name, k.tapped = look, name, tapped
	k.ground = panel(look, theme.Surface, theme.LineControl, theme.Border)
	k.parts = []fyne.CanvasObject{k.ground, k.live, k.dull}
	k.arrange = func(size fyne.Size) {
		place(k.ground, 0, 0, size.Width, size.Height)
		side := min(size.Width, size.Height) * 0.45
		place(k.live, (size.Width-side)/2, (size.Height-side)/2, side, side)
		place(k.dull, (size.Width-side)/2, (size.Height-side)/2, side, side)
	}
	k.measure = func(float32) fyne.Size { return fyne.NewSize(look.Size(theme.Touch), look.Size(theme.Touch)) }
	k.style = func() {
		fill := theme.Surface
		if k.down {
			fill = theme.Tint
		}
		k.ground.FillColor = theme.Colour(fill)
		k.live.Hidden, k.dull.Hidden = k.off, !k.off
	}
	k.style()
	k.ExtendBaseWidget(k)
	return k
}
