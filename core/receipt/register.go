package receipt

import (
	"slices"
	"strconv"

	"bianmin/core/report"
)

// RegisterPaper is what a page of the register of cases (办件登记簿) says.
type RegisterPaper struct {
	From, To string // YYYY-MM-DD
	Rows     []report.RegisterRow
	Unlisted int // cases of the span that are not in Rows
}

// registerShares are the widths of the register's columns on paper.
var registerShares = []int{34, 66, 142, 92, 58, 122, 80, 56, 100, 40, 86, 56, 68, 68, 54}

// Register lays out the register across the page, one line per case.
func Register(d Desk, r RegisterPaper) Pages {
	m := newPages(d, "register", m8(r.From)+"–"+m8(r.To))
	m.Landscape = true
	m.fields(m.field("point", d.Point), m.field("agent", m.agent()), m.field("period", m.period(r.From, r.To)), m.field("cases", strconv.Itoa(len(r.Rows)+r.Unlisted)))
	rows := report.Register(report.Speech{Lang: d.Lang, Words: d.Words}, r.Rows, 0)
	table := Part{Kind: PartTable, Rows: rows[1:]}
	for i, label := range rows[0] {
		table.Columns = append(table.Columns, Column{Label: label, Share: registerShares[i]})
	}
	table.Columns[0].Align = Center
	m.put(table)
	if r.Unlisted > 0 {
		m.put(Part{Kind: PartParagraph, Text: report.Unlisted(report.Speech{Lang: d.Lang, Words: d.Words}, r.Unlisted)})
	}
	m.signed("sign-agent", "sign-checker")
	return m.Pages
}

// ReportPage lays out a report: cases by item and state, fees, papers, visits, evaluations.
func ReportPage(d Desk, r report.Report) Pages {
	m := newPages(d, "report", m8(r.From)+"–"+m8(r.To))
	speech := report.Speech{Lang: d.Lang, Words: d.Words}
	m.fields(m.wide("point", d.Point), m.wide("period", m.period(r.From, r.To)), m.field("agent", m.agent()), m.field("made-day", m.date(d.Day)))
	cases := r.CaseTable(speech)
	m.heading(m.own("cases", nil))
	shares := append([]int{24}, slices.Repeat([]int{8}, len(cases[0])-1)...)
	m.table(cases, shares, true)
	m.heading(m.own("fees", nil))
	m.table(r.FeeTable(speech), []int{30, 12, 15, 12, 15, 15}, true)
	m.heading(m.own("papers", nil))
	m.counts(r.PaperCounts(speech))
	m.heading(m.own("visits", nil))
	m.counts(r.VisitCounts(speech))
	m.heading(m.own("evaluations", nil))
	m.counts(r.EvaluationTable(speech))
	if r.Evaluations.Levels == nil {
		m.put(Part{Kind: PartParagraph, Text: m.own("levels", nil)})
	}
	m.signed("sign-agent", "sign-checker")
	return m.Pages
}

// table puts a table whose first row is its header; all columns but the first are numbers.
func (m *pagesMaker) table(rows [][]string, shares []int, total bool) {
	table := Part{Kind: PartTable, Rows: rows[1:], Total: total}
	for i, label := range rows[0] {
		align := Right
		if i == 0 {
			align = Left
		}
		table.Columns = append(table.Columns, Column{Label: label, Share: shares[i], Align: align})
	}
	m.put(table)
}

// counts puts names with their counts as fields, two beside each other.
func (m *pagesMaker) counts(rows [][]string) {
	var fields []Field
	for _, row := range rows {
		fields = append(fields, Field{Label: row[0], Text: row[1]})
	}
	m.fields(fields...)
}
