package main

import (
	"fmt"
	"image/color"
	"net/url"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"bianmin/drivers/sim/rig"
	"bianmin/drivers/sim/stand"
	"bianmin/ui/onui"
	"bianmin/ui/theme"
)

// device is one device's part of the window: its light, what it does, and a button for each of its faults.
type device struct {
	kind    stand.Kind
	light   *canvas.Circle
	doing   *widget.Label
	faults  []*faultButton
	content *fyne.Container
}

// faultButton turns one fault on and off.
type faultButton struct {
	fault  stand.Fault
	button *widget.Button
	on     bool
}

// device makes the part of one kind of device, with its actions above its faults.
func (w *window) device(kind stand.Kind, actions ...fyne.CanvasObject) *device {
	d := &device{kind: kind, light: canvas.NewCircle(color.Transparent), doing: widget.NewLabel("")}
	d.doing.Truncation = fyne.TextTruncateEllipsis
	buttons := container.NewGridWithColumns(2)
	for _, f := range w.devices.Faults() {
		if f.Of != kind {
			continue
		}
		b := &faultButton{fault: f}
		b.button = w.say(widget.NewButton("", func() { w.turn(b) }), keyed(f))
		b.button.Alignment = widget.ButtonAlignLeading
		d.faults = append(d.faults, b)
		buttons.Add(b.button)
	}
	w.parts = append(w.parts, d)
	lamp := container.New(layout.NewGridWrapLayout(fyne.NewSize(12, 12)), d.light)
	d.content = container.NewVBox(container.NewHBox(container.NewCenter(lamp), w.heading(titles[kind])), d.doing)
	for _, a := range actions {
		d.content.Add(a)
	}
	d.content.Add(buttons)
	return d
}

// keyed are a fault's words with its key.
func keyed(f stand.Fault) words {
	if f.Key == "" {
		return f.Words
	}
	return words{f.Words[0] + " (" + f.Key + ")", f.Words[1] + " (" + f.Key + ")"}
}

// turn turns a fault the other way.
func (w *window) turn(b *faultButton) {
	way := "on"
	if slices.Contains(w.devices.State().Faults, b.fault.Name) {
		way = "off"
	}
	w.do("fault " + b.fault.Name + " " + way)
}

// refresh shows the device as it is now.
func (d *device) refresh(s stand.State, language int) {
	wrong := 0
	for _, b := range d.faults {
		on := slices.Contains(s.Faults, b.fault.Name)
		if on {
			wrong++
		}
		if on != b.on {
			b.on = on
			b.button.Importance = importance(on, widget.DangerImportance)
			b.button.Refresh()
		}
	}
	light := theme.Colour(theme.GoodText)
	if wrong > 0 {
		light = theme.Colour(theme.BadText)
	}
	if d.light.FillColor != light {
		d.light.FillColor = light
		d.light.Refresh()
	}
	text := doing(d.kind, s)[language]
	if wrong > 0 {
		text = words{fmt.Sprintf("%d 处故障 · %s", wrong, text), fmt.Sprintf("%d faulty · %s", wrong, text)}[language]
	}
	if d.doing.Text != text {
		d.doing.SetText(text)
	}
}

func importance(on bool, then widget.Importance) widget.Importance {
	if on {
		return then
	}
	return widget.MediumImportance
}

// scannerActions choose what lies on the glass and in the feeder.
func (w *window) scannerActions() fyne.CanvasObject {
	row := container.NewGridWithColumns(3)
	for n := 1; n <= 3; n++ {
		row.Add(w.button(words{fmt.Sprintf("放图 %d", n), fmt.Sprintf("Page %d", n)}, fmt.Sprintf("glass lay %d", n)))
	}
	for _, n := range []int{0, 3, 10} {
		row.Add(w.button(words{fmt.Sprintf("进纸 %d", n), fmt.Sprintf("Feed %d", n)}, fmt.Sprintf("feeder load %d", n)))
	}
	return row
}

// cameraActions choose what lies before the lens.
func (w *window) cameraActions() fyne.CanvasObject {
	row := container.NewGridWithColumns(3)
	for n := 1; n <= 3; n++ {
		row.Add(w.button(words{fmt.Sprintf("图 %d", n), fmt.Sprintf("Page %d", n)}, fmt.Sprintf("camera lay %d", n)))
	}
	return row
}

// scannerSwitch has the terminal scan with the camera, or with the scanner again: it is started anew with the other in its configuration.
func (w *window) scannerSwitch() fyne.CanvasObject {
	w.switched = widget.NewButton("", func() {
		w.switched.Disable()
		wanted := !w.camera
		w.work.Go(func() { // a terminal takes a moment to end
			err := w.use(wanted)
			onui.Do(func() { w.useChanged(wanted, err) })
		})
	})
	w.said = append(w.said, func() { w.switched.SetText(wordsUse[w.camera][w.language]) })
	return w.switched
}

func (w *window) useChanged(camera bool, err error) {
	w.switched.Enable()
	w.message.SetText("")
	if err != nil {
		w.message.SetText(wordsFailed[w.language] + err.Error())
	} else {
		w.camera = camera
	}
	w.switched.SetText(wordsUse[w.camera][w.language])
}

// socialActions put a chip card in, and take it out.
func (w *window) socialActions() fyne.CanvasObject {
	row := container.NewGridWithColumns(len(chips) + 1)
	for _, chip := range chips {
		row.Add(w.button(chip.say, "social insert "+chip.name))
	}
	row.Add(w.button(words{"拔出", "Out"}, "social pull"))
	return row
}

// codeActions read codes: the newest receipt's own, as readers end it one way or another, and what is none.
func (w *window) codeActions() fyne.CanvasObject {
	own := func(ending string, say words) *widget.Button {
		return w.say(widget.NewButton("", func() { w.ownCode("code scan " + ending + " ") }), say)
	}
	return container.NewGridWithColumns(2,
		own("crlf", words{"扫回执的码", "Receipt code"}),
		own("cr", words{"… 以 CR 结尾", "… with CR"}),
		own("lf", words{"… 以 LF 结尾", "… with LF"}),
		own("idle", words{"… 不带结尾", "… no ending"}),
		w.say(widget.NewButton("", func() { w.ownCode("code partial ") }), words{"只扫到一半", "Half a code"}),
		w.button(words{"乱码", "Garbage"}, "code garbage"),
	)
}

// ownCode sends the code of the newest receipt behind the words of a command.
func (w *window) ownCode(command string) {
	all := w.devices.Printed()
	for i := len(all) - 1; i >= 0; i-- {
		if text, err := rig.ReadCode(all[i].Image()); err == nil {
			w.do(command + url.PathEscape(text))
			return
		}
	}
	w.message.SetText(wordsFailed[w.language] + wordsNoCode[w.language])
}
