package screen

import (
	"reflect"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// staff is the first staff screen: how everything stands, and what one may do.
type staff struct {
	parts
	kit     kit
	line    *ui.Text
	table   *ui.Column
	devices *ui.Column
	clock   *ui.Button
	shown   journey.StaffView
}

func newStaff(k kit) page {
	s := &staff{kit: k}
	w := k.words
	s.across = true
	s.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	s.table = ui.NewColumn(k.look.Size(theme.HalfGap))
	s.devices = ui.NewColumn(k.look.Size(theme.HalfGap))
	s.head = k.heading(ui.NewTitle(k.look, w.t("staff.title")), s.line)
	action := func(a journey.StaffAction) *ui.Button {
		return ui.NewButton(k.look, w.t("staff.action."+string(a)), ui.Plain, k.sends(journey.StaffDo{Action: a}))
	}
	s.clock = action(journey.StaffConfirmClock)
	actions := ui.NewGrid(2, k.look.Size(theme.Gap), action(journey.StaffTestDevice), action(journey.StaffSeeQueue), action(journey.StaffRestart), action(journey.StaffExit), s.clock)
	s.body = k.column(ui.NewCard(k.look, s.devices), ui.NewCard(k.look, s.table), actions)
	s.right = ui.NewBigButton(k.look, w.t("staff.action.sign-out"), ui.Primary, k.sends(journey.StaffDo{Action: journey.StaffSignOut}))
	return s
}

func (s *staff) show(state journey.State) {
	view, w := state.Staff, s.kit.words
	s.line.SetText(w.with("staff.hello", args{"name": view.Name, "terminal": view.Terminal}))
	setVisible(s.clock, view.ClockDoubt)
	if reflect.DeepEqual(s.shown, *view) {
		return
	}
	s.shown = *view
	devices := []fyne.CanvasObject{ui.NewSection(s.kit.look, w.t("staff.devices"))}
	for _, device := range view.Devices {
		devices = append(devices, s.device(device))
	}
	s.devices.Set(devices...)
	last := w.t("staff.never")
	if !view.LastContact.IsZero() {
		last = w.date(view.LastContact) + " " + w.clock(view.LastContact)
	}
	queue, refused := w.t("staff.queue-none"), w.t("staff.queue-none")
	if view.Waiting > 0 {
		queue = w.with("staff.queue-some", args{"n": view.Waiting, "since": w.date(view.Oldest) + " " + w.clock(view.Oldest)})
	}
	if view.Refused > 0 {
		refused = w.count("staff.refused-some", view.Refused)
	}
	rows := []fyne.CanvasObject{s.row("staff.network", network(w, view.Online, view.Link))}
	switch {
	case view.Link.Total > 0:
		rows = append(rows, s.row("staff.way", s.way(view.Link)))
	case view.Link.Hold != "" && view.Waiting > 0:
		rows = append(rows, s.row("staff.way", w.t("hold."+view.Link.Hold)))
	}
	s.table.Set(append(
		rows,
		s.row("staff.last-contact", last),
		s.row("staff.queue", queue),
		s.row("staff.refused", refused),
		s.row("staff.disk", w.with("staff.disk-size", args{"n": strconv.FormatFloat(float64(view.DiskFree)/(1<<30), 'f', 1, 64)})),
		s.row("staff.clock", w.t(yes(view.ClockDoubt, "staff.clock-doubt", "staff.clock-good"))),
		s.row("staff.version", view.Version),
		s.row("staff.catalogue", view.Catalogue),
	)...)
}

// network says how the line stands, and what to do when it is known why it does not.
func network(w words, online bool, link casefile.Link) string {
	why := "link." + link.Why
	if link.Silent {
		why = "still.silent"
	}
	switch {
	case !link.Silent && online:
		return w.t("staff.network-on")
	case link.Why == "" && !link.Silent || !w.has(why+".is"):
		return w.t("staff.network-off")
	}
	return w.with("staff.network-why", args{"is": w.t(why + ".is"), "do": w.t(why + ".do")})
}

// way says how far the packet under way is.
func (s *staff) way(link casefile.Link) string {
	return s.kit.words.with("staff.way-far", args{"part": link.Held * 100 / link.Total, "mb": megabytes(link.Total), "rate": (link.Rate + 1023) >> 10})
}

func megabytes(n int64) string { return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) }

func yes(is bool, a, b string) string {
	if is {
		return a
	}
	return b
}

func (s *staff) row(label, value string) fyne.CanvasObject {
	k := s.kit
	return ui.NewRow(k.look.Size(theme.Gap),
		ui.NewSized(k.look.Grow(330), 0, ui.NewQuiet(k.look, k.words.t(label))),
		ui.NewShare(1, ui.NewText(k.look, theme.SecondaryBold, theme.Ink, value)))
}

func (s *staff) device(status drivers.Status) fyne.CanvasObject {
	k, w := s.kit, s.kit.words
	tone := ui.Bad
	switch status.Condition {
	case drivers.Online:
		tone = ui.Good
	case drivers.UserError, drivers.Busy:
		tone = ui.Warn
	}
	var more []string
	if status.Fault != drivers.FaultNone && w.has("fault."+string(status.Role)+"."+string(status.Fault)+".means") {
		more = append(more, strings.TrimRight(w.t("fault."+string(status.Role)+"."+string(status.Fault)+".means"), "。."))
	}
	if status.Paper != "" && status.Fault != drivers.FaultPaperOut {
		more = append(more, w.t("staff.paper."+string(status.Paper)))
	}
	if status.CoverOpen {
		more = append(more, w.t("staff.cover-open"))
	}
	more = append(more, status.Model, status.Serial)
	return ui.NewRow(k.look.Size(theme.Gap),
		ui.NewShare(1, ui.NewColumn(0, ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.t("device."+string(status.Role))), ui.NewQuiet(k.look, w.join(more...)))),
		ui.NewBadge(k.look, tone, w.t("staff.condition."+string(status.Condition))))
}
