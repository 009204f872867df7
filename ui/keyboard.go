package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/ui/theme"
)

// Engine turns pinyin into Chinese.
type Engine interface {
	// Candidates returns one page, from 0, of what the keys can mean, likeliest first; nothing when there are no more.
	Candidates(keys string, page int) []string
}

// NameTaker is an Engine that can be told that a person's name is typed: surnames come first.
type NameTaker interface {
	TypeName(name bool)
}

// Taker is an Engine that knows how many of the keys a candidate uses up; with
// any other engine a candidate uses them all.
type Taker interface {
	Taken(keys, candidate string) int
}

// KeyboardWords are the words on the keyboard's keys; without Done there is no finish key.
type KeyboardWords struct{ Space, Delete, Done, Digits, Letters, Chinese, English, Shift, More, Fewer string }

// KeyboardMode is the page of keys that is shown.
type KeyboardMode int

// Keyboard modes.
const (
	ModePinyin  KeyboardMode = iota // letters that become Chinese
	ModeLetters                     // letters as they are
	ModeSigns                       // digits and signs
)

// Keyboard is the letters keyboard with a row of Chinese candidates. It
// reports what is typed and keeps only the pinyin not yet turned into Chinese.
type Keyboard struct {
	drawn
	engine Engine
	words  KeyboardWords
	typed  func(text string) // signs to append, or KeyDelete, KeyClear, KeyDone

	mode   KeyboardMode
	back   KeyboardMode // where the signs page returns to
	upper  bool
	keys   string // pinyin not yet turned into Chinese
	row    *candidateRow
	pages  map[KeyboardMode][][]*key
	widths map[*key]float32
	roles  map[*key]string
}

// NewKeyboard makes a keyboard in a mode; typed gets each sign or word, or
// KeyDelete or KeyDone. engine nil leaves Chinese out.
func NewKeyboard(look theme.Look, words KeyboardWords, engine Engine, mode KeyboardMode, typed func(text string)) *Keyboard {
	if engine == nil && mode == ModePinyin {
		mode = ModeLetters
	}
	k := &Keyboard{engine: engine, words: words, typed: typed, mode: mode, back: mode}
	k.look = look
	k.row = newCandidateRow(look, words, k.pick)
	k.pages = map[KeyboardMode][][]*key{}
	k.widths, k.roles = map[*key]float32{}, map[*key]string{}
	k.pages[ModePinyin] = k.letterRows()
	k.pages[ModeLetters] = k.pages[ModePinyin]
	k.pages[ModeSigns] = k.signRows()
	k.arrange = k.arrangeKeyboard
	k.measure = func(float32) fyne.Size {
		return fyne.NewSize(look.Px(900), k.row.height()+4*(look.Size(theme.LetterHeight)+look.Size(theme.HalfGap)))
	}
	k.ExtendBaseWidget(k)
	k.show()
	return k
}

// LeastHeight is the keyboard's height with the smallest keys.
func (k *Keyboard) LeastHeight(float32) float32 {
	return k.row.height() + 4*(k.look.Size(theme.Touch)+k.look.Size(theme.HalfGap))
}

// Mode returns the page of keys that is shown.
func (k *Keyboard) Mode() KeyboardMode { return k.mode }

// SetMode changes the page of keys.
func (k *Keyboard) SetMode(mode KeyboardMode) {
	k.mode = mode
	k.show()
}

// Composing returns the pinyin not yet turned into Chinese.
func (k *Keyboard) Composing() string { return k.keys }

// Reset forgets the pinyin not yet turned into Chinese: call it when another field is asked.
func (k *Keyboard) Reset() {
	k.keys = ""
	k.showCandidates()
}

func (k *Keyboard) letterKey(letter string) *key {
	var made *key
	made = newKey(k.look, letter, letter, theme.LetterText, func() { k.letter(strings.TrimPrefix(made.name, "key:")) })
	k.roles[made] = letter
	return made
}

func (k *Keyboard) signKey(sign string) *key {
	return newKey(k.look, sign, sign, theme.LetterText, func() { k.typed(sign) })
}

func (k *Keyboard) wordKey(code, label string, wide float32, tapped func()) *key {
	made := newKey(k.look, code, label, theme.KeyWord, tapped)
	k.widths[made], k.roles[made] = wide, code
	return made
}

func (k *Keyboard) letterRows() [][]*key {
	var rows [][]*key
	for _, letters := range []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"} {
		var row []*key
		for _, letter := range letters {
			row = append(row, k.letterKey(string(letter)))
		}
		rows = append(rows, row)
	}
	rows[2] = append([]*key{k.wordKey("shift", k.words.Shift, 1.5, k.shift)}, rows[2]...)
	rows[2] = append(rows[2], k.wordKey(KeyDelete, k.words.Delete, 1.5, k.takeBack))
	bottom := []*key{k.wordKey("signs", k.words.Digits, 1.7, k.toSigns)}
	if k.engine != nil {
		bottom = append(bottom, k.wordKey("language", "", 1.7, k.switchLanguage))
	}
	return append(rows, append(append(bottom, k.wordKey(" ", k.words.Space, 4, k.space)), k.doneKey()...))
}

