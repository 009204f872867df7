package screen

import (
	"fyne.io/fyne/v2"

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
	both   fyne.CanvasObject // list and keyboard below each other
	alone  *ui.Pane          // the list alone: in low reach there is no room for both
	turn   *ui.Button        // from the keyboard to the list and back, in low reach
	look   bool              // the list is looked at
}

func newSearch(k kit) page {
	s := &search{kit: k}
	w := k.words
	s.box = ui.NewInputBox(k.look, w.t("search.field"), nil)
	s.line = ui.NewSecondary(k.look, "")
	s.list = newItemList(k, 1)
	s.pane = ui.NewPane(k.look, k.look.Px(300), s.list.column)
	s.board = k.newSeeking(s.press)
	s.head = ui.NewColumn(k.look.Size(theme.SmallGap), ui.NewTitle(k.look, w.t("search.title")), s.box, s.line)
	s.both = ui.NewColumn(k.look.Size(theme.Gap), s.pane, s.board)
	s.alone = ui.NewPane(k.look, k.look.Px(300), s.list.column)
	s.turn = ui.NewBigButton(k.look, "", ui.Secondary, s.turned)
	if k.wide() { // too low for list and keyboard below each other
		s.head = ui.NewColumn(k.look.Size(theme.SmallGap), s.head, s.list.column)
		s.both = s.board
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
	s.arrange(state.LowReach && !s.kit.wide(), len(view.Items))
}

// arrange shows list and keyboard, or one of them where there is no room for both.
func (s *search) arrange(one bool, found int) {
	w := s.kit.words
	s.body, s.middle = s.both, nil
	s.look = s.look && one && found > 0
	if !one {
		return
	}
	s.body = s.board
	if s.look {
		s.body = s.alone
		s.middle = s.turn
		s.turn.SetLabel(w.t("search.type"))
	} else if found > 0 {
		s.middle = s.turn
		s.turn.SetLabel(w.count("search.look", found))
	}
}

func (s *search) turned() {
	s.look = !s.look
	s.arrange(true, len(s.list.shown))
	s.kit.emit(journey.Touch{})
	s.kit.redraw()
}

func (s *search) press(key string) {
	text := s.buffer.text
	switch key {
	case ui.KeyDelete:
		text = erase(text)
	case ui.KeyClear:
		text = ""
	default:
		text += key
	}
	if len([]rune(text)) > longestQuery || text == s.buffer.text {
		s.kit.emit(journey.Touch{}) // full, or nothing to take back: still a sign of life
		return
	}
	s.buffer.typed(text, text)
	s.box.SetText(text)
	s.kit.emit(journey.SearchText{Text: text})
}
