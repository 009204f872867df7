package screen

import (
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

const longestQuery = 20

// search finds items by name or pinyin initials.
type search struct {
	parts
	kit    kit
	box    *ui.InputBox
	line   *ui.Text
	list   *itemList
	pane   *ui.Pane
	board  *ui.Keyboard
	buffer buffer
	serial int
}

func newSearch(k kit) page {
	s := &search{kit: k}
	w := k.words
	s.box = ui.NewInputBox(k.look, w.t("search.field"), nil)
	s.line = ui.NewSecondary(k.look, "")
	s.list = newItemList(k, 1)
	s.pane = ui.NewPane(k.look, k.look.Px(300), s.list.column)
	s.board = k.newKeyboard(ui.ModeLetters, s.press)
	s.head = ui.NewColumn(k.look.Size(theme.SmallGap), ui.NewTitle(k.look, w.t("search.title")), s.box, s.line)
	s.body = ui.NewColumn(k.look.Size(theme.Gap), s.pane, s.board)
	if k.wide() { // too low for list and keyboard below each other
		s.head = ui.NewColumn(k.look.Size(theme.SmallGap), s.head, s.list.column)
		s.body = s.board
	}
	return s
}

func (s *search) show(state journey.State) {
	view, w := state.Search, s.kit.words
	if state.Serial != s.serial {
		s.serial = state.Serial
		s.board.Reset()
	}
	s.buffer.sync("search", view.Query, asText)
	s.box.SetText(s.buffer.text)
	switch {
	case view.Query == "":
		s.line.SetText(w.t("search.hint"))
	case len(view.Items) == 0:
		s.line.SetText(w.with("search.none", args{"query": view.Query}) + w.t("search.none-more"))
	default:
		s.line.SetText(w.count("search.found", len(view.Items)))
	}
	s.list.set(view.Items)
}

func (s *search) press(key string) {
	text := s.buffer.text
	switch key {
	case ui.KeyDelete:
		text = erase(text)
	case ui.KeyClear:
		text = ""
	case ui.KeyDone:
		return
	default:
		text += key
	}
	if len([]rune(text)) > longestQuery || text == s.buffer.text {
		return
	}
	s.buffer.typed(text, text)
	s.box.SetText(text)
	s.kit.emit(journey.SearchText{Text: text})
}