func (k *Keyboard) signRows() [][]*key {
	var rows [][]*key
	for _, signs := range []string{"1234567890", "，。、：；？！·—…", "（）《》-/@."} {
		var row []*key
		for _, sign := range signs {
			row = append(row, k.signKey(string(sign)))
		}
		rows = append(rows, row)
	}
	rows[2] = append(rows[2], k.wordKey(KeyDelete, k.words.Delete, 1.5, k.takeBack))
	bottom := []*key{k.wordKey("letters", k.words.Letters, 1.7, k.toLetters), k.wordKey(" ", k.words.Space, 4, k.space)}
	return append(rows, append(bottom, k.doneKey()...))
}

// doneKey is the finish key, or none. It is plain: the screen's one filled button is the onward button.
func (k *Keyboard) doneKey() []*key {
	if k.words.Done == "" {
		return nil
	}
	return []*key{k.wordKey(KeyDone, k.words.Done, 2, k.done)}
}

func (k *Keyboard) letter(letter string) {
	if k.mode != ModePinyin {
		k.typed(letter)
		if k.upper {
			k.shift()
		}
		return
	}
	k.keys += letter
	k.showCandidates()
}

func (k *Keyboard) shift() {
	k.upper = !k.upper
	k.show()
}

func (k *Keyboard) toSigns() {
	k.back = k.mode
	k.SetMode(ModeSigns)
}

func (k *Keyboard) toLetters() { k.SetMode(k.back) }

func (k *Keyboard) switchLanguage() {
	k.keys, k.upper = "", false
	if k.mode == ModePinyin {
		k.SetMode(ModeLetters)
	} else {
		k.SetMode(ModePinyin)
	}
}

func (k *Keyboard) space() {
	if k.keys == "" {
		k.typed(" ")
		return
	}
	if first := k.row.first(); first != "" {
		k.pick(first)
	}
}

func (k *Keyboard) takeBack() {
	if k.keys == "" {
		k.typed(KeyDelete)
		return
	}
	k.keys = k.keys[:len(k.keys)-1]
	k.showCandidates()
}

// done turns nothing into Chinese: what was not picked is typed as letters, so that nothing is lost.
func (k *Keyboard) done() {
	if k.keys != "" {
		k.typed(k.keys)
		k.Reset()
	}
	k.typed(KeyDone)
}

func (k *Keyboard) pick(candidate string) {
	taken := len(k.keys)
	if taker, ok := k.engine.(Taker); ok {
		taken = min(max(taker.Taken(k.keys, candidate), 1), taken)
	}
	k.keys = k.keys[taken:]
	k.showCandidates()
	k.typed(candidate)
}

func (k *Keyboard) showCandidates() {
	if k.engine == nil {
		return
	}
	k.row.show(k.keys, k.engine)
}

// show puts the keys of the mode into the tree.
func (k *Keyboard) show() {
	rows := k.pages[k.mode]
	k.parts = []fyne.CanvasObject{k.row}
	for _, row := range rows {
		for _, each := range row {
			k.dress(each)
			k.parts = append(k.parts, each)
		}
	}
	k.showCandidates()
	k.Refresh()
}

// dress sets what stands on a key in the present mode.
func (k *Keyboard) dress(each *key) {
	role := k.roles[each]
	switch {
	case role == "shift":
		each.SetEnabled(k.mode == ModeLetters)
		each.strong = k.upper
		each.restyle()
	case role == "language" && k.mode == ModePinyin:
		each.setLabel("english", k.words.English)
	case role == "language":
		each.setLabel("chinese", k.words.Chinese)
	case len(role) == 1 && role >= "a" && role <= "z":
		letter := role
		if k.upper && k.mode == ModeLetters {
			letter = strings.ToUpper(role)
		}
		each.setLabel(letter, letter)
	}
}

func (k *Keyboard) arrangeKeyboard(size fyne.Size) {
	gap := k.look.Size(theme.HalfGap)
	tight := k.look.Px(8)
	top := k.row.height()
	place(k.row, 0, 0, size.Width, top)
	rows := k.pages[k.mode]
	height := (size.Height - top - gap*float32(len(rows))) / float32(len(rows))
	unit := (size.Width - 9*tight) / 10
	for i, row := range rows {
		y := top + gap + float32(i)*(height+gap)
		var shares, fixed float32
		for _, each := range row {
			if share := k.widths[each]; share > 0 {
				shares += share
			} else {
				fixed += unit
			}
		}
		free := size.Width - fixed - tight*float32(len(row)-1)
		x := float32(0)
		if shares == 0 { // letters only: in the middle
			x = free / 2
		}
		for _, each := range row {
			wide := unit
			if share := k.widths[each]; share > 0 {
				wide = free * share / shares
			}
			place(each, x, y, wide, height)
			x += wide + tight
		}
	}
}
