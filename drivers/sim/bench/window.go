package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/stand"
)

// devices is what the window moves: the stand of simulated devices.
type devices interface {
	Do(ctx context.Context, line string) (string, error)
	Faults() []stand.Fault
	State() stand.State
	Strip() image.Image
	Printed() []printer.Strip
}

// window is the bench window: a part for each device with all its faults, a
// drawer of cards, what was printed, and what the platform received.
type window struct {
	ctx      context.Context
	devices  devices
	use      func(camera bool) error // which of the two the terminal scans with
	camera   bool                    // that it is the camera
	switched *widget.Button
	work     sync.WaitGroup // for the terminal
	content  fyne.CanvasObject
	language int // 0 Chinese, 1 English
	said     []func()

	parts    []*device
	cards    []*widget.Button
	remove   *widget.Button
	paper    *canvas.Image
	roll     *container.Scroll // with the paper in it
	page     *canvas.Image
	noPaper  *widget.Label
	tear     *widget.Button
	well     *widget.Button
	faults   *widget.Label
	message  *widget.Label
	platform *widget.Label
	cases    string
	shown    image.Image
}

func newWindow(ctx context.Context, d devices, use func(camera bool) error) *window {
	w := &window{ctx: ctx, devices: d, use: use, message: widget.NewLabel(""), platform: widget.NewLabel(""), faults: widget.NewLabel("")}
	w.message.Truncation = fyne.TextTruncateEllipsis
	w.platform.Wrapping = fyne.TextWrapWord
	w.faults.Truncation = fyne.TextTruncateEllipsis
	w.well = w.button(wordsWell, "well")
	columns := container.NewBorder(nil, nil, container.NewHBox(w.people(), w.column(stand.Reader, stand.Social),
		w.column(stand.Printer, stand.Network), w.column(stand.Scanner, stand.Code), w.column(stand.Document, stand.Camera)), nil, w.printed())
	language := w.say(widget.NewButton("", w.turnLanguage), wordsLanguage)
	top := container.NewBorder(nil, nil, nil, container.NewHBox(w.well, language), w.faults)
	w.content = container.NewPadded(container.NewBorder(top, w.message, nil, nil, columns))
	w.speak()
	return w
}

// say lets a button say its words in the language that is chosen.
func (w *window) say(b *widget.Button, say words) *widget.Button {
	w.said = append(w.said, func() { b.SetText(say[w.language]) })
	return b
}

func (w *window) heading(say words) *widget.Label {
	l := widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	w.said = append(w.said, func() { l.SetText(say[w.language]) })
	return l
}

func (w *window) speak() {
	for _, say := range w.said {
		say()
	}
	w.setCases(w.cases)
}

func (w *window) turnLanguage() {
	w.language = 1 - w.language
	w.speak()
	w.refresh()
}

// people is the drawer of cards and the button beside the scanner.
func (w *window) people() fyne.CanvasObject {
	column := container.NewVBox(w.heading(wordsCards))
	for _, card := range w.devices.State().Cards {
		label := fmt.Sprintf("%d  %s", card.Number, card.Label)
		b := w.button(words{label, label}, fmt.Sprintf("card place %d", card.Number))
		b.Alignment = widget.ButtonAlignLeading
		w.cards = append(w.cards, b)
		column.Add(b)
	}
	w.remove = w.button(wordsRemove, "card remove")
	column.Add(w.remove)
	column.Add(widget.NewSeparator())
	column.Add(w.device(stand.Button, w.button(wordsPress, "button press")).content)
	return column
}

// column is the part of two devices, those that stand on the bench.
func (w *window) column(kinds ...stand.Kind) fyne.CanvasObject {
	column := container.NewVBox()
	for _, kind := range kinds {
		if !slices.ContainsFunc(w.devices.Faults(), func(f stand.Fault) bool { return f.Of == kind }) {
			continue
		}
		if len(column.Objects) > 0 {
			column.Add(widget.NewSeparator())
		}
		column.Add(w.device(kind, w.actions(kind)...).content)
	}
	return column
}

// actions are what a person does with a device that is well.
func (w *window) actions(kind stand.Kind) []fyne.CanvasObject {
	switch kind {
	case stand.Printer:
		w.tear = w.button(wordsTear, "paper tear")
		return []fyne.CanvasObject{w.tear}
	case stand.Document:
		return []fyne.CanvasObject{w.button(wordsTake, "document take")}
	case stand.Scanner:
		return []fyne.CanvasObject{w.scannerActions()}
	case stand.Camera:
		return []fyne.CanvasObject{w.cameraActions(), w.scannerSwitch()}
	case stand.Social:
		return []fyne.CanvasObject{w.socialActions()}
	case stand.Code:
		return []fyne.CanvasObject{w.codeActions()}
	}
	return nil
}

