package screen

import (
	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// promise shows the promise letter and asks whether the person agrees.
type promise struct {
	parts
	kit    kit
	letter *ui.Column
	accept *ui.ChoiceList
	shown  string
}

const agreed = "agreed"

func newPromise(k kit) page {
	p := &promise{kit: k}
	w := k.words
	p.letter = k.tight()
	p.accept = ui.NewChoiceList(k.look, []ui.Option{{Code: agreed, Title: w.t("promise.accept"), Note: w.t("promise.decline")}}, nil, true,
		func(codes []string) { k.emit(journey.AcceptPromise{Accepted: len(codes) > 0}) })
	p.head = k.heading(ui.NewTitle(k.look, w.t("promise.title")), ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("promise.line")))
	p.body = ui.NewColumn(k.look.Size(theme.Gap), ui.NewCard(k.look, p.letter), p.accept)
	return p
}

func (p *promise) show(s journey.State) {
	view, k, w := s.Promise, p.kit, p.kit.words
	var chosen []string
	if view.Accepted {
		chosen = []string{agreed}
	}
	p.accept.SetChosen(chosen)
	key := w.local(view.ItemName) + w.local(view.Text)
	if p.shown == key {
		return
	}
	p.shown = key
	rows := []fyne.CanvasObject{
		ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.local(view.Text)),
		ui.NewRule(k.look),
	}
	if len(view.Covers) > 0 {
		rows = append(rows, ui.NewQuiet(k.look, w.t("promise.covers")))
		for _, cover := range view.Covers {
			rows = append(rows, k.point("·", w.local(cover)))
		}
	}
	rows = append(rows,
		ui.NewBody(k.look, w.count("promise.deadline", view.Deadline)),
		ui.NewRule(k.look),
		ui.NewQuiet(k.look, w.t("promise.breach")),
		ui.NewBody(k.look, w.local(view.Breach)),
	)
	p.letter.Set(rows...)
}
