package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// signOn picks who works and asks the secret.
type signOn struct {
	kit      *kit
	top      fyne.CanvasObject
	point    *ui.Text
	line     *ui.Text
	table    *dk.Table
	secret   *dk.Input
	field    *dk.Labelled
	problem  *dk.Notice
	enter    *dk.Button
	activate *dk.Button
	forgot   *dk.Button
	practise *dk.Button
	chosen   agency.AccountLine
	inactive map[string]bool
	opened   bool // the page has just opened, and the keys are to go to the secret
}

func newSignOn(k *kit) page {
	p := &signOn{kit: k}
	p.point, p.line = k.text(theme.DeskBodyText, theme.InkQuiet, ""), k.body("")
	p.table = dk.NewTable(k.Kit, "accounts", k.t("empty.accounts"), []dk.Column{
		{Title: k.t("column.number"), Weight: 1}, {Title: k.t("column.name"), Weight: 1.6}, {Title: k.t("column.role"), Weight: 1.3}, {Title: k.t("column.standing"), Weight: 2},
	}, func(key string) {
		p.opened = false
		k.emit(desk.PickAccount{ID: key})
	}, p.open).Direct()
	p.secret = dk.NewSecretInput(k.Kit, "secret", "", nil, p.try)
	p.field = dk.NewLabelled(k.Kit, "", 0, p.secret)
	p.problem = dk.NewNotice(k.Kit, ui.Bad, "", "", nil)
	p.enter = k.button("sign-on", "Ctrl+Return", dk.Filled, p.try)
	p.activate = k.button("activate", "F6", dk.Outlined, func() { k.emit(desk.OpenActivate{ID: p.chosen.ID}) })
	p.forgot = k.button("forgot", "", dk.Quiet, func() { k.emit(desk.Forgot{ID: p.chosen.ID}) })
	p.practise = k.button("practise", "", dk.Outlined, k.sends(desk.Practise{}))
	language := k.button("language", "", dk.Quiet, k.sends(desk.Language{}))
	p.top = newCentred(k, 640, ui.NewColumn(16,
		k.tight(k.text(theme.DeskHeadText, theme.Ink, k.t("title.sign-on")), p.point), p.line,
		ui.NewSized(0, 40+4*theme.DeskRow+20, listed(k, p.table)), p.field, p.problem, k.row(p.enter, p.activate, p.forgot, ui.NewSpring(), p.practise, language)))
	return p
}

// open goes on with an account: to its secret, or to making one. Arrows only choose, so that each account can be reached.
func (p *signOn) open(id string) {
	if p.inactive[id] {
		p.kit.emit(desk.OpenActivate{ID: id})
		return
	}
	p.kit.Focus(p.secret.Control())
}

func (p *signOn) root() fyne.CanvasObject { return p.top }

func (p *signOn) first() fyne.Focusable {
	p.opened = p.chosen.ID == "" || !p.chosen.Active
	if !p.opened {
		return p.secret.Control()
	}
	return p.table
}

func (p *signOn) try() {
	if p.secret.Text() != "" {
		p.kit.emit(desk.Secret{Secret: p.secret.Text()})
		p.secret.Clear()
	}
}

