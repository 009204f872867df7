// Package view draws a desk.State for keyboard and mouse and turns keys and
// clicks into desk.Events. Every page is built once and then only changed, so
// that what is typed keeps focus and cursor. It decides nothing, and must not
// open windows, talk to devices or know the store.
package view

import (
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/agent/desk"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// Options are what the window needs. Catalog and Emit are required.
type Options struct {
	Catalog *text.Catalog
	Emit    func(desk.Event) // called on the UI thread; must not block
	// Match tells whether typed pinyin finds a label; nil finds by the label's own signs only.
	Match func(label, typed string) bool
}

// Window is all pages of the desk in one object. It belongs to the UI thread.
type Window struct {
	options Options
	state   desk.State
	kit     *kit
	shell   *shell
	band    *band
	overlay *overlay
	finder  *finder
	leave   *leaving
	pages   map[desk.PageName]page
	root    *ui.Stack
	shown   bool
}

// kit is what every page is made with.
type kit struct {
	*dk.Kit
	words
	emit func(desk.Event)
}

// page is one page.
type page interface {
	root() fyne.CanvasObject
	show(s desk.State)
	// first takes the keys when the page opens; nil for the first that can.
	first() fyne.Focusable
}

// New makes the window's content. Root is empty until the first Show.
func New(options Options) *Window {
	return &Window{options: options, root: ui.NewStack(ui.NewSpring())}
}

// Root is the window's content.
func (w *Window) Root() fyne.CanvasObject { return w.root }

// Bind joins the keys to the canvas the window is shown on.
func (w *Window) Bind(canvas fyne.Canvas) {
	canvas.SetOnTypedKey(func(event *fyne.KeyEvent) { w.kit.Press(dk.Combo(event.Name, 0)) })
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeyL, fyne.KeyP} {
		canvas.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierControl}, func(s fyne.Shortcut) { w.kit.Shortcut(s) })
	}
	for key := '1'; key <= '9'; key++ {
		canvas.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyName(key), Modifier: fyne.KeyModifierAlt}, func(s fyne.Shortcut) { w.kit.Shortcut(s) })
	}
}

// Show draws a state. Call it on the UI thread, with every state in its order.
func (w *Window) Show(s desk.State) {
	if w.shown && reflect.DeepEqual(s, w.state) {
		return
	}
	if !w.shown || s.Lang != w.state.Lang {
		w.build(s)
	}
	if w.onlySeen(s) {
		w.state = s
		w.finder.look(s.Camera)
		return
	}
	turned := !w.shown || s.Page != w.state.Page || s.Serial != w.state.Serial
	before := w.state
	w.state, w.shown = s, true
	current := w.page(s.Page)
	current.show(s)
	w.place(s, current)
	w.finder.show(s)
	w.overlay.show(s)
	ui.Relayout(w.root)
	w.giveKeys(s, current, turned, before)
}

// onlySeen tells whether a state differs from the one that is shown by what the document camera sees and by nothing else: it comes
// ten times a second.
func (w *Window) onlySeen(s desk.State) bool {
	if !w.shown || s.Camera == nil || w.state.Camera == nil || s.Camera.Serial == w.state.Camera.Serial || w.state.Camera.Serial == 0 || s.Lang != w.state.Lang {
		return false
	}
	camera := *s.Camera
	camera.Serial = w.state.Camera.Serial
	s.Camera = &camera
	return reflect.DeepEqual(s, w.state)
}

func (w *Window) page(name desk.PageName) page {
	current, ok := w.pages[name]
	if !ok {
		current = makers[name](w.kit)
		w.pages[name] = current
	}
	return current
}

// AskClose asks whether the window is to be closed, where a case stands open on it; what is open is saved. Else it closes.
func (w *Window) AskClose(leave func()) {
	if !w.shown || w.state.Accept == nil || w.state.Accept.Filed != nil {
		leave()
		return
	}
	w.leave.yes.SetTapped(leave)
	w.leave.open(true)
}

// place puts the page into the shell, or alone where there is no sidebar.
func (w *Window) place(s desk.State, current page) {
	under := current.root()
	if !bare[s.Page] {
		w.shell.show(s, current.root())
		under = w.shell.root
	}
	w.band.show(s)
	w.root.Set(w.band.below(under), w.finder.dialog, w.overlay.dialog, w.shell.menu, w.leave.dialog)
}

// giveKeys gives the keys to where one goes on, when the page or the overlay changed.
func (w *Window) giveKeys(s desk.State, current page, turned bool, before desk.State) {
	switch {
	case s.Overlay != nil && (before.Overlay == nil || before.Overlay.Kind != s.Overlay.Kind || turned):
		w.kit.Focus(w.overlay.first())
	case s.Overlay == nil && s.Camera != nil && (before.Overlay != nil || before.Camera == nil || ready(before.Camera) != ready(s.Camera) || turned):
		w.kit.Focus(w.finder.first())
	case s.Overlay == nil && s.Camera == nil && (turned || before.Overlay != nil || before.Camera != nil):
		w.shell.menu.Hide()
		to := current.first()
		if _, rating := current.(*evaluate); rating {
			to = nil // nobody declines by pressing Enter
		} else if able, ok := to.(fyne.Disableable); to == nil || ok && able.Disabled() { // an empty list takes no keys
			to = w.kit.First(current.root())
		}
		if to == nil {
			w.kit.Unfocus()
		} else {
			w.kit.Focus(to)
		}
	}
}

