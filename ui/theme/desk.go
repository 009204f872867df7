package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// desk is the toolkit's theme at the agent's desk.
type desk struct{ toolkit }

// DeskToolkit returns the theme to set on the desk's app: the toolkit's own text
// entry becomes bare words in a field that the kit draws.
func DeskToolkit() fyne.Theme {
	return desk{toolkit{Theme: fynetheme.DefaultTheme(), look: Desk()}}
}

// Color leaves the ground of text entries to the kit's field.
func (d desk) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch name {
	case fynetheme.ColorNameInputBackground, fynetheme.ColorNameInputBorder:
		return color.Transparent
	case fynetheme.ColorNameSelection:
		return Colour(Focus)
	}
	return d.toolkit.Color(name, variant)
}

// Size gives the desk's sizes: an entry of one line is as high as a control.
func (d desk) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return DeskBody
	case fynetheme.SizeNameInputBorder:
		return 0
	case fynetheme.SizeNameInnerPadding:
		return DeskSmallGap
	case fynetheme.SizeNamePadding:
		return 4
	}
	return d.Theme.Size(name)
}
