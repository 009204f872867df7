package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// Names of keys that are not signs, as pads and keyboards report them.
const (
	KeyDelete = "delete" // takes the last sign back
	KeyClear  = "clear"  // takes everything back
	KeyDone   = "done"   // the keyboard's finish key
)

// key is one key of a pad or keyboard. Its name in journey files is "key:" and what it types.
type key struct {
	touch
	ground *canvas.Rectangle
	label  *canvas.Text
	kind   theme.TextKind
	strong bool
}

func newKey(look theme.Look, code, label string, kind theme.TextKind, tapped func()) *key {
	k := &key{kind: kind}
	k.look, k.name, k.tapped = look, "key:"+code, tapped
	k.ground = panel(look, theme.Surface, theme.LineControl, theme.Border)
	k.label = word(look, kind, theme.Ink, label)
	k.parts = []fyne.CanvasObject{k.ground, k.label}
	k.arrange = func(size fyne.Size) {
		place(k.ground, 0, 0, size.Width, size.Height)
		k.ground.CornerRadius = min(look.Size(theme.Radius), size.Height/4)
		fitWord(k.label, look.Text(k.kind), size.Width-look.Px(12))
		centreWord(k.label, 0, 0, size.Width, size.Height)
	}
	k.measure = func(float32) fyne.Size {
		return fyne.NewSize(look.Size(theme.Touch), look.Size(theme.Touch))
	}
	k.style = k.styleKey
	k.styleKey()
	k.ExtendBaseWidget(k)
	return k
}

func (k *key) setLabel(code, label string) {
	k.name = "key:" + code
	if k.label.Text != label {
		k.label.Text = label
		k.relayout()
		k.label.Refresh()
	}
}

func (k *key) styleKey() {
	fill, ink := theme.Surface, theme.Ink
	switch {
	case k.off:
		fill, ink = theme.DisabledGround, theme.DisabledText
	case k.strong && k.down:
		fill, ink = theme.ActionPressed, theme.OnAction
	case k.strong:
		fill, ink = theme.Action, theme.OnAction
	case k.down:
		fill = theme.Tint
	}
	k.ground.FillColor, k.label.Color = theme.Colour(fill), theme.Colour(ink)
}

// PadWords are the words on a number pad.
type PadWords struct{ Clear, Delete string }

// PadKind tells which keys a number pad has besides the digits.
type PadKind int

// Pad kinds.
const (
	PadDigits PadKind = iota // whole numbers, phones, PINs
	PadID                    // with X, for ID numbers
	PadPoint                 // with a decimal point
)

// NumberPad is the pad of big digits. It reports each key and keeps nothing.
type NumberPad struct {
	drawn
	rows [][]*key
}

// NewNumberPad makes a pad; press gets a digit, "X", ".", KeyClear or KeyDelete.
func NewNumberPad(look theme.Look, words PadWords, kind PadKind, press func(key string)) *NumberPad {
	n := &NumberPad{}
	n.look = look
	digit := func(sign string) *key {
		return newKey(look, sign, sign, theme.KeyText, func() { press(sign) })
	}
	wordKey := func(code, label string) *key {
		return newKey(look, code, label, theme.KeyWord, func() { press(code) })
	}
	n.rows = [][]*key{
		{digit("1"), digit("2"), digit("3")},
		{digit("4"), digit("5"), digit("6")},
		{digit("7"), digit("8"), digit("9")},
	}
	switch kind {
	case PadID:
		n.rows = append(n.rows, []*key{digit("X"), digit("0"), wordKey(KeyClear, words.Clear), wordKey(KeyDelete, words.Delete)})
	case PadPoint:
		n.rows = append(n.rows, []*key{digit("."), digit("0"), wordKey(KeyClear, words.Clear), wordKey(KeyDelete, words.Delete)})
	default:
		n.rows = append(n.rows, []*key{wordKey(KeyClear, words.Clear), digit("0"), wordKey(KeyDelete, words.Delete)})
	}
	for _, row := range n.rows {
		for _, k := range row {
			n.parts = append(n.parts, k)
		}
	}
	n.arrange = func(size fyne.Size) { arrangeKeys(n.rows, size, look.Size(theme.KeyGap)) }
	n.measure = func(float32) fyne.Size {
		rows := float32(len(n.rows))
		return fyne.NewSize(look.Px(600), rows*look.Size(theme.KeyHeight)+(rows-1)*look.Size(theme.KeyGap))
	}
	n.ExtendBaseWidget(n)
	return n
}

// LeastHeight is the pad's height with the smallest keys.
func (n *NumberPad) LeastHeight(float32) float32 {
	rows := float32(len(n.rows))
	return rows*n.look.Size(theme.Touch) + (rows-1)*n.look.Size(theme.KeyGap)
}

// arrangeKeys stands keys in rows of equal height and three columns; a fourth
// key shares the last column.
func arrangeKeys(rows [][]*key, size fyne.Size, gap float32) {
	const columns = 3
	height := (size.Height - gap*float32(len(rows)-1)) / float32(len(rows))
	width := (size.Width - gap*(columns-1)) / columns
	for i, row := range rows {
		y := float32(i) * (height + gap)
		for j, k := range row {
			x, wide := float32(j)*(width+gap), width
			if j >= columns-1 && len(row) > columns {
				wide = (width - gap) / 2
				x = (columns-1)*(width+gap) + float32(j-columns+1)*(wide+gap)
			}
			place(k, x, y, wide, height)
		}
	}
}