// printed shows the strip, the last A4 page and what the platform has.
func (w *window) printed() fyne.CanvasObject {
	w.paper, w.page = picture(), picture()
	w.roll = container.NewVScroll(w.paper)
	w.noPaper = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})
	w.said = append(w.said, func() { w.noPaper.SetText(wordsNoPaper[w.language]) })
	part := func(head words, o fyne.CanvasObject) fyne.CanvasObject {
		return container.NewBorder(w.heading(head), nil, nil, nil, o)
	}
	parts := []fyne.CanvasObject{part(wordsPaper, container.NewStack(canvas.NewRectangle(color.White), w.roll, container.NewCenter(w.noPaper)))}
	if slices.ContainsFunc(w.devices.Faults(), func(f stand.Fault) bool { return f.Of == stand.Document }) {
		parts = append(parts, part(wordsPages, container.NewStack(canvas.NewRectangle(color.White), w.page)))
	}
	parts = append(parts, part(wordsPlatform, container.NewVScroll(w.platform)))
	return container.New(layout.NewGridLayoutWithRows(len(parts)), parts...)
}

func picture() *canvas.Image {
	p := canvas.NewImageFromImage(image.NewRGBA(image.Rect(0, 0, 1, 1)))
	p.FillMode, p.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	p.Hide()
	return p
}

func (w *window) button(say words, line string) *widget.Button {
	return w.say(widget.NewButton("", func() { w.do(line) }), say)
}

// do carries out one command and shows why it failed, if it did.
func (w *window) do(line string) {
	if _, err := w.devices.Do(w.ctx, line); err != nil {
		w.message.SetText(wordsFailed[w.language] + err.Error())
	} else {
		w.message.SetText("")
	}
	w.refresh()
}

// key is a key that was pressed in the window.
func (w *window) key(name fyne.KeyName) {
	switch name {
	case fyne.KeyEscape:
		w.do("well")
	case fyne.KeySpace:
		w.do("button press")
	case fyne.Key0:
		w.do("card remove")
	case fyne.KeyT:
		w.do("paper tear")
	case fyne.KeyE:
		w.turnLanguage()
	default:
		if len(name) == 1 && name >= "1" && name <= "9" {
			w.do("card place " + string(name))
			return
		}
		w.faultKey(string(name))
	}
}

func (w *window) faultKey(name string) {
	for _, part := range w.parts {
		for _, b := range part.faults {
			if b.fault.Key == name {
				w.turn(b)
			}
		}
	}
}

// refresh shows the devices as they are now. It runs on the UI thread.
func (w *window) refresh() {
	state := w.devices.State()
	for _, part := range w.parts {
		part.refresh(state, w.language)
	}
	w.showFaults(state)
	for i, card := range w.cards {
		want := importance(state.CardOn != "" && state.Cards[i].File == state.CardOn, widget.HighImportance)
		if card.Importance != want {
			card.Importance = want
			card.Refresh()
		}
	}
	setEnabled(w.remove, state.CardOn != "")
	setEnabled(w.well, len(state.Faults) > 0)
	w.showPaper()
}

// showFaults says above all which faults are on.
func (w *window) showFaults(state stand.State) {
	var on []string
	for _, f := range w.devices.Faults() {
		if slices.Contains(state.Faults, f.Name) {
			on = append(on, titles[f.Of][w.language]+" "+f.Words[w.language])
		}
	}
	text := wordsAllWell[w.language]
	if len(on) > 0 {
		text = wordsFaults[w.language] + strings.Join(on, words{"、", ", "}[w.language])
	}
	if w.faults.Text != text {
		w.faults.SetText(text)
	}
}

func setEnabled(b *widget.Button, enabled bool) {
	if enabled == !b.Disabled() {
		return
	}
	if enabled {
		b.Enable()
	} else {
		b.Disable()
	}
}

func (w *window) showPaper() {
	strip := w.devices.Strip()
	setEnabled(w.tear, strip != nil)
	if strip == w.shown {
		return
	}
	w.shown = strip
	if strip == nil {
		w.paper.Hide()
		w.noPaper.Show()
		return
	}
	w.noPaper.Hide()
	w.paper.Image = strip
	const narrow, wide = 100, 220
	width := max(narrow, min(wide, w.roll.Size().Width)) // no strip makes the window wider
	size := strip.Bounds().Size()
	w.paper.SetMinSize(fyne.NewSize(width, float32(size.Y)*width/float32(size.X)))
	w.paper.Show()
	w.paper.Refresh()
}

// setPage shows the last page that came out of the A4 printer; nil is none.
func (w *window) setPage(page image.Image) {
	if page == nil {
		w.page.Hide()
		return
	}
	w.page.Image = page
	w.page.Show()
	w.page.Refresh()
}

// setCases shows what the platform received.
func (w *window) setCases(text string) {
	w.cases = text
	if text == "" {
		text = wordsNoCase[w.language]
	}
	if w.platform.Text != text {
		w.platform.SetText(text)
	}
}
