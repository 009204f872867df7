package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// zone is where the point is.
var zone = casefile.Zone

// visits is a day's list with the chosen one beside it.
type visits struct {
	kit    *kit
	top    *split
	date   *dk.Input
	route  *dk.Check
	table  *dk.Table
	came   *ui.Text
	title  *ui.Text
	facts  *facts
	empty  *ui.Text
	apply  *dk.Button
	done   *dk.Button
	noShow *dk.Button
	move   *dk.Button
	to     *dk.Input
	acts   *ui.Column
}

func newVisits(k *kit) page {
	p := &visits{kit: k}
	p.date = dk.NewInput(k.Kit, "date", k.t("label.date-hint"), nil, func() { k.emit(desk.VisitDate{Date: p.date.Text()}) })
	p.route = dk.NewCheck(k.Kit, "route", k.t("label.by-route"), func(on bool) { k.emit(desk.RouteOrder{On: on}) })
	p.table = dk.NewTable(k.Kit, "visits", k.t("empty.visits"), []dk.Column{
		{Title: k.t("column.time"), Weight: 0.8},
		{Title: k.t("column.village"), Weight: 1.4},
		{Title: k.t("column.name"), Weight: 1.3},
		{Title: k.t("column.item"), Weight: 2.2},
		{Title: k.t("column.kind"), Weight: 1},
		{Title: k.t("column.state"), Weight: 1.2},
	}, func(key string) { k.emit(desk.VisitPick{ID: key}) }, func(string) { k.Focus(k.First(p.acts)) })
	p.came = k.aside("")
	p.title, p.facts = k.title(""), newFacts(k, 76)
	p.empty = k.text(theme.DeskBodyText, theme.InkQuiet, k.t("empty.visit"))
	p.apply = k.button("visit-apply", "F6", dk.Filled, k.sends(desk.VisitApply{}))
	p.done = k.button("visit-done", "F7", dk.Outlined, k.sends(desk.VisitDone{Outcome: "done"}))
	p.noShow = k.button("visit-no-show", "F8", dk.Outlined, k.sends(desk.VisitDone{Outcome: "no-show"}))
	p.to = dk.NewInput(k.Kit, "visit-to", k.t("label.date-short"), func(text string) { k.emit(desk.VisitTo{Date: text}) }, nil)
	p.move = k.button("visit-moved", "F9", dk.Outlined, func() {
		k.emit(desk.VisitTo{Date: p.to.Text()})
		k.emit(desk.VisitDone{Outcome: "moved"})
	})
	p.acts = ui.NewColumn(14, dk.NewFlow(k.Kit, p.apply, p.done, p.noShow), dk.NewLabelled(k.Kit, k.t("label.move-to"), 0, ui.NewRow(theme.DeskGap, ui.NewShare(1, p.to), p.move)))
	detail := dk.NewPanel(k.Kit, 28, ui.NewColumn(16, p.title, p.empty, p.facts.Column, ui.NewSpring(), p.acts))
	head := ui.NewRow(theme.DeskGap, k.title(k.t("title.visits")), ui.NewSized(170, 0, p.date), p.route, ui.NewSpring(), p.came)
	p.top = newSplit(k, 0.34, 386, ui.NewColumn(theme.DeskGap, head, listed(k, p.table)), detail)
	return p
}

func (p *visits) root() fyne.CanvasObject { return p.top }

func (p *visits) first() fyne.Focusable { return p.table }

func (p *visits) show(s desk.State) {
	view, k := s.Visits, p.kit
	p.date.Set(view.Date)
	p.route.Set(view.ByRoute)
	p.came.SetText("")
	if !view.Download.IsZero() {
		p.came.SetText(k.with("label.list-from", args{"when": k.moment(view.Download, s.Now)}))
	}
	var lines []dk.Line
	var chosen *agency.VisitLine
	for i, v := range view.Lines {
		if v.ID == view.Chosen {
			chosen = &view.Lines[i]
		}
		tone, words := k.visitState(v)
		lines = append(lines, dk.Line{Key: v.ID, Cells: []dk.Cell{
			{Text: v.Time}, {Text: v.Village}, {Text: text.Shown(v.Name), Bold: true}, {Text: v.Item}, {Text: k.or("visit", v.Kind)}, {Text: words, Badge: true, Tone: tone},
		}})
	}
	p.table.Set(lines, view.Chosen)
	p.empty.Hidden = chosen != nil
	p.acts.Hidden = chosen == nil || chosen.Outcome != "" || chosen.State == "cancelled"
	p.facts.Hidden = chosen == nil
	if chosen == nil {
		p.title.SetText("")
		return
	}
	p.title.SetText(text.Shown(chosen.Name) + " · " + chosen.Item)
	p.facts.set(fact{k.t("column.time"), chosen.Date + " " + chosen.Time}, fact{k.t("label.village"), chosen.Village}, fact{k.t("label.address"), chosen.Address},
		fact{k.t("label.phone"), chosen.Phone}, fact{k.t("column.case"), string(chosen.Case)}, fact{k.t("label.note"), chosen.Note})
}

func (k *kit) visitState(v agency.VisitLine) (ui.Tone, string) {
	switch v.Outcome {
	case "done":
		return ui.Good, k.t("visit.done")
	case "no-show":
		return ui.Muted, k.t("visit.no-show")
	case "moved":
		return ui.Muted, k.t("visit.moved-here")
	}
	switch v.State {
	case "cancelled":
		return ui.Muted, k.t("visit.cancelled")
	case "moved":
		return ui.Warn, k.t("visit.moved")
	}
	return ui.Calm, k.t("visit.set")
}
