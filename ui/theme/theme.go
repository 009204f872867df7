// Package theme holds the looks as tokens by role: colours, sizes, fonts, for
// kiosk and desk alike. Every lookup is pure. It must not draw, read files or
// know screens; no other package writes a literal colour or size.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"bianmin/assets"
)

var (
	regular = &fyne.StaticResource{StaticName: "NotoSansSC_400Regular.ttf", StaticContent: assets.FontRegular()}
	bold    = &fyne.StaticResource{StaticName: "NotoSansSC_700Bold.ttf", StaticContent: assets.FontBold()}
)

// toolkit answers the toolkit's own questions from the tokens.
type toolkit struct {
	fyne.Theme
	look Look
}

var _ fyne.Theme = toolkit{}

// Toolkit returns the theme to set on the app, so that even the toolkit's own
// parts use the embedded fonts and our colours.
func Toolkit(look Look) fyne.Theme {
	return toolkit{Theme: fynetheme.DefaultTheme(), look: look}
}

var toolkitColours = map[fyne.ThemeColorName]Role{
	fynetheme.ColorNameBackground:        Ground,
	fynetheme.ColorNameOverlayBackground: Surface,
	fynetheme.ColorNameInputBackground:   Surface,
	fynetheme.ColorNameInputBorder:       LineControl,
	fynetheme.ColorNameForeground:        Ink,
	fynetheme.ColorNamePlaceHolder:       InkQuiet,
	fynetheme.ColorNamePrimary:           Action,
	fynetheme.ColorNameFocus:             Tint,
	fynetheme.ColorNameSelection:         Tint,
	fynetheme.ColorNameHover:             Tint,
	fynetheme.ColorNamePressed:           Tint,
	fynetheme.ColorNameButton:            Surface,
	fynetheme.ColorNameDisabledButton:    DisabledGround,
	fynetheme.ColorNameDisabled:          DisabledText,
	fynetheme.ColorNameSeparator:         Line,
	fynetheme.ColorNameScrollBar:         LineControl,
	fynetheme.ColorNameHyperlink:         Action,
	fynetheme.ColorNameError:             BadText,
	fynetheme.ColorNameSuccess:           GoodText,
	fynetheme.ColorNameWarning:           WarnText,
}

// Color gives the toolkit's colours from our roles; there is one variant only.
func (t toolkit) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if role, ok := toolkitColours[name]; ok {
		return Colour(role)
	}
	if name == fynetheme.ColorNameShadow {
		return color.Transparent // at the edge of a field whose text is longer it looks like dirt
	}
	return t.Theme.Color(name, fynetheme.VariantLight)
}

// Font gives the embedded fonts: two faces, because each costs 10 MB of memory.
func (t toolkit) Font(style fyne.TextStyle) fyne.Resource {
	if style.Bold {
		return bold
	}
	return regular
}

// Size gives the toolkit's sizes in the look's scale.
func (t toolkit) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return t.look.Text(BodyText)
	case fynetheme.SizeNamePadding, fynetheme.SizeNameInnerPadding:
		return t.look.Size(HalfGap)
	}
	return t.look.Scale() * t.Theme.Size(name)
}
