package ui

import (
	"fyne.io/fyne/v2"

	"bianmin/ui/theme"
)

// codeSigns are the signs of unified social credit codes (GB 32100): no I, O, S, V, Z.
const codeSigns = "1234567890ABCDEFGHJKLMNPQRTUWXY"

// CodePad is the pad for one kind of code: every sign it can have, and no
// other. It reports each key and keeps nothing.
type CodePad struct {
	drawn
	rows [][]*key
}

// NewCodePad makes a pad for unified social credit codes; press gets a sign, KeyClear or KeyDelete.
func NewCodePad(look theme.Look, words PadWords, press func(key string)) *CodePad {
	return NewSignPad(look, codeSigns, 7, words, press)
}

// NewSignPad makes a pad of signs in so many columns; the two word keys share what the last row of signs leaves, or a row
// of their own.
func NewSignPad(look theme.Look, signs string, columns int, words PadWords, press func(key string)) *CodePad {
	c := &CodePad{}
	c.look = look
	var row []*key
	for _, r := range signs {
		sign := string(r)
		row = append(row, newKey(look, sign, sign, theme.LetterText, func() { press(sign) }))
		if len(row) == columns {
			c.rows = append(c.rows, row)
			row = nil
		}
	}
	row = append(row,
		newKey(look, KeyClear, words.Clear, theme.KeyWord, func() { press(KeyClear) }),
		newKey(look, KeyDelete, words.Delete, theme.KeyWord, func() { press(KeyDelete) }))
	c.rows = append(c.rows, row)
	for _, row := range c.rows {
		for _, k := range row {
			c.parts = append(c.parts, k)
		}
	}
	c.arrange = func(size fyne.Size) { c.arrangeCodes(size, columns) }
	c.measure = func(float32) fyne.Size { return fyne.NewSize(look.Px(900), c.height(look.Size(theme.LetterHeight))) }
	c.ExtendBaseWidget(c)
	return c
}

// LeastHeight is the pad's height with the smallest keys.
func (c *CodePad) LeastHeight(float32) float32 { return c.height(c.look.Size(theme.Touch)) }

func (c *CodePad) height(key float32) float32 {
	rows := float32(len(c.rows))
	return rows*key + (rows-1)*c.look.Size(theme.KeyGap)
}

// arrangeCodes gives the two word keys of the last row what the signs leave.
func (c *CodePad) arrangeCodes(size fyne.Size, columns int) {
	gap := c.look.Size(theme.KeyGap)
	wide := (size.Width - gap*float32(columns-1)) / float32(columns)
	high := (size.Height - gap*float32(len(c.rows)-1)) / float32(len(c.rows))
	for y, row := range c.rows {
		x := float32(0)
		for i, k := range row {
			cells := float32(1)
			if y == len(c.rows)-1 && i >= len(row)-2 {
				cells = float32(columns-len(row)+2) / 2
			}
			need := cells*wide + (cells-1)*gap
			place(k, x, float32(y)*(high+gap), need, high)
			x += need + gap
		}
	}
}
