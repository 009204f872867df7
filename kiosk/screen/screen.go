// Package screen draws a journey.State and turns touches into journey.Events.
// Every screen is built once and then only changed. It decides nothing: what
// happens next is the journey's. It must not open windows or talk to devices.
package screen

import (
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// Options are what the screens need. Catalog and Emit are required.
type Options struct {
	Catalog *text.Catalog
	Emit    func(journey.Event) // called on the UI thread; must not block
	Engine  ui.Engine           // turns pinyin into Chinese; nil leaves the keyboard with letters
	Size    fyne.Size           // of the window's content, in the toolkit's units; zero is 1080×1920
	// After runs a function later on the UI thread; nil leaves the tap guard out.
	After func(time.Duration, func())
	Now   func() time.Time // for counting taps; default time.Now
}

// Window is all screens of the kiosk in one object. It belongs to the UI thread.
type Window struct {
	options Options
	state   journey.State
	kit     kit
	chrome  *chrome
	pages   map[journey.Screen]page
	root    *ui.Root
	guard   *ui.TapGuard
	ink     ink
	shown   bool
}

// New makes the screens. Root is empty until the first Show.
func New(options Options) *Window {
	if options.Size.IsZero() {
		options.Size = fyne.NewSize(theme.DesignWidth, theme.DesignHeight)
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	w := &Window{options: options}
	if options.After != nil {
		w.guard = ui.NewTapGuard(options.After)
	}
	w.root = ui.NewRoot(ui.NewSpring())
	return w
}

// Root is the window's content.
func (w *Window) Root() fyne.CanvasObject { return w.root }

// Show draws a state. Call it on the UI thread, with every state in its order.
func (w *Window) Show(s journey.State) {
	if w.shown && reflect.DeepEqual(s, w.state) {
		return
	}
	if !w.shown || s.Lang != w.state.Lang || s.Large != w.state.Large {
		w.build(s)
	}
	w.state, w.shown = s, true
	if s.Screen == journey.Attract || s.Screen == journey.Goodbye {
		w.ink = ink{}
	}
	current, ok := w.pages[s.Screen]
	if !ok {
		current = makers[s.Screen](w.kit)
		w.pages[s.Screen] = current
	}
	if engine, ok := w.options.Engine.(ui.NameTaker); ok {
		engine.TypeName(typesName(s.Question))
	}
	current.show(s)
	w.chrome.show(s, current.placed())
	if w.guard != nil {
		w.guard.Page(s.Serial)
	}
}

// typesName tells whether a person's name is asked.
func typesName(asked *journey.QuestionView) bool {
	if asked != nil && asked.Column != nil {
		asked = asked.Column
	}
	return asked != nil && asked.Field.Person
}

// build begins anew for a language and letter size: every screen is made again when it is next shown.
func (w *Window) build(s journey.State) {
	w.kit = kit{
		look: theme.For(w.options.Size, s.Large), size: w.options.Size, words: words{w.options.Catalog, s.Lang},
		emit: w.options.Emit, engine: w.options.Engine, ink: &w.ink, redraw: w.redraw,
	}
	w.pages = map[journey.Screen]page{}
	w.chrome = newChrome(w.kit, w.options.Now)
	if w.guard == nil {
		w.root.Set(w.chrome.stack)
	} else {
		w.root.Set(ui.NewStack(w.chrome.stack, w.guard))
	}
}

func (w *Window) redraw() { w.chrome.show(w.state, w.pages[w.state.Screen].placed()) }

// makers make each screen.
var makers = map[journey.Screen]func(kit) page{
	journey.Attract:      newAttract,
	journey.Home:         newHome,
	journey.Category:     newCategory,
	journey.Search:       newSearch,
	journey.Guide:        newGuide,
	journey.PlaceCard:    newPlaceCard,
	journey.Confirm:      newConfirm,
	journey.Question:     newQuestion,
	journey.Promise:      newPromise,
	journey.Materials:    newMaterials,
	journey.Review:       newReview,
	journey.Submitting:   newSubmitting,
	journey.Done:         newDone,
	journey.PrintUnknown: newPrintUnknown,
	journey.EvaluateMore: newEvaluateMore,
	journey.MyCases:      newMyCases,
	journey.CaseDetail:   newCaseDetail,
	journey.Goodbye:      newGoodbye,
	journey.DeviceFault:  newDeviceFault,
	journey.OutOfService: newOutOfService,
	journey.StaffSignIn:  newStaffSignIn,
	journey.Staff:        newStaff,
	journey.StaffTests:   newStaffTests,
	journey.StaffQueue:   newStaffQueue,
}

// kit is what every screen is made with.
type kit struct {
	look   theme.Look
	size   fyne.Size
	words  words
	emit   func(journey.Event)
	engine ui.Engine
	ink    *ink
	redraw func() // draws the present state anew, after a screen changed its own parts
}

// sends returns a tap that emits an event.
func (k kit) sends(event journey.Event) func() { return func() { k.emit(event) } }

// wide tells whether the panel lies on its side.
func (k kit) wide() bool { return k.size.Width > k.size.Height }

// across is how many list rows stand side by side.
func (k kit) across() int {
	if k.wide() {
		return 2
	}
	return 1
}

// column stands things below each other with the distance of things one taps.
func (k kit) column(children ...fyne.CanvasObject) *ui.Column {
	return ui.NewColumn(k.look.Size(theme.Gap), children...)
}

// tight stands words below each other that belong together.
func (k kit) tight(children ...fyne.CanvasObject) *ui.Column {
	return ui.NewColumn(k.look.Size(theme.HalfGap), children...)
}

// heading is a title with a lesser line below it.
func (k kit) heading(title, line *ui.Text) *ui.Column { return k.tight(title, line) }

// page is one screen.
type page interface {
	show(s journey.State)
	placed() *parts
}

// parts is what the chrome places for a screen.
type parts struct {
	head   fyne.CanvasObject // what is read; nil: nothing
	body   fyne.CanvasObject // what is touched; nil: nothing
	left   *ui.Button        // instead of back
	middle *ui.Button        // beside it
	right  *ui.Button        // instead of onward
	ownWhy bool              // the screen itself says why onward is not possible
	line   bool              // the network line stands in the foot
	pinned bool              // the body is a keyboard: it is never made narrower
	across bool              // on a panel on its side, head and body stand below each other
}

func (p *parts) placed() *parts { return p }
