package view

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// shell is what stays the same round most pages: sidebar, bar at the top, bands, notice.
type shell struct {
	kit     *kit
	root    *frame
	side    *dk.Sidebar
	search  *dk.Input
	begin   *dk.Button
	swipe   *dk.Button
	status  *dk.Badge
	account *dk.Button
	menu    *dk.Dialog
	who     *ui.Text
	reading *dk.Notice
	notice  *dk.Notice
	body    *ui.Column
	page    fyne.CanvasObject
}

func newShell(k *kit) *shell {
	s := &shell{kit: k}
	var lines []dk.SideLine
	for _, name := range desk.SideBar() {
		lines = append(lines, dk.SideLine{Key: string(name), Label: k.t("page." + string(name))})
	}
	s.side = dk.NewSidebar(k.Kit, k.t("label.product"), lines, func(key string) { k.emit(desk.Go{Page: desk.PageName(key)}) })
	s.search = dk.NewInput(k.Kit, "search", k.t("label.search"), func(words string) { k.emit(desk.SearchText{Text: words}) },
		func() {
			k.emit(desk.SearchGo{Text: s.search.Text()})
			k.Focus(k.First(s.page)) // the list, where one goes on
		})
	s.begin = k.button("new-case", "F2", dk.Outlined, k.sends(desk.NewCase{}))
	s.swipe = k.button("swipe", "F4", dk.Filled, k.sends(desk.SwipeAccept{}))
	s.status = dk.NewBadge(k.Kit, ui.Good, "").Tall()
	s.account = dk.NewButton(k.Kit, "menu", "", "", dk.Quiet, s.toggleMenu)
	s.reading = dk.NewNotice(k.Kit, ui.Warn, "", "", nil)
	s.notice = dk.NewNotice(k.Kit, ui.Good, "", k.t("button.close"), k.sends(desk.Dismiss{}))
	s.body = ui.NewColumn(theme.DeskGap)
	s.who = k.title("")
	s.menu = dk.NewDialog(k.Kit, k.column(s.who,
		dk.NewButton(k.Kit, "lock", k.t("button.lock"), "Ctrl+L", dk.Outlined, s.choose(desk.Lock{})),
		dk.NewButton(k.Kit, "language", k.t("button.language"), "", dk.Outlined, s.choose(desk.Language{})),
		dk.NewButton(k.Kit, "help", k.t("button.help"), "F1", dk.Outlined, s.choose(desk.Help{Open: true})),
		dk.NewButton(k.Kit, "sign-off", k.t("button.sign-off"), "", dk.Outlined, s.choose(desk.SignOff{})),
		dk.NewButton(k.Kit, "menu:close", k.t("button.close"), "Escape", dk.Quiet, s.toggleMenu)))
	top := newTopBar(k, s.search, s.begin, s.swipe, s.status, s.account)
	s.root = newFrame(k, s.side, top, s.body)
	return s
}

func (s *shell) choose(event desk.Event) func() {
	return func() {
		s.toggleMenu()
		s.kit.emit(event)
	}
}

func (s *shell) toggleMenu() {
	s.menu.Hidden = !s.menu.Hidden
	canvas.Refresh(s.menu)
	ui.Relayout(s.kit.Root)
	if !s.menu.Hidden {
		s.kit.Focus(s.kit.First(s.menu))
	}
}

func (s *shell) show(state desk.State, page fyne.CanvasObject) {
	k := s.kit
	var lines []dk.SideLine
	for _, line := range state.Side {
		lines = append(lines, dk.SideLine{Key: string(line.Page), Label: k.t("page." + string(line.Page)), Count: line.Count, Alarm: line.Alarm})
	}
	care, foot := k.devices(state.Status.Devices), state.Point
	if care == "" {
		foot += "\n" + k.t("label.devices-good")
	}
	s.side.Set(string(sideOf(state.Page)), lines, care, foot+k.paperLine(state))
	s.search.Set(state.Search)
	status, words := k.status(state)
	s.status.Set(status, words)
	s.account.SetLabel(text.Shown(state.Account) + " ∨")
	s.who.SetText(text.Shown(state.Account))
	s.begin.SetEnabled(state.Standing != agency.StandingReading)
	s.swipe.SetEnabled(state.Standing != agency.StandingReading)
	s.side.Warn(practises(state))
	s.reading.Set(ui.Warn, "")
	if state.Standing == agency.StandingReading {
		s.reading.Set(ui.Warn, k.t("label.reading"))
	}
	s.notice.Set(ui.Good, "")
	if state.Notice != nil {
		s.notice.Set(tone(state.Notice.Tone), k.message(state.Notice.Message))
	}
	if page != s.page {
		s.page = page
		s.body.Set(s.reading, s.notice, page)
	}
}

