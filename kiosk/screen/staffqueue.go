package screen

import (
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// staffQueue shows what is not delivered: since when, why, when next, and how far what is on its way is.
type staffQueue struct {
	parts
	kit    kit
	line   *ui.Text
	notice *ui.Notice
	net    *ui.Text
	rows   *ui.Column
	retry  *ui.Button
	stick  *ui.Notice
	sticks *ui.Grid
	built  bool
	known  bool
	shown  []journey.QueueRow // without how far they are
	moving map[string]*movingRow
}

// movingRow is what changes of a row while its packet is on its way.
type movingRow struct {
	bar *ui.Progress
	far *ui.Text
}

func newStaffQueue(k kit) page {
	s := &staffQueue{kit: k, moving: map[string]*movingRow{}}
	w := k.words
	s.across = true
	s.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	s.notice = ui.NewNotice(k.look, ui.Calm, "")
	s.net = ui.NewText(k.look, theme.SecondaryBold, theme.Ink, "")
	s.rows = ui.NewColumn(k.look.Size(theme.HalfGap))
	s.head = k.heading(ui.NewTitle(k.look, w.t("staff.queue-title")), s.line)
	network := ui.NewRow(k.look.Size(theme.Gap), ui.NewSized(k.look.Grow(330), 0, ui.NewQuiet(k.look, w.t("staff.network"))), ui.NewShare(1, s.net))
	s.stick = ui.NewNotice(k.look, ui.Calm, "")
	s.sticks = ui.NewGrid(2, k.look.Size(theme.Gap),
		ui.NewButton(k.look, w.t("stick.export"), ui.Plain, k.sends(journey.StaffDo{Action: journey.StaffStickOut})),
		ui.NewButton(k.look, w.t("stick.import"), ui.Plain, k.sends(journey.StaffDo{Action: journey.StaffStickHome})))
	byStick := ui.NewCard(k.look, k.tight(ui.NewSection(k.look, w.t("stick.title")), s.stick, s.sticks))
	s.body = k.column(s.notice, ui.NewCard(k.look, network), byStick, ui.NewCard(k.look, s.rows))
	s.retry = ui.NewBigButton(k.look, w.t("staff.action.retry-queue"), ui.Secondary, k.sends(journey.StaffDo{Action: journey.StaffRetryQueue}))
	s.middle = s.retry
	return s
}

func (s *staffQueue) show(state journey.State) {
	view, w := state.StaffQueue, s.kit.words
	s.line.SetText(w.with("staff.queue-line", args{"waiting": view.Waiting, "refused": view.Refused}))
	tone := ui.Calm
	if view.Bad {
		tone = ui.Bad
	}
	s.notice.Set(tone, w.message(view.Said))
	tone = ui.Bad
	if view.StickGood {
		tone = ui.Good
	}
	if view.StickBusy {
		tone = ui.Warn
	}
	s.stick.Set(tone, w.message(view.Stick))
	setVisible(s.sticks, !view.StickBusy)
	s.net.SetText(network(w, view.Online, view.Link))
	for _, row := range view.Lines {
		if m := s.moving[row.Packet]; m != nil {
			m.bar.Set(row.Held, row.Total)
			m.far.SetText(s.far(row))
		}
	}
	still := standing(view.Lines)
	if s.built && view.Known == s.known && reflect.DeepEqual(s.shown, still) {
		return
	}
	s.shown, s.built, s.known = still, true, view.Known
	clear(s.moving)
	var rows []fyne.CanvasObject
	for i, row := range view.Lines {
		if i > 0 {
			rows = append(rows, ui.NewRule(s.kit.look))
		}
		rows = append(rows, s.row(row))
	}
	switch {
	case !view.Known:
		rows = append(rows, ui.NewBody(s.kit.look, w.t("staff.queue-looking")))
	case len(rows) == 0:
		rows = append(rows, ui.NewBody(s.kit.look, w.t("staff.queue-all-sent")))
	case view.More > 0:
		rows = append(rows, ui.NewQuiet(s.kit.look, w.count("staff.queue-more", view.More)))
	}
	s.rows.Set(rows...)
}

// standing are the rows as they are built: how far one is only moves its bar.
func standing(lines []journey.QueueRow) []journey.QueueRow {
	all := slices.Clone(lines)
	for i := range all {
		all[i].Held = 0
	}
	return all
}

func (s *staffQueue) row(row journey.QueueRow) fyne.CanvasObject {
	k, w := s.kit, s.kit.words
	tone, badge := ui.Warn, row.State
	switch {
	case row.State == casefile.LineRefused:
		tone = ui.Bad
	case row.State == casefile.LineHeld:
		tone = ui.Muted
	case row.Moving:
		tone, badge = ui.Calm, "moving"
	}
	moment := func(at time.Time) string { return text.ShortDate(w.lang, at) + " " + w.clock(at) }
	facts := []string{w.local(row.ItemName), w.t("desk.case-kind." + string(row.Kind)), w.with("staff.queue-since", args{"since": moment(row.Since)})}
	if row.State == casefile.LineWaiting && !row.Next.IsZero() {
		facts = append(facts, w.with("staff.queue-next", args{"next": moment(row.Next)}))
	}
	why := row.Why
	if !w.has(why + ".is") {
		why = "still.waiting"
	}
	lines := []fyne.CanvasObject{
		ui.NewRow(k.look.Size(theme.Gap),
			ui.NewShare(1, ui.NewText(k.look, theme.BodyStrong, theme.Ink, string(row.Case))),
			ui.NewBadge(k.look, tone, w.t("queue.state."+badge))),
		ui.NewText(k.look, theme.SecondaryText, theme.Ink, w.with("staff.queue-why", args{"is": w.t(why + ".is"), "do": w.t(why + ".do")})),
		ui.NewQuiet(k.look, w.join(facts...)),
	}
	if row.Moving {
		m := &movingRow{ui.NewProgress(k.look, k.look.Px(20)), ui.NewQuiet(k.look, s.far(row))}
		m.bar.Set(row.Held, row.Total)
		s.moving[row.Packet] = m
		lines = append(lines, m.bar, m.far)
	}
	return k.tight(lines...)
}

func (s *staffQueue) far(row journey.QueueRow) string {
	return s.kit.words.with("staff.queue-sent", args{"held": megabytes(row.Held), "total": megabytes(row.Total)})
}
