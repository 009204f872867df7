package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Check is a box to tick with words beside it; Space or a click ticks, Enter goes on.
type Check struct {
	control
	on    bool
	box   *tickBox
	ring  *canvas.Rectangle
	label *ui.Text
	tick  func(on bool)
}

// NewCheck makes it; tick hears what it is set to.
func NewCheck(k *Kit, name, label string, tick func(on bool)) *Check {
	c := &Check{box: newTickBox(k), ring: ring(), tick: tick}
	c.kit, c.name, c.self = k, name, c
	c.label = ui.NewText(k.Look, theme.DeskBodyText, theme.Ink, label)
	c.tapped = func() {
		c.Set(!c.on)
		c.tick(c.on)
	}
	c.keys = func(key fyne.KeyName) bool {
		switch key {
		case fyne.KeySpace:
			c.press()
		case fyne.KeyReturn, fyne.KeyEnter:
			k.Next()
		default:
			return false
		}
		return true
	}
	c.style = func() {
		c.ring.Hidden = !c.focused
		role := theme.Ink
		if c.off {
			role = theme.InkQuiet
		}
		c.label.SetRole(role)
	}
	c.Setup(c, k.Look, func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(ui.NaturalWidth(c.label)+32, 32)
		}
		return fyne.NewSize(0, max(32, c.label.HeightAt(width-32)+8))
	}, func(size fyne.Size) {
		ui.Place(c.box, 2, 6, 20, 20)
		ui.Place(c.ring, -2, 2, 28, 28)
		ui.Place(c.label, 32, 4, size.Width-32, size.Height-8)
	}, c.ring, c.box, c.label)
	return c
}

// SetLabel changes the words.
func (c *Check) SetLabel(label string) { c.label.SetText(label) }

// Set ticks it or not, without telling anybody.
func (c *Check) Set(on bool) {
	if c.on != on {
		c.on = on
		c.box.set(on)
	}
}

// On tells whether it is ticked.
func (c *Check) On() bool { return c.on }
