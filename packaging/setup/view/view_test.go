package view

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// room is the window with what it says.
type room struct {
	*Window
	t      *testing.T
	window fyne.Window
	said   []stage.Event
}

func open(t *testing.T, s stage.State) *room {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.DeskToolkit())
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	r := &room{t: t}
	r.Window = New(Options{Catalog: words, Emit: func(e stage.Event) { r.said = append(r.said, e) }})
	r.window = test.NewTempWindow(t, r.Root())
	r.Bind(r.window.Canvas())
	r.window.Resize(fyne.NewSize(theme.DeskWidth, theme.DeskHeight))
	r.draw(s)
	return r
}

func (r *room) draw(s stage.State) {
	s.Lang = text.Chinese
	r.Show(s)
}

// press presses keys as the toolkit gives them to what has the focus, else to the window.
func (r *room) press(keys ...fyne.KeyName) {
	for _, key := range keys {
		if focused := r.window.Canvas().Focused(); focused != nil {
			focused.TypedKey(&fyne.KeyEvent{Name: key})
			continue
		}
		r.kit.Press(string(key))
	}
}

func (r *room) write(words string) {
	r.t.Helper()
	focused := r.window.Canvas().Focused()
	if focused == nil {
		r.t.Fatal("nothing has the keys")
	}
	test.Type(focused, words)
}

func (r *room) heard(want ...stage.Event) {
	r.t.Helper()
	if fmt.Sprintf("%#v", r.said) != fmt.Sprintf("%#v", want) {
		r.t.Errorf("said %#v\nwant %#v", r.said, want)
	}
	r.said = nil
}

// TestCodeReader: a code reader types into the field that has the keys, and presses Enter; what was refused is gone from
// the field before the next read, what only the network kept back stays.
func TestCodeReader(t *testing.T) {
	r := open(t, stage.State{Page: stage.Code, Serial: 1})
	r.write("BIANMIN1|x")
	r.press(fyne.KeyReturn)
	r.heard(stage.Type{Code: "BIANMIN1|x"})
	r.draw(stage.State{Page: stage.Code, Serial: 1, Busy: "enrolling"})
	r.draw(stage.State{Page: stage.Code, Serial: 2, Problem: lines.Network})
	r.press(fyne.KeyReturn)
	r.heard(stage.Type{Code: "BIANMIN1|x"})
	r.draw(stage.State{Page: stage.Code, Serial: 3, Problem: lines.CodeUsed})
	r.write("BIANMIN1|y")
	r.press(fyne.KeyReturn)
	r.heard(stage.Type{Code: "BIANMIN1|y"})
}

// TestEnterGoesOn: on each page Enter is what goes on, and Escape asks about leaving.
func TestEnterGoesOn(t *testing.T) {
	devices := []stage.Device{{Device: lines.Device{Role: drivers.RoleReader, Name: "serial:/dev/a"}}}
	for name, c := range map[string]struct {
		state stage.State
		want  stage.Event
	}{
		"replace": {stage.State{Page: stage.Replace, Sticks: []string{"/media/a"}}, stage.From{Folder: "/media/a"}},
		"devices": {stage.State{Page: stage.Devices, Devices: devices}, stage.Confirm{}},
		"paper":   {stage.State{Page: stage.Checks, Fit: "ok", Signing: true, Staff: []lines.Person{{ID: "1"}}, Signer: "1", Papers: []drivers.Role{drivers.RolePrinter}}, stage.Sign{}},
		"failed":  {stage.State{Page: stage.Tests, Failed: true}, stage.Retest{}},
		"sign":    {stage.State{Page: stage.Checks, Fit: "ok", Signing: true, Staff: []lines.Person{{ID: "1"}}, Signer: "1"}, stage.Sign{}},
		"nobody":  {stage.State{Page: stage.Checks, Fit: "ok", Signing: true}, stage.Sign{Nobody: true}},
		"report":  {stage.State{Page: stage.Report, Report: &lines.Report{}}, stage.Leave{}},
		"stopped": {stage.State{Page: stage.Stopped, Problem: lines.Ended}, stage.Again{}},
		"leaving": {stage.State{Page: stage.Code, Leaving: true}, stage.Stay{}},
		"change":  {stage.State{Page: stage.Devices, Devices: devices, Change: &stage.Change{Device: devices[0]}}, stage.Set{Name: "serial:/dev/a"}},
	} {
		r := open(t, c.state)
		r.press(fyne.KeyReturn)
		if len(r.said) != 1 || fmt.Sprintf("%#v", r.said[0]) != fmt.Sprintf("%#v", c.want) {
			t.Errorf("%s: Enter says %#v, want %#v", name, r.said, c.want)
		}
		r.said = nil
		r.press(fyne.KeyEscape)
		want := stage.Event(stage.Leave{})
		switch name {
		case "leaving":
			want = stage.Stay{}
		case "change":
			want = stage.Cancel{}
		}
		if len(r.said) != 1 || fmt.Sprintf("%#v", r.said[0]) != fmt.Sprintf("%#v", want) {
			t.Errorf("%s: Escape says %#v, want %#v", name, r.said, want)
		}
	}
}

// TestBusy: while something is being done nothing but leaving answers.
func TestBusy(t *testing.T) {
	r := open(t, stage.State{Page: stage.Devices, Busy: "opening-devices", Devices: []stage.Device{{Device: lines.Device{Role: drivers.RoleReader}}}})
	r.press(fyne.KeyReturn, fyne.KeyF5)
	r.heard()
	r.press(fyne.KeyEscape)
	r.heard(stage.Leave{})
}

// tap taps what carries a name.
func (r *room) tap(name string) {
	r.t.Helper()
	for _, thing := range ui.Look(r.Root()).Things {
		if thing.Name == name {
			test.TapCanvas(r.window.Canvas(), fyne.NewPos(thing.Seen.X+thing.Seen.Width/2, thing.Seen.Y+thing.Seen.Height/2))
			return
		}
	}
	r.t.Fatalf("no %s", name)
}

// TestPad: the keys on the screen type the code alone, in groups, no more than it has; a scan after them goes to the field,
// and after a scan they begin anew.
func TestPad(t *testing.T) {
	r := open(t, stage.State{Page: stage.Code, Serial: 1})
	for _, sign := range "7K3M9" {
		r.tap("key:" + string(sign))
	}
	r.tap("key:" + ui.KeyDelete)
	for _, sign := range "QXYZ23456789ABC" { // two more than a code has
		r.tap("key:" + string(sign))
	}
	r.press(fyne.KeyReturn)
	r.heard(stage.Type{Code: "7K3M-QXYZ-2345-6789"})
	r.tap("key:" + ui.KeyClear)
	r.write("BIANMIN1|x")
	r.press(fyne.KeyReturn)
	r.heard(stage.Type{Code: "BIANMIN1|x"})
	r.tap("key:A")
	r.tap("enrol")
	r.heard(stage.Type{Code: "A"})
}

// TestPress: while the button is waited for, Enter says that there is none, and nothing else is confirmed.
func TestPress(t *testing.T) {
	r := open(t, stage.State{Page: stage.Devices, Serial: 1, Prompt: "press-button", Seconds: 20})
	r.press(fyne.KeyReturn)
	r.heard(stage.NoButton{})
	r.press(fyne.KeyF5)
	r.heard()
	r.draw(stage.State{Page: stage.Devices, Serial: 1, Devices: []stage.Device{{Device: lines.Device{Role: drivers.RoleReader}}}})
	r.press(fyne.KeyReturn)
	r.heard(stage.Confirm{})
}
