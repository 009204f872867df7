package screen

import (
	"reflect"

	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// whySign is why the onward button waits while nobody signed.
const whySign = "why.sign"

// review shows everything before the person signs.
type review struct {
	parts
	kit     kit
	table   *ui.Column
	pad     *ui.SignaturePad
	ask     *ui.Text
	problem *ui.Notice
	privacy *ui.Text
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
	r.privacy = ui.NewSmall(k.look, w.t("review.privacy"))
	if k.wide() { // the table beside the pad
		r.head = ui.NewColumn(k.look.Px(20), r.head, r.problem, ui.NewCard(k.look, r.table).Low())
		r.body = ui.NewColumn(k.look.Px(20), r.ask, r.pad, r.privacy)
		return r
	}
	r.body = ui.NewColumn(k.look.Px(16), r.problem, ui.NewCard(k.look, r.table).Low(), r.ask, r.pad, r.privacy)
	return r
}

func (r *review) show(s journey.State) {
	view, k, w := s.Review, r.kit, r.kit.words
	if s.Serial != r.serial {
		r.serial = s.Serial
		r.pad.SetStrokes(k.ink.at(s.Serial, view.Signed))
	}
	r.privacy.SetText(w.t("review.privacy"))
	if view.Correction {
		r.privacy.SetText(w.t("correct.privacy"))
	}
	r.ask.SetText(w.t("review.sign-here"))
	if view.Signed {
		r.ask.SetText(w.t("review.signed"))
	}
	r.problem.Set(ui.Bad, w.message(view.Problem))
	r.ownWhy = s.Next != nil && s.Next.Why.Key == whySign // the words above the pad say it, and nothing moves when it is signed
	if reflect.DeepEqual(view.Lines, r.shown) && r.shown != nil {
		return
	}
	r.shown = append([]journey.ReviewLine{}, view.Lines...)
	wide := r.labelWidth(view.Lines)
	var rows []fyne.CanvasObject
	for i, line := range view.Lines {
		if i > 0 {
			rows = append(rows, ui.NewRule(k.look))
		}
		rows = append(rows, r.row(line, wide))
	}
	r.table.Set(rows...)
}

// labelWidth is what the longest label needs, so that the values get the rest; a very long one is broken.
func (r *review) labelWidth(lines []journey.ReviewLine) float32 {
	look := r.kit.look
	var wide float32
	for _, line := range lines {
		need := fyne.MeasureText(r.label(line), look.Text(theme.BodyText), look.Style(theme.BodyText))
		wide = max(wide, need.Width+1)
	}
	return min(wide, look.Px(220))
}

func (r *review) label(line journey.ReviewLine) string {
	if label := r.kit.words.message(line.Label); label != "" {
		return label
	}
	return r.kit.words.local(line.Title)
}

func (r *review) row(line journey.ReviewLine, wide float32) fyne.CanvasObject {
	k, w := r.kit, r.kit.words
	role, words := theme.Ink, shown(w.value(line))
	if words == "" {
		words, role = w.t("review.empty"), theme.InkQuiet
	}
	value := ui.NewText(k.look, theme.BodyStrong, role, words)
	var row []fyne.CanvasObject
	if k.look.Large() || k.wide() { // there is no room side by side
		row = append(row, ui.NewShare(1, ui.NewColumn(0, ui.NewQuiet(k.look, r.label(line)), value)))
	} else {
		label := ui.NewText(k.look, theme.BodyText, theme.InkQuiet, r.label(line))
		row = append(row, ui.NewSized(wide, 0, label), ui.NewShare(1, value))
	}
	switch {
	case line.FromCard:
		row = append(row, ui.NewText(k.look, theme.SecondaryText, theme.InkQuiet, w.t("review.from-card")))
	case line.Edit != "":
		row = append(row, ui.NewPill(k.look, w.t("button.edit"), ui.Secondary, k.sends(journey.Edit{What: line.Edit})))
	}
	var whole fyne.CanvasObject = ui.NewRow(k.look.Size(theme.Gap), row...)
	if len(line.Said) > 0 { // what was wrong above what will be
		whole = k.tight(ui.NewQuiet(k.look, w.messages(line.Said)), whole)
	}
	return ui.NewInset(0, k.look.Px(12), 0, k.look.Px(12), whole)
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
