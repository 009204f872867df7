package view

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// papers lists originals in custody; ticked ones are handed on or given back.
type papers struct {
	kit    *kit
	top    fyne.CanvasObject
	tabs   *dk.Tabs
	table  *dk.Table
	to     *dk.Input
	count  *ui.Text
	issue  *dk.Button
	giveUp *dk.Button
	view   *desk.PapersView
}

func newPapers(k *kit) page {
	p := &papers{kit: k}
	p.tabs = dk.NewTabs(k.Kit, []dk.Tab{
		{Key: "here", Label: k.t("filter.here"), Count: -1},
		{Key: "handed-on", Label: k.t("filter.handed-on"), Count: -1},
		{Key: "returned", Label: k.t("filter.returned"), Count: -1},
		{Key: "", Label: k.t("filter.all"), Count: -1},
		{Key: "sheets", Label: k.t("filter.sheets"), Count: -1},
	}, func(key string) { k.emit(desk.PaperFilter{Filter: key}) })
	p.table = dk.NewTable(k.Kit, "papers", k.t("empty.papers"), []dk.Column{
		{Title: k.t("column.paper"), Weight: 2},
		{Title: k.t("column.count"), Weight: 0.6},
		{Title: k.t("column.applicant"), Weight: 1.2},
		{Title: k.t("column.case"), Weight: 2.3},
		{Title: k.t("column.since"), Weight: 1.2},
		{Title: k.t("column.where"), Weight: 2},
	}, nil, func(key string) { p.open(key) }).Ticked(func(key string, on bool) {
		if !p.open(key) {
			k.emit(desk.PickPaper{ID: key, On: on})
		}
	})
	p.to = dk.NewInput(k.Kit, "to", k.t("label.hand-to"), nil, nil)
	p.count = k.body("")
	p.issue = k.button("issue-sheet", "F6", dk.Filled, func() { k.emit(desk.IssueSheet{To: p.to.Text()}) })
	p.giveUp = k.button("return-papers", "F7", dk.Outlined, k.sends(desk.ReturnPapers{}))
	foot := ui.NewRow(theme.DeskGap, ui.NewShare(1, p.count), ui.NewSized(300, 0, p.to), p.issue, p.giveUp)
	p.top = newGrown(k, ui.NewColumn(theme.DeskGap, ui.NewRow(theme.DeskMargin, k.title(k.t("title.papers")), ui.NewShare(1, p.tabs)), listed(k, p.table), foot))
	return p
}

// open asks what is to become of a sheet; false where originals are listed.
func (p *papers) open(key string) bool {
	sheets := p.view != nil && p.view.Filter == "sheets"
	if sheets {
		p.kit.emit(desk.OpenSheet{Number: casefile.Number(key)})
	}
	return sheets
}

// sheets are the hand-over sheets as rows of the same table.
func (p *papers) sheets(view *desk.PapersView, now time.Time) []dk.Line {
	tones := map[agency.SheetState]ui.Tone{agency.SheetPrepared: ui.Warn, agency.SheetIssued: ui.Good, agency.SheetVoid: ui.Muted}
	var lines []dk.Line
	for _, sheet := range view.Sheets {
		lines = append(lines, dk.Line{Key: string(sheet.Number), Cells: []dk.Cell{
			{Text: p.kit.t("filter.sheets"), Bold: true},
			{Text: strconv.Itoa(len(sheet.Sheet.Papers))},
			{Text: text.Shown(sheet.Sheet.To)},
			{Text: string(sheet.Number)},
			{Text: p.kit.when(sheet.At, now)},
			{Text: p.kit.t("sheet-state." + string(sheet.State)), Badge: true, Tone: tones[sheet.State]},
		}})
	}
	return lines
}

func (p *papers) root() fyne.CanvasObject { return p.top }

func (p *papers) first() fyne.Focusable { return p.table }

func (p *papers) show(s desk.State) {
	view, k := s.Papers, p.kit
	p.view = view
	waiting := view.Waiting
	if waiting == 0 {
		waiting = -1
	}
	p.tabs.Set(view.Filter, map[string]int{"sheets": waiting})
	lines := p.sheets(view, s.Now)
	chosen := 0
	for _, line := range view.Lines {
		if view.Chosen[line.ID] {
			chosen++
		}
		tone, words := k.paperPlace(line)
		lines = append(lines, dk.Line{Key: line.ID, Tick: view.Chosen[line.ID], Cells: []dk.Cell{
			{Text: line.Name, Bold: true},
			{Text: strconv.Itoa(line.Count)},
			{Text: text.Shown(line.Person)},
			{Text: string(line.Case)},
			{Text: k.when(line.Since, s.Now)},
			{Text: words, Badge: true, Tone: tone},
		}})
	}
	p.table.Set(lines, p.table.Chosen())
	p.to.Set(view.To)
	p.count.SetText(k.count("label.ticked", chosen))
	if view.Busy != "" {
		p.count.SetText(busyWords(k, view.Busy))
	}
	p.issue.SetEnabled(chosen > 0 && view.Busy == "")
	p.giveUp.SetEnabled(chosen > 0 && view.Busy == "")
}

// paperPlace says where an original is.
func (k *kit) paperPlace(line agency.PaperLine) (ui.Tone, string) {
	switch line.Step {
	case casefile.PaperHandedOn:
		return ui.Calm, k.with("label.handed-on", args{"party": text.Shown(line.Party)})
	case casefile.PaperReturned:
		return ui.Muted, k.with("label.returned", args{"party": text.Shown(line.Party)})
	}
	if line.Place == "" {
		return ui.Good, k.t("label.here")
	}
	return ui.Good, line.Place
}
