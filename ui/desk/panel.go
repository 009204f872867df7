package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Panel is a card: a white ground with a border round its content.
type Panel struct {
	ui.Base
	ground  *canvas.Rectangle
	content fyne.CanvasObject
	inner   float32
}

// NewPanel makes a card that keeps inner free all round.
func NewPanel(k *Kit, inner float32, content fyne.CanvasObject) *Panel {
	p := &Panel{content: content, inner: inner}
	p.ground = canvas.NewRectangle(theme.Colour(theme.Surface))
	p.ground.StrokeColor, p.ground.StrokeWidth = theme.Colour(theme.Line), 2
	p.ground.CornerRadius = 12
	p.Setup(p, k.Look, p.measure, p.arrange, p.ground, content)
	return p
}

// Toned colours the ground by a state, without a border, and returns the panel.
func (p *Panel) Toned(tone ui.Tone) *Panel {
	ground, _ := roles(tone)
	p.ground.FillColor, p.ground.StrokeWidth = theme.Colour(ground), 0
	return p
}

// Grows tells whether the content takes the room that is left.
func (p *Panel) Grows() bool {
	grower, ok := p.content.(ui.Grower)
	return ok && grower.Grows()
}

// LeastHeight is the content's with the room round it.
func (p *Panel) LeastHeight(width float32) float32 {
	if shrinker, ok := p.content.(ui.Shrinker); ok {
		return shrinker.LeastHeight(width-2*p.inner) + 2*p.inner
	}
	return p.measure(width).Height
}

func (p *Panel) measure(width float32) fyne.Size {
	if width <= 0 {
		return fyne.NewSize(ui.NaturalWidth(p.content)+2*p.inner, ui.HeightAt(p.content, 0)+2*p.inner)
	}
	return fyne.NewSize(0, ui.HeightAt(p.content, width-2*p.inner)+2*p.inner)
}

func (p *Panel) arrange(size fyne.Size) {
	ui.Place(p.ground, 0, 0, size.Width, size.Height)
	ui.Place(p.content, p.inner, p.inner, size.Width-2*p.inner, size.Height-2*p.inner)
}

// roles are the colours of a state.
func roles(tone ui.Tone) (ground, ink theme.Role) {
	switch tone {
	case ui.Good:
		return theme.GoodGround, theme.GoodText
	case ui.Warn:
		return theme.WarnGround, theme.WarnText
	case ui.Bad:
		return theme.BadGround, theme.BadText
	case ui.Calm:
		return theme.Tint, theme.ActionPressed
	}
	return theme.DisabledGround, theme.DisabledText
}

// Badge is a short word on a coloured ground.
type Badge struct {
	ui.Base
	ground *canvas.Rectangle
	label  *canvas.Text
	words  string
	high   float32
	inner  float32
}

// NewBadge makes a badge; without words it is not seen.
func NewBadge(k *Kit, tone ui.Tone, words string) *Badge {
	b := &Badge{ground: canvas.NewRectangle(theme.Colour(theme.Tint)), high: theme.DeskBadge, inner: 10}
	b.ground.CornerRadius = theme.DeskSmallGap
	b.label = ui.Word(k.Look, theme.DeskSmallBold, theme.Ink, "")
	b.Setup(b, k.Look, func(width float32) fyne.Size {
		if width > 0 {
			return fyne.NewSize(0, b.high)
		}
		wide := fyne.MeasureText(b.words, b.label.TextSize, b.label.TextStyle).Width
		return fyne.NewSize(wide+2*b.inner, b.high)
	}, func(size fyne.Size) {
		b.label.Text = b.words
		if b.label.MinSize().Width+2*b.inner > size.Width && size.Width > 0 {
			b.label.Text = ui.Cut(k.Look, theme.DeskSmallBold, b.words, size.Width-2*b.inner)
		}
		wide := min(size.Width, b.label.MinSize().Width+2*b.inner)
		ui.Place(b.ground, 0, (size.Height-b.high)/2, wide, b.high)
		ui.LeadWord(b.label, b.inner, 0, size.Height)
	}, b.ground, b.label)
	b.Set(tone, words)
	return b
}

// Tall makes it as high as a control, with quieter words, and returns it.
func (b *Badge) Tall() *Badge {
	b.high, b.inner = theme.DeskControl, theme.DeskGap
	b.label.TextStyle.Bold = false
	return b
}

// Tight makes it fit a small picture, and returns it.
func (b *Badge) Tight() *Badge {
	b.inner = 6
	return b
}

