package screen

import (
	"bianmin/core/casefile"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// numbered is a case number under its label. A last letter that looks like a
// digit is said below it: people copy and read numbers aloud.
type numbered struct {
	*ui.Column
	words  words
	number *ui.Text
	letter *ui.Text
}

func (k kit) numbered(label string) *numbered {
	n := &numbered{words: k.words}
	n.number = ui.NewText(k.look, theme.NumberText, theme.Ink, "").OneLine()
	n.letter = ui.NewQuiet(k.look, "")
	n.Column = ui.NewColumn(k.look.Px(4), ui.NewQuiet(k.look, k.words.t(label)), n.number, n.letter)
	n.letter.Hide()
	return n
}

func (n *numbered) set(number casefile.Number) {
	n.number.SetText(string(number))
	letter := number.Letter()
	if letter != "" {
		n.letter.SetText(n.words.with("case.letter", args{"letter": letter}))
	}
	setVisible(n.letter, letter != "")
}
