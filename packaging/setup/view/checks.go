package view

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/core/text"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// checks shows what readiness found, and has somebody sign.
type checks struct {
	kit    *kit
	top    fyne.CanvasObject
	grid   *ui.Grid
	who    *ui.Text
	holder *ui.Column
	picks  *dk.Options
	card   *dk.Panel
	paper  *ui.Text // what a signature says of papers
	papers *ui.Row
	not    *dk.Button
	came   *dk.Button
	sign   *dk.Button
	nobody *dk.Button
	shown  []lines.Check
	staff  []lines.Person
}

func newChecks(k *kit) page {
	p := &checks{kit: k}
	p.grid = ui.NewGrid(1, theme.DeskGap).Adapt(440)
	p.who, p.holder = k.title(k.t("label.sign")), ui.NewColumn(8)
	p.paper = k.body("")
	p.not = k.button("came-not", "", dk.Outlined, k.sends(stage.Paper{Missing: true}))
	p.came = k.button("came", "", dk.Outlined, k.sends(stage.Paper{}))
	p.papers = ui.NewRow(theme.DeskGap, ui.NewShare(1, p.paper), p.not, p.came)
	p.card = dk.NewPanel(k.Kit, 18, ui.NewColumn(10, p.papers, p.who, p.holder))
	p.sign = k.button("sign", "Return", dk.Filled, k.sends(stage.Sign{}))
	p.nobody = k.button("nobody", "", dk.Outlined, k.sends(stage.Sign{Nobody: true}))
	p.top = ui.NewColumn(theme.DeskGap, newBled(k, dk.NewScroll(k.Kit, p.grid)), p.card)
	return p
}

func (p *checks) body() fyne.CanvasObject { return p.top }

func (p *checks) buttons() []fyne.CanvasObject { return []fyne.CanvasObject{p.nobody, p.sign} }

func (p *checks) first() fyne.Focusable {
	if p.sign.Enabled() {
		return p.sign
	}
	if p.picks != nil && len(p.staff) > 0 {
		return p.picks
	}
	return p.nobody
}

// weight puts what needs somebody first.
var weight = map[string]int{"fail": 0, "warn": 1, "ok": 2}

func (p *checks) show(s stage.State) {
	k := p.kit
	p.card.Hidden = !s.Signing
	p.sign.Hidden, p.nobody.Hidden = !s.Signing || len(s.Staff) == 0, !s.Signing
	p.sign.SetEnabled(s.Signer != "")
	if !reflect.DeepEqual(p.staff, s.Staff) || p.picks == nil {
		p.staff = s.Staff
		p.offer()
	}
	p.picks.Set(s.Signer)
	p.papers.Hidden, p.not.Hidden, p.came.Hidden = len(s.Papers) == 0, s.Missing, !s.Missing
	if len(s.Papers) > 0 {
		p.paper.SetText(k.paperWords(s))
		p.paper.SetRole(map[bool]theme.Role{false: theme.Ink, true: theme.BadText}[s.Missing])
	}
	if reflect.DeepEqual(p.shown, s.Checks) {
		return
	}
	p.shown = s.Checks
	sorted := slices.Clone(s.Checks)
	slices.SortStableFunc(sorted, func(a, b lines.Check) int { return cmp.Compare(weight[a.State], weight[b.State]) })
	var cells []fyne.CanvasObject
	for _, c := range sorted {
		cells = append(cells, k.check(c))
	}
	p.grid.Set(cells...)
}

// paperWords say what a signature says of papers that only a person sees.
func (k *kit) paperWords(s stage.State) string {
	var names []string
	for _, role := range s.Papers {
		names = append(names, k.device(role))
	}
	key := "label.paper-seen"
	if s.Missing {
		key = "label.paper-missing"
	}
	return k.with(key, args{"devices": strings.Join(names, " · ")})
}

// offer shows who may sign.
func (p *checks) offer() {
	k := p.kit
	var options []dk.Option
	for _, person := range p.staff {
		options = append(options, dk.Option{Code: person.ID, Label: text.Shown(person.Name) + " " + person.ID})
	}
	p.picks = dk.NewOptions(k.Kit, "signer", options, false, func(id string) { k.emit(stage.Choose{ID: id}) }).OnEnter(k.sends(stage.Sign{}))
	p.holder.Set(p.picks)
	if len(options) == 0 {
		p.holder.Set(k.body(k.t("label.nobody-known")))
	}
}

// check is one finding in a card.
func (k *kit) check(c lines.Check) fyne.CanvasObject {
	said := lines.Words{Name: c.Name, Text: c.Text, Do: c.Do}
	if k.lang != text.Chinese {
		said = c.English
	}
	parts := []fyne.CanvasObject{
		ui.NewRow(theme.DeskGap, ui.NewShare(1, k.strong(said.Name)), dk.NewBadge(k.Kit, states[c.State], k.catalog.T(k.lang, "provision.state."+c.State, nil))),
		k.quiet(text.Shown(said.Text)),
	}
	if said.Do != "" && c.State != "ok" {
		role := theme.WarnText
		if c.State == "fail" {
			role = theme.BadText
		}
		parts = append(parts, k.text(theme.DeskSmallText, role, k.with("label.do", args{"do": said.Do})))
	}
	return dk.NewPanel(k.Kit, 14, ui.NewColumn(4, parts...))
}
