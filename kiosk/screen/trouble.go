package screen

import (
	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// deviceFault tells what a device's fault means, what the person can do and whom to call.
type deviceFault struct {
	parts
	kit   kit
	title *ui.Text
	means *ui.Text
	do    *ui.Text
	after *ui.Text
	call  *ui.Text
	retry *ui.Button
	skip  *ui.Button
}

func newDeviceFault(k kit) page {
	d := &deviceFault{kit: k}
	w := k.words
	d.title = ui.NewTitle(k.look, "")
	d.means = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	d.do = ui.NewSection(k.look, "")
	d.after = ui.NewBody(k.look, "")
	d.call = ui.NewText(k.look, theme.BodyStrong, theme.Ink, "")
	d.head = ui.NewColumn(k.look.Size(theme.Gap), ui.NewRow(k.look.Px(28), ui.NewWarnIcon(k.look), ui.NewShare(1, d.title)), d.means)
	d.body = ui.NewColumn(k.look.Px(32),
		ui.NewCard(k.look, k.tight(ui.NewQuiet(k.look, w.t("fault.do")), d.do)),
		ui.NewCard(k.look, k.tight(ui.NewQuiet(k.look, w.t("fault.whom")), d.call)),
		d.after,
	)
	d.retry = ui.NewBigButton(k.look, w.t("button.again"), ui.Primary, k.sends(journey.Retry{}))
	d.skip = ui.NewBigButton(k.look, w.t("button.skip"), ui.Secondary, k.sends(journey.Skip{}))
	return d
}

func (d *deviceFault) show(s journey.State) {
	view, w := s.DeviceFault, d.kit.words
	role := string(view.Role)
	fault := "fault." + role + "." + string(view.Fault)
	if !w.has(fault + ".means") {
		fault = "fault.unknown"
	}
	d.title.SetText(w.t("fault.title." + role))
	d.means.SetText(w.t(fault + ".means"))
	d.do.SetText(w.t(fault + ".do"))
	d.after.SetText(w.t("fault.after." + role))
	d.call.SetText(w.call("fault.call", view.Phone))
	d.middle, d.right = nil, nil
	switch {
	case view.Retry && view.Skip:
		d.middle, d.right = d.skip, d.retry
	case view.Retry:
		d.right = d.retry
	case view.Skip:
		d.middle = d.skip
	}
}

// call says whom to call, with or without a telephone number.
func (w words) call(key, phone string) string {
	if phone == "" {
		return w.t(key + "-nobody")
	}
	return w.with(key, args{"phone": phone})
}

// outOfService tells that the terminal cannot work at all.
type outOfService struct {
	parts
	kit    kit
	reason *ui.Text
	call   *ui.Text
	usual  fyne.CanvasObject // the body
	unset  fyne.CanvasObject // the body where practising is offered
}

func newOutOfService(k kit) page {
	o := &outOfService{kit: k}
	w := k.words
	o.reason = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	o.call = ui.NewSection(k.look, "")
	o.head = ui.NewColumn(k.look.Size(theme.Gap),
		ui.NewRow(k.look.Px(28), ui.NewWarnIcon(k.look), ui.NewShare(1, ui.NewTitle(k.look, w.t("service.title")))), o.reason)
	whom := ui.NewCard(k.look, k.tight(ui.NewQuiet(k.look, w.t("fault.whom")), o.call))
	other := ui.NewBody(k.look, w.t("service.else"))
	o.usual = ui.NewColumn(k.look.Px(32), whom, other)
	o.unset = ui.NewColumn(k.look.Px(32), whom, other, ui.NewCard(k.look, k.tight(
		ui.NewQuiet(k.look, w.t("practice.staff")), ui.NewBody(k.look, w.t("practice.what")),
		ui.NewButton(k.look, w.t("practice.begin"), ui.Secondary, k.sends(journey.Practise{})),
	)))
	return o
}

func (o *outOfService) show(s journey.State) {
	view, w := s.OutOfService, o.kit.words
	key := "service.reason." + view.Reason
	if !w.has(key) {
		key = "service.reason.internal"
	}
	o.reason.SetText(w.t(key))
	o.body = o.usual
	if view.Practise {
		o.body = o.unset
	}
	o.call.SetText(w.call("service.call", view.Phone))
}
