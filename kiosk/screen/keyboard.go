package screen

import (
	"bianmin/ui"
)

// newKeyboard makes the letters keyboard; press gets text to append, or a ui.Key….
func (k kit) newKeyboard(mode ui.KeyboardMode, press func(string)) *ui.Keyboard {
	words := k.keyboardWords()
	words.Done = k.words.t("button.finish")
	return ui.NewKeyboard(k.look, words, k.engine, mode, press)
}

// newSeeking makes the letters keyboard without a finish key, for what is found while it is typed.
func (k kit) newSeeking(press func(string)) *ui.Keyboard {
	return ui.NewKeyboard(k.look, k.keyboardWords(), k.engine, ui.ModeLetters, press)
}

func (k kit) keyboardWords() ui.KeyboardWords {
	w := k.words
	return ui.KeyboardWords{
		Space: w.t("button.space"), Delete: w.t("button.erase"), Digits: w.t("button.digits"),
		Letters: w.t("button.letters"), Chinese: w.t("button.chinese"), English: w.t("button.english"),
		Shift: w.t("button.shift"), More: w.t("button.more-words"), Fewer: w.t("button.fewer-words"),
	}
}

// newPad makes the number pad.
func (k kit) newPad(kind ui.PadKind, press func(string)) *ui.NumberPad {
	return ui.NewNumberPad(k.look, ui.PadWords{Clear: k.words.t("button.clear"), Delete: k.words.t("button.erase")}, kind, press)
}
