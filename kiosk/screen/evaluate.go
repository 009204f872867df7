package screen

import (
	"slices"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

const longestRemark = 100

// evaluateMore asks why the rating was bad.
type evaluateMore struct {
	parts
	kit     kit
	reasons *ui.ChoiceList
	chosen  []string
	asked   []string
	box     *ui.InputBox
	board   *ui.Keyboard
	list    *ui.Column
	ask     *ui.Column // the head while reasons are chosen
	write   *ui.Column // the head while a sentence is written
	done    *ui.Button
	writing bool
	buffer  buffer
}

func newEvaluateMore(k kit) page {
	e := &evaluateMore{kit: k}
	w := k.words
	e.box = ui.NewInputBox(k.look, w.t("evaluate.write"), nil)
	e.box.SetTapped(func() { e.open(true) })
	e.board = k.newKeyboard(ui.ModePinyin, e.press)
	e.list = ui.NewColumn(k.look.Size(theme.Gap))
	e.done = ui.NewBigButton(k.look, w.t("evaluate.write-done"), ui.Secondary, func() { e.open(false) })
	title := ui.NewTitle(k.look, w.t("evaluate.title"))
	e.ask = k.heading(title, ui.NewText(k.look, theme.BodyText, theme.InkSecondary, w.t("evaluate.line")))
	e.write = k.column(title, e.box)
	return e
}

func (e *evaluateMore) show(s journey.State) {
	view, k, w := s.EvaluateMore, e.kit, e.kit.words
	e.buffer.sync("remark", view.Text, asText)
	e.box.SetText(e.buffer.text)
	e.chosen = view.Chosen
	if !equal(e.asked, view.Reasons) || e.reasons == nil {
		e.asked = append([]string{}, view.Reasons...)
		var options []ui.Option
		for _, code := range view.Reasons {
			options = append(options, ui.Option{Code: code, Title: w.t("evaluate.reason." + code)})
		}
		e.reasons = ui.NewChoiceList(k.look, options, view.Chosen, true, e.tick)
		e.list.Set(e.reasons, e.box)
	} else {
		e.reasons.SetChosen(view.Chosen)
	}
	e.arrange()
}

// arrange shows the reasons, or the box with its keyboard.
func (e *evaluateMore) arrange() {
	e.head, e.body, e.left, e.pinned = e.ask, e.list, nil, false
	if e.writing {
		e.head, e.body, e.left, e.pinned = e.write, e.board, e.done, true
	}
}

func (e *evaluateMore) open(writing bool) {
	if e.writing == writing {
		return
	}
	e.writing = writing
	e.board.Reset()
	e.arrange()
	e.kit.emit(journey.Touch{})
	e.kit.redraw()
}

func (e *evaluateMore) tick(codes []string) {
	for _, code := range e.asked {
		now, before := slices.Contains(codes, code), slices.Contains(e.chosen, code)
		if now != before {
			e.kit.emit(journey.EvaluateReason{Code: code, Chosen: now})
		}
	}
	e.chosen = codes
}

func (e *evaluateMore) press(key string) {
	text := e.buffer.text
	switch key {
	case ui.KeyDelete:
		text = erase(text)
	case ui.KeyClear:
		text = ""
	case ui.KeyDone:
		e.open(false)
		return
	default:
		text += key
	}
	if text == e.buffer.text || len([]rune(text)) > longestRemark {
		e.kit.emit(journey.Touch{})
		return
	}
	e.buffer.typed(text, text)
	e.box.SetText(text)
	e.kit.emit(journey.EvaluateText{Text: text})
}