// sideOf is the entry of the sidebar a page belongs to.
func sideOf(page desk.PageName) desk.PageName {
	switch page {
	case desk.ChooseItem, desk.Accept:
		return desk.Cases
	case desk.Correct:
		return desk.Corrections
	}
	return page
}

// status is the quiet line about network and what waits.
func (k *kit) status(s desk.State) (ui.Tone, string) {
	b := s.Status
	var parts []string
	tone := ui.Good
	parts = append(parts, k.t("label.online"))
	if !b.Online {
		tone, parts[0] = ui.Warn, k.t("label.offline")
	}
	if b.Waiting > 0 {
		parts = append(parts, k.count("label.waiting", b.Waiting))
		if !b.Oldest.IsZero() && !b.Online {
			parts = append(parts, k.with("label.oldest", args{"ago": k.ago(b.Oldest, s.Now)}))
		}
	}
	if b.Refused > 0 {
		tone = ui.Bad
		parts = append(parts, k.count("label.refused", b.Refused))
	}
	return tone, strings.Join(parts, " · ")
}

// devices says which device needs somebody; nothing when all are well.
func (k *kit) devices(all []drivers.Status) string {
	var out []string
	for _, status := range all {
		if status.Condition == drivers.Online || status.Condition == drivers.Busy {
			if status.Paper != drivers.PaperLow {
				continue
			}
			out = append(out, k.with("label.device", args{"device": k.shared("device." + string(status.Role)), "condition": k.shared("staff.paper.low")}))
			continue
		}
		out = append(out, k.with("label.device", args{"device": k.shared("device." + string(status.Role)), "condition": k.shared("staff.condition." + string(status.Condition))}))
	}
	return strings.Join(out, "\n")
}

// topBar is the white bar at the top.
type topBar struct{ ui.Base }

func newTopBar(k *kit, search, begin, swipe, status, account fyne.CanvasObject) *topBar {
	b := &topBar{}
	ground, rule := canvas.NewRectangle(theme.Colour(theme.Surface)), canvas.NewRectangle(theme.Colour(theme.Line))
	b.Setup(b, k.Look, func(float32) fyne.Size { return fyne.NewSize(0, theme.DeskTop) }, func(size fyne.Size) {
		ui.Place(ground, 0, 0, size.Width, size.Height-1)
		ui.Place(rule, 0, size.Height-1, size.Width, 1)
		right := size.Width - theme.DeskGap
		for _, object := range []fyne.CanvasObject{account, status, swipe, begin} {
			if !object.Visible() {
				continue
			}
			wide := ui.NaturalWidth(object)
			ui.Place(object, right-wide, (size.Height-theme.DeskControl)/2, wide, theme.DeskControl)
			right -= wide + theme.DeskGap
		}
		ui.Place(search, theme.DeskMargin, (size.Height-theme.DeskControl)/2, min(720, right-theme.DeskMargin-4), theme.DeskControl)
	}, ground, rule, search, begin, swipe, status, account)
	return b
}

// frame stands sidebar, bar and page.
type frame struct{ ui.Base }

func newFrame(k *kit, side, top, body fyne.CanvasObject) *frame {
	f := &frame{}
	ground := canvas.NewRectangle(theme.Colour(theme.Ground))
	f.Setup(f, k.Look, func(float32) fyne.Size { return fyne.NewSize(0, 0) }, func(size fyne.Size) {
		ui.Place(ground, 0, 0, size.Width, size.Height)
		ui.Place(side, 0, 0, theme.DeskSidebar, size.Height)
		wide := size.Width - theme.DeskSidebar
		ui.Place(top, theme.DeskSidebar, 0, wide, theme.DeskTop)
		ui.Place(body, theme.DeskSidebar+theme.DeskMargin, theme.DeskTop+20, wide-2*theme.DeskMargin, size.Height-theme.DeskTop-20-theme.DeskMargin)
	}, ground, top, body, side)
	return f
}
