package view

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/core/text"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// frame is what stays the same round all pages: the steps, the head, what went wrong, the buttons.
type frame struct {
	ui.Base
	kit     *kit
	rail    *rail
	head    *ui.Text
	line    *ui.Text
	problem *dk.Notice
	note    *dk.Notice
	busy    *ui.Text
	top     *ui.Row
	foot    *foot
	content *ui.Column
	page    page
}

// Sizes of the frame, in px.
const (
	railWide   = 248 // beside the page, on a screen that lies
	railHigh   = 176 // above it, on one that stands
	pageMargin = 40
	narrow     = 1000 // a window that is narrower stands
)

func newFrame(k *kit) *frame {
	f := &frame{kit: k, rail: newRail(k)}
	f.head = k.text(theme.SecondaryBold, theme.Ink, "")
	f.line = k.text(theme.DeskBodyText, theme.InkSecondary, "")
	f.problem = dk.NewNotice(k.Kit, ui.Bad, "", "", nil)
	f.note = dk.NewNotice(k.Kit, ui.Calm, "", "", nil)
	f.busy = k.text(theme.DeskTitleText, theme.ActionPressed, "")
	language := dk.NewButton(k.Kit, "language", k.catalog.T(k.lang, "desk.button.language", nil), "", dk.Quiet, k.sends(stage.Language{}))
	leave := k.button("leave", "Escape", dk.Quiet, k.sends(stage.Leave{}))
	f.foot = newFoot(k, f.busy)
	top := ui.NewRow(theme.DeskGap, ui.NewShare(1, f.head), language, leave)
	f.content = ui.NewColumn(18, top, f.line, f.problem, f.note, f.foot)
	ground := canvas.NewRectangle(theme.Colour(theme.Ground))
	f.Setup(f, k.Look, func(float32) fyne.Size { return fyne.Size{} }, func(size fyne.Size) {
		ui.Place(ground, 0, 0, size.Width, size.Height)
		x, y := float32(railWide), float32(0)
		if f.rail.stands(size) {
			x, y = 0, railHigh
			ui.Place(f.rail, 0, 0, size.Width, railHigh)
		} else {
			ui.Place(f.rail, 0, 0, railWide, size.Height)
		}
		ui.Place(f.content, x+pageMargin, y+28, size.Width-x-2*pageMargin, size.Height-y-28-32)
	}, ground, f.rail, f.content)
	f.top = top
	return f
}

func (f *frame) show(s stage.State, current page) {
	k := f.kit
	f.rail.show(s)
	f.head.SetText(k.head(s))
	f.line.SetText(k.line(s))
	f.line.Hidden = f.line.Text() == ""
	f.problem.Set(ui.Bad, k.problem(s.Problem))
	if s.Page == stage.Stopped { // it says so itself
		f.problem.Set(ui.Bad, "")
	}
	if s.Problem == "choose-signer" {
		f.problem.Set(ui.Warn, k.problem(s.Problem))
	}
	f.note.Set(ui.Calm, k.note(s))
	f.busy.SetText("")
	if s.Busy != "" && s.Page != stage.Opening && (s.Page != stage.Devices || len(s.Devices) > 0) { // those say it themselves
		f.busy.SetText(k.t("busy." + s.Busy))
	}
	if f.page != current {
		f.page = current
		f.content.Set(f.top, f.line, f.problem, f.note, current.body(), f.foot)
		f.foot.set(current.buttons())
	}
}

// head is what the page asks or says.
func (k *kit) head(s stage.State) string {
	switch {
	case s.Page == stage.Report && s.Report != nil && s.Report.Passed:
		return k.t("page.passed")
	case s.Page == stage.Report:
		return k.t("page.not-passed")
	case s.Page == stage.Devices && s.Prompt != "":
		return k.t("page.press")
	case s.Page == stage.Replace:
		return k.with("page.replace", args{"terminal": s.Before})
	case s.Page == stage.Stopped && s.Problem == "waiting":
		return k.t("page.waiting")
	}
	return k.t("page." + string(s.Page))
}

// note is what was said on the way.
func (k *kit) note(s stage.State) string {
	var sentences []string
	for _, said := range []*lines.Said{s.Packs, s.Note} {
		if said == nil || said == s.Packs && s.Page != stage.Devices {
			continue
		}
		filled := args{}
		for name, value := range said.Args {
			filled[name] = text.Shown(value)
		}
		sentences = append(sentences, k.catalog.T(k.lang, "provision.setup."+said.Key, filled))
	}
	return strings.Join(sentences, " · ")
}

// line is what is said below it.
func (k *kit) line(s stage.State) string {
	switch {
	case s.Page == stage.Stopped:
		return ""
	case s.Page == stage.Devices && s.Prompt != "":
		return k.t("line.press")
	case s.Page == stage.Devices && len(s.Devices) == 0:
		return ""
	case s.Page == stage.Tests && s.Failed:
		return k.t("line.failed")
	case s.Page == stage.Checks && s.Fit != "":
		return k.t("line.fit-" + s.Fit)
	case s.Page == stage.Checks:
		return ""
	case s.Page == stage.Report && s.Report != nil && !s.Report.Passed:
		return k.t("line.not-passed")
	}
	return k.t("line." + string(s.Page))
}

// rail shows the steps: which are done, which is at work.
type rail struct {
	ui.Base
	kit    *kit
	ground *canvas.Rectangle
	title  *canvas.Text
	foot   *ui.Text
	steps  []*step
}