// build begins anew for a language: every page is made again when it is next shown.
func (w *Window) build(s desk.State) {
	k := dk.New()
	k.Root, k.Match = w.root, w.options.Match
	k.Active = func() { w.options.Emit(desk.Touch{}) }
	k.Key = w.key
	w.kit = &kit{Kit: k, words: words{w.options.Catalog, s.Lang}, emit: w.options.Emit}
	w.pages = map[desk.PageName]page{}
	w.shell = newShell(w.kit)
	w.band = newBand(w.kit)
	w.overlay = newOverlay(w.kit)
	w.finder = newFinder(w.kit)
	w.leave = newLeaving(w.kit)
}

// key takes the keys that work on every page.
func (w *Window) key(combo string) bool {
	signedOn := w.state.Account != "" && !bare[w.state.Page]
	switch {
	case !w.shell.menu.Hidden && combo == "Escape":
		w.shell.toggleMenu()
	case !w.shell.menu.Hidden && combo == "F1":
		w.shell.choose(desk.Help{Open: true})()
	case combo == "Ctrl+L" && signedOn:
		w.kit.emit(desk.Lock{})
	case w.state.Overlay != nil:
		return w.overlay.key(combo)
	case combo == "F1":
		w.kit.emit(desk.Help{Open: true})
	case combo == "Escape" && w.state.Camera != nil:
		w.kit.emit(desk.CameraDone{})
	case combo == "Escape":
		w.kit.emit(desk.Back{})
	case combo == "F3" && signedOn:
		w.kit.Focus(w.shell.search.Control())
	case strings.HasPrefix(combo, "Alt+") && len(combo) == 5 && w.state.Page == desk.Evaluate: // the faces, the best at the left
		w.kit.emit(desk.Rate{Level: 6 - int(combo[4]-'0')})
	case strings.HasPrefix(combo, "Alt+") && len(combo) == 5 && signedOn:
		return w.shell.side.Open(int(combo[4] - '0'))
	default:
		return false
	}
	return true
}

// bare pages have no sidebar.
var bare = map[desk.PageName]bool{desk.SignOn: true, desk.Activate: true, desk.Locked: true, desk.Evaluate: true, desk.OutOfService: true}

// makers make each page.
var makers = map[desk.PageName]func(*kit) page{
	desk.SignOn:       newSignOn,
	desk.Activate:     newActivate,
	desk.Locked:       newLocked,
	desk.OutOfService: newOutOfService,
	desk.Evaluate:     newEvaluate,
	desk.Today:        newToday,
	desk.Cases:        func(k *kit) page { return newCases(k, desk.Cases) },
	desk.Corrections:  func(k *kit) page { return newCases(k, desk.Corrections) },
	desk.Results:      func(k *kit) page { return newCases(k, desk.Results) },
	desk.ChooseItem:   newChooseItem,
	desk.Accept:       newAccept,
	desk.Correct:      newCorrect,
	desk.Papers:       newPapers,
	desk.Fees:         newFees,
	desk.Visits:       newVisits,
	desk.Reports:      newReports,
	desk.Sync:         newSync,
}

// sends returns a click that emits an event.
func (k *kit) sends(event desk.Event) func() { return func() { k.emit(event) } }

// column stands things below each other.
func (k *kit) column(children ...fyne.CanvasObject) *ui.Column {
	return ui.NewColumn(theme.DeskGap, children...)
}

func (k *kit) tight(children ...fyne.CanvasObject) *ui.Column { return ui.NewColumn(4, children...) }

// row stands things side by side.
func (k *kit) row(children ...fyne.CanvasObject) *ui.Row {
	return ui.NewRow(theme.DeskGap, children...)
}

func (k *kit) text(kind theme.TextKind, role theme.Role, words string) *ui.Text {
	return ui.NewText(k.Look, kind, role, words)
}

func (k *kit) title(words string) *ui.Text { return k.text(theme.DeskTitleText, theme.Ink, words) }

func (k *kit) body(words string) *ui.Text { return k.text(theme.DeskBodyText, theme.Ink, words) }

func (k *kit) strong(words string) *ui.Text { return k.text(theme.DeskBodyBold, theme.Ink, words) }

// aside is lesser words on the ground, quiet on a surface.
func (k *kit) aside(words string) *ui.Text {
	return k.text(theme.DeskSmallText, theme.InkSecondary, words)
}

func (k *kit) quiet(words string) *ui.Text { return k.text(theme.DeskSmallText, theme.InkQuiet, words) }

// button makes a button by its words' key; its name in journeys is the key's.
func (k *kit) button(name, key string, rank dk.Rank, tapped func()) *dk.Button {
	return dk.NewButton(k.Kit, name, k.t("button."+name), key, rank, tapped)
}
