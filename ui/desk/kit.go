package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Kit is what all widgets of one window share: the look and the keys.
type Kit struct {
	Look theme.Look
	// Root is the window's content; keys look for their buttons in it.
	Root fyne.CanvasObject
	// Key takes a key that no button answers to, named as Combo names it; nil takes none.
	Key func(combo string) bool
	// Match tells whether typed letters find a label, beyond being part of it: by pinyin. May be nil.
	Match func(label, typed string) bool
	// Active is told of each key and click; may be nil.
	Active func()
}

// New makes a kit with the desk's look.
func New() *Kit { return &Kit{Look: theme.Desk()} }

// Combo names a key with its modifiers as buttons do: "F2", "Ctrl+Return", "Alt+1".
func Combo(key fyne.KeyName, modifier fyne.KeyModifier) string {
	if key == fyne.KeyEnter {
		key = fyne.KeyReturn
	}
	name := string(key)
	if modifier&fyne.KeyModifierShift != 0 {
		name = "Shift+" + name
	}
	if modifier&fyne.KeyModifierAlt != 0 {
		name = "Alt+" + name
	}
	if modifier&fyne.KeyModifierControl != 0 {
		name = "Ctrl+" + name
	}
	return name
}

// Press does what a key does in this window: it presses the button that answers to it, or asks Key.
func (k *Kit) Press(combo string) bool {
	k.active()
	if button := k.find(combo); button != nil {
		button.press()
		return true
	}
	return k.Key != nil && k.Key(combo)
}

// Shortcut takes a shortcut that came to a control or to the window.
func (k *Kit) Shortcut(shortcut fyne.Shortcut) bool {
	custom, ok := shortcut.(*desktop.CustomShortcut)
	return ok && k.Press(Combo(custom.KeyName, custom.Modifier))
}

func (k *Kit) active() {
	if k.Active != nil {
		k.Active()
	}
}

// find is the button seen that answers to a key; of several the last, which lies on top.
func (k *Kit) find(combo string) (found *Button) {
	k.each(k.reachable(), func(object fyne.CanvasObject) {
		if button, ok := object.(*Button); ok && button.key == combo && !button.off {
			found = button
		}
	})
	return found
}

// reachable is the dialog on top, or everything.
func (k *Kit) reachable() fyne.CanvasObject {
	top := k.Root
	k.each(k.Root, func(object fyne.CanvasObject) {
		if dialog, ok := object.(*Dialog); ok {
			top = dialog
		}
	})
	return top
}

// each visits what is visible, bottom first.
func (k *Kit) each(object fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if object == nil || !object.Visible() {
		return
	}
	visit(object)
	for _, part := range ui.PartsOf(object) {
		k.each(part, visit)
	}
}

// covered tells whether a dialog lies over a control.
func (k *Kit) covered(control fyne.CanvasObject) bool {
	top := k.reachable()
	if top == k.Root {
		return false
	}
	inside := false
	k.each(top, func(object fyne.CanvasObject) { inside = inside || object == control })
	return !inside
}

// Focus gives a control the keys.
func (k *Kit) Focus(control fyne.Focusable) {
	if canvas := k.canvas(); canvas != nil && control != nil {
		canvas.Focus(control)
	}
}

// Unfocus takes the keys from whatever has them.
func (k *Kit) Unfocus() {
	if canvas := k.canvas(); canvas != nil {
		canvas.Unfocus()
	}
}

// Focused is what has the keys, nil for nothing.
func (k *Kit) Focused() fyne.Focusable {
	if canvas := k.canvas(); canvas != nil {
		return canvas.Focused()
	}
	return nil
}

// First is the first control in something that can take the keys, nil for none.
func (k *Kit) First(in fyne.CanvasObject) (first fyne.Focusable) {
	k.each(in, func(object fyne.CanvasObject) {
		control, ok := object.(fyne.Focusable)
		if !ok || first != nil {
			return
		}
		if able, ok := object.(fyne.Disableable); !ok || !able.Disabled() {
			first = control
		}
	})
	return first
}

// Next gives the keys to the following control.
func (k *Kit) Next() {
	if canvas := k.canvas(); canvas != nil {
		canvas.FocusNext()
	}
}

func (k *Kit) canvas() fyne.Canvas {
	if k.Root == nil {
		return nil
	}
	return fyne.CurrentApp().Driver().CanvasForObject(k.Root)
}

// reveal scrolls a control into sight.
func (k *Kit) reveal(control fyne.CanvasObject) {
	k.each(k.Root, func(object fyne.CanvasObject) {
		if scroll, ok := object.(*Scroll); ok {
			scroll.reveal(control)
		}
	})
}
