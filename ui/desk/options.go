package desk

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Option is one choice.
type Option struct {
	Code  string
	Label string
}

// Options is a row of a few choices, all seen. It takes the keys as one: the
// number of a choice picks it, Left and Right move, Space picks, Enter goes on.
type Options struct {
	control
	many   bool
	chips  []*chip
	at     int
	choose func(code string)
	enter  func() // nil goes on
}

// NewOptions makes choices of which one is picked, or with many any number; choose hears each pick.
func NewOptions(k *Kit, name string, options []Option, many bool, choose func(code string)) *Options {
	o := &Options{many: many, choose: choose}
	o.kit, o.name, o.self = k, name, o
	var parts []fyne.CanvasObject
	for i, option := range options {
		one := newChip(o, i, option)
		o.chips = append(o.chips, one)
		parts = append(parts, one)
	}
	o.keys = o.key
	o.runes = func(r rune) bool {
		if n := int(r - '1'); n >= 0 && n < len(o.chips) {
			o.pick(n)
		}
		return true
	}
	o.style = o.mark
	o.Setup(o, k.Look, func(width float32) fyne.Size {
		if width <= 0 {
			wide := float32(0)
			for _, one := range o.chips {
				wide += ui.NaturalWidth(one) + theme.DeskSmallGap
			}
			return fyne.NewSize(wide, theme.DeskControl)
		}
		return fyne.NewSize(0, o.flow(width, func(*chip, float32, float32, float32) {}))
	}, func(size fyne.Size) {
		o.flow(size.Width, func(one *chip, x, y, wide float32) { ui.Place(one, x, y, wide, theme.DeskControl) })
	}, parts...)
	return o
}

// flow stands the choices side by side and in further lines where there is no room.
func (o *Options) flow(width float32, put func(one *chip, x, y, wide float32)) float32 {
	x, y := float32(0), float32(0)
	for _, one := range o.chips {
		wide := min(width, ui.NaturalWidth(one))
		if x > 0 && x+wide > width {
			x, y = 0, y+theme.DeskControl+theme.DeskSmallGap
		}
		put(one, x, y, wide)
		x += wide + theme.DeskSmallGap
	}
	return y + theme.DeskControl
}

// Set shows what is picked.
func (o *Options) Set(codes ...string) {
	for i, one := range o.chips {
		one.chosen = false
		for _, code := range codes {
			if code == one.option.Code {
				one.chosen = true
				if !o.many {
					o.at = i
				}
			}
		}
	}
	o.restyle()
}

// OnEnter sets what Enter does instead of going on, and returns the choices.
func (o *Options) OnEnter(enter func()) *Options {
	o.enter = enter
	return o
}

// Tapped takes the keys.
func (o *Options) Tapped(*fyne.PointEvent) { o.take() }

func (o *Options) key(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyLeft:
		o.at = max(0, o.at-1)
	case fyne.KeyRight:
		o.at = min(len(o.chips)-1, o.at+1)
	case fyne.KeySpace:
		o.pick(o.at)
	case fyne.KeyReturn, fyne.KeyEnter:
		if o.enter != nil {
			o.enter()
		} else {
			o.kit.Next()
		}
		return true
	default:
		return false
	}
	o.restyle()
	return true
}

func (o *Options) pick(n int) {
	o.at = n
	if o.many {
		o.chips[n].chosen = !o.chips[n].chosen
	} else {
		for i, one := range o.chips {
			one.chosen = i == n
		}
	}
	o.restyle()
	o.choose(o.chips[n].option.Code)
}

func (o *Options) mark() {
	for i, one := range o.chips {
		one.off = o.off
		one.held = o.focused && i == o.at
		one.restyle()
	}
}

// chip is one choice.
type chip struct {
	clickable
	option Option
	chosen bool
	held   bool
	ring   *canvas.Rectangle
	ground *canvas.Rectangle
	number *canvas.Text
	label  *canvas.Text
}

func newChip(o *Options, n int, option Option) *chip {
	c := &chip{option: option, ring: ring(), ground: canvas.NewRectangle(theme.Colour(theme.Surface))}
	c.kit, c.name = o.kit, o.name+"="+option.Code
	c.ground.CornerRadius = theme.DeskSmallGap
	words := ""
	if n < 9 {
		words = strconv.Itoa(n + 1)
	}
	c.number = ui.Word(o.kit.Look, theme.DeskSmallText, theme.InkQuiet, words)
	c.label = ui.Word(o.kit.Look, theme.DeskBodyText, theme.Ink, option.Label)
	c.tapped = func() {
		o.take()
		o.pick(n)
	}
	c.style = func() {
		fill, line, ink, thick := theme.Surface, theme.LineControl, theme.Ink, float32(1.5)
		switch {
		case c.chosen:
			fill, line, ink, thick = theme.Tint, theme.Action, theme.Action, 2
		case c.over:
			fill = theme.Over
		}
		c.ground.FillColor, c.ground.StrokeColor, c.ground.StrokeWidth = theme.Colour(fill), theme.Colour(line), thick
		c.label.Color = theme.Colour(ink)
		c.label.TextStyle.Bold = c.chosen
		c.number.Color = theme.Colour(theme.InkQuiet)
		if c.chosen {
			c.number.Color = theme.Colour(theme.Action)
		}
		c.ring.Hidden = !c.held
	}
	c.Setup(c, o.kit.Look, func(float32) fyne.Size {
		bold := fyne.MeasureText(option.Label, theme.DeskBody, fyne.TextStyle{Bold: true}).Width
		return fyne.NewSize(bold+c.number.MinSize().Width+36, theme.DeskControl)
	}, func(size fyne.Size) {
		ui.Place(c.ring, -3, -3, size.Width+6, size.Height+6)
		ui.Place(c.ground, 0, 0, size.Width, size.Height)
		ui.LeadWord(c.number, 14, 0, size.Height)
		c.label.Text = ui.Cut(o.kit.Look, theme.DeskBodyBold, option.Label, size.Width-c.number.MinSize().Width-36)
		ui.LeadWord(c.label, 22+c.number.MinSize().Width, 0, size.Height)
	}, c.ring, c.ground, c.number, c.label)
	c.style()
	return c
}
