package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"bianmin/drivers/sim/stand"
)

// devices is what the window moves: the stand of simulated devices.
type devices interface {
	Do(ctx context.Context, line string) (string, error)
	State() stand.State
	Strip() image.Image
}

// window is the bench window: a drawer of cards, the printer's paper, the
// switches, and what the platform received.
type window struct {
	ctx     context.Context
	devices devices
	content fyne.CanvasObject

	cards    *fyne.Container
	remove   *widget.Button
	paper    *canvas.Image
	noPaper  *widget.Label
	tear     *widget.Button
	switches []*toggle
	message  *widget.Label
	platform *widget.Label
	shown    image.Image
}

// toggle is a button with two positions, each with its command.
type toggle struct {
	button      *widget.Button
	on          func(stand.State) bool
	words, line [2]string // index 1: what to press when on
}

func newWindow(ctx context.Context, d devices) *window {
	w := &window{ctx: ctx, devices: d, message: widget.NewLabel(""), platform: widget.NewLabel("还没有收到办件")}
	w.message.Wrapping = fyne.TextWrapWord
	w.platform.Wrapping = fyne.TextWrapWord
	w.cards = container.NewVBox()
	for _, card := range d.State().Cards {
		w.cards.Add(w.button(fmt.Sprintf("%d  %s", card.Number, card.Label), fmt.Sprintf("card place %d", card.Number)))
	}
	w.remove = w.button("把卡拿走", "card remove")
	w.remove.Importance = widget.HighImportance
	w.paper = canvas.NewImageFromImage(image.NewRGBA(image.Rect(0, 0, 1, 1)))
	w.paper.FillMode = canvas.ImageFillContain
	w.paper.ScaleMode = canvas.ImageScaleSmooth
	w.noPaper = widget.NewLabelWithStyle("打印机还没有出纸", fyne.TextAlignCenter, fyne.TextStyle{})
	w.tear = w.button("撕下这张纸", "paper tear")
	w.addSwitches()

	left := container.NewVBox(heading("身份证（虚构人物）"), w.cards, w.remove, widget.NewSeparator(), heading("设备与网络"))
	for _, s := range w.switches {
		left.Add(s.button)
	}
	left.Add(w.button("按一下扫描键", "button press"))
	left.Add(w.message)
	sheet := canvas.NewRectangle(color.White)
	middle := container.NewBorder(heading("打印出的纸"), w.tear, nil, nil,
		container.NewStack(sheet, container.NewVScroll(w.paper), container.NewCenter(w.noPaper)))
	right := container.NewBorder(heading("省平台收到的办件"), nil, nil, nil, container.NewVScroll(w.platform))
	w.content = container.NewPadded(container.NewBorder(nil, nil, container.NewVScroll(left), nil,
		container.New(layout.NewGridLayoutWithColumns(2), middle, right)))
	return w
}

func heading(words string) fyne.CanvasObject {
	return widget.NewLabelWithStyle(words, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func (w *window) addSwitches() {
	w.switches = []*toggle{
		{on: func(s stand.State) bool { return s.NetworkUp }, words: [2]string{"接通网络", "拔掉网线"}, line: [2]string{"network restore", "network cut"}},
		{on: func(s stand.State) bool { return s.PaperOut }, words: [2]string{"让打印机缺纸", "给打印机装纸"}, line: [2]string{"printer paper out", "printer paper ok"}},
		{on: func(s stand.State) bool { return s.CoverOpen }, words: [2]string{"打开打印机盖", "合上打印机盖"}, line: [2]string{"printer cover open", "printer cover closed"}},
		{on: func(s stand.State) bool { return s.PrinterIn }, words: [2]string{"插上打印机", "拔下打印机"}, line: [2]string{"printer plug", "printer unplug"}},
		{on: func(s stand.State) bool { return s.ReaderIn }, words: [2]string{"插上读卡器", "拔下读卡器"}, line: [2]string{"reader plug", "reader unplug"}},
	}
	for _, s := range w.switches {
		s.button = widget.NewButton("", func() {
			position := 0
			if s.on(w.devices.State()) {
				position = 1
			}
			w.do(s.line[position])
		})
	}
}

func (w *window) button(words, line string) *widget.Button {
	return widget.NewButton(words, func() { w.do(line) })
}

// do carries out one command and shows why it failed, if it did.
func (w *window) do(line string) {
	if _, err := w.devices.Do(w.ctx, line); err != nil {
		w.message.SetText("没有做成：" + err.Error())
	} else {
		w.message.SetText("")
	}
	w.refresh()
}

// refresh shows the devices as they are now. It runs on the UI thread.
func (w *window) refresh() {
	state := w.devices.State()
	for _, s := range w.switches {
		position := 0
		if s.on(state) {
			position = 1
		}
		if s.button.Text != s.words[position] {
			s.button.SetText(s.words[position])
		}
	}
	for i, object := range w.cards.Objects {
		card := object.(*widget.Button)
		importance := widget.MediumImportance
		if state.CardOn != "" && state.Cards[i].File == state.CardOn {
			importance = widget.HighImportance
		}
		if card.Importance != importance {
			card.Importance = importance
			card.Refresh()
		}
	}
	setEnabled(w.remove, state.CardOn != "")
	w.showPaper()
}

func setEnabled(b *widget.Button, enabled bool) {
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
	const width = 380
	size := strip.Bounds().Size()
	w.paper.SetMinSize(fyne.NewSize(width, float32(size.Y)*width/float32(size.X)))
	w.paper.Show()
	w.paper.Refresh()
}

// received is the part of "platform cases --json" the window shows.
type received struct {
	Case     string `json:"case"`
	Official string `json:"official"`
	State    string `json:"state"`
	Events   []struct {
		Kind  string `json:"kind"`
		Event struct {
			Submission *struct {
				Item      struct{ Name string }
				Applicant struct{ Name string }
			}
			Evaluation *struct{ Level int }
		} `json:"event"`
	} `json:"events"`
}

// platformWords turns the platform's cases into lines for people.
func platformWords(cases []byte) (string, error) {
	var all []received
	if err := json.Unmarshal(cases, &all); err != nil {
		return "", fmt.Errorf("read the platform's cases: %w", err)
	}
	if len(all) == 0 {
		return "还没有收到办件", nil
	}
	var b strings.Builder
	for i := len(all) - 1; i >= 0; i-- {
		c := all[i]
		fmt.Fprintf(&b, "%s\n平台编号 %s · %s\n", c.Case, c.Official, c.State)
		for _, e := range c.Events {
			switch {
			case e.Event.Submission != nil:
				fmt.Fprintf(&b, "申请：%s · %s\n", e.Event.Submission.Item.Name, e.Event.Submission.Applicant.Name)
			case e.Event.Evaluation != nil:
				fmt.Fprintf(&b, "评价：%d 分\n", e.Event.Evaluation.Level)
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}
