package screen

import (
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// done is the end of an application: number, what comes next, evaluation.
type done struct {
	parts
	kit      kit
	mark     *ui.Stack
	check    *ui.Icon
	warn     *ui.Icon
	title    *ui.Text
	line     *ui.Text
	number   *numbered
	deadline *ui.Text
	limit    *ui.Column
	code     *ui.QR
	shown    string // content of the code
	next     *ui.Column
	steps    []string
	rate     *ui.Text
	faces    *ui.Faces
	rating   *ui.Column
	also     *itemList
	spare    *ui.Spare
	reprint  *ui.Button
}

// titles by whether a correction was handed in.
var (
	titles          = map[bool]string{false: "done.title", true: "correct.done"}
	titlesDelivered = map[bool]string{false: "done.title-delivered", true: "correct.done-delivered"}
)

func newDone(k kit) page {
	d := &done{kit: k}
	w := k.words
	d.check, d.warn = ui.NewCheckIcon(k.look), ui.NewWarnIcon(k.look)
	d.title = ui.NewTitle(k.look, "")
	d.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	d.number = k.numbered("done.number")
	d.deadline = ui.NewSection(k.look, "")
	d.mark = ui.NewStack(d.check, d.warn)
	d.head = ui.NewColumn(k.look.Size(theme.Gap), ui.NewRow(k.look.Px(28), d.mark, ui.NewShare(1, d.title)), d.line)
	code, err := ui.NewQR(k.look, k.look.Px(244), "")
	if err == nil {
		d.code = code
	}
	d.next = k.tight()
	d.rate = ui.NewSection(k.look, "")
	level := func(n int) string { return w.t("evaluate.level." + strconv.Itoa(n)) }
	d.faces = ui.NewFaces(k.look, [5]string{level(5), level(4), level(3), level(2), level(1)}, func(level int) { k.emit(journey.Evaluate{Level: level}) })
	d.rating = k.tight(d.rate, d.faces)
	d.also = newItemList(k, 1)
	d.spare = ui.NewSpare(k.tight(ui.NewSection(k.look, w.t("done.also")), d.also.column))
	d.reprint = ui.NewBigButton(k.look, w.t("done.reprint"), ui.Secondary, k.sends(journey.Reprint{}))
	card := ui.NewCard(k.look, d.numbers())
	d.body = ui.NewColumn(
		k.look.Px(28),
		card,
		k.tight(ui.NewSection(k.look, w.t("done.next")), ui.NewCard(k.look, d.next)),
		d.rating,
		d.spare,
	)
	if k.wide() { // the number beside what comes next
		d.head = ui.NewColumn(k.look.Size(theme.Gap), d.head, card)
		d.body = ui.NewColumn(k.look.Px(28), d.body.(*ui.Column).Parts()[1:]...)
	}
	return d
}

// numbers are number and deadline with the code beside them, or beside the
// deadline alone where letters are large or room is little.
func (d *done) numbers() fyne.CanvasObject {
	k, w := d.kit, d.kit.words
	d.limit = ui.NewColumn(k.look.Px(4), ui.NewQuiet(k.look, w.t("done.deadline")), d.deadline)
	if k.look.Large() || k.wide() {
		return k.tight(d.number, ui.NewRow(k.look.Size(theme.Gap), ui.NewShare(1, d.limit), d.code))
	}
	return ui.NewRow(k.look.Size(theme.Gap), ui.NewShare(1, ui.NewColumn(k.look.Px(20), d.number, d.limit)), d.code)
}

func (d *done) show(s journey.State) {
	view, w := s.Done, d.kit.words
	failed := view.Print.Stage == "failed" || view.Print.Stage == "unconfirmed"
	setVisible(d.check, !failed)
	setVisible(d.warn, failed)
	d.title.SetText(w.t(titles[view.Correction]))
	sent := "done.offline"
	switch {
	case view.Delivered:
		d.title.SetText(w.t(titlesDelivered[view.Correction]))
		sent = ""
	case s.Network.Online:
		sent = "done.sending"
	}
	line := ""
	if sent == "" {
		line = w.with("done.delivered", args{"official": view.Official})
	} else {
		line = w.t(sent)
	}
	if cause := "fault.printer." + string(view.Print.Fault) + ".means"; view.Print.Stage == "failed" && w.has(cause) {
		line += w.space() + w.t(cause)
	}
	if w.has("done.receipt." + view.Print.Stage) {
		line += w.space() + w.t("done.receipt."+view.Print.Stage)
	}
	d.line.SetText(line)
	d.number.set(view.Number)
	d.deadline.SetText(w.t("done.deadline-now"))
	if view.Days > 0 {
		d.deadline.SetText(w.count("done.deadline-days", view.Days))
	}
	setVisible(d.limit, !view.Correction) // the office's clock goes on, nobody here knows until when
	d.showCode(view.QR)
	d.showNext(view, s.Network.Online)
	d.showRating(view)
	d.also.set(view.NextItems)
	setVisible(d.spare, len(view.NextItems) > 0)
	d.left = nil
	if view.Print.Reprint {
		d.left = d.reprint
	}
}

func (d *done) showCode(content string) {
	if d.code == nil || content == d.shown {
		return
	}
	d.shown = content
	setVisible(d.code, d.code.Set(content) == nil && content != "")
}

func (d *done) showNext(view *journey.DoneView, online bool) {
	w := d.kit.words
	send := "done.next-send"
	switch { // as the line below the title says
	case view.Delivered:
		send = "done.next-sent"
	case online:
		send = "done.next-sending"
	}
	steps := []string{w.with(send, args{"department": view.Department})}
	if view.Correction {
		d.list(append(steps, w.t("correct.next-work"), w.t("correct.next-more")))
		return
	}
	if view.Days > 0 {
		steps = append(steps, w.count("done.next-days", view.Days))
	} else {
		steps = append(steps, w.t("done.next-instant"))
	}
	if view.Delivery != "sms" && w.has("done.next-"+view.Delivery) {
		steps = append(steps, w.t("done.next-"+view.Delivery))
	}
	d.list(append(steps, w.t("done.next-correction")))
}

// list shows what comes next, step by step.
func (d *done) list(steps []string) {
	if equal(steps, d.steps) {
		return
	}
	d.steps = steps
	var rows []fyne.CanvasObject
	for i, step := range steps {
		rows = append(rows, d.kit.point(strconv.Itoa(i+1), step))
	}
	d.next.Set(rows...)
}

func (d *done) showRating(view *journey.DoneView) {
	w := d.kit.words
	setVisible(d.rating, !view.Correction) // the service was rated when it was applied for
	d.rate.SetText(w.t("done.rate"))
	if view.Evaluated {
		d.rate.SetText(w.t("done.rated"))
	}
	d.faces.SetChosen(view.Evaluation)
	d.faces.SetEnabled(!view.Evaluated)
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func setVisible(object fyne.CanvasObject, visible bool) {
	if visible {
		object.Show()
	} else {
		object.Hide()
	}
}
