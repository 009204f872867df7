package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/catalogue"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// filed says what came of accepting.
type filed struct {
	kit    *kit
	root   *ui.Column
	number *ui.Text
	others *ui.Text
	after  *ui.Text
	print  *dk.Notice
	copied *dk.Notice
	next   *dk.Button
}

func newFiled(k *kit) *filed {
	f := &filed{kit: k}
	f.number, f.others, f.after = k.text(theme.DeskHeadText, theme.Ink, ""), k.body(""), k.body("")
	f.print, f.copied = dk.NewNotice(k.Kit, ui.Calm, "", "", nil), dk.NewNotice(k.Kit, ui.Calm, "", "", nil)
	f.next = dk.NewButton(k.Kit, "next-case", k.t("button.next-case"), "", dk.Filled, k.sends(desk.NewCase{}))
	buttons := dk.NewFlow(k.Kit, f.next,
		k.button("receipt", "F8", dk.Outlined, k.sends(desk.Act{Action: desk.ActReceipt})),
		k.button("evaluate", "F9", dk.Outlined, k.sends(desk.Act{Action: desk.ActEvaluate})),
		k.button("not-evaluated", "", dk.Outlined, k.sends(desk.Act{Action: desk.ActNotEvaluated})),
		k.button("fee", "F7", dk.Outlined, k.sends(desk.Act{Action: desk.ActFee})),
		k.button("to-cases", "Escape", dk.Quiet, k.sends(desk.Back{})))
	content := ui.NewColumn(16, k.title(k.t("title.filed")), f.number, f.others, f.after, f.print, f.copied, buttons)
	f.root = ui.NewColumn(0, ui.NewSpace(0, 24), ui.NewRow(0, ui.NewSpring(), ui.NewSized(840, 0, dk.NewPanel(k.Kit, 32, content)), ui.NewSpring()))
	f.root.Hidden = true
	return f
}

func (f *filed) show(s desk.State) {
	view, k := s.Accept.Filed, f.kit
	f.number.SetText(string(view.Number))
	others := ""
	for _, sibling := range view.Siblings {
		if others != "" {
			others += "\n"
		}
		others += string(sibling)
	}
	f.others.SetText(others)
	f.after.SetText(k.t("label.filed-online"))
	if !s.Status.Online {
		f.after.SetText(k.t("label.filed-offline"))
	}
	f.print.Set(k.printWords("label.receipt-", view.Print))
	f.copied.Set(k.printWords("label.copy-", view.Copy))
}

// printWords says how a print job stands.
func (k *kit) printWords(key, state string) (ui.Tone, string) {
	switch state {
	case "", "none":
		return ui.Calm, ""
	case "printed":
		return ui.Good, k.t(key + state)
	case "printing":
		return ui.Calm, k.t(key + state)
	case "unconfirmed":
		return ui.Warn, k.t(key + state)
	}
	return ui.Bad, k.t(key + "failed")
}

// packaged offers the other items of the package that the form can feed.
type packaged struct {
	kit   *kit
	root  *ui.Column
	boxes *ui.Column
	made  map[string]*dk.Check
	shown []string
}

func newPackaged(k *kit) *packaged {
	p := &packaged{kit: k, boxes: ui.NewColumn(4), made: map[string]*dk.Check{}}
	p.root = ui.NewColumn(8, ui.NewRule(k.Look), k.title(k.t("title.package")), p.boxes)
	return p
}

func (p *packaged) show(view *desk.AcceptView) {
	p.root.Hidden = len(view.Offered) == 0
	in := map[string]bool{}
	for _, item := range view.Package {
		in[item.Code] = true
	}
	var codes []string
	var boxes []fyne.CanvasObject
	for _, item := range view.Offered {
		box, ok := p.made[item.Code]
		if !ok {
			box = dk.NewCheck(p.kit.Kit, "package:"+item.Code, p.kit.local(item.Name), func(on bool) { p.kit.emit(desk.AddToPackage{Item: item.Code, On: on}) })
			p.made[item.Code] = box
		}
		box.Set(in[item.Code])
		codes = append(codes, item.Code)
		boxes = append(boxes, box)
	}
	if !same(codes, p.shown) {
		p.shown = codes
		p.boxes.Set(boxes...)
	}
}

// guide is the item's guide beside the form.
type guide struct {
	kit   *kit
	root  *ui.Column
	shown string
}

func newGuide(k *kit) *guide { return &guide{kit: k, root: ui.NewColumn(10)} }

func (g *guide) show(view *desk.AcceptView) {
	k := g.kit
	g.root.Hidden = !view.Guide || view.Item == nil
	if g.root.Hidden || view.Item.Code+view.Item.Version == g.shown {
		return
	}
	g.shown = view.Item.Code + view.Item.Version
	item := view.Item
	parts := []fyne.CanvasObject{k.title(k.t("title.guide"))}
	list := func(key string, lines ...string) {
		if len(lines) == 0 {
			return
		}
		parts = append(parts, k.strong(k.t(key)))
		for _, line := range lines {
			parts = append(parts, k.body(line))
		}
	}
	list("guide.conditions", locals(k, item.Conditions)...)
	list("guide.days", k.days(item.Limits.Promised))
	list("guide.fees", fees(k, item)...)
	var steps []string
	for _, step := range item.Steps {
		steps = append(steps, k.with("guide.step", args{"name": k.local(step.Name), "text": k.local(step.Text)}))
	}
	list("guide.steps", steps...)
	list("guide.result", k.local(item.Result))
	list("guide.notes", locals(k, item.Notes)...)
	list("guide.phone", item.Contact.Inquiry)
	g.root.Set(append(parts, ui.NewRule(k.Look))...)
}

func fees(k *kit, item *catalogue.Item) (out []string) {
	for _, fee := range item.Fees {
		out = append(out, k.with("guide.fee", args{"name": k.local(fee.Name), "amount": yuan(fee.Fen)}))
	}
	if len(out) == 0 {
		out = append(out, k.t("guide.free"))
	}
	return out
}
