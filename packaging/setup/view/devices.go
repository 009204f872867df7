package view

import (
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// devices has what was found confirmed.
type devices struct {
	kit     *kit
	top     fyne.CanvasObject
	rows    *ui.Column
	found   *grown
	prompt  *prompt
	finding *grown
	lines   map[drivers.Role]*deviceLine
	confirm *dk.Button
	search  *dk.Button
	none    *dk.Button
}

func newDevices(k *kit) page {
	p := &devices{kit: k, rows: ui.NewColumn(14), lines: map[drivers.Role]*deviceLine{}}
	p.search = k.button("search", "F5", dk.Outlined, k.sends(stage.Search{}))
	p.confirm = k.button("confirm", "Return", dk.Filled, k.sends(stage.Confirm{}))
	p.none = k.button("no-button", "Return", dk.Filled, k.sends(stage.NoButton{}))
	p.prompt = newPrompt(k, nil)
	p.found, p.finding = newGrown(k, listed(k, p.rows)), newFilled(k, p.prompt)
	p.top = ui.NewColumn(0, p.found, p.finding)
	return p
}

func (p *devices) body() fyne.CanvasObject { return p.top }

func (p *devices) buttons() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.search, p.confirm, p.none}
}

func (p *devices) first() fyne.Focusable {
	if p.none.Visible() {
		return p.none
	}
	return p.confirm
}

func (p *devices) show(s stage.State) {
	idle := s.Busy == ""
	p.confirm.SetEnabled(idle && len(s.Devices) > 0)
	p.search.SetEnabled(idle)
	pressing := s.Prompt != ""
	p.confirm.Hidden, p.search.Hidden, p.none.Hidden = pressing, pressing, !pressing
	p.found.Hidden, p.finding.Hidden = len(s.Devices) == 0 || pressing, len(s.Devices) > 0 && !pressing
	switch {
	case pressing:
		p.prompt.say(p.kit.t("prompt."+s.Prompt), p.kit.with("aside.press-button", args{"seconds": s.Seconds}))
	case s.Busy != "":
		p.prompt.say(p.kit.t("busy."+s.Busy), "")
	}
	var rows []fyne.CanvasObject
	made := false
	for _, d := range s.Devices {
		line, ok := p.lines[d.Role]
		if !ok {
			line, made = newDeviceLine(p.kit, d.Role), true
			p.lines[d.Role] = line
		}
		line.show(d, idle)
		rows = append(rows, line.root)
	}
	if made {
		p.rows.Set(p.kit.lined(rows)...)
	}
}

// deviceLine is one kind of device.
type deviceLine struct {
	kit    *kit
	root   fyne.CanvasObject
	what   *ui.Text
	link   *ui.Text
	badge  *dk.Badge
	change *dk.Button
}

func newDeviceLine(k *kit, role drivers.Role) *deviceLine {
	l := &deviceLine{kit: k, what: k.body(""), link: k.quiet(""), badge: dk.NewBadge(k.Kit, ui.Muted, "")}
	l.change = dk.NewButton(k.Kit, "change:"+string(role), k.t("button.change"), "", dk.Outlined, k.sends(stage.Open{Role: role}))
	l.root = newDeviceRow(k, k.title(k.device(role)), ui.NewColumn(2, l.what, l.link), ui.NewRow(theme.DeskMargin, l.badge, l.change))
	return l
}

func (l *deviceLine) show(d stage.Device, idle bool) {
	k := l.kit
	var known []string
	if d.Model != "" {
		known = append(known, k.with("label.model", args{"model": text.Shown(d.Model)}))
	}
	if d.Serial != "" {
		known = append(known, k.with("label.serial", args{"serial": text.Shown(d.Serial)}))
	}
	ink := theme.Ink
	if state, well := k.printerState(d.Device); state != "" {
		known = append(known, state)
		if !well {
			ink = theme.BadText
		}
	}
	if n := len(d.Others); n > 0 && !d.Changed {
		known = append(known, k.with("label.others", args{"n": n}))
	}
	l.what.SetRole(ink)
	l.what.SetText(strings.Join(known, " · "))
	l.link.SetText(text.Shown(d.Name))
	switch {
	case d.Command != "":
		l.link.SetText(k.with("label.command", args{"command": text.Shown(d.Command)}))
	case d.Name == "":
		l.what.SetText(strings.Join(append([]string{k.t("label.absent")}, known...), " · ")) // what is on the network can be chosen all the same
		l.link.SetText(k.absent(d.Role))
	}
	l.what.Hidden = l.what.Text() == ""
	switch {
	case d.Changed:
		l.badge.Set(ui.Warn, k.t("device.changed"))
	case d.Name == "":
		l.badge.Set(ui.Muted, k.t("device.none"))
	case d.Given:
		l.badge.Set(ui.Calm, k.t("device.given"))
	default:
		l.badge.Set(ui.Good, k.t("device.found"))
	}
	l.change.SetEnabled(idle)
}

// absent says what to do about a device that was not found.
func (k *kit) absent(role drivers.Role) string {
	if role == drivers.RoleDocument || role == drivers.RoleButton {
		return k.t("label.absent-" + string(role))
	}
	return k.t("label.absent-hint")
}

