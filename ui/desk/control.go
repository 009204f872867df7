package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/ui"
)

// clickable is the base of what is clicked: it shows pointer and press.
type clickable struct {
	ui.Base
	kit    *Kit
	name   string
	off    bool // out of use
	over   bool // under the pointer
	down   bool
	tapped func()
	style  func() // sets colours
}

var (
	_ fyne.Tappable      = (*clickable)(nil)
	_ desktop.Hoverable  = (*clickable)(nil)
	_ desktop.Mouseable  = (*clickable)(nil)
	_ desktop.Cursorable = (*clickable)(nil)
)

// PlayName is the name journey files use.
func (c *clickable) PlayName() string { return c.name }

// Enabled tells whether a click does something.
func (c *clickable) Enabled() bool { return !c.off }

// SetEnabled puts it into or out of use.
func (c *clickable) SetEnabled(enabled bool) {
	if c.off == enabled {
		c.off, c.over, c.down = !enabled, false, false
		c.restyle()
	}
}

// Tapped is called by the toolkit.
func (c *clickable) Tapped(*fyne.PointEvent) { c.press() }

func (c *clickable) press() {
	c.kit.active()
	if !c.off && c.tapped != nil {
		c.tapped()
	}
}

// MouseIn is called by the toolkit when the pointer comes.
func (c *clickable) MouseIn(*desktop.MouseEvent) { c.set(&c.over, !c.off) }

// MouseMoved does nothing.
func (c *clickable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is called by the toolkit when the pointer goes.
func (c *clickable) MouseOut() { c.set(&c.over, false); c.set(&c.down, false) }

// MouseDown is called by the toolkit.
func (c *clickable) MouseDown(*desktop.MouseEvent) { c.set(&c.down, !c.off) }

// MouseUp is called by the toolkit.
func (c *clickable) MouseUp(*desktop.MouseEvent) { c.set(&c.down, false) }

// Cursor is a hand where a click does something.
func (c *clickable) Cursor() desktop.Cursor {
	if c.off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

func (c *clickable) set(flag *bool, value bool) {
	if *flag != value {
		*flag = value
		c.restyle()
	}
}

func (c *clickable) restyle() {
	if c.style != nil {
		c.style()
		c.Repaint()
	}
}

// control is a clickable that also takes the keys.
type control struct {
	clickable
	self    fyne.Focusable
	focused bool
	keys    func(key fyne.KeyName) bool // its own keys; nil: Space and Enter click
	runes   func(rune) bool
}

var _ fyne.Focusable = (*control)(nil)

// Disabled tells the toolkit whether Tab passes it by.
func (c *control) Disabled() bool {
	object, ok := c.self.(fyne.CanvasObject)
	return c.off || !ok || c.kit.covered(object)
}

// Enable puts it into use.
func (c *control) Enable() { c.SetEnabled(true) }

// Disable puts it out of use.
func (c *control) Disable() { c.SetEnabled(false) }

// HasKeys tells whether it is the one that keys go to.
func (c *control) HasKeys() bool { return c.focused }

// FocusGained is called by the toolkit.
func (c *control) FocusGained() {
	c.set(&c.focused, true)
	if object, ok := c.self.(fyne.CanvasObject); ok {
		c.kit.reveal(object)
	}
}

// FocusLost is called by the toolkit.
func (c *control) FocusLost() { c.set(&c.focused, false) }

// TypedRune is called by the toolkit.
func (c *control) TypedRune(r rune) {
	c.kit.active()
	if c.runes != nil {
		c.runes(r)
	}
}

// TypedKey is called by the toolkit.
func (c *control) TypedKey(event *fyne.KeyEvent) {
	if c.keys != nil && !c.off && c.keys(event.Name) {
		c.kit.active()
		return
	}
	if c.keys == nil && (event.Name == fyne.KeySpace || event.Name == fyne.KeyReturn || event.Name == fyne.KeyEnter) {
		c.press()
		return
	}
	c.kit.Press(Combo(event.Name, 0))
}

// TypedShortcut is called by the toolkit.
func (c *control) TypedShortcut(shortcut fyne.Shortcut) { c.kit.Shortcut(shortcut) }

// Tapped takes the keys and clicks.
func (c *control) Tapped(event *fyne.PointEvent) {
	c.take()
	c.clickable.Tapped(event)
}

func (c *control) take() {
	if !c.off {
		c.kit.Focus(c.self)
	}
}

// echo tells an answer to an older act from news: what was sent comes back
// through the state, perhaps after more was typed.
type echo[T comparable] struct{ sent []T }

func (e *echo[T]) send(value T) {
	e.sent = append(e.sent, value)
	if len(e.sent) > 64 {
		e.sent = e.sent[1:]
	}
}

// news tells whether a value that arrives must be shown over the present one.
func (e *echo[T]) news(value, present T) bool {
	if value == present {
		e.sent = nil
		return false
	}
	for _, each := range e.sent {
		if each == value {
			return false
		}
	}
	return true
}
