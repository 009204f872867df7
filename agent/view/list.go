package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// cases is a list of cases with the chosen one beside it: all, those to correct, those with a result.
type cases struct {
	kit            *kit
	top            *split
	tabs           *dk.Tabs
	table          *dk.Table
	pages          *ui.Row
	span           *ui.Text
	earlier, later *dk.Button
	detail         *detail
}

// filters are the tabs, in their order.
var filters = []string{"", "processing", "waiting", "correction", "overdue", "refused", "done"}

func newCases(k *kit, name desk.PageName) page {
	c := &cases{kit: k}
	var tabs []dk.Tab
	for _, filter := range filters {
		tabs = append(tabs, dk.Tab{Key: filter, Label: k.t("filter." + filterWord(filter))})
	}
	c.tabs = dk.NewTabs(k.Kit, tabs, func(key string) { k.emit(desk.ListFilter{Filter: key}) })
	c.table = dk.NewTable(k.Kit, "cases", k.t("empty."+string(name)), k.caseColumns(),
		func(key string) { k.emit(desk.PickCase{Number: casefile.Number(key)}) },
		func(string) { k.Focus(k.First(c.detail.buttons)) })
	c.span = k.aside("")
	c.earlier = k.button("earlier", "", dk.Outlined, k.sends(desk.ListMove{By: -1})).Low()
	c.later = k.button("later", "", dk.Outlined, k.sends(desk.ListMove{By: 1})).Low()
	c.pages = k.row(c.span, ui.NewSpring(), c.earlier, c.later)
	c.detail = newDetail(k)
	head := fyne.CanvasObject(c.tabs)
	if name != desk.Cases {
		head = k.title(k.t("title." + string(name)))
	}
	c.top = newSplit(k, 0.33, 386, k.column(head, listed(k, c.table), c.pages), c.detail.root)
	return c
}

// filterCounts turns counts by state into counts by tab.
func filterCounts(states map[string]int) map[string]int {
	counts := map[string]int{"": 0, "processing": 0, "correction": 0, "done": 0}
	for _, filter := range []string{"waiting", "overdue", "refused"} {
		counts[filter] = states[filter]
	}
	for state, n := range states {
		switch state {
		case "waiting", "overdue", "soon": // they say something of cases that are counted by their state
			continue
		case casefile.StateAccepted, casefile.StateProcessing:
			counts["processing"] += n
		case casefile.StateCorrection:
			counts["correction"] += n
		case casefile.StateDone, casefile.StateRejected, casefile.StateDelivered, casefile.StateClosed:
			counts["done"] += n
		}
		counts[""] += n
	}
	return counts
}

func filterWord(filter string) string {
	if filter == "" {
		return "all"
	}
	return filter
}

func (k *kit) caseColumns() []dk.Column {
	return []dk.Column{
		{Title: k.t("column.applicant"), Weight: 1.35},
		{Title: k.t("column.item"), Weight: 2.6},
		{Title: k.t("column.filed"), Weight: 1.5},
		{Title: k.t("column.due"), Weight: 1.6},
		{Title: k.t("column.state"), Weight: 1.8},
	}
}

func (k *kit) caseLine(line agency.CaseLine, s desk.State) dk.Line {
	tone, state := k.state(line)
	return dk.Line{Key: string(line.Number), Cells: []dk.Cell{
		{Text: text.Shown(line.Person), Bold: true},
		{Text: line.ItemName},
		{Text: k.when(line.Filed, s.Now)},
		{Text: k.due(line)},
		{Text: state, Badge: true, Tone: tone},
	}}
}

func (c *cases) root() fyne.CanvasObject { return c.top }

func (c *cases) first() fyne.Focusable { return c.table }

func (c *cases) show(s desk.State) {
	view, k := s.Cases, c.kit
	c.tabs.Set(view.Filter, filterCounts(view.Counts))
	var lines []dk.Line
	for _, line := range view.Lines {
		lines = append(lines, k.caseLine(line, s))
	}
	c.table.Set(lines, string(view.Chosen))
	c.pages.Hidden = view.Total <= len(view.Lines)
	c.span.SetText(k.with("label.span", args{"from": strconv.Itoa(view.Offset + 1), "to": strconv.Itoa(view.Offset + len(view.Lines)), "n": strconv.Itoa(view.Total)}))
	c.earlier.SetEnabled(view.Offset > 0)
	c.later.SetEnabled(view.Offset+len(view.Lines) < view.Total)
	c.detail.show(s, view)
}
