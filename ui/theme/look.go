package theme

import "fyne.io/fyne/v2"

// Look is how everything is drawn for one panel and one person: a value.
// The zero Look is a panel 1080 px wide, normal letters.
type Look struct {
	scale float32 // 0 means 1
	large bool
	mouse bool
}

// DesignWidth and DesignHeight are the panel the sizes are given for, in px.
const (
	DesignWidth  = 1080
	DesignHeight = 1920
)

// LargeFactor is how much bigger letters are in large mode.
const LargeFactor = 1.3

// New returns the look for a scale (1 is the design's panel) and large letters or not.
func New(scale float32, large bool) Look { return Look{scale: scale, large: large} }

// For returns the look for a panel of the given size, whichever way up it
// stands: the shorter side counts as 1080 of the design.
func For(panel fyne.Size, large bool) Look {
	side := min(panel.Width, panel.Height)
	if side <= 0 {
		side = DesignWidth
	}
	return New(side/DesignWidth, large)
}

// Desk returns the look of the agent's desk: as drawn, with a mouse.
func Desk() Look { return Look{mouse: true} }

// WithMouse returns the same look for a window that is worked with a mouse: the pointer is seen.
func (l Look) WithMouse() Look {
	l.mouse = true
	return l
}

// Mouse tells whether the pointer is seen.
func (l Look) Mouse() bool { return l.mouse }

// Scale is the factor from design pixels to the toolkit's units.
func (l Look) Scale() float32 {
	if l.scale == 0 {
		return 1
	}
	return l.scale
}

// Large tells whether letters are enlarged.
func (l Look) Large() bool { return l.large }

// WithLarge returns the same look with or without large letters.
func (l Look) WithLarge(large bool) Look {
	l.large = large
	return l
}

// Px converts design pixels that do not grow in large mode: gaps, borders, pictures.
func (l Look) Px(design float32) float32 { return design * l.Scale() }

// Grow converts design pixels that grow with the letters: heights of rows that hold text.
func (l Look) Grow(design float32) float32 {
	if l.large {
		design *= LargeFactor
	}
	return design * l.Scale()
}

// Size returns a length that does not grow in large mode.
func (l Look) Size(length Length) float32 { return l.Px(lengths[length]) }

// GrownSize returns a length that grows in large mode.
func (l Look) GrownSize(length Length) float32 { return l.Grow(lengths[length]) }

// Text returns the letter size of a kind of text.
func (l Look) Text(kind TextKind) float32 { return l.Grow(texts[kind].size) }

// Leading returns the line height of a kind of text.
func (l Look) Leading(kind TextKind) float32 { return l.Grow(texts[kind].leading) }

// Bold tells whether a kind of text is bold.
func (l Look) Bold(kind TextKind) bool { return texts[kind].bold }

// Style returns the toolkit's style of a kind of text.
func (l Look) Style(kind TextKind) fyne.TextStyle { return fyne.TextStyle{Bold: texts[kind].bold} }
