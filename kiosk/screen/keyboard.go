package screen

import (
	"bianmin/ui"
)

// newKeyboard makes the letters keyboard; press gets text to append, or a ui.Key….
func (k kit) newKeyboard(mode ui.KeyboardMode, press func(string)) *ui.Keyboard {
	w := k.words
	return ui.NewKeyboard(k.look, ui.KeyboardWords{
		Space: w.t("button.space"), Delete: w.t("button.erase"), Done: w.t("button.finish"), Digits: w.t("button.digits"),
		Letters: w.t("button.letters"), Chinese: w.t("button.chinese"), English: w.t("button.english"),
		Shift: w.t("button.shift"), More: w.t("button.more-words"), Fewer: w.t("button.fewer-words"),
	}, k.engine, mode, press)
}

// newPad makes the number pad.
func (k kit) newPad(kind ui.PadKind, press func(string)) *ui.NumberPad {
	return ui.NewNumberPad(k.look, ui.PadWords{Clear: k.words.t("button.clear"), Delete: k.words.t("button.erase")}, kind, press)
}
