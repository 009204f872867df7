package desk

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// stage is a window with some widgets in a column.
type stage struct {
	*Kit
	t      *testing.T
	window fyne.Window
}

func newStage(t *testing.T) *stage {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.DeskToolkit())
	return &stage{Kit: New(), t: t}
}

func (s *stage) show(objects ...fyne.CanvasObject) {
	s.Root = ui.NewStack(objects...)
	s.window = test.NewTempWindow(s.t, s.Root)
	s.window.Resize(fyne.NewSize(800, 600))
}

func (s *stage) press(keys ...fyne.KeyName) {
	s.t.Helper()
	for _, key := range keys {
		focused := s.window.Canvas().Focused()
		if focused == nil {
			s.t.Fatalf("nothing takes %s", key)
		}
		focused.TypedKey(&fyne.KeyEvent{Name: key})
	}
}

// TestInputKeepsWhatIsTyped: the state comes back late, and may come back in
// another form; neither takes away what was typed since, nor the cursor.
func TestInputKeepsWhatIsTyped(t *testing.T) {
	s := newStage(t)
	var heard []string
	amount := NewInput(s.Kit, "amount", "", func(text string) { heard = append(heard, text) }, nil)
	other := NewInput(s.Kit, "other", "", nil, nil)
	s.show(ui.NewColumn(8, amount, other))
	s.Focus(amount.Control())
	test.Type(amount.entry, "12.")
	if !slices.Equal(heard, []string{"1", "12", "12."}) {
		t.Fatalf("heard %q", heard)
	}
	for _, late := range []string{"1", "12"} { // answers to the first two, the second a number without its point
		amount.Set(late)
	}
	if amount.Text() != "12." || amount.entry.CursorColumn != 3 {
		t.Errorf("%q, cursor at %d", amount.Text(), amount.entry.CursorColumn)
	}
	test.Type(amount.entry, "5")
	amount.Set("12.50")
	if amount.Text() != "12.5" {
		t.Errorf("%q while somebody types", amount.Text())
	}
	s.Next()
	if amount.Text() != "12.50" || s.Focused() != other.Control() {
		t.Errorf("%q once the keys are elsewhere", amount.Text())
	}
	amount.Set("99")
	if amount.Text() != "99" {
		t.Errorf("news are not shown: %q", amount.Text())
	}
	if len(heard) != 4 {
		t.Errorf("what the program sets is no typing: %q", heard)
	}
}

// TestEnterGoesOn: Enter goes from field to field, over ticks and choices, and passes by what is locked.
func TestEnterGoesOn(t *testing.T) {
	s := newStage(t)
	first, locked, last := NewInput(s.Kit, "first", "", nil, nil), NewInput(s.Kit, "locked", "", nil, nil), NewInput(s.Kit, "last", "", nil, nil)
	locked.SetLocked(true, "card")
	ticked, picked := false, ""
	check := NewCheck(s.Kit, "check", "tick", func(on bool) { ticked = on })
	options := NewOptions(s.Kit, "options", []Option{{"a", "A"}, {"b", "B"}, {"c", "C"}}, false, func(code string) { picked = code })
	s.show(ui.NewColumn(8, first, locked, check, options, last))
	s.Focus(first.Control())
	s.press(fyne.KeyReturn, fyne.KeySpace, fyne.KeyReturn)
	if !ticked || s.Focused() != fyne.Focusable(options) {
		t.Fatalf("ticked %v, the keys go to %T", ticked, s.Focused())
	}
	options.TypedRune('2')
	if picked != "b" {
		t.Errorf("2 picks %q", picked)
	}
	s.press(fyne.KeyRight, fyne.KeySpace)
	if picked != "c" {
		t.Errorf("right and space pick %q", picked)
	}
	s.press(fyne.KeyReturn)
	if s.Focused() != last.Control() {
		t.Errorf("the keys go to %T", s.Focused())
	}
}

// TestWhatHasTheKeysIsSeen: a journey waits for it before it types on; exactly one thing has them.
func TestWhatHasTheKeysIsSeen(t *testing.T) {
	s := newStage(t)
	input, button := NewInput(s.Kit, "input", "", nil, nil), NewCheck(s.Kit, "check", "tick", nil)
	options := NewOptions(s.Kit, "options", []Option{{"a", "A"}, {"b", "B"}}, false, nil)
	s.show(ui.NewColumn(8, input, button, options))
	for want, control := range map[string]fyne.Focusable{"input": input.Control(), "check": button, "options": options} {
		s.Focus(control)
		var has []string
		for _, thing := range ui.Look(s.Root).Things {
			if thing.Keys {
				has = append(has, thing.Name)
			}
		}
		if !slices.Equal(has, []string{want}) {
			t.Errorf("%q have the keys, not %s", has, want)
		}
	}
}

