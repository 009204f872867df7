package screen

import (
	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// submitting says what is being done while the case is stored and printed.
type submitting struct {
	parts
	kit  kit
	busy *ui.Busy
	more *ui.Text
}

func newSubmitting(k kit) page {
	s := &submitting{kit: k}
	s.busy = ui.NewBusy(k.look, "")
	s.more = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "").Centred()
	s.body = ui.NewColumn(k.look.Size(theme.Gap), ui.NewSpace(0, k.look.Px(260)), s.busy, s.more)
	return s
}

func (s *submitting) show(state journey.State) {
	w, stage := s.kit.words, state.Submitting.Stage
	s.busy.SetText(w.t("submitting." + stage))
	s.more.SetText(w.t("submitting." + stage + "-more"))
	s.busy.Advance()
}

// printUnknown asks whether the receipt came out, because the printer did not say.
type printUnknown struct {
	parts
	number *numbered
}

func newPrintUnknown(k kit) page {
	p := &printUnknown{}
	w := k.words
	p.number = k.numbered("print-unknown.number")
	p.head = k.heading(ui.NewTitle(k.look, w.t("print-unknown.title")), ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("print-unknown.line")))
	p.body = ui.NewCard(k.look, p.number)
	p.left = ui.NewBigButton(k.look, w.t("print-unknown.no"), ui.Secondary, k.sends(journey.PrintAnswer{}))
	p.right = ui.NewBigButton(k.look, w.t("print-unknown.yes"), ui.Primary, k.sends(journey.PrintAnswer{CameOut: true}))
	return p
}

func (p *printUnknown) show(s journey.State) { p.number.set(s.PrintUnknown.Number) }

// goodbye ends the session.
type goodbye struct {
	parts
	kit   kit
	title *ui.Text
	lines [4]*ui.Text
	check *ui.Icon
	warn  *ui.Icon
}

func newGoodbye(k kit) page {
	g := &goodbye{kit: k}
	g.title = ui.NewTitle(k.look, k.words.t("goodbye.title")).Centred()
	g.check, g.warn = ui.NewCheckIcon(k.look), ui.NewWarnIcon(k.look)
	rows := []fyne.CanvasObject{ui.NewSpace(0, k.look.Px(200)), ui.NewStack(g.check, g.warn), g.title}
	for i := range g.lines {
		g.lines[i] = ui.NewBody(k.look, "").Centred()
		rows = append(rows, g.lines[i])
	}
	g.body = ui.NewColumn(k.look.Px(20), rows...)
	return g
}

func (g *goodbye) show(s journey.State) {
	view, w := s.Goodbye, g.kit.words
	said := [4]string{w.t("goodbye.looked")}
	if view.Entered {
		said[0] = w.t("goodbye.none")
	}
	if view.Filed {
		said = [4]string{w.t("goodbye.filed"), w.t("goodbye.filed-more"), w.t("goodbye.wiped")}
	}
	g.title.SetText(w.t("goodbye.title"))
	card := "card"
	if view.Social {
		card = "social"
	}
	if view.CheckCard { // first: it is what is still to be done
		said = [4]string{w.t("goodbye.check-" + card), said[0], said[1], said[2]}
	}
	if view.TakeCard {
		g.title.SetText(w.t("goodbye.take-" + card))
		said = [4]string{w.t("goodbye.take-" + card + "-more"), said[0], said[1], said[2]}
	}
	for i, line := range said {
		g.lines[i].SetText(line)
	}
	setVisible(g.check, !view.TakeCard)
	setVisible(g.warn, view.TakeCard)
}
