package screen

import (
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// placeCard waits for the ID card.
type placeCard struct {
	parts
	kit     kit
	title   *ui.Text
	line    *ui.Text
	social  *ui.Text
	problem *ui.Notice
	seconds *ui.Text
}

func newPlaceCard(k kit) page {
	p := &placeCard{kit: k}
	w := k.words
	p.title = ui.NewTitle(k.look, "")
	p.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	p.social = ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.t("card.social"))
	p.problem = ui.NewNotice(k.look, ui.Warn, "")
	p.seconds = ui.NewSecondary(k.look, "")
	forgot := ui.NewRow(k.look.Size(theme.Gap), ui.NewBadge(k.look, ui.Calm, w.t("card.forgot")), ui.NewShare(1, ui.NewBody(k.look, w.t("card.forgot-more"))))
	picture := ui.NewCardPicture(k.look, w.t("card.zone"))
	if k.wide() { // the picture is as high as it can be
		p.head = ui.NewColumn(k.look.Size(theme.Gap), p.title, p.line, p.social, p.problem, p.seconds)
		p.body = ui.NewColumn(k.look.Px(36), picture, forgot)
		return p
	}
	p.head = k.heading(p.title, p.line)
	p.body = ui.NewColumn(k.look.Px(36), p.social, p.problem, picture, forgot, p.seconds)
	return p
}

func (p *placeCard) show(s journey.State) {
	view, w := s.PlaceCard, p.kit.words
	title, line := "card.title", "card.line"
	if view.Purpose == "my-cases" {
		line = "card.mine-line"
	}
	if view.Reading {
		title, line = "card.reading", "card.reading-line"
	}
	p.title.SetText(w.t(title))
	p.line.SetText(w.t(line))
	p.problem.Set(ui.Warn, w.message(view.Problem))
	if view.Reading {
		p.problem.Set(ui.Warn, "")
	}
	setVisible(p.social, view.Social && !view.Reading)
	p.seconds.SetText("")
	if view.Seconds > 0 && !view.Reading {
		p.seconds.SetText(w.count("card.seconds", view.Seconds))
	}
}
