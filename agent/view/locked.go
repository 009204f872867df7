package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// locked is the idle lock.
type locked struct {
	kit     *kit
	top     fyne.CanvasObject
	who     *ui.Text
	line    *ui.Text
	secret  *dk.Input
	field   *dk.Labelled
	problem *dk.Notice
	enter   *dk.Button
}

func newLocked(k *kit) page {
	p := &locked{kit: k}
	p.who, p.line = k.title(""), k.body("")
	p.secret = dk.NewSecretInput(k.Kit, "secret", "", nil, p.try)
	p.field = dk.NewLabelled(k.Kit, k.t("label.secret"), 0, p.secret)
	p.problem = dk.NewNotice(k.Kit, ui.Bad, "", "", nil)
	p.enter = k.button("unlock", "Ctrl+Return", dk.Filled, p.try)
	off := k.button("sign-off", "", dk.Outlined, k.sends(desk.SignOff{}))
	p.top = newCentred(k, 480, ui.NewColumn(16, k.text(theme.DeskHeadText, theme.Ink, k.t("title.locked")), p.who, p.line,
		p.field, p.problem, k.row(p.enter, off)))
	return p
}

func (p *locked) root() fyne.CanvasObject { return p.top }

func (p *locked) first() fyne.Focusable { return p.secret.Control() }

func (p *locked) try() {
	if p.secret.Text() != "" {
		p.kit.emit(desk.Unlock{Secret: p.secret.Text()})
		p.secret.Clear()
	}
}

func (p *locked) show(s desk.State) {
	view, k := s.Locked, p.kit
	p.who.SetText(text.Shown(view.Account))
	p.line.SetText(k.t("label.locked"))
	if view.ByCard {
		p.line.SetText(k.t("label.locked-card"))
	}
	p.field.SetLabel(k.secretLabel(s, k.t("label.secret")))
	p.enter.SetEnabled(!view.Busy)
	p.problem.Set(ui.Bad, k.message(view.Problem))
	if view.Busy {
		p.problem.Set(ui.Calm, k.t("label.opening"))
	}
}

// outOfService tells that the desk cannot work at all.
type outOfService struct {
	kit    *kit
	top    fyne.CanvasObject
	reason *ui.Text
	call   *ui.Text

	practise *dk.Button
}

func newOutOfService(k *kit) page {
	p := &outOfService{kit: k}
	p.reason, p.call = k.body(""), k.body("")
	p.practise = k.button("practise", "", dk.Outlined, k.sends(desk.Practise{}))
	p.top = newCentred(k, 560, ui.NewColumn(16, k.text(theme.DeskHeadText, theme.Ink, k.t("title.out-of-service")), p.reason, p.call,
		k.row(p.practise, k.button("language", "", dk.Quiet, k.sends(desk.Language{})), ui.NewSpring())))
	return p
}

func (p *outOfService) root() fyne.CanvasObject { return p.top }

func (p *outOfService) first() fyne.Focusable { return nil }

func (p *outOfService) show(s desk.State) {
	view, k := s.OutOfService, p.kit
	p.practise.Hidden = !view.Practise
	key := "service.reason." + view.Reason
	if k.has("service." + view.Reason) {
		p.reason.SetText(k.t("service." + view.Reason))
	} else {
		p.reason.SetText(k.shared(key))
	}
	phone := view.Phone
	if phone == "" {
		phone = s.Phone
	}
	p.call.SetText(k.with("label.call", args{"phone": phone}))
}
