package view

import (
	"fyne.io/fyne/v2"

	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// prompt is one large sentence in a card, with a picture above it where it has one, and lesser words below.
type prompt struct {
	*dk.Panel
	words *ui.Text
	aside *ui.Text
}

func newPrompt(k *kit, picture fyne.CanvasObject) *prompt {
	p := &prompt{words: k.text(theme.SectionText, theme.Ink, "").Centred(), aside: k.text(theme.DeskBodyText, theme.InkQuiet, "").Centred()}
	parts := []fyne.CanvasObject{ui.NewSpring()}
	if picture != nil {
		parts = append(parts, picture)
	}
	p.Panel = dk.NewPanel(k.Kit, 32, ui.NewColumn(18, append(parts, p.words, p.aside, ui.NewSpring())...))
	return p
}

func (p *prompt) say(words, aside string) {
	p.words.SetText(words)
	p.aside.SetText(aside)
	p.aside.Hidden = aside == ""
}

// bled lets a scroll's content stand in line with what is above and below it.
type bled struct{ ui.Base }

func newBled(k *kit, child fyne.CanvasObject) *bled {
	const bleed = 4
	b := &bled{}
	b.Setup(b, k.Look, func(width float32) fyne.Size { return fyne.NewSize(0, ui.HeightAt(child, width+2*bleed)-2*bleed) }, func(size fyne.Size) {
		ui.Place(child, -bleed, -bleed, size.Width+2*bleed, size.Height+2*bleed)
	}, child)
	return b
}

// Grows tells that it takes the room that is left.
func (b *bled) Grows() bool { return true }

// LeastHeight is little: what is inside scrolls.
func (b *bled) LeastHeight(float32) float32 { return 2 * theme.DeskRow }

// foot stands what is being done at the left and the buttons at the right; in a window that stands, the buttons fill the
// width, below each other where that is too little.
type foot struct {
	ui.Base
	busy    *ui.Text
	buttons []fyne.CanvasObject
}

func newFoot(k *kit, busy *ui.Text) *foot {
	f := &foot{busy: busy}
	f.Setup(f, k.Look, func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(f.wide(), theme.DeskControl)
		}
		return fyne.NewSize(0, f.each(width, func(fyne.CanvasObject, float32, float32, float32, float32) {}))
	}, func(size fyne.Size) { f.each(size.Width, ui.Place) }, busy)
	return f
}

func (f *foot) set(buttons []fyne.CanvasObject) {
	f.buttons = buttons
	f.SetParts(append([]fyne.CanvasObject{f.busy}, buttons...)...)
}

// seen are the buttons that are not hidden.
func (f *foot) seen() (all []fyne.CanvasObject) {
	for _, b := range f.buttons {
		if b.Visible() {
			all = append(all, b)
		}
	}
	return all
}

func (f *foot) wide() (wide float32) {
	for _, b := range f.seen() {
		wide += ui.NaturalWidth(b) + theme.DeskGap
	}
	return wide
}

// across is how many buttons of one width stand side by side.
func (f *foot) across(width float32, buttons []fyne.CanvasObject) int {
	for _, across := range []int{len(buttons), 2} {
		fits := across > 0 && len(buttons)%across == 0
		for _, b := range buttons {
			fits = fits && float32(across)*(ui.NaturalWidth(b)+theme.DeskGap)-theme.DeskGap <= width
		}
		if fits {
			return across
		}
	}
	return 1
}

func (f *foot) each(width float32, put func(object fyne.CanvasObject, x, y, wide, high float32)) float32 {
	buttons := f.seen()
	if width >= narrow-railWide-2*pageMargin {
		left := max(0, width-f.wide())
		high := f.busy.HeightAt(left)
		put(f.busy, 0, (theme.DeskControl-min(high, theme.DeskControl))/2, left, high)
		for x, i := width, len(buttons)-1; i >= 0; i-- {
			wide := ui.NaturalWidth(buttons[i])
			x -= wide
			put(buttons[i], x, 0, wide, theme.DeskControl)
			x -= theme.DeskGap
		}
		return theme.DeskControl
	}
	var y float32
	if f.busy.Text() != "" || len(buttons) == 0 {
		high := max(theme.DeskControl, f.busy.HeightAt(width))
		put(f.busy, 0, 6, width, high)
		y = high + theme.DeskGap
	}
	across := f.across(width, buttons)
	for i, b := range buttons {
		wide := (width - float32(across-1)*theme.DeskGap) / float32(across)
		put(b, float32(i%across)*(wide+theme.DeskGap), y, wide, theme.DeskControl+8)
		if i%across == across-1 {
			y += theme.DeskControl + 8 + theme.DeskGap
		}
	}
	return max(0, y-theme.DeskGap)
}

// twofold stands a first part beside a second, or above it where the window stands. share is the first one's.
type twofold struct{ ui.Base }

func newTwofold(k *kit, beside, above float32, first, second fyne.CanvasObject) *twofold {
	t := &twofold{}
	t.Setup(t, k.Look, func(float32) fyne.Size { return fyne.NewSize(600, 300) }, func(size fyne.Size) {
		if size.Width < narrow-railWide {
			high := size.Height * above
			ui.Place(first, 0, 0, size.Width, high)
			ui.Place(second, 0, high+theme.DeskMargin, size.Width, size.Height-high-theme.DeskMargin)
			return
		}
		wide := size.Width * beside
		ui.Place(first, 0, 0, wide, size.Height)
		ui.Place(second, wide+theme.DeskMargin, 0, size.Width-wide-theme.DeskMargin, size.Height)
	}, first, second)
	return t
}

// Grows tells that it takes the room that is left.
func (t *twofold) Grows() bool { return true }

// LeastHeight is little: what is inside scrolls.
func (t *twofold) LeastHeight(float32) float32 { return 4 * theme.DeskRow }

// MinSize is small: it takes what it is given.
func (t *twofold) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// listed is a scroll in a card that takes the room that is left.
func listed(k *kit, rows fyne.CanvasObject) *dk.Panel {
	return dk.NewPanel(k.Kit, 12, dk.NewScroll(k.Kit, ui.NewInset(10, 4, 10, 4, rows)))
}

// fact is a label and what stands beside it.
func (k *kit) fact(label, value string) fyne.CanvasObject {
	return ui.NewRow(theme.DeskGap, ui.NewSized(132, 0, k.text(theme.DeskBodyText, theme.InkQuiet, label)), ui.NewShare(1, k.body(value)))
}

// grown takes all the room that is left for its child.
type grown struct {
	ui.Base
	whole bool // the child gets all of it, else what it needs
}

func newGrown(k *kit, child fyne.CanvasObject) *grown {
	g := &grown{}
	g.Setup(g, k.Look, func(width float32) fyne.Size { return fyne.NewSize(ui.NaturalWidth(child), ui.HeightAt(child, width)) },
		func(size fyne.Size) {
			high := size.Height
			if !g.whole {
				high = min(high, ui.HeightAt(child, size.Width))
			}
			ui.Place(child, 0, 0, size.Width, high)
		}, child)
	return g
}

// Grows tells that it takes the room that is left.
func (g *grown) Grows() bool { return true }

// LeastHeight is little: what is inside scrolls.
func (g *grown) LeastHeight(float32) float32 { return 2 * theme.DeskRow }

// newFilled takes all the room that is left, and gives it all to its child.
func newFilled(k *kit, child fyne.CanvasObject) *grown {
	g := newGrown(k, child)
	g.whole = true
	return g
}
