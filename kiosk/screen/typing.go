package screen

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/core/form"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// Longest texts one can type, so that a stuck key fills nothing up.
const (
	longestText   = 200
	longestNumber = 12
	longestPhone  = 12 // a land line with its area code
	longestCode   = 18
)

// typing is the editor of everything that is typed: a box, what is wrong below it, keys.
type typing struct {
	kit     kit
	top     *ui.Column
	box     *ui.InputBox
	problem *ui.Text
	lead    *ui.Text   // above the box: the place an address belongs to
	change  *ui.Button // beside back: chooses another place
	unit    *ui.Text
	keys    fyne.CanvasObject
	board   *ui.Keyboard // nil for pads
	buffer  buffer
	longest int
	value   func(text string, view *journey.QuestionView) any
	write   func(value any) string
	accepts func(text string) bool
	view    *journey.QuestionView
}

func newTyping(k kit, hint string, group func(string) string, longest int) *typing {
	t := &typing{kit: k, longest: longest, write: asText}
	t.box = ui.NewInputBox(k.look, hint, group)
	t.problem = ui.NewSecondary(k.look, "").Kept() // the keys below stay where they are
	t.unit = ui.NewSecondary(k.look, "")
	t.lead = ui.NewBody(k.look, "")
	t.top = ui.NewColumn(k.look.Size(theme.SmallGap), t.lead, t.box, t.problem)
	t.value = func(text string, _ *journey.QuestionView) any {
		if text == "" {
			return nil
		}
		return text
	}
	return t
}

func newTextTyping(k kit) editor {
	t := newTyping(k, k.words.t("question.type-here"), nil, longestText)
	t.board = k.newKeyboard(ui.ModePinyin, t.press)
	t.keys = t.board
	return t
}

func newPhoneTyping(k kit) editor {
	t := newTyping(k, k.words.t("question.tap-digits"), ui.GroupPhone, longestPhone)
	t.keys = k.newPad(ui.PadDigits, t.press)
	return t
}

func newIDTyping(k kit) editor {
	t := newTyping(k, k.words.t("question.tap-digits"), ui.GroupID, longestCode)
	t.keys = k.newPad(ui.PadID, t.press)
	return t
}

func newCreditTyping(k kit) editor {
	t := newTyping(k, k.words.t("question.type-here"), ui.Groups(4, 4, 4, 4), longestCode)
	t.keys = ui.NewCodePad(k.look, ui.PadWords{Clear: k.words.t("button.clear"), Delete: k.words.t("button.erase")}, t.press)
	return t
}

func newNumberTyping(k kit) editor {
	t := newTyping(k, k.words.t("question.tap-digits"), nil, longestNumber)
	t.keys = k.newPad(ui.PadPoint, t.press)
	t.accepts = func(text string) bool { return strings.Count(text, ".") < 2 && !strings.HasPrefix(text, ".") }
	t.write = func(value any) string {
		number, ok := value.(float64)
		if !ok {
			return asText(value)
		}
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	t.value = func(text string, _ *journey.QuestionView) any {
		number, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil
		}
		return number
	}
	return t
}

// newAddressTyping asks the second half of an address, once the division is chosen.
func newAddressTyping(k kit) editor {
	t := newTyping(k, k.words.t("question.address-detail"), nil, longestText)
	t.board = k.newKeyboard(ui.ModePinyin, t.press)
	t.keys = t.board
	t.change = ui.NewBigButton(k.look, k.words.t("question.address-change"), ui.Secondary, k.sends(journey.RegionUp{}))
	t.write = func(value any) string {
		address, _ := value.(map[string]any)
		return asText(address[form.AddressDetail])
	}
	t.value = func(text string, view *journey.QuestionView) any {
		address, _ := view.Value.(map[string]any)
		return map[string]any{form.AddressRegion: address[form.AddressRegion], form.AddressDetail: text}
	}
	return t
}

func (t *typing) head() fyne.CanvasObject { return t.top }

func (t *typing) body() fyne.CanvasObject { return t.keys }

func (t *typing) extra() *ui.Button { return t.change }

func (t *typing) show(key string, view *journey.QuestionView) {
	w := t.kit.words
	t.view = view
	if key != t.buffer.key && t.board != nil {
		t.board.Reset()
	}
	t.buffer.sync(key, view.Value, t.write)
	t.box.SetText(t.buffer.text)
	t.lead.SetText("")
	if t.change != nil {
		t.lead.SetText(w.with("question.region-chosen", args{"name": chosenNames(w, view.Chosen)}))
	}
	problem := w.problem(view)
	if unit := w.local(view.Field.Unit); unit != "" {
		problem = w.join(w.with("question.unit", args{"unit": unit}), problem)
	}
	t.problem.SetText(problem)
	t.box.SetWrong(wrong(view))
}

// problem says what is wrong with an answer; that there is none yet is seen without words.
func (w words) problem(view *journey.QuestionView) string {
	if view.Problem.Key == "form.problem."+form.ProblemRequired {
		return ""
	}
	return w.message(view.Problem)
}

// wrong tells a mistake from what is only not finished yet.
func wrong(view *journey.QuestionView) bool {
	switch strings.TrimPrefix(view.Problem.Key, "form.problem.") {
	case "", form.ProblemRequired, form.ProblemIncomplete, form.ProblemTooShort, form.ProblemAddress, form.WarningCreditCode:
		return false
	}
	return true
}

// press takes one key of the pad or keyboard.
func (t *typing) press(key string) {
	text := t.buffer.text
	switch key {
	case ui.KeyDelete:
		text = erase(text)
	case ui.KeyClear:
		text = ""
	case ui.KeyDone: // the same as the button below; the session knows whether it may
		t.kit.emit(journey.Onward{})
		return
	default:
		text += key
	}
	if text == t.buffer.text || len([]rune(text)) > t.longest || t.accepts != nil && !t.accepts(text) {
		t.kit.emit(journey.Touch{}) // full, or nothing to take back: still a sign of life
		return
	}
	value := t.value(text, t.view)
	t.buffer.typed(text, value)
	t.box.SetText(text)
	t.kit.emit(journey.Answer{Value: value})
}
