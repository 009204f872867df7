package view

import (
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// leaving asks before the window closes over an open case.
type leaving struct {
	kit     *kit
	dialog  *dk.Dialog
	yes, no *dk.Button
}

func newLeaving(k *kit) *leaving {
	l := &leaving{kit: k}
	l.yes = dk.NewButton(k.Kit, "leave", k.t("button.leave"), "Ctrl+Return", dk.Filled, nil)
	l.no = dk.NewButton(k.Kit, "stay", k.t("button.stay"), "Escape", dk.Outlined, func() { l.open(false) })
	l.dialog = dk.NewDialog(k.Kit, ui.NewColumn(16, k.title(k.t("title.leave")), k.body(k.t("label.leave")), k.row(ui.NewSpring(), l.no, l.yes)))
	return l
}

func (l *leaving) open(open bool) {
	l.dialog.Hidden = !open
	canvas.Refresh(l.dialog)
	ui.Relayout(l.kit.Root)
	if open {
		l.kit.Focus(l.no)
	}
}