func newRail(k *kit) *rail {
	r := &rail{kit: k, ground: canvas.NewRectangle(theme.Colour(theme.Sidebar))}
	r.title = ui.Word(k.Look, theme.DeskTitleText, theme.OnAction, k.t("title"))
	r.foot = k.text(theme.DeskSmallText, theme.SidebarText, "")
	parts := []fyne.CanvasObject{r.ground, r.title, r.foot}
	for i, name := range stage.Steps {
		one := newStep(k, i+1, k.t("step."+string(name)))
		r.steps = append(r.steps, one)
		parts = append(parts, one)
	}
	r.Setup(r, k.Look, func(float32) fyne.Size { return fyne.NewSize(railWide, railHigh) }, r.arrange, parts...)
	return r
}

// stands tells whether the window is higher than wide: the steps are then above the page.
func (r *rail) stands(size fyne.Size) bool { return size.Width < narrow }

func (r *rail) arrange(size fyne.Size) {
	ui.Place(r.ground, 0, 0, size.Width, size.Height)
	ui.LeadWord(r.title, theme.DeskMargin, 12, theme.DeskTop)
	if size.Height > size.Width {
		for i, one := range r.steps {
			ui.Place(one, 0, 104+float32(i)*60, size.Width, 60)
		}
		wide := size.Width - 2*theme.DeskMargin
		high := r.foot.HeightAt(wide)
		ui.Place(r.foot, theme.DeskMargin, size.Height-high-24, wide, high)
		return
	}
	each := size.Width / float32(len(r.steps))
	for i, one := range r.steps {
		ui.Place(one, float32(i)*each, 88, each, size.Height-88)
	}
	wide := min(ui.NaturalWidth(r.foot), size.Width-2*theme.DeskMargin-220)
	high := r.foot.HeightAt(wide)
	ui.Place(r.foot, size.Width-theme.DeskMargin-wide, 12+(theme.DeskTop-high)/2, wide, high)
}

func (r *rail) show(s stage.State) {
	at := -1
	for i, name := range stage.Steps {
		if name == s.Page || name == stage.Code && s.Page == stage.Replace {
			at = i
		}
	}
	switch {
	case s.Page == stage.Stopped && s.Fit != "":
		at = 3
	case s.Page == stage.Stopped && s.Terminal != "":
		at = 1
	}
	for i, one := range r.steps {
		one.set(i < at || i == at && s.Report != nil, i == at)
	}
	foot := s.Point
	if s.Terminal != "" {
		foot = s.Terminal + " · " + r.kit.role(s.Role) + "\n" + s.Point
	}
	r.foot.SetText(foot)
	r.Rearrange()
}

// step is one of them.
type step struct {
	ui.Base
	ground, disc *canvas.Rectangle
	number       *canvas.Text
	name         *canvas.Text
	tick         [2]*canvas.Line
	done, now    bool
}

const disc = 32

func newStep(k *kit, number int, name string) *step {
	s := &step{ground: canvas.NewRectangle(theme.Colour(theme.Sidebar)), disc: canvas.NewRectangle(theme.Colour(theme.SidebarOver))}
	s.disc.CornerRadius = disc / 2
	s.number = ui.Word(k.Look, theme.DeskBodyBold, theme.SidebarText, strconv.Itoa(number))
	s.name = ui.Word(k.Look, theme.DeskBodyText, theme.SidebarText, name)
	parts := []fyne.CanvasObject{s.ground, s.disc, s.number, s.name}
	for i := range s.tick {
		s.tick[i] = canvas.NewLine(theme.Colour(theme.OnAction))
		s.tick[i].StrokeWidth = 2.5
		parts = append(parts, s.tick[i])
	}
	s.Setup(s, k.Look, func(float32) fyne.Size { return fyne.NewSize(railWide, 60) }, s.arrange, parts...)
	return s
}

func (s *step) arrange(size fyne.Size) {
	ui.Place(s.ground, 0, 0, size.Width, size.Height)
	x, y := float32(theme.DeskMargin), (size.Height-disc)/2
	if size.Height < 70 {
		ui.LeadWord(s.name, x+disc+14, 0, size.Height)
	} else {
		x, y = (size.Width-disc)/2, 8
		ui.CentreWord(s.name, 0, y+disc+4, size.Width, 28)
	}
	ui.Place(s.disc, x, y, disc, disc)
	ui.CentreWord(s.number, x, y, disc, disc)
	s.tick[0].Position1, s.tick[0].Position2 = fyne.NewPos(x+9, y+17), fyne.NewPos(x+14, y+22)
	s.tick[1].Position1, s.tick[1].Position2 = fyne.NewPos(x+14, y+22), fyne.NewPos(x+23, y+11)
}

func (s *step) set(done, now bool) {
	s.done, s.now = done, now
	fill, round, ink := theme.Sidebar, theme.SidebarOver, theme.SidebarText
	switch {
	case now && done:
		fill, round, ink = theme.Action, theme.GoodSolid, theme.OnAction
	case now:
		fill, round, ink = theme.Action, theme.ActionPressed, theme.OnAction
	case done:
		round = theme.GoodSolid
	}
	s.ground.FillColor, s.disc.FillColor = theme.Colour(fill), theme.Colour(round)
	s.number.Color, s.name.Color = theme.Colour(ink), theme.Colour(ink)
	s.name.TextStyle.Bold = now
	s.number.Hidden = done
	for _, line := range s.tick {
		line.Hidden = !done
	}
	s.Rearrange()
	s.Repaint()
}