// Set changes it.
func (b *Badge) Set(tone ui.Tone, words string) {
	ground, ink := roles(tone)
	b.words, b.label.Text = words, words
	b.ground.FillColor, b.label.Color = theme.Colour(ground), theme.Colour(ink)
	b.Hidden = words == ""
	b.Rearrange()
	b.Repaint()
}

// Notice is a sentence or two on a coloured ground; without words it takes no room.
type Notice struct {
	ui.Base
	ground *canvas.Rectangle
	text   *ui.Text
	close  *Button
}

// NewNotice makes a notice; dismissed is what its closing button does, nil leaves the button out.
func NewNotice(k *Kit, tone ui.Tone, words, closing string, dismissed func()) *Notice {
	n := &Notice{ground: canvas.NewRectangle(theme.Colour(theme.Tint))}
	n.ground.CornerRadius = theme.DeskRadius
	n.text = ui.NewText(k.Look, theme.DeskBodyText, theme.Ink, "")
	n.close = NewButton(k, "notice:close", closing, "", Quiet, dismissed).Low()
	n.close.Hidden = dismissed == nil
	n.Setup(n, k.Look, func(width float32) fyne.Size {
		if n.Hidden {
			return fyne.Size{}
		}
		if width <= 0 {
			return fyne.NewSize(ui.NaturalWidth(n.text)+32, n.text.HeightAt(0)+16)
		}
		return fyne.NewSize(0, max(n.text.HeightAt(width-n.right()-16)+16, theme.DeskControl))
	}, func(size fyne.Size) {
		ui.Place(n.ground, 0, 0, size.Width, size.Height)
		wide := size.Width - n.right() - 16
		high := n.text.HeightAt(wide)
		ui.Place(n.text, 16, (size.Height-high)/2, wide, high)
		if !n.close.Hidden {
			ui.Place(n.close, size.Width-n.right()+8, (size.Height-32)/2, ui.NaturalWidth(n.close), 32)
		}
	}, n.ground, n.text, n.close)
	n.Set(tone, words)
	return n
}

func (n *Notice) right() float32 {
	if n.close.Hidden {
		return 16
	}
	return ui.NaturalWidth(n.close) + 16
}

// Set changes it.
func (n *Notice) Set(tone ui.Tone, words string) {
	ground, ink := roles(tone)
	n.ground.FillColor = theme.Colour(ground)
	n.text.SetText(words)
	n.text.SetRole(ink)
	n.Hidden = words == ""
	n.Repaint()
}

// Dialog dims the window and shows a panel that waits for an answer. While it is
// seen nothing below can be clicked or reached by keys.
type Dialog struct {
	ui.Base
	shade  *canvas.Rectangle
	panel  *Panel
	inside fyne.CanvasObject
	wide   float32
}

var (
	_ fyne.Tappable     = (*Dialog)(nil)
	_ desktop.Mouseable = (*Dialog)(nil)
	_ desktop.Hoverable = (*Dialog)(nil)
	_ fyne.Scrollable   = (*Dialog)(nil)
)

// NewDialog makes a dialog round its content, hidden.
func NewDialog(k *Kit, content fyne.CanvasObject) *Dialog {
	d := &Dialog{shade: canvas.NewRectangle(theme.Colour(theme.Shade)), panel: NewPanel(k, 28, content), inside: content, wide: theme.DeskDialog}
	d.Hidden = true
	d.Setup(d, k.Look, func(float32) fyne.Size { return fyne.Size{} }, func(size fyne.Size) {
		ui.Place(d.shade, 0, 0, size.Width, size.Height)
		high := min(ui.HeightAt(d.panel, d.wide), size.Height-2*theme.DeskMargin)
		ui.Place(d.panel, (size.Width-d.wide)/2, (size.Height-high)/2.4, d.wide, high)
	}, d.shade, d.panel)
	return d
}

// Wide makes it another width than the usual, and returns it.
func (d *Dialog) Wide(width float32) *Dialog {
	d.wide = width
	return d
}

// Modal tells that nothing below can be clicked.
func (d *Dialog) Modal() bool { return true }

// Tapped swallows a click.
func (d *Dialog) Tapped(*fyne.PointEvent) {}

// MouseDown swallows a press.
func (d *Dialog) MouseDown(*desktop.MouseEvent) {}

// MouseUp swallows a release.
func (d *Dialog) MouseUp(*desktop.MouseEvent) {}

// MouseIn swallows the pointer.
func (d *Dialog) MouseIn(*desktop.MouseEvent) {}

// MouseMoved swallows the pointer.
func (d *Dialog) MouseMoved(*desktop.MouseEvent) {}

// MouseOut swallows the pointer.
func (d *Dialog) MouseOut() {}

// Scrolled swallows the wheel.
func (d *Dialog) Scrolled(*fyne.ScrollEvent) {}
