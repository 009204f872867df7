package main

import (
	"image/color"

	"fyne.io/fyne/v2"
	toolkit "fyne.io/fyne/v2/theme"

	"bianmin/ui/theme"
)

// roomy is the width in px from which the letters may be larger.
const roomy = 1200

// look is the bench's: small, because everything is to be seen at once.
func look(width int) fyne.Theme {
	if width < roomy {
		return veil{theme.Toolkit(theme.New(0.34, false))}
	}
	return veil{theme.Toolkit(theme.New(0.39, false))}
}

// veil has a button under the pointer keep its colour, a little darker: one that is on has white letters.
type veil struct{ fyne.Theme }

// Color implements fyne.Theme.
func (v veil) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == toolkit.ColorNameHover {
		return color.NRGBA{A: 0x18}
	}
	return v.Theme.Color(name, variant)
}
