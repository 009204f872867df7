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

// today is the first page: what is due, what came in, drafts, today's visits.
type today struct {
	kit                  *kit
	top                  *split
	filed, taken, papers *ui.Text
	due, news            *dk.Table
	drafts, visits       *dk.Table
}

func newToday(k *kit) page {
	p := &today{kit: k}
	open := func(key string) { k.emit(desk.PickCase{Number: casefile.Number(key)}) }
	p.due = dk.NewTable(k.Kit, "due", k.t("empty.due"), k.caseColumns(), nil, open)
	p.news = dk.NewTable(k.Kit, "news", k.t("empty.news"), []dk.Column{
		{Title: k.t("column.applicant"), Weight: 1.35}, {Title: k.t("column.item"), Weight: 3}, {Title: k.t("column.state"), Weight: 1.8},
	}, nil, open)
	p.drafts = dk.NewTable(k.Kit, "drafts", k.t("empty.drafts"), []dk.Column{
		{Title: k.t("column.applicant"), Weight: 1.2}, {Title: k.t("column.item"), Weight: 1.8}, {Title: k.t("column.saved"), Weight: 1.3},
	}, nil, func(key string) { k.emit(desk.OpenDraft{ID: key}) })
	p.visits = dk.NewTable(k.Kit, "visits", k.t("empty.visits-today"), []dk.Column{
		{Title: k.t("column.time"), Weight: 0.9}, {Title: k.t("column.name"), Weight: 1.2}, {Title: k.t("column.village"), Weight: 1.6},
	}, nil, func(key string) { k.emit(desk.Go{Page: desk.Visits}); k.emit(desk.VisitPick{ID: key}) })
	figure := func(label string) (*ui.Text, fyne.CanvasObject) {
		value := k.title("")
		return value, dk.NewPanel(k.Kit, 14, ui.NewColumn(0, k.quiet(k.t(label)), value))
	}
	var filed, taken, papers fyne.CanvasObject
	p.filed, filed = figure("label.filed-today")
	p.taken, taken = figure("label.taken-today")
	p.papers, papers = figure("label.papers-here")
	figures := ui.NewRow(theme.DeskGap, ui.NewShare(1, filed), ui.NewShare(1, taken), ui.NewShare(1, papers)).Stretch()
	section := func(key string, table *dk.Table) fyne.CanvasObject {
		return newGrown(k, ui.NewColumn(theme.DeskSmallGap, k.title(k.t(key)), listed(k, table)))
	}
	left := ui.NewColumn(16, section("title.due", p.due), section("title.news", p.news))
	right := ui.NewColumn(16, figures, section("title.drafts", p.drafts), section("title.visits-today", p.visits))
	p.top = newSplit(k, 0.36, 400, left, right)
	return p
}

func (p *today) root() fyne.CanvasObject { return p.top }

func (p *today) first() fyne.Focusable { return nil }

func (p *today) show(s desk.State) {
	view, k := s.Today, p.kit
	p.filed.SetText(k.count("label.cases-count", view.Filed))
	p.taken.SetText(k.money(view.TakenFen))
	p.papers.SetText(k.count("label.sheets", view.Papers))
	set := func(table *dk.Table, lines []dk.Line) { table.Set(lines, table.Chosen()) }
	var due, news, drafts []dk.Line
	for _, line := range view.Due {
		due = append(due, k.caseLine(line, s))
	}
	for _, line := range view.News {
		tone, state := k.state(line)
		news = append(news, dk.Line{Key: string(line.Number), Cells: []dk.Cell{
			{Text: text.Shown(line.Person), Bold: true}, {Text: line.ItemName}, {Text: state, Badge: true, Tone: tone},
		}})
	}
	for _, draft := range view.Drafts {
		person := text.Shown(draft.Person)
		if person == "" {
			person = k.t("label.nobody-yet")
		}
		when := dk.Cell{Text: k.when(draft.Saved, s.Now)}
		if draft.Unsaved {
			when = dk.Cell{Text: k.t("label.unsaved"), Badge: true, Tone: ui.Bad}
		}
		drafts = append(drafts, dk.Line{Key: draft.ID, Cells: []dk.Cell{{Text: person, Bold: true}, {Text: k.local(draft.ItemName)}, when}})
	}
	set(p.due, due)
	set(p.news, news)
	set(p.drafts, drafts)
	set(p.visits, k.visitLines(view.Visits))
}

func (k *kit) visitLines(visits []agency.VisitLine) (lines []dk.Line) {
	for _, v := range visits {
		lines = append(lines, dk.Line{Key: v.ID, Cells: []dk.Cell{{Text: v.Time}, {Text: text.Shown(v.Name), Bold: true}, {Text: v.Village}}})
	}
	return lines
}
