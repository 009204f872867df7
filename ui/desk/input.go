package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Input is a field one types into, with the toolkit's text entry in it, so that
// input methods work. It keeps focus and cursor while the state is drawn anew.
type Input struct {
	ui.Base
	kit    *Kit
	name   string
	ground *canvas.Rectangle
	ring   *canvas.Rectangle
	entry  *entry
	shown  *ui.Text // instead of the entry while locked
	note   *canvas.Text
	locked bool
	bad    bool
	lines  int
	echo   echo[string]
	typed  func(string)
	enter  func()
	left   func() // the keys went elsewhere
	wanted string // what is to be shown once the keys are elsewhere
	waits  bool
}

// NewInput makes a field; typed hears each change by hand, enter the Enter key; nil goes on to the next control.
func NewInput(k *Kit, name, hint string, typed func(string), enter func()) *Input {
	i := &Input{kit: k, name: name, typed: typed, enter: enter, lines: 1}
	i.ground = canvas.NewRectangle(theme.Colour(theme.Surface))
	i.ground.CornerRadius = theme.DeskSmallGap
	i.ring = ring()
	i.entry = newEntry(i, false)
	i.entry.SetPlaceHolder(hint)
	i.shown = ui.NewText(k.Look, theme.DeskBodyText, theme.Ink, "")
	i.note = ui.Word(k.Look, theme.DeskSmallText, theme.InkSecondary, "")
	i.shown.Hide()
	i.Setup(i, k.Look, i.measure, i.arrange, i.ring, i.ground, i.entry, i.shown, i.note)
	i.style()
	return i
}

// NewSecretInput makes a field that shows dots.
func NewSecretInput(k *Kit, name, hint string, typed func(string), enter func()) *Input {
	i := NewInput(k, name, hint, typed, enter)
	i.entry.Password = true
	return i
}

// Tall lets it hold several lines, and returns it; Ctrl+Enter is then the window's, Enter a new line.
func (i *Input) Tall(lines int) *Input {
	i.lines = lines
	i.entry.MultiLine = true
	i.entry.Wrapping = fyne.TextWrapWord
	i.entry.SetMinRowsVisible(lines)
	return i
}

// PlayName is the name journey files use.
func (i *Input) PlayName() string { return i.name }

// Enabled tells whether one can type.
func (i *Input) Enabled() bool { return !i.locked }

// HasKeys tells whether what is typed goes into it.
func (i *Input) HasKeys() bool { return i.entry.held }

// Text is what stands in it.
func (i *Input) Text() string { return i.entry.Text }

// Control is what takes the keys.
func (i *Input) Control() fyne.Focusable { return i.entry }

// SetHint changes the words shown while it is empty.
func (i *Input) SetHint(hint string) {
	if i.entry.PlaceHolder != hint {
		i.entry.SetPlaceHolder(hint)
	}
}

// OnLeave sets what is called when the keys go elsewhere.
func (i *Input) OnLeave(left func()) { i.left = left }

// Busy tells whether somebody types in it just now.
func (i *Input) Busy() bool { return i.entry.held && i.entry.touched }

// Set shows a value. What is only the answer to older typing does not overwrite
// what was typed since, and while somebody types nothing does.
func (i *Input) Set(value string) {
	if i.Busy() {
		i.wanted, i.waits = value, true
		return
	}
	i.waits = false
	if !i.echo.news(value, i.entry.Text) {
		return
	}
	i.put(value)
}

func (i *Input) put(value string) {
	i.echo.sent = nil
	i.entry.silent = true
	i.entry.SetText(value)
	i.entry.CursorColumn = len([]rune(value))
	i.entry.silent = false
	i.entry.Refresh()
}

// Clear empties it without telling anybody.
func (i *Input) Clear() { i.put("") }

// Write puts a value there as if it had been typed.
func (i *Input) Write(value string) {
	i.put(value)
	i.entry.OnChanged(value)
	i.entry.touched = true
}

// SetLocked shows the value as one that is not typed; note says where it is from.
func (i *Input) SetLocked(locked bool, note string) {
	i.note.Text = note
	i.locked = locked
	i.shown.SetText(i.entry.Text)
	i.entry.Hidden, i.shown.Hidden = locked, !locked
	i.style()
	i.Rearrange()
	i.Repaint()
}

// SetBad draws it as wrong.
func (i *Input) SetBad(bad bool) {
	if bad != i.bad {
		i.bad = bad
		i.style()
		i.Repaint()
	}
}

