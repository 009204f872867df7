package view

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bianmin/agent/desk"
	"bianmin/assets"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/ui/theme"
)

// stage is the window with what it says.
type stage struct {
	*Window
	t      *testing.T
	window fyne.Window
	said   []desk.Event
}

func newStage(t *testing.T, s desk.State) *stage {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.DeskToolkit())
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	g := &stage{t: t}
	g.Window = New(Options{Catalog: words, Emit: func(e desk.Event) {
		if _, ok := e.(desk.Touch); !ok {
			g.said = append(g.said, e)
		}
	}})
	g.window = test.NewTempWindow(t, g.Root())
	g.window.Resize(fyne.NewSize(theme.DeskWidth, theme.DeskHeight))
	g.Show(s)
	return g
}

// press presses keys as the toolkit gives them to what has the focus, else to the window.
func (g *stage) press(combos ...string) {
	for _, combo := range combos {
		focused := g.window.Canvas().Focused()
		if focused == nil || len(combo) > 4 && combo[:4] == "Ctrl" || len(combo) > 3 && combo[:3] == "Alt" {
			g.kit.Press(combo)
			continue
		}
		focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(combo)})
	}
}

func (g *stage) heard(want ...desk.Event) {
	g.t.Helper()
	if fmt.Sprintf("%#v", g.said) != fmt.Sprintf("%#v", want) {
		g.t.Errorf("said %#v\nwant %#v", g.said, want)
	}
	g.said = nil
}

func state(page desk.PageName) desk.State {
	s := desk.State{Page: page, Serial: 1, Lang: text.Chinese, Account: "李会计", Standing: agency.StandingFull}
	for _, name := range desk.SideBar() {
		s.Side = append(s.Side, desk.SideLine{Page: name})
	}
	return s
}

func cased() desk.State {
	s := state(desk.Cases)
	s.Cases = &desk.CasesView{Lines: []agency.CaseLine{{Number: "A", Person: "甲", State: casefile.StateProcessing}, {Number: "B", Person: "乙", State: casefile.StateDone}}, Total: 2}
	return s
}

// TestKeysOfEveryPage: the keys that work everywhere, also while a field has the focus.
func TestKeysOfEveryPage(t *testing.T) {
	g := newStage(t, cased())
	keys := []string{"F1", "F2", "F4", "Alt+3", "Ctrl+L", "Escape"}
	want := []desk.Event{
		desk.Help{Open: true}, desk.NewCase{}, desk.SwipeAccept{}, desk.Go{Page: desk.Corrections}, desk.Lock{}, desk.Back{},
	}
	g.press(keys...)
	g.heard(want...)
	g.press("F3")
	if g.window.Canvas().Focused() != g.shell.search.Control() {
		t.Fatal("F3 does not go to the search field")
	}
	g.press(keys...)
	g.heard(want...)
	g.window.Canvas().Focused().TypedRune('王')
	g.press("Return")
	g.heard(desk.SearchText{Text: "王"}, desk.SearchGo{Text: "王"})
	reading := cased()
	reading.Standing = agency.StandingReading
	g.Show(reading)
	g.press("F2", "F4")
	g.heard()
}

// TestListByKeys: the list has the keys; Enter goes to what may be done.
func TestListByKeys(t *testing.T) {
	s := cased()
	g := newStage(t, s)
	g.press("Down", "Down")
	g.heard(desk.PickCase{Number: "A"}, desk.PickCase{Number: "B"})
	s = clone(s)
	s.Cases.Chosen, s.Cases.Detail = "B", &agency.CaseFile{CaseLine: s.Cases.Lines[1]}
	s.Cases.Actions = []desk.CaseAction{desk.ActReceipt, desk.ActDeliver}
	g.Show(s)
	g.press("Return", "Space")
	g.heard(desk.Act{Action: desk.ActDeliver})
	g.press("F8")
	g.heard(desk.Act{Action: desk.ActReceipt})
}

// clone makes another value of the same content, as the desk does.
func clone(s desk.State) desk.State {
	view := *s.Cases
	view.Lines = slices.Clone(view.Lines)
	s.Cases = &view
	return s
}

// TestOverlayTakesTheKeys: the answer is asked, what lies below is out of reach, and the keys go back where they were wanted.
func TestOverlayTakesTheKeys(t *testing.T) {
	g := newStage(t, cased())
	asked := cased()
	yes, no := desk.Message{Key: "button.yes"}, desk.Message{Key: "button.no"}
	asked.Overlay = &desk.Overlay{Kind: "reason", Title: desk.Message{Key: "desk.act.suspend"}, Label: desk.Message{Key: "desk.label.note"}, Yes: yes, No: no}
	g.Show(asked)
	for _, r := range "病了" {
		g.window.Canvas().Focused().TypedRune(r)
	}
	g.press("F2", "Return")
	g.heard(desk.Answer{Yes: true, Text: "病了"})
	g.press("Escape")
	g.heard(desk.Answer{Text: "病了"})
	g.Show(cased())
	g.press("Down")
	g.heard(desk.PickCase{Number: "A"})
	asked.Overlay = &desk.Overlay{Kind: "print-unknown", Title: yes, Yes: yes, No: no}
	g.Show(asked)
	g.press("Ctrl+Return")
	g.heard(desk.PrintAnswer{CameOut: true})
	asked.Overlay = &desk.Overlay{Kind: "ask", Title: yes, Yes: yes, No: no, Danger: true}
	g.Show(asked)
	g.press("Return")
	g.heard(desk.Answer{}) // what takes something away is not the answer of a hasty Enter
	asked.Overlay = &desk.Overlay{Kind: "hand-over", Title: yes, Yes: yes, No: no, Choices: []desk.Choice{{Code: "a", Label: text.Zh("甲")}, {Code: "b", Label: text.Zh("乙")}}}
	g.Show(asked)
	g.window.Canvas().Focused().TypedRune('2')
	g.press("Return")
	g.heard(desk.Answer{Yes: true, Chosen: "b"})
	asked.Overlay = &desk.Overlay{Kind: "help"}
	g.Show(asked)
	g.press("F1")
	g.heard(desk.Help{})
}

