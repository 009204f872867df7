package ui

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/ui/theme"
)

// Modal is anything that, while it is seen, keeps taps from what lies below it.
type Modal interface{ Modal() bool }

// Shield swallows every touch. It is the base of overlays and of the tap guard.
type shield struct{ drawn }

var (
	_ fyne.Tappable      = (*shield)(nil)
	_ desktop.Mouseable  = (*shield)(nil)
	_ desktop.Hoverable  = (*shield)(nil)
	_ fyne.Draggable     = (*shield)(nil)
	_ desktop.Cursorable = (*shield)(nil)
)

// Tapped swallows a tap.
func (*shield) Tapped(*fyne.PointEvent) {}

// MouseDown swallows a press.
func (*shield) MouseDown(*desktop.MouseEvent) {}

// MouseUp swallows a release.
func (*shield) MouseUp(*desktop.MouseEvent) {}

// MouseIn swallows a pointer.
func (*shield) MouseIn(*desktop.MouseEvent) {}

// MouseMoved swallows a pointer.
func (*shield) MouseMoved(*desktop.MouseEvent) {}

// MouseOut swallows a pointer.
func (*shield) MouseOut() {}

// Dragged swallows a drag.
func (*shield) Dragged(*fyne.DragEvent) {}

// DragEnd swallows the end of a drag.
func (*shield) DragEnd() {}

// Cursor hides the pointer.
func (*shield) Cursor() desktop.Cursor { return desktop.HiddenCursor }

// Modal tells that nothing below can be tapped.
func (*shield) Modal() bool { return true }

// Overlay dims the screen and shows a panel that waits for an answer.
type Overlay struct {
	shield
	shade   *canvas.Rectangle
	panel   *canvas.Rectangle
	content fyne.CanvasObject
	low     bool
}

// NewOverlay makes an overlay, hidden until it is shown.
func NewOverlay(look theme.Look, content fyne.CanvasObject) *Overlay {
	o := &Overlay{content: content}
	o.look = look
	o.shade = canvas.NewRectangle(theme.Colour(theme.Shade))
	o.panel = panel(look, theme.Surface, theme.Surface, theme.Border)
	o.parts = []fyne.CanvasObject{o.shade, o.panel, content}
	o.arrange = o.arrangeOverlay
	o.measure = func(float32) fyne.Size { return fyne.Size{} }
	o.Hidden = true
	o.ExtendBaseWidget(o)
	return o
}

// Set changes the content.
func (o *Overlay) Set(content fyne.CanvasObject) {
	o.content = content
	o.parts = []fyne.CanvasObject{o.shade, o.panel, content}
	o.Refresh()
}

// SetLowReach moves the panel to the lower half, or back to the middle.
func (o *Overlay) SetLowReach(low bool) {
	o.low = low
	o.relayout()
}

func (o *Overlay) arrangeOverlay(size fyne.Size) {
	place(o.shade, 0, 0, size.Width, size.Height)
	margin, inner := o.look.Size(theme.Margin), o.look.Px(56)
	wide := min(size.Width-2*margin, o.look.Px(1080-2*56))
	height := min(heightAt(o.content, wide-2*inner)+2*inner, size.Height-2*margin)
	x, y := (size.Width-wide)/2, (size.Height-height)/2
	if o.low {
		y = max(y, min(size.Height/2, size.Height-height-margin))
	}
	place(o.panel, x, y, wide, height)
	place(o.content, x+inner, y+inner, wide-2*inner, height-2*inner)
}

// GuardTime is how long taps are swallowed after a page change: the second tap
// of a double tap must not land on the new page.
const GuardTime = 300 * time.Millisecond

// TapGuard swallows touches for a moment after each page change. It lies over
// everything else in a Stack.
type TapGuard struct {
	shield
	after  func(time.Duration, func())
	serial int
	armed  int // counts page changes, so that an older timer does not end a newer guard
}

// NewTapGuard makes a guard; after runs a function later on the UI thread.
func NewTapGuard(after func(time.Duration, func())) *TapGuard {
	g := &TapGuard{after: after, serial: -1}
	g.measure = func(float32) fyne.Size { return fyne.Size{} }
	g.Hidden = true
	g.ExtendBaseWidget(g)
	return g
}

// Page tells which page is shown, by a number that grows with every change.
func (g *TapGuard) Page(serial int) {
	if serial == g.serial {
		return
	}
	first := g.serial < 0
	g.serial = serial
	if first {
		return
	}
	g.armed++
	mine := g.armed
	g.Show()
	g.after(GuardTime, func() {
		if g.armed == mine {
			g.Hide()
		}
	})
}

// Guarding tells whether touches are being swallowed now.
func (g *TapGuard) Guarding() bool { return !g.Hidden }

// Root is the window's content: it hides the pointer, paints the ground and
// asks for no size of its own, so that nothing can push the window larger than the panel.
type Root struct {
	drawn
	ground *canvas.Rectangle
}

var _ desktop.Cursorable = (*Root)(nil)

// NewRoot wraps everything.
func NewRoot(content fyne.CanvasObject) *Root {
	r := &Root{ground: canvas.NewRectangle(theme.Colour(theme.Ground))}
	r.parts = []fyne.CanvasObject{r.ground, content}
	r.arrange = func(size fyne.Size) {
		place(r.ground, 0, 0, size.Width, size.Height)
		place(r.parts[1], 0, 0, size.Width, size.Height)
	}
	r.measure = func(float32) fyne.Size { return fyne.NewSize(1, 1) }
	r.ExtendBaseWidget(r)
	return r
}

// Set changes the content.
func (r *Root) Set(content fyne.CanvasObject) {
	r.parts = []fyne.CanvasObject{r.ground, content}
	r.Refresh()
}

// Cursor hides the pointer.
func (r *Root) Cursor() desktop.Cursor { return desktop.HiddenCursor }

// Picture shows an image inside a frame, as large as fits: a scanned page, a photo.
type Picture struct {
	drawn
	ground *canvas.Rectangle
	image  *canvas.Image
	size   fyne.Size
}

// NewPicture makes a picture of a fixed size; the image can come later.
func NewPicture(look theme.Look, img image.Image, width, height float32) *Picture {
	p := &Picture{size: fyne.NewSize(width, height)}
	p.look = look
	p.ground = panel(look, theme.PictureGround, theme.LineControl, theme.Border)
	p.ground.CornerRadius = look.Size(theme.RadiusSmall)
	p.image = canvas.NewImageFromImage(img)
	p.image.FillMode = canvas.ImageFillContain
	p.image.ScaleMode = canvas.ImageScaleSmooth
	p.image.Hidden = img == nil
	p.parts = []fyne.CanvasObject{p.ground, p.image}
	edge := look.Px(6)
	p.arrange = func(size fyne.Size) {
		place(p.ground, 0, 0, size.Width, size.Height)
		place(p.image, edge, edge, size.Width-2*edge, size.Height-2*edge)
	}
	p.measure = func(float32) fyne.Size { return p.size }
	p.ExtendBaseWidget(p)
	return p
}

// Set changes the image; nil empties the frame.
func (p *Picture) Set(img image.Image) {
	p.image.Image = img
	p.image.Hidden = img == nil
	p.image.Refresh()
}
