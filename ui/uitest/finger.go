// Package uitest is a finger on a canvas in memory, for tests: it finds what
// lies under a position and calls it in the order in which the toolkit's
// desktop driver does, with its drag threshold and its ways with releases. It
// must not be imported by programs.
package uitest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/ui"
)

// threshold is how far the toolkit lets a pointer move before it is a drag.
const threshold = 2

// Finger is one finger on one window.
type Finger struct {
	root func() fyne.CanvasObject

	at      fyne.Position
	down    bool
	start   fyne.Position // of the present piece of a drag
	pressed fyne.CanvasObject
	over    desktop.Hoverable
	dragged fyne.Draggable
	origin  fyne.Position // of what is dragged, on the canvas
	dragOn  bool
}

// New makes a finger for what root returns.
func New(root func() fyne.CanvasObject) *Finger { return &Finger{root: root} }

// Tap puts the finger down and up at a position.
func (f *Finger) Tap(x, y float32) {
	f.Move(x, y)
	f.Press()
	f.Release()
}

// TapOn taps the middle of what has this name; it fails the test when that is
// not seen or cannot be tapped.
func (f *Finger) TapOn(t testing.TB, name string) {
	t.Helper()
	for _, thing := range ui.Look(f.root()).Things {
		if thing.Name != name || thing.Seen.Empty() {
			continue
		}
		if !thing.Enabled {
			t.Fatalf("%s is out of use", name)
		}
		f.Tap(thing.Seen.X+thing.Seen.Width/2, thing.Seen.Y+thing.Seen.Height/2)
		return
	}
	t.Fatalf("%s is not on the screen", name)
}

// Drag moves from one position to another in small steps.
func (f *Finger) Drag(x0, y0, x1, y1 float32) {
	const steps = 10
	f.Move(x0, y0)
	f.Press()
	for i := 1; i <= steps; i++ {
		part := float32(i) / steps
		f.Move(x0+(x1-x0)*part, y0+(y1-y0)*part)
	}
	f.Release()
}

// Move moves the finger.
func (f *Finger) Move(x, y float32) {
	previous := f.at
	f.at = fyne.NewPos(x, y)
	under, local := f.find(f.at, func(o fyne.CanvasObject) bool { _, ok := o.(desktop.Hoverable); return ok })
	f.hover(under, local)
	if f.down && !f.dragOn {
		moved := f.at.Subtract(f.start)
		if abs(moved.X) >= threshold || abs(moved.Y) >= threshold {
			object, local := f.find(previous, func(o fyne.CanvasObject) bool { _, ok := o.(fyne.Draggable); return ok })
			if object != nil {
				f.dragged, f.origin, f.dragOn = object.(fyne.Draggable), previous.Subtract(local), true
			}
		}
	}
	if f.dragged != nil && f.down {
		event := &fyne.DragEvent{Dragged: fyne.NewDelta(f.at.X-f.start.X, f.at.Y-f.start.Y)}
		event.AbsolutePosition, event.Position = f.at, f.at.Subtract(f.origin)
		f.dragged.Dragged(event)
		f.start = f.at
	}
}

func (f *Finger) hover(under fyne.CanvasObject, local fyne.Position) {
	over, _ := under.(desktop.Hoverable)
	event := &desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: f.at, Position: local}}
	if over == f.over {
		if over != nil {
			over.MouseMoved(event)
		}
		return
	}
	if f.over != nil {
		f.over.MouseOut()
	}
	f.over = over
	if over != nil {
		over.MouseIn(event)
	}
}

func (f *Finger) target() (fyne.CanvasObject, fyne.Position) {
	return f.find(f.at, func(o fyne.CanvasObject) bool {
		switch o.(type) {
		case fyne.Tappable, desktop.Mouseable, fyne.Focusable:
			return true
		case fyne.Draggable:
			return f.dragOn
		}
		return false
	})
}

// Press puts the finger down.
func (f *Finger) Press() {
	f.start, f.down = f.at, true
	object, local := f.target()
	f.pressed = object
	if mouseable, ok := object.(desktop.Mouseable); ok {
		mouseable.MouseDown(f.event(local))
	}
}

// Release takes the finger up.
func (f *Finger) Release() {
	object, local := f.target()
	if mouseable, ok := object.(desktop.Mouseable); ok {
		if dragged, isMouseable := f.dragged.(desktop.Mouseable); isMouseable {
			dragged.MouseUp(f.event(f.at.Subtract(f.origin)))
		} else {
			mouseable.MouseUp(f.event(local))
		}
	}
	f.down = false
	wasDrag := f.dragOn
	if f.dragged != nil {
		f.dragged.DragEnd()
		f.dragged, f.dragOn = nil, false
	}
	if tappable, ok := object.(fyne.Tappable); ok && !wasDrag && object == f.pressed {
		tappable.Tapped(&fyne.PointEvent{AbsolutePosition: f.at, Position: local})
	}
	f.pressed = nil
}

func (f *Finger) event(local fyne.Position) *desktop.MouseEvent {
	return &desktop.MouseEvent{
		PointEvent: fyne.PointEvent{AbsolutePosition: f.at, Position: local},
		Button:     desktop.MouseButtonPrimary,
	}
}

// find returns the topmost object at a position that fits, and the position on it.
func (f *Finger) find(at fyne.Position, fits func(fyne.CanvasObject) bool) (fyne.CanvasObject, fyne.Position) {
	var found fyne.CanvasObject
	var local fyne.Position
	var walk func(object fyne.CanvasObject, offset fyne.Position)
	walk = func(object fyne.CanvasObject, offset fyne.Position) {
		if object == nil || !object.Visible() {
			return
		}
		on := at.Subtract(offset.Add(object.Position()))
		inside := on.X >= 0 && on.Y >= 0 && on.X < object.Size().Width && on.Y < object.Size().Height
		if _, clips := object.(fyne.Scrollable); clips && !inside {
			return
		}
		if inside && fits(object) {
			found, local = object, on
		}
		for _, part := range parts(object) {
			walk(part, offset.Add(object.Position()))
		}
	}
	walk(f.root(), fyne.Position{})
	return found, local
}

func parts(object fyne.CanvasObject) []fyne.CanvasObject {
	switch object := object.(type) {
	case *fyne.Container:
		return object.Objects
	case ui.Parted:
		return object.Parts()
	}
	return nil
}

func abs(x float32) float32 { return max(x, -x) }
