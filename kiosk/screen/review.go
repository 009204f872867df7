package screen

import (
	"reflect"

	"fyne.io/fyne/v2"

	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// review shows everything before the person signs.
type review struct {
	parts
	kit     kit
	table   *ui.Column
	pad     *ui.SignaturePad
	ask     *ui.Text
	problem *ui.Notice
	shown   []journey.ReviewLine
	serial  int
}

func newReview(k kit) page {
	r := &review{kit: k}
	w := k.words
	r.table = ui.NewColumn(0)
	r.ask = ui.NewBody(k.look, "")
	r.problem = ui.NewNotice(k.look, ui.Bad, "")
	r.pad = ui.NewSignaturePad(k.look, "signature", w.t("button.rewrite"), r.signed)
	r.head = ui.NewTitle(k.look, w.t("review.title"))
	privacy := ui.NewSmall(k.look, w.t("review.privacy"))
	if k.wide() { // the table beside the pad
		r.head = ui.NewColumn(k.look.Px(20), r.head, r.problem, ui.NewCard(k.look, r.table))
		r.body = ui.NewColumn(k.look.Px(20), r.ask, r.pad, privacy)
		return r
	}
	r.body = ui.NewColumn(k.look.Px(20), r.problem, ui.NewCard(k.look, r.table), r.ask, r.pad, privacy)
	return r
}

func (r *review) show(s journey.State) {
	view, k, w := s.Review, r.kit, r.kit.words
	if s.Serial != r.serial {
		r.serial = s.Serial
		r.pad.SetStrokes(k.ink.at(s.Serial, view.Signed))
	}
	r.ask.SetText(w.t("review.sign-here"))
	if view.Signed {
		r.ask.SetText(w.t("review.signed"))
	}
	r.problem.Set(ui.Bad, w.message(view.Problem))
	if reflect.DeepEqual(view.Lines, r.shown) && r.shown != nil {
		return
	}
	r.shown = append([]journey.ReviewLine{}, view.Lines...)
	var rows []fyne.CanvasObject
	for i, line := range view.Lines {
		if i > 0 {
			rows = append(rows, ui.NewRule(k.look))
		}
		rows = append(rows, r.row(line))
	}
	r.table.Set(rows...)
}

func (r *review) row(line journey.ReviewLine) fyne.CanvasObject {
	k, w := r.kit, r.kit.words
	label := w.message(line.Label)
	if label == "" {
		label = w.local(line.Title)
	}
	value := text.Shown(w.value(line))
	role := theme.Ink
	if value == "" {
		value, role = w.t("review.empty"), theme.InkQuiet
	}
	words := []fyne.CanvasObject{
		ui.NewSized(k.look.Px(220), 0, ui.NewText(k.look, theme.BodyText, theme.InkQuiet, label)),
		ui.NewShare(1, ui.NewText(k.look, theme.BodyStrong, role, value)),
	}
	if k.look.Large() || k.wide() { // there is no room side by side
		words = []fyne.CanvasObject{ui.NewShare(1, ui.NewColumn(0, ui.NewQuiet(k.look, label), ui.NewText(k.look, theme.BodyStrong, role, value)))}
	}
	row := append(words, ui.NewSpace(0, k.look.Size(theme.Touch)))
	switch {
	case line.FromCard:
		row = append(row, ui.NewText(k.look, theme.SecondaryText, theme.InkQuiet, w.t("review.from-card")))
	case line.Edit != "":
		row = append(row, ui.NewPill(k.look, w.t("button.edit"), ui.Secondary, k.sends(journey.Edit{What: line.Edit})))
	}
	return ui.NewInset(0, k.look.Px(12), 0, k.look.Px(12), ui.NewRow(k.look.Size(theme.Gap), row...))
}

// value is a line's value: words by key, choices, or as it is.
func (w words) value(line journey.ReviewLine) string {
	if len(line.Words) > 0 {
		return w.messages(line.Words)
	}
	return w.join(append(locals(w, line.Values), line.Value)...)
}

func (r *review) signed(strokes []ui.Stroke) {
	r.kit.ink.strokes = strokes
	out := make([]journey.Stroke, len(strokes))
	for i, stroke := range strokes {
		for _, p := range stroke {
			out[i].Points = append(out[i].Points, journey.Point{X: p.X, Y: p.Y})
		}
	}
	r.kit.emit(journey.Sign{Strokes: out})
}

// ink is the signature being written. It outlives the screen, which is built
// anew when the language or the letters change.
type ink struct {
	serial  int
	strokes []ui.Stroke
}

// at gives the strokes to show: those of the same visit, or those that still count.
func (i *ink) at(serial int, signed bool) []ui.Stroke {
	if serial != i.serial && !signed {
		i.strokes = nil
	}
	i.serial = serial
	return i.strokes
}
