package screen

import (
	"reflect"
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// staffTests shows the devices with how their tests ended, and leads through tests.
type staffTests struct {
	parts
	kit      kit
	line     *ui.Text
	notice   *ui.Notice
	devices  *ui.Column
	levels   *ui.Grid
	answers  *ui.Grid
	skip     *ui.Button
	print    *ui.Button
	shown    []journey.TestedDevice
	wasShown bool
}

func newStaffTests(k kit) page {
	s := &staffTests{kit: k}
	w := k.words
	s.across = true
	s.line = ui.NewText(k.look, theme.SecondaryText, theme.InkSecondary, "")
	s.notice = ui.NewNotice(k.look, ui.Calm, "")
	s.devices = ui.NewColumn(k.look.Size(theme.HalfGap))
	var levels []fyne.CanvasObject
	for _, level := range selftest.Levels() {
		button := ui.NewButton(k.look, w.t("selftest.level-button."+string(level)), ui.Plain, k.sends(journey.StaffTest{Level: level}))
		levels = append(levels, k.tight(button, ui.NewSmall(k.look, w.t("selftest.level-line."+string(level)))))
	}
	s.levels = ui.NewGrid(3, k.look.Size(theme.Gap), levels...)
	s.answers = ui.NewGrid(2, k.look.Size(theme.Gap),
		ui.NewButton(k.look, w.t("selftest.right"), ui.Plain, k.sends(journey.StaffTestAnswer{Right: true})),
		ui.NewButton(k.look, w.t("selftest.not-right"), ui.Plain, k.sends(journey.StaffTestAnswer{})))
	s.skip = ui.NewBigButton(k.look, w.t("selftest.skip"), ui.Secondary, k.sends(journey.StaffTestSkip{}))
	s.print = ui.NewBigButton(k.look, w.t("selftest.print"), ui.Secondary, k.sends(journey.StaffReport{}))
	s.head = k.heading(ui.NewTitle(k.look, w.t("selftest.title")), s.line)
	s.body = k.column(s.notice, s.answers, s.levels, ui.NewCard(k.look, s.devices))
	return s
}

func (s *staffTests) show(state journey.State) {
	view, w := state.StaffTests, s.kit.words
	s.line.SetText(w.with("selftest.line", args{"terminal": view.Terminal, "version": view.Version, "digest": shortDigest(view.Configuration)}))
	s.say(view)
	s.middle = nil
	switch {
	case view.Running != "":
		s.middle = s.skip
	case view.CanPrint:
		s.middle = s.print
	}
	s.print.SetEnabled(!view.Printing)
	setVisible(s.answers, view.Question != "")
	setVisible(s.levels, view.Running == "" && !view.Printing)
	if s.wasShown && reflect.DeepEqual(s.shown, view.Devices) {
		return
	}
	s.shown, s.wasShown = view.Devices, true
	var rows []fyne.CanvasObject
	for i, device := range view.Devices {
		if i > 0 {
			rows = append(rows, ui.NewRule(s.kit.look))
		}
		rows = append(rows, s.device(device))
	}
	s.devices.Set(rows...)
}

// shortDigest is what people compare: 16 digits in fours.
func shortDigest(digest string) string {
	var groups []string
	for i := 0; i+4 <= min(len(digest), 16); i += 4 {
		groups = append(groups, digest[i:i+4])
	}
	return strings.Join(groups, " ")
}

// say says what is to be done or answered, what runs, or what became of the report.
func (s *staffTests) say(view *journey.StaffTestsView) {
	w := s.kit.words
	tone, said := ui.Calm, ""
	switch {
	case view.Question != "":
		tone, said = ui.Warn, w.t("selftest.question."+string(view.Question))
	case view.Prompt != "":
		tone, said = ui.Warn, w.t("selftest.prompt."+string(view.Prompt))
	case view.Running != "":
		said = w.with("selftest.running", args{"device": w.t("selftest.role." + string(view.Running))})
	case view.Printing:
		said = w.t("selftest.printing")
	case view.Said.Key != "":
		said = w.message(view.Said)
		if view.Bad {
			tone = ui.Bad
		}
	}
	s.notice.Set(tone, said)
}

// device is one device: what it is, how it stands, what it has left, and its last test of each level.
func (s *staffTests) device(d journey.TestedDevice) fyne.CanvasObject {
	k, w := s.kit, s.kit.words
	tone := ui.Bad
	switch d.Condition {
	case drivers.Online:
		tone = ui.Good
	case drivers.UserError, drivers.Busy:
		tone = ui.Warn
	}
	more := []string{d.Model, d.Serial, d.Firmware}
	if d.Role == drivers.RolePrinter || d.Role == drivers.RoleDocument {
		more = append(more, s.supply("paper", string(d.Paper)))
	}
	if d.Role == drivers.RoleDocument {
		more = append(more, s.supply("toner", string(d.Toner)))
	}
	said := []fyne.CanvasObject{ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.t("selftest.role."+string(d.Role)))}
	if line := w.join(more...); line != "" {
		said = append(said, ui.NewSmall(k.look, line))
	}
	var tests []fyne.CanvasObject
	for _, level := range selftest.Levels() {
		tests = append(tests, s.test(d, level))
	}
	return ui.NewColumn(k.look.Px(8),
		ui.NewRow(k.look.Size(theme.Gap), ui.NewShare(1, ui.NewColumn(0, said...)), ui.NewBadge(k.look, tone, w.t("staff.condition."+string(d.Condition)))),
		ui.NewGrid(3, k.look.Size(theme.Gap), tests...))
}

// supply is how much of something a device has left, as far as it tells.
func (s *staffTests) supply(what, level string) string {
	w := s.kit.words
	if level == "" || level == string(drivers.PaperUnknown) {
		level = "not-told"
	}
	return w.t("selftest.report."+what) + " " + w.t("selftest.supply."+level)
}

// test is how the last test of a level ended.
func (s *staffTests) test(d journey.TestedDevice, level selftest.Level) fyne.CanvasObject {
	k, w := s.kit, s.kit.words
	if !selftest.Knows(d.Role, level) {
		return ui.NewSpace(0, 0)
	}
	name := w.t("selftest.level." + string(level))
	for _, r := range d.Last {
		if r.Level != level {
			continue
		}
		role := theme.BadText
		switch r.Outcome {
		case selftest.Passed:
			role = theme.GoodText
		case selftest.Refused, selftest.NotConfirmed:
			role = theme.WarnText
		}
		parts := []fyne.CanvasObject{
			ui.NewText(k.look, theme.SmallBold, role, name+" "+w.t("selftest.outcome."+string(r.Outcome))),
			ui.NewSmall(k.look, r.At.In(casefile.Zone).Format("2006-01-02 15:04")),
		}
		for _, key := range r.WordKeys() {
			if w.has(key) {
				parts = append(parts, ui.NewText(k.look, theme.SmallText, role, w.t(key)))
				break
			}
		}
		return ui.NewColumn(0, parts...)
	}
	return ui.NewColumn(0, ui.NewText(k.look, theme.SmallText, theme.InkQuiet, name), ui.NewSmall(k.look, w.t("selftest.report.not-tested")))
}