// TestEmptyListLeavesTheSearch: a page whose list is empty takes the keys from the search field all the same.
func TestEmptyListLeavesTheSearch(t *testing.T) {
	g := newStage(t, cased())
	g.press("F3")
	g.window.Canvas().Focused().TypedRune('王')
	next := state(desk.Fees)
	next.Serial, next.Fees = 2, &desk.FeesView{Date: "2026-11-26"}
	g.Show(next)
	if g.window.Canvas().Focused() == g.shell.search.Control() || g.shell.search.Text() != "" {
		t.Errorf("the search field still has the keys and shows %q", g.shell.search.Text())
	}
}

func accepting(fields ...desk.FieldView) desk.State {
	s := state(desk.Accept)
	s.Accept = &desk.AcceptView{Draft: "d", Fields: fields}
	return s
}

// TestTypingSurvivesStates: a state for each key does not disturb the field one types in; what is wrong is told afterwards.
func TestTypingSurvivesStates(t *testing.T) {
	field := form.Field{Name: "phone", Kind: form.KindPhone, Label: text.Zh("手机")}
	other := form.Field{Name: "story", Kind: form.KindText, Label: text.Zh("情况")}
	g := newStage(t, accepting(desk.FieldView{Field: field}, desk.FieldView{Field: other}))
	page, ok := g.pages[desk.Accept].(*accept)
	if !ok {
		t.Fatal("no page")
	}
	entry := page.fields.focus("phone")
	g.kit.Focus(entry)
	for i, r := range "138" {
		entry.TypedRune(r)
		s := accepting(desk.FieldView{Field: field, Shown: "138"[:max(0, i)], Problem: desk.Message{Key: "form.problem.phone"}}, desk.FieldView{Field: other})
		g.Show(s)
	}
	if g.window.Canvas().Focused() != entry {
		t.Fatal("the field lost the keys")
	}
	one := page.fields.fields["phone"]
	if one.input.Text() != "138" {
		t.Errorf("it shows %q", one.input.Text())
	}
	g.heard(desk.SetField{Path: "phone", Text: "1"}, desk.SetField{Path: "phone", Text: "13"}, desk.SetField{Path: "phone", Text: "138"})
	g.press("Return")
	if g.window.Canvas().Focused() != page.fields.focus("story") {
		t.Error("Enter does not go on")
	}
	g.press("Ctrl+Return")
	g.heard(desk.File{})
}

// TestCardGoesOn: once the card is read the first open field has the keys; a jump goes to the field that is wrong.
func TestCardGoesOn(t *testing.T) {
	name := desk.FieldView{Field: form.Field{Name: "name", Kind: form.KindText, Label: text.Zh("姓名")}}
	phone := desk.FieldView{Field: form.Field{Name: "phone", Kind: form.KindPhone, Label: text.Zh("手机")}}
	region := desk.FieldView{Field: form.Field{Name: "home", Kind: form.KindRegion, Label: text.Zh("住址")}}
	g := newStage(t, accepting(name, phone, region))
	g.press("Return")
	g.heard(desk.ReadCard{Into: "principal"})
	name.Value, name.Locked = "甲", true
	read := accepting(name, phone, region)
	read.Accept.Principal = &desk.PersonView{Name: "甲", Sex: "1"}
	g.Show(read)
	page, _ := g.pages[desk.Accept].(*accept)
	if g.window.Canvas().Focused() != page.fields.focus("phone") {
		t.Error("the first open field does not have the keys")
	}
	wrong := read
	view := *read.Accept
	view.Focus = "home"
	wrong.Accept = &view
	g.Show(wrong)
	if g.window.Canvas().Focused() != page.fields.focus("home") {
		t.Error("the jump did not go to the field")
	}
	region.Choices = []desk.Choice{{Code: "1", Label: text.Zh("柳树沟村")}, {Code: "2", Label: text.Zh("柳林村")}}
	view.Fields = []desk.FieldView{name, phone, region}
	g.window.Canvas().Focused().TypedRune('l')
	g.Show(wrong)
	chosen := wrong
	again := view
	chosen.Accept = &again
	again.Fields = []desk.FieldView{name, phone, region}
	again.Known = 1
	g.Show(chosen)
	g.press("Down", "Return")
	g.heard(desk.SetField{Path: "home", Text: "l"}, desk.ChooseField{Path: "home", Value: "2"})
}
