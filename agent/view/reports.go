package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// reports is counts for a day, week or month, with simple bars and the register.
type reports struct {
	kit     *kit
	top     fyne.CanvasObject
	tabs    *dk.Tabs
	date    *dk.Input
	span    *ui.Text
	figures *facts
	items   *dk.Bars
	states  *dk.Bars
	levels  *dk.Bars
	rated   fyne.CanvasObject
	table   *dk.Table
	saved   *dk.Notice
	buttons []*dk.Button
}

func newReports(k *kit) page {
	p := &reports{kit: k}
	p.tabs = dk.NewTabs(k.Kit, []dk.Tab{
		{Key: "day", Label: k.t("period.day"), Count: -1}, {Key: "week", Label: k.t("period.week"), Count: -1}, {Key: "month", Label: k.t("period.month"), Count: -1},
	}, func(key string) { k.emit(desk.ReportPeriod{Period: key}) })
	p.date = dk.NewInput(k.Kit, "date", k.t("label.date-hint"), nil, func() { k.emit(desk.ReportDate{Date: p.date.Text()}) })
	p.span = k.aside("")
	p.figures = newFacts(k, 80)
	p.items, p.states, p.levels = dk.NewBars(k.Kit), dk.NewBars(k.Kit), dk.NewBars(k.Kit)
	// The day a case is due stands in the list of cases and on paper; here is no room for it.
	p.table = dk.NewTable(k.Kit, "register", k.t("empty.register"), []dk.Column{
		{Title: k.t("column.serial"), Weight: 0.65},
		{Title: k.t("column.day"), Weight: 0.85},
		{Title: k.t("column.number"), Weight: 2.9},
		{Title: k.t("column.applicant"), Weight: 1.1},
		{Title: k.t("column.delegate"), Weight: 1.1},
		{Title: k.t("column.item"), Weight: 1.6},
		{Title: k.t("column.papers"), Weight: 0.6},
		{Title: k.t("column.state"), Weight: 1},
	}, nil, nil)
	p.saved = dk.NewNotice(k.Kit, ui.Good, "", "", nil)
	for _, each := range []struct {
		name, key string
		event     desk.Event
	}{{"print-report", "F6", desk.PrintReport{}}, {"save-pdf", "F7", desk.SavePDF{}}, {"save-csv", "F8", desk.SaveCSV{}}} {
		p.buttons = append(p.buttons, k.button(each.name, each.key, dk.Outlined, k.sends(each.event)))
	}
	chart := func(key string, bars *dk.Bars) fyne.CanvasObject { return ui.NewColumn(6, k.strong(k.t(key)), bars) }
	p.rated = chart("title.by-level", p.levels)
	head := ui.NewRow(theme.DeskGap, k.title(k.t("title.reports")), p.tabs, ui.NewSized(160, 0, p.date), p.span, ui.NewSpring(), p.buttons[0], p.buttons[1], p.buttons[2])
	right := dk.NewPanel(k.Kit, 20, dk.NewScroll(k.Kit, ui.NewColumn(18, p.figures.Column, chart("title.by-item", p.items), chart("title.by-state", p.states), p.rated)))
	register := ui.NewColumn(theme.DeskSmallGap, k.title(k.t("title.register")), listed(k, p.table))
	p.top = newGrown(k, ui.NewColumn(theme.DeskGap, head, p.saved, newSplit(k, 0.27, 350, register, right)))
	return p
}

func (p *reports) root() fyne.CanvasObject { return p.top }

func (p *reports) first() fyne.Focusable { return p.tabs }

func (p *reports) show(s desk.State) {
	view, k := s.Reports, p.kit
	p.tabs.Set(view.Period, nil)
	p.date.Set(view.Date)
	r := view.Report
	said := k.with("label.from-to", args{"from": r.From, "to": r.To})
	if r.Unlisted > 0 {
		said += " · " + k.with("label.unlisted", args{"n": r.Unlisted})
	}
	p.span.SetText(said)
	e := r.Evaluations
	p.figures.set(
		fact{k.t("label.fees-taken"), k.with("label.fees-sum", args{"amount": yuan(r.FeesFen), "n": r.FeeCount})},
		fact{k.t("label.papers"), k.with("label.papers-sum", args{"in": r.PapersIn, "here": r.PapersHere})},
		fact{k.t("page.visits"), k.with("label.visits-sum", args{"n": r.Visits, "missed": r.NoShows})},
		fact{k.t("label.evaluations"), k.with("label.evaluations-sum", args{"given": e.Given, "declined": e.Declined, "not": e.NotOffered})})
	p.items.Set(bars(k, r.ByItem))
	var states []dk.Bar
	for _, c := range r.ByState {
		states = append(states, dk.Bar{Label: k.or("state", c.Key), Value: c.Value})
	}
	p.states.Set(states)
	p.levels.Set(levels(k, e.Levels))
	if len(e.Levels) > 0 {
		p.rated.Show()
	} else {
		p.rated.Hide()
	}
	var lines []dk.Line
	for _, l := range r.Register {
		lines = append(lines, dk.Line{Key: string(l.Number), Cells: []dk.Cell{
			{Text: strconv.Itoa(l.Serial)}, {Text: k.day(l.Date, s.Now)}, {Text: string(l.Number)}, {Text: l.Person, Bold: true}, {Text: l.Delegate}, {Text: l.Item}, {Text: few(l.Papers)}, {Text: k.or("state", l.State)},
		}})
	}
	p.table.Set(lines, p.table.Chosen())
	p.saved.Set(ui.Good, "")
	switch {
	case view.Busy != "":
		p.saved.Set(ui.Calm, busyWords(k, view.Busy))
	case view.Saved != "":
		p.saved.Set(ui.Good, k.with("label.saved", args{"name": view.Saved}))
	}
	for _, button := range p.buttons {
		button.SetEnabled(view.Busy == "")
	}
}

// few is a number of things, nothing for none.
func few(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func bars(k *kit, counts []desk.Count) (out []dk.Bar) {
	for _, c := range counts {
		out = append(out, dk.Bar{Label: k.local(c.Name), Value: c.Value})
	}
	return out
}

// levels come back from the platform from ten evaluations upward; until then the chart says so.
func levels(k *kit, counts map[int]int) (out []dk.Bar) {
	for level := 5; level >= 1 && counts != nil; level-- {
		out = append(out, dk.Bar{Label: k.t("level." + strconv.Itoa(level)), Value: counts[level]})
	}
	return out
}