func (p *signOn) show(s desk.State) {
	view, k := s.SignOn, p.kit
	p.point.SetText(s.Point)
	p.line.SetText(k.t("label.who"))
	if view.Reader {
		p.line.SetText(k.t("label.who-card"))
	}
	var lines []dk.Line
	before := p.chosen.ID
	p.chosen, p.inactive = agency.AccountLine{}, map[string]bool{}
	for _, a := range view.Accounts {
		if a.ID == view.Chosen {
			p.chosen = a
		}
		p.inactive[a.ID] = !a.Active
		tone, words := k.accountState(a)
		lines = append(lines, dk.Line{Key: a.ID, Cells: []dk.Cell{
			{Text: a.ID}, {Text: text.Shown(a.Name), Bold: true}, {Text: k.t("role." + string(a.Role))}, {Text: words, Badge: true, Tone: tone},
		}})
	}
	p.table.Set(lines, view.Chosen)
	if before != p.chosen.ID {
		p.secret.Clear()
	}
	can := p.chosen.ID != "" && p.chosen.Active
	if can && p.opened { // the accounts were read only now
		p.opened = false
		k.Focus(p.secret.Control())
	}
	p.field.Hidden = p.chosen.ID != "" && !p.chosen.Active
	label := k.t("label.passphrase")
	if p.chosen.PIN {
		label = k.t("label.pin")
	}
	p.field.SetLabel(k.secretLabel(s, label))
	p.enter.Hidden = p.chosen.ID != "" && !p.chosen.Active
	p.enter.SetEnabled(can && !view.Busy && view.Locked == 0)
	p.activate.Hidden = p.chosen.ID == "" || p.chosen.Active
	p.forgot.Hidden = !can
	p.practise.Hidden = !view.Practise
	p.problem.Set(ui.Bad, k.message(view.Problem))
	switch {
	case view.Busy:
		p.problem.Set(ui.Calm, k.t("label.opening"))
	case view.Locked > 0:
		p.problem.Set(ui.Bad, k.count("label.locked-for", int(view.Locked.Minutes()+0.999)))
	}
}

func (k *kit) accountState(a agency.AccountLine) (ui.Tone, string) {
	switch {
	case !a.Active:
		return ui.Warn, k.t("standing.inactive")
	case a.Locked > 0:
		return ui.Bad, k.t("standing.locked")
	case a.Standing == agency.StandingFull:
		return ui.Good, k.t("standing.full")
	}
	return ui.Warn, k.t("standing." + string(a.Standing))
}

// activate makes an account's keys.
type activate struct {
	kit     *kit
	top     fyne.CanvasObject
	title   *ui.Text
	line    *ui.Text
	code    *dk.Input
	coded   *dk.Labelled
	secret  *dk.Input
	again   *dk.Input
	problem *dk.Notice
	enter   *dk.Button
}

func newActivate(k *kit) page {
	p := &activate{kit: k}
	p.title, p.line = k.text(theme.DeskHeadText, theme.Ink, ""), k.body("")
	p.code = dk.NewInput(k.Kit, "code", "", nil, nil)
	p.coded = dk.NewLabelled(k.Kit, k.t("label.code"), 0, p.code)
	p.secret = dk.NewSecretInput(k.Kit, "secret", "", nil, nil)
	p.again = dk.NewSecretInput(k.Kit, "again", "", nil, p.try)
	secret := dk.NewLabelled(k.Kit, k.t("label.secret-new"), 0, p.secret)
	secret.SetHint(k.t("label.secret-rule"))
	p.problem = dk.NewNotice(k.Kit, ui.Bad, "", "", nil)
	p.enter = k.button("activate-now", "Ctrl+Return", dk.Filled, p.try)
	back := k.button("back", "Escape", dk.Outlined, k.sends(desk.Back{}))
	p.top = newCentred(k, 560, ui.NewColumn(16, p.title, p.line, p.coded, secret,
		dk.NewLabelled(k.Kit, k.t("label.secret-again"), 0, p.again), p.problem, k.row(p.enter, back)))
	return p
}

func (p *activate) root() fyne.CanvasObject { return p.top }

func (p *activate) first() fyne.Focusable { return nil }

func (p *activate) try() {
	p.kit.emit(desk.Activation{Code: p.code.Text(), Secret: p.secret.Text(), Again: p.again.Text()})
	p.secret.Clear()
	p.again.Clear()
}

func (p *activate) show(s desk.State) {
	view, k := s.Activate, p.kit
	p.title.SetText(k.with("title.activate", args{"name": text.Shown(view.Account.Name)}))
	p.line.SetText(k.t("label.activate"))
	p.coded.Hidden = false
	p.coded.SetLabel(k.codeLabel(s))
	if view.Recover {
		p.title.SetText(k.with("title.recover", args{"name": text.Shown(view.Account.Name)}))
		p.line.SetText(k.t("label.recover"))
		p.coded.Hidden = true
	}
	p.enter.SetEnabled(!view.Busy)
	p.problem.Set(ui.Bad, k.message(view.Problem))
	if view.Busy {
		p.problem.Set(ui.Calm, k.t("label.activating"))
	}
}
