package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// accept is a case being accepted: person and form at the left, materials or guide at the right, what is missing below.
type accept struct {
	kit       *kit
	top       *ui.Column
	title     *ui.Text
	due       *ui.Text
	guideKey  *dk.Button
	people    *people
	fields    *fieldset
	left      *dk.Scroll
	right     *dk.Scroll
	materials *materials
	promise   *promise
	pack      *packaged
	guide     *guide
	missing   *dk.Notice
	file      *dk.Button
	drop      *dk.Button
	back      *dk.Button
	filed     *filed
	work      fyne.CanvasObject
	draft     string
	focus     string
	read      bool // the applicant's card was read
}

func newAccept(k *kit) page {
	p := &accept{kit: k}
	p.title, p.due = k.title(""), k.aside("")
	p.guideKey = k.button("guide", "F5", dk.Outlined, k.sends(desk.ToggleGuide{}))
	p.people = newPeople(k)
	p.fields = newFieldset(k, func(path, text string) { k.emit(desk.SetField{Path: path, Text: text}) },
		func(path string, value any) { k.emit(desk.ChooseField{Path: path, Value: value}) })
	p.materials, p.promise, p.pack, p.guide = newMaterials(k), newPromise(k), newPackaged(k), newGuide(k)
	p.left = dk.NewScroll(k.Kit, ui.NewColumn(16, p.people.root, ui.NewRule(k.Look), p.fields.Column))
	p.right = dk.NewScroll(k.Kit, ui.NewColumn(18, p.guide.root, p.materials.root, p.promise.root, p.pack.root))
	p.missing = dk.NewNotice(k.Kit, ui.Warn, "", "", nil)
	p.file = k.button("file", "Ctrl+Return", dk.Filled, k.sends(desk.File{}))
	p.back = k.button("back", "Escape", dk.Outlined, k.sends(desk.Back{}))
	p.drop = k.button("drop-draft", "", dk.Quiet, func() { k.emit(desk.DropDraft{ID: p.draft}) })
	p.filed = newFiled(k)
	head := ui.NewRow(theme.DeskGap, ui.NewShare(1, ui.NewColumn(0, p.title, p.due)), p.guideKey)
	columns := newSplit(k, 0.42, 420, dk.NewPanel(k.Kit, 20, p.left), dk.NewPanel(k.Kit, 20, p.right))
	foot := ui.NewRow(theme.DeskGap, p.back, p.drop, ui.NewShare(1, p.missing), p.file)
	p.work = newGrown(k, ui.NewColumn(theme.DeskGap, head, columns, foot))
	p.top = ui.NewColumn(0, p.work, p.filed.root)
	return p
}

func (p *accept) root() fyne.CanvasObject { return p.top }

// first is the card of the person, until it was read; then the first field that is open.
func (p *accept) first() fyne.Focusable {
	if !p.filed.root.Hidden {
		return p.filed.next
	}
	return p.people.principal.read
}

func (p *accept) show(s desk.State) {
	view, k := s.Accept, p.kit
	if view.Draft != p.draft {
		p.draft, p.focus, p.read = view.Draft, "", view.Principal != nil
		p.left.ToTop()
		p.right.ToTop()
	}
	done := view.Filed != nil
	turned := done != !p.filed.root.Hidden
	p.filed.root.Hidden = !done
	p.setWork(!done)
	if done {
		p.filed.show(s)
		if turned {
			k.Focus(p.filed.next)
		}
		return
	}
	if view.Item != nil {
		p.title.SetText(k.local(view.Item.Name))
	}
	p.due.SetText(p.dueWords(view))
	p.people.show(view)
	p.fields.set(view.Fields)
	confirm := s.Role == agency.RoleLead
	p.materials.show(view, confirm)
	p.promise.show(view.Promise)
	p.pack.show(view)
	p.guide.show(view)
	p.showFoot(view)
	if view.Focus != "" && view.Focus != p.focus {
		p.jump(view.Focus)
	}
	p.focus = view.Focus
	p.goOn(view)
}

func (p *accept) setWork(on bool) {
	if on == p.work.Visible() {
		return
	}
	if on {
		p.work.Show()
	} else {
		p.work.Hide()
	}
}

// goOn gives the keys to the first field that is open, once the card it waited for was read.
func (p *accept) goOn(view *desk.AcceptView) {
	read := view.Principal != nil
	came := read && !p.read
	p.read = read
	if !came || view.Absent || p.kit.Focused() != fyne.Focusable(p.people.principal.read) {
		return
	}
	for _, field := range view.Fields {
		if !field.Locked && field.Value == nil && field.Shown == "" {
			p.jump(field.Field.Name)
			return
		}
	}
	p.kit.Focus(p.file)
}

// jump gives the keys to what must be mended.
func (p *accept) jump(to string) {
	if field := p.fields.focus(to); field != nil {
		p.kit.Focus(field)
	}
}

func (p *accept) dueWords(view *desk.AcceptView) string {
	if view.Due == "" {
		return p.kit.days(view.Days)
	}
	return p.kit.with("label.due-before", args{"n": view.Days, "date": view.Due})
}

func (p *accept) showFoot(view *desk.AcceptView) {
	k := p.kit
	p.file.SetEnabled(view.Busy == "")
	switch {
	case view.Busy != "":
		p.missing.Set(ui.Calm, busyWords(k, view.Busy))
	case len(view.Missing) > 1:
		p.missing.Set(ui.Warn, k.with("label.missing-more", args{"what": k.message(view.Missing[0]), "n": len(view.Missing) - 1}))
	case len(view.Missing) == 1:
		p.missing.Set(ui.Warn, k.message(view.Missing[0]))
	case len(view.Warnings) > 0:
		p.missing.Set(ui.Warn, k.message(view.Warnings[0]))
	default:
		p.missing.Set(ui.Good, k.t("label.ready"))
	}
}

// promise is the promise letter of an item that allows it.
type promise struct {
	kit   *kit
	root  *ui.Column
	text  *ui.Text
	after *ui.Text
	check *dk.Check
}

func newPromise(k *kit) *promise {
	p := &promise{kit: k, text: k.body(""), after: k.quiet("")}
	p.check = dk.NewCheck(k.Kit, "promise", k.t("label.promise-accepted"), func(on bool) { k.emit(desk.AcceptPromise{On: on}) })
	p.root = ui.NewColumn(8, ui.NewRule(k.Look), k.title(k.t("title.promise")), p.text, p.after, p.check)
	return p
}

func (p *promise) show(view *desk.PromiseView) {
	p.root.Hidden = view == nil
	if view == nil {
		return
	}
	p.text.SetText(p.kit.local(view.Text))
	p.after.SetText(p.kit.local(view.Breach))
	p.check.Set(view.Accepted)
}
