package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// scopes are what a delegation may allow, in order.
var scopes = []string{agency.ScopeApply, agency.ScopeCorrect, agency.ScopePay, agency.ScopeCollect}

// people is the top of the accepting page: whose case it is, and who came instead.
type people struct {
	kit       *kit
	root      *ui.Column
	principal *person
	delegate  *person
	absent    *dk.Check
	apart     *ui.Column // shown when the principal is not here
	scope     []*dk.Check
	until     *dk.Input
	print     *dk.Button
	scan      *dk.Button
	pages     *dk.Thumbs
	known     *ui.Text
}

// person is one person with the button that reads the card.
type person struct {
	kit   *kit
	root  *ui.Column
	read  *dk.Button
	name  *ui.Text
	line  *ui.Text
	place *ui.Text
	face  *dk.Portrait
	why   *ui.Text // there is no photo
	note  *dk.Notice
}

func newPerson(k *kit, into, key string) *person {
	p := &person{kit: k}
	p.read = dk.NewButton(k.Kit, "card:"+into, k.t("button.card-"+into), key, dk.Outlined, k.sends(desk.ReadCard{Into: into}))
	p.name, p.line, p.place = k.title(""), k.body(""), k.quiet("")
	p.note = dk.NewNotice(k.Kit, ui.Warn, "", "", nil)
	p.face, p.why = dk.NewPortrait(k.Kit), k.quiet("")
	p.why.Hidden = true
	p.root = ui.NewColumn(6, ui.NewRow(16, p.face, ui.NewShare(1, ui.NewColumn(0, k.quiet(k.t("label."+into)), p.name, p.line, p.place, p.why)), p.read), p.note)
	return p
}

func (p *person) show(view *desk.PersonView, busy bool) {
	k := p.kit
	p.read.SetEnabled(!busy)
	p.photo(view)
	if view == nil {
		p.name.SetText("")
		p.line.SetText(k.t("label.no-card"))
		p.place.SetText("")
		p.note.Set(ui.Warn, "")
		return
	}
	p.name.SetText(text.Shown(view.Name))
	p.line.SetText(k.with("label.person", args{"number": view.Number, "sex": k.shared("sex." + view.Sex), "age": view.Age}))
	p.place.SetText(text.Shown(view.Address))
	if view.Social {
		p.place.SetText(k.t("label.card-social"))
	}
	switch {
	case view.Expired:
		p.note.Set(ui.Bad, k.t("label.card-expired"))
	case view.HasPUA:
		p.note.Set(ui.Warn, k.t("label.card-rare"))
	default:
		p.note.Set(ui.Warn, "")
	}
}

// photo shows the card's photo, or why there is none.
func (p *person) photo(view *desk.PersonView) {
	if view == nil {
		view = &desk.PersonView{}
	}
	p.face.Set(view.Photo)
	if p.why.Hidden = view.PhotoProblem == ""; !p.why.Hidden {
		p.why.SetText(p.kit.t("label.photo-" + view.PhotoProblem))
	}
}

func newPeople(k *kit) *people {
	p := &people{kit: k}
	p.principal = newPerson(k, "principal", "F6")
	p.delegate = newPerson(k, "delegate", "F7")
	p.absent = dk.NewCheck(k.Kit, "absent", k.t("label.absent"), func(on bool) { k.emit(desk.SetAbsent{Absent: on}) })
	p.known = k.quiet("")
	var boxes []fyne.CanvasObject
	for _, scope := range scopes {
		box := dk.NewCheck(k.Kit, "scope:"+scope, k.t("scope."+scope), func(on bool) { k.emit(desk.SetScope{Scope: scope, On: on}) })
		p.scope = append(p.scope, box)
		boxes = append(boxes, box)
	}
	p.until = dk.NewInput(k.Kit, "delegation-until", k.t("label.date-hint"), func(text string) { k.emit(desk.SetUntil{Text: text}) }, nil)
	p.print = k.button("print-auth", "F8", dk.Outlined, k.sends(desk.PrintAuth{}))
	p.scan = k.button("scan-auth", "F9", dk.Outlined, k.sends(desk.ScanAuth{}))
	p.pages = dk.NewThumbs(k.Kit, "auth-pages", func(id string) { k.emit(desk.RemovePage{Page: id}) })
	p.apart = ui.NewColumn(10, ui.NewRule(k.Look), p.delegate.root,
		dk.NewLabelled(k.Kit, k.t("label.scope"), labelWide, dk.NewFlow(k.Kit, boxes...)),
		dk.NewLabelled(k.Kit, k.t("label.until"), labelWide, p.until),
		dk.NewLabelled(k.Kit, k.t("label.authorisation"), labelWide, ui.NewColumn(8, dk.NewFlow(k.Kit, p.print, p.scan), p.pages)))
	p.root = ui.NewColumn(10, p.principal.root, p.known, p.absent, p.apart)
	return p
}

func (p *people) show(view *desk.AcceptView) {
	k := p.kit
	busy := view.Busy != ""
	p.principal.show(view.Principal, busy)
	p.delegate.show(view.Delegate, busy)
	p.absent.Set(view.Absent)
	p.apart.Hidden = !view.Absent
	p.known.SetText("")
	if view.Known > 0 {
		p.known.SetText(k.count("label.known", view.Known))
	}
	chosen := map[string]bool{}
	for _, scope := range view.Scope {
		chosen[scope] = true
	}
	for i, scope := range scopes {
		p.scope[i].Set(chosen[scope])
	}
	p.until.Set(view.Until)
	p.print.SetEnabled(!busy)
	p.scan.SetEnabled(!busy)
	p.pages.Set(k.thumbs(view.AuthPages))
}

// thumbs are scanned pages as the strip shows them.
func (k *kit) thumbs(pages []desk.PageView) (out []dk.Thumb) {
	for _, page := range pages {
		problem := ""
		if page.Quality != "" && page.Quality != "good" {
			problem = k.t("quality." + string(page.Quality))
		}
		out = append(out, dk.Thumb{ID: page.ID, PNG: page.Thumbnail, Problem: problem})
	}
	return out
}
