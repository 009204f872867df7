package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/agent/desk"
	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// overlay asks something, or helps.
type overlay struct {
	kit     *kit
	dialog  *dk.Dialog
	title   *ui.Text
	text    *ui.Text
	input   *dk.Input
	field   *dk.Labelled
	choices *dk.Chooser // many
	few     *dk.Options // a few, all seen
	holder  *ui.Column
	offered []dk.Option
	problem *dk.Notice
	scroll  *dk.Scroll
	yes, no *dk.Button
	chosen  string
	view    desk.Overlay
	asked   desk.Overlay // the question that what is typed belongs to; help over it changes nothing
	open    bool
}

func newOverlay(k *kit) *overlay {
	o := &overlay{kit: k}
	o.title, o.text = k.title(""), k.body("")
	o.input = dk.NewInput(k.Kit, "overlay:text", "", nil, func() { o.answer(true) })
	o.field = dk.NewLabelled(k.Kit, "", 0, o.input)
	o.choices = dk.NewChooser(k.Kit, "overlay:choice", k.t("label.choose"), nil, func(code string) { o.chosen = code })
	o.holder = ui.NewColumn(0)
	o.problem = dk.NewNotice(k.Kit, ui.Bad, "", "", nil)
	o.yes = dk.NewButton(k.Kit, "yes", "", "Ctrl+Return", dk.Filled, func() { o.answer(true) })
	o.no = dk.NewButton(k.Kit, "no", "", "Escape", dk.Outlined, func() { o.answer(false) })
	foot := k.row(ui.NewSpring(), o.no, o.yes)
	o.scroll = dk.NewScroll(k.Kit, k.column(o.text, o.field, o.holder))
	o.dialog = dk.NewDialog(k.Kit, ui.NewColumn(16, o.title, o.scroll, o.problem, foot))
	return o
}

func (o *overlay) show(s desk.State) {
	k := o.kit
	if s.Overlay == nil {
		if o.open {
			o.open = false
			o.dialog.Hide()
		}
		if s.Page != desk.Locked { // what was typed is there again after the lock
			o.asked = desk.Overlay{}
		}
		return
	}
	view := *s.Overlay
	if view.Kind != "help" {
		if view.Kind != o.asked.Kind || view.Title.Key != o.asked.Title.Key {
			o.input.Clear()
			o.chosen = view.Chosen
			o.choices.Set("")
		}
		o.asked = view
	}
	o.view, o.open = view, true
	o.title.SetText(k.message(view.Title))
	o.text.SetText(k.messages(view.Text))
	yes, no := k.message(view.Yes), k.message(view.No)
	if view.Kind == "help" {
		o.title.SetText(k.with("label.help-title", args{"page": k.t("page." + string(s.Page))}))
		o.text.SetText(k.t("help."+string(s.Page)) + "\n\n" + k.t("help.keys"))
		yes, no = "", k.t("button.close")
	}
	o.field.SetLabel(k.message(view.Label))
	o.field.Hidden = view.Label.Key == ""
	o.offer(view.Choices)
	o.scroll.Hidden = o.text.Text() == "" && o.field.Hidden && o.holder.Hidden
	o.problem.Set(ui.Bad, k.message(view.Problem))
	o.yes.SetLabel(yes)
	o.yes.Hidden = yes == ""
	o.no.SetLabel(no)
	o.no.Hidden = no == ""
	o.yes.SetEnabled(!view.Busy)
	o.yes.SetRank(dk.Filled)
	if view.Danger {
		o.yes.SetRank(dk.Danger)
	}
	o.dialog.Show()
	canvas.Refresh(o.dialog)
}

// offer shows the choices: a few side by side, more as a list one types into.
func (o *overlay) offer(choices []desk.Choice) {
	k := o.kit
	o.holder.Hidden = len(choices) == 0
	var options []dk.Option
	for _, choice := range choices {
		options = append(options, dk.Option{Code: choice.Code, Label: k.local(choice.Label)})
		if choice.Code == o.chosen {
			o.choices.Set(k.local(choice.Label))
		}
	}
	if !same(options, o.offered) {
		o.offered, o.few = options, nil
		o.choices.SetOptions(options)
		o.holder.Set(o.choices)
		if len(options) > 0 && len(options) <= mostChips {
			o.few = dk.NewOptions(k.Kit, "overlay:choice", options, false, func(code string) { o.chosen = code }).OnEnter(func() { o.answer(true) })
			o.holder.Set(o.few)
		}
	}
	if o.few != nil {
		o.few.Set(o.chosen)
	}
}

// first takes the keys when the overlay opens: a field, or the safe answer.
func (o *overlay) first() fyne.Focusable {
	switch {
	case !o.field.Hidden:
		return o.input.Control()
	case !o.holder.Hidden && o.few != nil:
		return o.few
	case !o.holder.Hidden:
		return o.choices.Input().Control()
	case o.view.Danger || o.yes.Hidden:
		return o.no
	}
	return o.yes
}

func (o *overlay) key(combo string) bool {
	switch {
	case combo == "F1" && o.view.Kind != "help":
		o.kit.emit(desk.Help{Open: true})
	case combo == "F1", combo == "Escape":
		o.answer(false)
	default:
		return false
	}
	return true
}

func (o *overlay) answer(yes bool) {
	switch o.view.Kind {
	case "help":
		o.kit.emit(desk.Help{Open: false})
	case "print-unknown":
		o.kit.emit(desk.PrintAnswer{CameOut: yes})
	default:
		o.kit.emit(desk.Answer{Yes: yes, Text: o.input.Text(), Chosen: o.chosen})
	}
}
