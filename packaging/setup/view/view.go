// Package view draws a stage.State for keyboard, mouse and finger, upright and across, and turns what a person does into
// stage.Events. Every page is built once and then only changed, so that what is typed keeps focus and cursor. It decides
// nothing, and must not open windows, start setups or know files.
package view

import (
	"reflect"

	"fyne.io/fyne/v2"

	"bianmin/core/text"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// Options are what the window needs.
type Options struct {
	Catalog *text.Catalog
	Emit    func(stage.Event) // called on the UI thread; must not block
}

// Window is all pages in one object. It belongs to the UI thread.
type Window struct {
	options Options
	state   stage.State
	kit     *kit
	frame   *frame
	change  *change
	leave   *leaving
	pages   map[stage.PageName]page
	root    *ui.Stack
	shown   bool
}

// kit is what every page is made with.
type kit struct {
	*dk.Kit
	words
	emit func(stage.Event)
}

// page is one page: what stands between the head and the buttons, and the buttons.
type page interface {
	body() fyne.CanvasObject
	buttons() []fyne.CanvasObject
	show(s stage.State)
	// first takes the keys when the page opens; nil for the first that can.
	first() fyne.Focusable
}

// New makes the window's content. Root is empty until the first Show.
func New(o Options) *Window { return &Window{options: o, root: ui.NewStack(ui.NewSpring())} }

// Root is the window's content.
func (w *Window) Root() fyne.CanvasObject { return w.root }

// Bind joins the keys to the canvas the window is shown on; before the first state there is nothing to press.
func (w *Window) Bind(canvas fyne.Canvas) {
	canvas.SetOnTypedKey(func(event *fyne.KeyEvent) {
		if w.shown {
			w.kit.Press(dk.Combo(event.Name, 0))
		}
	})
}

// Show draws a state. Call it on the UI thread, with every state in its order.
func (w *Window) Show(s stage.State) {
	if w.shown && reflect.DeepEqual(s, w.state) {
		return
	}
	if !w.shown || s.Lang != w.state.Lang {
		w.build(s)
	}
	before, first := w.state, !w.shown
	w.state, w.shown = s, true
	current := w.page(s.Page)
	current.show(s)
	w.frame.show(s, current)
	w.change.show(s)
	w.leave.show(s)
	w.root.Set(w.frame, w.change.dialog, w.leave.dialog)
	ui.Relayout(w.root)
	w.giveKeys(s, before, first, current)
}

// giveKeys gives the keys to where one goes on, when something opened or closed.
func (w *Window) giveKeys(s, before stage.State, first bool, current page) {
	turned := first || s.Serial != before.Serial || s.Busy != before.Busy || s.Signing != before.Signing || s.Prompt != before.Prompt || s.Failed != before.Failed
	switch {
	case s.Leaving:
		if !before.Leaving {
			w.kit.Focus(w.leave.no)
		}
	case s.Change != nil:
		if before.Change == nil {
			w.kit.Focus(w.change.input.Control())
		}
	case turned || before.Leaving || before.Change != nil:
		to := current.first()
		if !usable(to) {
			to = w.kit.First(current.body()) // never what is above the page: a code reader's Enter is not to press that
		}
		if to == nil {
			w.kit.Unfocus()
			return
		}
		w.kit.Focus(to)
	}
}

func usable(control fyne.Focusable) bool {
	if control == nil {
		return false
	}
	able, ok := control.(fyne.Disableable)
	object, drawn := control.(fyne.CanvasObject)
	return (!ok || !able.Disabled()) && (!drawn || object.Visible())
}

func (w *Window) page(name stage.PageName) page {
	current, ok := w.pages[name]
	if !ok {
		current = makers[name](w.kit)
		w.pages[name] = current
	}
	return current
}

// makers make each page.
var makers = map[stage.PageName]func(*kit) page{
	stage.Opening: newOpening,
	stage.Code:    newCode,
	stage.Replace: newReplace,
	stage.Devices: newDevices,
	stage.Tests:   newTests,
	stage.Checks:  newChecks,
	stage.Report:  newReport,
	stage.Stopped: newStopped,
}

// build begins anew for a language: every page is made again when it is next shown.
func (w *Window) build(s stage.State) {
	k := dk.New()
	k.Root = w.root
	k.Key = w.key
	w.kit = &kit{Kit: k, words: words{w.options.Catalog, s.Lang}, emit: w.options.Emit}
	w.pages = map[stage.PageName]page{}
	w.frame, w.change, w.leave = newFrame(w.kit), newChange(w.kit), newLeaving(w.kit)
}

// key takes the keys that work on every page.
func (w *Window) key(combo string) bool {
	if combo != "Escape" || w.state.Leaving || w.state.Change != nil {
		return false
	}
	w.kit.emit(stage.Leave{})
	return true
}

// sends returns a click that emits an event.
func (k *kit) sends(event stage.Event) func() { return func() { k.emit(event) } }

func (k *kit) text(kind theme.TextKind, role theme.Role, words string) *ui.Text {
	return ui.NewText(k.Look, kind, role, words)
}

func (k *kit) body(words string) *ui.Text { return k.text(theme.DeskBodyText, theme.Ink, words) }

func (k *kit) strong(words string) *ui.Text { return k.text(theme.DeskBodyBold, theme.Ink, words) }

func (k *kit) quiet(words string) *ui.Text { return k.text(theme.DeskSmallText, theme.InkQuiet, words) }

func (k *kit) title(words string) *ui.Text { return k.text(theme.DeskTitleText, theme.Ink, words) }

// button makes a button by its words' key; its name in journeys is the key's.
func (k *kit) button(name, key string, rank dk.Rank, tapped func()) *dk.Button {
	return dk.NewButton(k.Kit, name, k.t("button."+name), key, rank, tapped)
}

// lined stands rows below each other with rules between them.
func (k *kit) lined(rows []fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for i, row := range rows {
		if i > 0 {
			out = append(out, ui.NewRule(k.Look))
		}
		out = append(out, row)
	}
	return out
}