// printerState says how an A4 printer is, and whether it is well; "" where it was not asked.
func (k *kit) printerState(d lines.Device) (words string, well bool) {
	switch {
	case d.State == "":
		return "", true
	case d.Well():
		return k.catalog.T(k.lang, "provision.setup.state-"+d.State, nil), true
	}
	means, _, _ := strings.Cut(k.fault(d.Role, drivers.Fault(d.State)), "\n")
	return strings.TrimRight(means, "。."), false
}

// deviceRow stands a name beside what is known, or above it in a window that stands, and buttons at the right.
type deviceRow struct{ ui.Base }

func newDeviceRow(k *kit, name *ui.Text, known, right fyne.CanvasObject) *deviceRow {
	r := &deviceRow{}
	each := func(width float32, put func(object fyne.CanvasObject, x, y, wide, high float32)) float32 {
		end := ui.NaturalWidth(right)
		if width >= narrow-railWide-2*pageMargin-80 {
			wide := width - deviceName - end - 2*theme.DeskMargin
			a, b, c := name.HeightAt(deviceName), ui.HeightAt(known, wide), ui.HeightAt(right, end)
			whole := max(a, b, c)
			put(name, 0, (whole-a)/2, deviceName, a)
			put(known, deviceName+theme.DeskMargin, (whole-b)/2, wide, b)
			put(right, width-end, (whole-c)/2, end, c)
			return whole
		}
		wide := width - end - theme.DeskMargin
		a, b, c := name.HeightAt(wide), ui.HeightAt(known, wide), ui.HeightAt(right, end)
		whole := max(a+4+b, c)
		put(name, 0, (whole-a-4-b)/2, wide, a)
		put(known, 0, (whole-a-4-b)/2+a+4, wide, b)
		put(right, width-end, (whole-c)/2, end, c)
		return whole
	}
	r.Setup(r, k.Look, func(width float32) fyne.Size {
		return fyne.NewSize(0, each(max(width, 400), func(fyne.CanvasObject, float32, float32, float32, float32) {}))
	}, func(size fyne.Size) { each(size.Width, ui.Place) }, name, known, right)
	return r
}

// deviceName is the room of a device's name, px.
const deviceName = 132

// change asks for a device's link.
type change struct {
	kit    *kit
	dialog *dk.Dialog
	title  *ui.Text
	input  *dk.Input
	field  *dk.Labelled
	known  *ui.Column
	of     drivers.Role
	open   bool
}

func newChange(k *kit) *change {
	c := &change{kit: k, title: k.title(""), known: ui.NewColumn(8)}
	set := func() { k.emit(stage.Set{Name: c.input.Text()}) }
	c.input = dk.NewInput(k.Kit, "link", "", nil, set)
	c.field = dk.NewLabelled(k.Kit, k.t("change.label"), 0, c.input)
	foot := ui.NewRow(theme.DeskGap, k.button("none", "", dk.Danger, k.sends(stage.Set{})), ui.NewSpring(),
		k.button("cancel", "Escape", dk.Outlined, k.sends(stage.Cancel{})), k.button("set", "Return", dk.Filled, set))
	c.dialog = dk.NewDialog(k.Kit, ui.NewColumn(16, c.title, c.field, c.known, foot))
	return c
}

func (c *change) show(s stage.State) {
	c.dialog.Hidden = s.Change == nil
	if s.Change == nil {
		c.open = false
		return
	}
	d, k := s.Change.Device, c.kit
	if c.open && c.of == d.Role {
		return
	}
	c.open, c.of = true, d.Role
	c.title.SetText(k.with("change.title", args{"device": text.Key("device." + string(d.Role))}))
	c.field.SetHint(k.t("change.hint." + string(d.Role)))
	c.input.Clear()
	c.input.Set(d.Name)
	var rows []fyne.CanvasObject
	if len(d.Others) > 0 {
		rows = append(rows, k.text(theme.DeskBodyText, theme.InkQuiet, k.t("change.known")))
	}
	for _, o := range d.Others {
		var known []string
		if o.Model != "" {
			known = append(known, text.Shown(o.Model))
		}
		if state, _ := k.printerState(o); state != "" {
			known = append(known, state)
		}
		if len(known) > 0 {
			rows = append(rows, k.body(strings.Join(known, " · ")))
		}
		label := ui.Cut(k.Look, theme.DeskBodyBold, text.Shown(o.Name), theme.DeskDialog-120)
		rows = append(rows, dk.NewButton(k.Kit, "link="+o.Name, label, "", dk.Outlined, k.sends(stage.Set{Name: o.Name})))
	}
	c.known.Set(rows...)
	c.known.Hidden = len(rows) == 0
}

// leaving asks before the window closes.
type leaving struct {
	dialog *dk.Dialog
	no     *dk.Button
}

func newLeaving(k *kit) *leaving {
	l := &leaving{no: k.button("stay", "Escape", dk.Filled, k.sends(stage.Stay{}))}
	l.dialog = dk.NewDialog(k.Kit, ui.NewColumn(16, k.title(k.t("leave.title")), k.body(k.t("leave.text")),
		ui.NewRow(theme.DeskGap, ui.NewSpring(), k.button("leave-now", "", dk.Outlined, k.sends(stage.Leave{})), l.no)))
	return l
}

func (l *leaving) show(s stage.State) { l.dialog.Hidden = !s.Leaving }
