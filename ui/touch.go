package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Named is anything a journey file can address: by the words one reads on it,
// or by a key where it has none.
type Named interface{ PlayName() string }

// Switchable is anything that can be out of use for the moment.
type Switchable interface{ Enabled() bool }

// touch is the base of everything that can be tapped. It shows the press at
// once, and forgets it when the finger slides off.
type touch struct {
	drawn
	name   string
	off    bool // out of use
	down   bool // under a finger
	tapped func()
	style  func() // sets colours by off and down
}

var (
	_ fyne.Tappable      = (*touch)(nil)
	_ desktop.Mouseable  = (*touch)(nil)
	_ desktop.Hoverable  = (*touch)(nil)
	_ desktop.Cursorable = (*touch)(nil)
)

// PlayName is the name journey files use.
func (t *touch) PlayName() string { return t.name }

// Enabled tells whether a tap does something.
func (t *touch) Enabled() bool { return !t.off }

// SetEnabled puts the widget into or out of use.
func (t *touch) SetEnabled(enabled bool) {
	if t.off == !enabled {
		return
	}
	t.off, t.down = !enabled, false
	t.restyle()
}

// SetTapped sets what a tap does.
func (t *touch) SetTapped(tapped func()) { t.tapped = tapped }

// Tapped is called by the toolkit.
func (t *touch) Tapped(*fyne.PointEvent) {
	t.release()
	if !t.off && t.tapped != nil {
		t.tapped()
	}
}

// MouseDown is called by the toolkit when the finger comes down.
func (t *touch) MouseDown(*desktop.MouseEvent) {
	if t.off || t.down {
		return
	}
	t.down = true
	t.restyle()
}

// MouseUp is called by the toolkit when the finger goes up.
func (t *touch) MouseUp(*desktop.MouseEvent) { t.release() }

// MouseIn and MouseMoved do nothing: a finger does not hover.
func (t *touch) MouseIn(*desktop.MouseEvent) {}

// MouseMoved does nothing.
func (t *touch) MouseMoved(*desktop.MouseEvent) {}

// MouseOut forgets the press: the finger slid off.
func (t *touch) MouseOut() { t.release() }

// Cursor hides the pointer where the panel is touched.
func (t *touch) Cursor() desktop.Cursor {
	if t.look.Mouse() {
		return desktop.DefaultCursor
	}
	return desktop.HiddenCursor
}

// pressed tells whether a finger is on it.
func (t *touch) pressed() bool { return t.down }

func (t *touch) release() {
	if t.down {
		t.down = false
		t.restyle()
	}
}

func (t *touch) restyle() {
	if t.style != nil {
		t.style()
		t.repaint()
	}
}