// TestTableByKeys: a table takes the keys as one; an answer to an older choice does not move the choice back.
func TestTableByKeys(t *testing.T) {
	s := newStage(t)
	var chosen []string
	opened := ""
	table := NewTable(s.Kit, "table", "none", []Column{{Title: "A", Weight: 1}}, func(key string) { chosen = append(chosen, key) }, func(key string) { opened = key })
	var lines []Line
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		lines = append(lines, Line{Key: key, Cells: []Cell{{Text: key}}})
	}
	table.Set(lines, "")
	s.show(table)
	s.Focus(table)
	s.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
	table.Set(lines, "a")
	if table.Chosen() != "c" {
		t.Errorf("an old answer chose %q", table.Chosen())
	}
	table.Set(lines, "c")
	s.press(fyne.KeyEnd, fyne.KeyUp, fyne.KeyHome, fyne.KeyUp, fyne.KeyReturn)
	if !slices.Equal(chosen, []string{"a", "b", "c", "e", "d", "a"}) || opened != "a" {
		t.Errorf("chose %q, opened %q", chosen, opened)
	}
	table.Set(lines, "a")
	table.Set(lines[2:], "d")
	if table.Chosen() != "d" {
		t.Errorf("what the program chooses is not shown: %q", table.Chosen())
	}
	table.Set(nil, "")
	if table.Enabled() || table.empty.Hidden {
		t.Error("an empty table takes the keys, or does not say that it is empty")
	}
}

// TestChooserFilters: what is typed filters; the arrows mark, Enter takes and goes on.
func TestChooserFilters(t *testing.T) {
	s := newStage(t)
	s.Match = func(label, typed string) bool { return label == "农业银行" && typed == "ny" }
	code := ""
	bank := NewChooser(s.Kit, "bank", "", nil, func(c string) { code = c })
	bank.SetOptions([]Option{{"1", "工商银行"}, {"2", "农业银行"}, {"3", "农村信用社"}})
	next := NewInput(s.Kit, "next", "", nil, nil)
	s.show(ui.NewColumn(8, bank, next))
	s.Focus(bank.Input().Control())
	test.Type(bank.input.entry, "ny")
	if len(bank.fits) != 1 {
		t.Fatalf("pinyin finds %v", bank.fits)
	}
	s.press(fyne.KeyReturn)
	if code != "2" || bank.input.Text() != "农业银行" || s.Focused() != next.Control() {
		t.Errorf("took %q, shows %q", code, bank.input.Text())
	}
	s.Focus(bank.Input().Control())
	s.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if code != "3" {
		t.Errorf("the arrows took %q", code)
	}
}

// TestDialogCovers: below a dialog nothing takes keys, neither the focus nor a button's own key.
func TestDialogCovers(t *testing.T) {
	s := newStage(t)
	below, above := 0, 0
	under := NewButton(s.Kit, "under", "under", "F2", Filled, func() { below++ })
	field := NewInput(s.Kit, "field", "", nil, nil)
	over := NewButton(s.Kit, "over", "over", "Escape", Outlined, func() { above++ })
	dialog := NewDialog(s.Kit, over)
	s.show(ui.NewColumn(8, under, field), dialog)
	s.Press("F2")
	s.Focus(field.Control())
	s.press(fyne.KeyF2)
	if below != 2 {
		t.Fatalf("F2 pressed %d times", below)
	}
	dialog.Show()
	s.Press("F2")
	s.Press("Escape")
	if below != 2 || above != 1 {
		t.Errorf("below %d, above %d", below, above)
	}
	s.Unfocus()
	for range 3 {
		s.Next()
		if s.Focused() != fyne.Focusable(over) {
			t.Errorf("the keys go to %T", s.Focused())
		}
	}
	dialog.Hide()
	s.Shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	if s.Key = func(combo string) bool { return combo == "Ctrl+Return" }; !s.Shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyEnter, Modifier: fyne.KeyModifierControl}) {
		t.Error("the window does not hear Ctrl+Enter")
	}
}

// TestScrollFollowsTheKeys: what takes the keys is seen.
func TestScrollFollowsTheKeys(t *testing.T) {
	s := newStage(t)
	var fields []fyne.CanvasObject
	for range 40 {
		fields = append(fields, NewInput(s.Kit, "field", "", nil, nil))
	}
	scroll := NewScroll(s.Kit, ui.NewColumn(8, fields...))
	s.show(scroll)
	last := fields[39].(*Input)
	s.Focus(last.Control())
	at, ok := within(scroll, last, 0)
	if !ok || at < 0 || at+last.Size().Height > scroll.Size().Height {
		t.Errorf("the last field is at %v of %v", at, scroll.Size().Height)
	}
	s.Focus(fields[0].(*Input).Control())
	if scroll.offset > 1 {
		t.Errorf("the first field is scrolled away by %v", scroll.offset)
	}
}
