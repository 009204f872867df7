package desk

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// SideLine is one entry of the sidebar; a Count of 0 is not shown, Alarm draws it on red.
type SideLine struct {
	Key   string
	Label string
	Count int
	Alarm bool
}

// Sidebar is the dark column of pages with a name above and lines below. Tab passes it
// by: its pages have keys of their own, Alt+1 to Alt+9.
type Sidebar struct {
	ui.Base
	kit    *Kit
	ground *canvas.Rectangle
	title  *canvas.Text
	lines  []*sideLine
	care   *ui.Text          // what needs somebody, on a ground of its own
	under  *canvas.Rectangle // that ground
	foot   *ui.Text
	cares  string
	warns  bool
	open   func(key string)
}

// NewSidebar makes a sidebar; open hears the key of the page that is wanted.
func NewSidebar(k *Kit, title string, lines []SideLine, open func(key string)) *Sidebar {
	s := &Sidebar{kit: k, ground: canvas.NewRectangle(theme.Colour(theme.Sidebar)), open: open}
	s.title = ui.Word(k.Look, theme.DeskTitleText, theme.OnAction, title)
	s.foot = ui.NewText(k.Look, theme.DeskSmallText, theme.SidebarText, "")
	s.care = ui.NewText(k.Look, theme.DeskSmallBold, theme.WarnText, "")
	s.under = canvas.NewRectangle(theme.Colour(theme.WarnGround))
	s.under.CornerRadius = theme.DeskSmallGap
	parts := []fyne.CanvasObject{s.ground, s.title, s.foot, s.under, s.care}
	for _, line := range lines {
		one := newSideLine(s, line)
		s.lines = append(s.lines, one)
		parts = append(parts, one)
	}
	s.Setup(s, k.Look, func(float32) fyne.Size { return fyne.NewSize(theme.DeskSidebar, 0) }, func(size fyne.Size) {
		ui.Place(s.ground, 0, 0, size.Width, size.Height)
		ui.LeadWord(s.title, theme.DeskMargin, 0, theme.DeskTop)
		for i, one := range s.lines {
			ui.Place(one, 0, theme.DeskTop+float32(i)*48, size.Width, 48)
		}
		wide := size.Width - 2*theme.DeskMargin
		high := s.foot.HeightAt(wide)
		bottom := size.Height - 18 - high
		ui.Place(s.foot, theme.DeskMargin, bottom, wide, high)
		s.under.Hidden, s.care.Hidden = s.cares == "", s.cares == ""
		if s.cares != "" {
			bottom -= s.care.HeightAt(wide) + 12 + theme.DeskSmallGap
			ui.Place(s.under, theme.DeskMargin-12, bottom-8, wide+24, s.care.HeightAt(wide)+16)
			ui.Place(s.care, theme.DeskMargin, bottom, wide, s.care.HeightAt(wide))
		}
	}, parts...)
	return s
}

// Set shows the page one is on, counts, what needs somebody, and the lines below.
func (s *Sidebar) Set(chosen string, lines []SideLine, care, foot string) {
	for i, one := range s.lines {
		if i < len(lines) {
			one.set(lines[i], lines[i].Key == chosen)
		}
	}
	s.cares = care
	s.care.SetText(care)
	s.foot.SetText(foot)
	s.Rearrange()
}

// Warn gives it the accent of practice: nobody takes it for the desk that counts.
func (s *Sidebar) Warn(on bool) {
	if s.warns == on {
		return
	}
	s.warns = on
	s.ground.FillColor = theme.Colour(s.roles().ground)
	for _, one := range s.lines {
		one.restyle()
	}
	s.Repaint()
}

// sideRoles are the sidebar's colours.
type sideRoles struct{ ground, over, chosen, onChosen theme.Role }

func (s *Sidebar) roles() sideRoles {
	if s.warns {
		return sideRoles{ground: theme.WarnText, over: theme.WarnOver, chosen: theme.WarnGround, onChosen: theme.WarnText}
	}
	return sideRoles{ground: theme.Sidebar, over: theme.SidebarOver, chosen: theme.Action, onChosen: theme.OnAction}
}

// Open opens the n-th page, from 1.
func (s *Sidebar) Open(n int) bool {
	if n < 1 || n > len(s.lines) {
		return false
	}
	s.open(s.lines[n-1].line.Key)
	return true
}

type sideLine struct {
	clickable
	line   SideLine
	chosen bool
	ground *canvas.Rectangle
	alarm  *canvas.Rectangle
	label  *canvas.Text
	count  *canvas.Text
}

func newSideLine(s *Sidebar, line SideLine) *sideLine {
	o := &sideLine{ground: canvas.NewRectangle(theme.Colour(theme.Sidebar)), alarm: canvas.NewRectangle(theme.Colour(theme.Alarm))}
	o.kit, o.name = s.kit, "page:"+line.Key
	o.alarm.CornerRadius = 9
	o.label = ui.Word(s.kit.Look, theme.DeskBodyText, theme.SidebarText, line.Label)
	o.count = ui.Word(s.kit.Look, theme.DeskBodyText, theme.SidebarText, "")
	o.tapped = func() { s.open(o.line.Key) }
	o.style = func() {
		roles := s.roles()
		fill, ink := roles.ground, theme.SidebarText
		switch {
		case o.chosen:
			fill, ink = roles.chosen, roles.onChosen
		case o.over:
			fill, ink = roles.over, theme.OnAction
		}
		o.ground.FillColor = theme.Colour(fill)
		o.label.Color, o.count.Color = theme.Colour(ink), theme.Colour(ink)
		o.label.TextStyle.Bold, o.count.TextStyle.Bold = o.chosen, o.chosen
		o.alarm.Hidden = !o.line.Alarm || o.line.Count == 0
		if !o.alarm.Hidden {
			o.count.Color = theme.Colour(theme.OnAction)
		}
	}
	o.Setup(o, s.kit.Look, func(float32) fyne.Size { return fyne.NewSize(theme.DeskSidebar, 48) }, func(size fyne.Size) {
		ui.Place(o.ground, 0, 0, size.Width, size.Height)
		ui.LeadWord(o.label, theme.DeskMargin, 0, size.Height)
		wide := o.count.MinSize().Width
		right := size.Width - theme.DeskMargin
		if o.alarm.Hidden {
			ui.LeadWord(o.count, right-wide, 0, size.Height)
			return
		}
		ui.Place(o.alarm, right-wide-16, (size.Height-24)/2, wide+16, 24)
		ui.LeadWord(o.count, right-wide-8, 0, size.Height)
	}, o.ground, o.alarm, o.label, o.count)
	o.set(line, false)
	return o
}

func (o *sideLine) set(line SideLine, chosen bool) {
	o.line, o.chosen = line, chosen
	o.label.Text = line.Label
	o.count.Text = ""
	if line.Count > 0 {
		o.count.Text = strconv.Itoa(line.Count)
	}
	o.restyle()
	o.Rearrange()
}
