package desk

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Tab is one of several views of the same list; a Count below 0 is not shown.
type Tab struct {
	Key   string
	Label string
	Count int
}

// Tabs is a row of tabs; it takes the keys as one, Left and Right choose.
type Tabs struct {
	control
	tabs   []*tab
	keysIn []string
	chosen string
	ring   *canvas.Rectangle
	choose func(key string)
	echo   echo[string]
}

// NewTabs makes a row of tabs; choose hears the key of the one chosen.
func NewTabs(k *Kit, tabs []Tab, choose func(key string)) *Tabs {
	t := &Tabs{choose: choose, ring: ring()}
	t.kit, t.self = k, t
	parts := []fyne.CanvasObject{t.ring}
	for _, each := range tabs {
		one := newTab(t, each)
		t.tabs, t.keysIn = append(t.tabs, one), append(t.keysIn, each.Key)
		parts = append(parts, one)
	}
	t.style = func() { t.ring.Hidden = !t.focused }
	t.keys = func(key fyne.KeyName) bool {
		switch key {
		case fyne.KeyLeft:
			t.step(-1)
		case fyne.KeyRight:
			t.step(1)
		default:
			return false
		}
		return true
	}
	t.Setup(t, k.Look, func(width float32) fyne.Size {
		if width > 0 {
			return fyne.NewSize(0, 28)
		}
		wide := float32(0)
		for _, one := range t.tabs {
			wide += ui.NaturalWidth(one) + theme.DeskSmallGap
		}
		return fyne.NewSize(max(0, wide-theme.DeskSmallGap), 28)
	}, t.arrange, parts...)
	return t
}

// Set shows which tab is chosen and the counts by key.
func (t *Tabs) Set(chosen string, counts map[string]int) {
	if t.echo.news(chosen, t.chosen) {
		t.echo.sent = nil
		t.chosen = chosen
	}
	for _, one := range t.tabs {
		if count, ok := counts[one.tab.Key]; ok {
			one.tab.Count = count
		}
		one.show(one.tab.Key == t.chosen)
	}
	t.Rearrange()
}

func (t *Tabs) step(by int) {
	for i, key := range t.keysIn {
		if key == t.chosen && i+by >= 0 && i+by < len(t.keysIn) {
			t.to(t.keysIn[i+by])
			return
		}
	}
}

func (t *Tabs) to(key string) {
	if key == t.chosen {
		return
	}
	t.chosen = key
	for _, one := range t.tabs {
		one.show(one.tab.Key == key)
	}
	t.echo.send(key)
	t.choose(key)
}

func (t *Tabs) arrange(size fyne.Size) {
	x := float32(0)
	for _, one := range t.tabs {
		wide := ui.NaturalWidth(one)
		ui.Place(one, x, 0, wide, size.Height)
		if one.tab.Key == t.chosen {
			ui.Place(t.ring, x-3, -3, wide+6, size.Height+6)
		}
		x += wide + theme.DeskSmallGap
	}
}

type tab struct {
	clickable
	tab    Tab
	chosen bool
	ground *canvas.Rectangle
	label  *canvas.Text
}

func newTab(t *Tabs, each Tab) *tab {
	o := &tab{tab: each, ground: canvas.NewRectangle(theme.Colour(theme.Ground))}
	o.kit, o.name = t.kit, "tab:"+each.Key
	o.ground.CornerRadius = theme.DeskSmallGap
	o.label = ui.Word(t.kit.Look, theme.DeskSmallBold, theme.InkSecondary, "")
	o.tapped = func() {
		t.take()
		t.to(each.Key)
	}
	o.style = func() {
		fill, ink := theme.Ground, theme.InkSecondary
		if o.chosen {
			fill, ink = theme.Tint, theme.Action
		} else if o.over {
			fill = theme.Tint
		}
		o.ground.FillColor, o.label.Color = theme.Colour(fill), theme.Colour(ink)
	}
	o.Setup(o, t.kit.Look, func(float32) fyne.Size { return fyne.NewSize(o.label.MinSize().Width+20, 28) }, func(size fyne.Size) {
		ui.Place(o.ground, 0, 0, size.Width, size.Height)
		ui.CentreWord(o.label, 0, 0, size.Width, size.Height)
	}, o.ground, o.label)
	o.show(false)
	return o
}

func (o *tab) show(chosen bool) {
	o.chosen = chosen
	o.label.Text = o.tab.Label
	if o.tab.Count >= 0 {
		o.label.Text += " " + strconv.Itoa(o.tab.Count)
	}
	o.restyle()
}
