package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// candidateRow shows the pinyin typed so far and what it can mean, as many as
// fit, with buttons to turn the page.
type candidateRow struct {
	drawn
	ground *canvas.Rectangle
	keys   *canvas.Text
	chips  []*key // pooled
	less   *key
	more   *key
	pick   func(string)

	engine Engine
	typed  string
	found  []string
	pages  int  // pages asked of the engine
	ended  bool // the engine has no more
	starts []int
	start  int
	shown  int
}

func newCandidateRow(look theme.Look, words KeyboardWords, pick func(string)) *candidateRow {
	c := &candidateRow{pick: pick, ended: true}
	c.look = look
	c.ground = canvas.NewRectangle(theme.Colour(theme.Tint))
	c.ground.CornerRadius = look.Size(theme.RadiusSmall)
	c.keys = word(look, theme.SmallBold, theme.ActionPressed, "")
	c.less = newKey(look, "fewer", words.Fewer, theme.KeyWord, c.pageBack)
	c.more = newKey(look, "more", words.More, theme.KeyWord, c.pageOn)
	c.parts = []fyne.CanvasObject{c.ground, c.keys, c.less, c.more}
	c.arrange = c.arrangeRow
	c.measure = func(float32) fyne.Size { return fyne.NewSize(0, c.height()) }
	c.ExtendBaseWidget(c)
	return c
}

func (c *candidateRow) height() float32 {
	return c.look.Leading(theme.SmallBold) + c.look.Size(theme.Touch) + c.look.Px(8)
}

// first is the likeliest candidate shown.
func (c *candidateRow) first() string {
	if c.start < len(c.found) {
		return c.found[c.start]
	}
	return ""
}

func (c *candidateRow) show(keys string, engine Engine) {
	c.typed, c.engine = keys, engine
	c.found, c.pages, c.ended, c.starts, c.start = nil, 0, keys == "", nil, 0
	c.keys.Text = keys
	c.redraw()
}

// has makes sure the engine was asked for at least n candidates.
func (c *candidateRow) has(n int) bool {
	for len(c.found) < n && !c.ended {
		page := c.engine.Candidates(c.typed, c.pages)
		c.pages++
		c.ended = len(page) == 0
		c.found = append(c.found, page...)
	}
	return len(c.found) >= n
}

func (c *candidateRow) pageOn() {
	if c.has(c.start + c.shown + 1) {
		c.starts = append(c.starts, c.start)
		c.start += c.shown
		c.redraw()
	}
}

func (c *candidateRow) pageBack() {
	if last := len(c.starts) - 1; last >= 0 {
		c.start, c.starts = c.starts[last], c.starts[:last]
		c.redraw()
	}
}

func (c *candidateRow) redraw() {
	c.relayout()
	c.repaint()
	canvas.Refresh(c)
}

func (c *candidateRow) chip(i int) *key {
	for len(c.chips) <= i {
		var made *key
		made = newKey(c.look, "", "", theme.LetterText, func() { c.pick(made.label.Text) })
		made.ground.StrokeWidth = 0
		c.chips = append(c.chips, made)
		c.parts = append(c.parts, made)
	}
	return c.chips[i]
}

func (c *candidateRow) arrangeRow(size fyne.Size) {
	top := c.look.Leading(theme.SmallBold)
	place(c.ground, 0, top, size.Width, size.Height-top)
	leadWord(c.keys, c.look.Px(16), 0, top)
	pad := c.look.Px(4)
	high := size.Height - top - 2*pad
	turn := c.look.Size(theme.Touch)
	gap := c.look.Px(8)
	room := size.Width - 2*(turn+gap) - 2*pad
	x := pad
	c.shown = 0
	for c.has(c.start + c.shown + 1) {
		text := c.found[c.start+c.shown]
		wide := fyne.MeasureText(text, c.look.Text(theme.LetterText), c.look.Style(theme.LetterText)).Width + c.look.Px(40)
		wide = max(wide, turn)
		if x+wide > room && c.shown > 0 {
			break
		}
		chip := c.chip(c.shown)
		chip.setLabel("pick:"+text, text)
		chip.name = "pick:" + text
		chip.Show()
		place(chip, x, top+pad, min(wide, room), high)
		x += wide + gap
		c.shown++
	}
	for _, chip := range c.chips[c.shown:] {
		chip.setLabel("", "")
		chip.Hide()
	}
	c.less.Hidden, c.more.Hidden = len(c.starts) == 0, !c.has(c.start+c.shown+1)
	place(c.less, size.Width-2*turn-gap-pad, top+pad, turn, high)
	place(c.more, size.Width-turn-pad, top+pad, turn, high)
}