func (i *Input) style() {
	fill, line, thick := theme.Surface, theme.LineControl, float32(1.5)
	switch {
	case i.locked:
		fill, line = theme.Ground, theme.Line
	case i.entry.held:
		line, thick = theme.Action, 2
	case i.bad:
		line, thick = theme.BadText, 2
	}
	i.ground.FillColor, i.ground.StrokeColor, i.ground.StrokeWidth = theme.Colour(fill), theme.Colour(line), thick
	i.ring.Hidden = !i.entry.held
}

func (i *Input) measure(width float32) fyne.Size {
	high := theme.DeskControl + float32(i.lines-1)*theme.DeskLeading
	if i.locked && width > 0 {
		high = max(high, i.shown.HeightAt(i.shownWidth(width))+16)
	}
	if width > 0 {
		return fyne.NewSize(0, high)
	}
	return fyne.NewSize(200, high)
}

func (i *Input) shownWidth(width float32) float32 {
	if wide := i.note.MinSize().Width; i.note.Text != "" {
		width -= wide + theme.DeskGap
	}
	return max(20, width-2*14)
}

func (i *Input) arrange(size fyne.Size) {
	ui.Place(i.ground, 0, 0, size.Width, size.Height)
	ui.Place(i.ring, -3, -3, size.Width+6, size.Height+6)
	note := i.note.MinSize().Width
	right := float32(0)
	if i.note.Text != "" {
		right = note + theme.DeskGap
		ui.LeadWord(i.note, size.Width-note-14, 0, size.Height)
	}
	high := i.entry.MinSize().Height
	if i.lines > 1 {
		high = size.Height
	}
	ui.Place(i.entry, 6, (size.Height-high)/2, size.Width-12-right, high)
	wide := i.shownWidth(size.Width)
	tall := i.shown.HeightAt(wide)
	ui.Place(i.shown, 14, (size.Height-tall)/2, wide, tall)
}

// entry is the toolkit's entry with the window's keys.
type entry struct {
	widget.Entry
	input   *Input
	held    bool // has the keys
	silent  bool // set by the program
	touched bool // typed into since it has the keys
	keys    func(fyne.KeyName) bool
}

func newEntry(input *Input, multi bool) *entry {
	e := &entry{input: input}
	e.MultiLine = multi
	e.ExtendBaseWidget(e)
	e.OnChanged = func(text string) {
		input.kit.active()
		if e.silent {
			return
		}
		e.touched = true
		if input.typed != nil {
			input.echo.send(text)
			input.typed(text)
		}
	}
	return e
}

// Reads is what stands in it, for who looks at the window; a secret is not told.
func (e *entry) Reads() string {
	if e.Password {
		return ""
	}
	if e.Text == "" {
		return e.PlaceHolder
	}
	return e.Text
}

// Disabled tells the toolkit whether Tab passes it by.
func (e *entry) Disabled() bool { return e.Entry.Disabled() || e.input.kit.covered(e) }

// FocusGained is called by the toolkit.
func (e *entry) FocusGained() {
	e.held = true
	e.Entry.FocusGained()
	e.input.style()
	e.input.Repaint()
	e.input.kit.reveal(e)
}

// FocusLost is called by the toolkit.
func (e *entry) FocusLost() {
	e.held, e.touched = false, false
	e.Entry.FocusLost()
	if i := e.input; i.waits {
		i.Set(i.wanted)
	}
	e.input.style()
	e.input.Repaint()
	if e.input.left != nil {
		e.input.left()
	}
}

// TypedKey is called by the toolkit.
func (e *entry) TypedKey(event *fyne.KeyEvent) {
	if e.keys != nil && e.keys(event.Name) {
		return
	}
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.MultiLine {
			break
		}
		e.input.kit.active()
		if e.input.enter != nil {
			e.input.enter()
		} else {
			e.input.kit.Next()
		}
		return
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6, fyne.KeyF7,
		fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
		e.input.kit.Press(string(event.Name))
		return
	}
	e.Entry.TypedKey(event)
}

// TypedShortcut gives copying and pasting to the entry, everything else to the window.
func (e *entry) TypedShortcut(shortcut fyne.Shortcut) {
	if !e.input.kit.Shortcut(shortcut) {
		e.Entry.TypedShortcut(shortcut)
	}
}

// Arrows sets what Up, Down, PageUp and PageDown do in a field above a list.
func (i *Input) Arrows(move func(by int)) {
	const page = 8
	steps := map[fyne.KeyName]int{fyne.KeyUp: -1, fyne.KeyDown: 1, fyne.KeyPageUp: -page, fyne.KeyPageDown: page}
	i.entry.keys = func(key fyne.KeyName) bool {
		by, ok := steps[key]
		if ok {
			move(by)
		}
		return ok
	}
}
