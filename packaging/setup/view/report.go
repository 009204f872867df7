package view

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// report shows the acceptance report.
type report struct {
	kit    *kit
	top    fyne.CanvasObject
	facts  *ui.Column
	rows   *ui.Column
	paper  *dk.Notice
	saved  *dk.Notice
	print  *dk.Button
	save   *dk.Button
	finish *dk.Button
	again  *dk.Button
	shown  *lines.Report
}

func newReport(k *kit) page {
	p := &report{kit: k, facts: ui.NewColumn(10), rows: ui.NewColumn(12)}
	p.paper, p.saved = dk.NewNotice(k.Kit, ui.Good, "", "", nil), dk.NewNotice(k.Kit, ui.Good, "", "", nil)
	p.print = k.button("print", "", dk.Outlined, k.sends(stage.Print{}))
	p.save = k.button("save", "", dk.Outlined, k.sends(stage.Save{}))
	p.finish = k.button("finish", "Return", dk.Filled, k.sends(stage.Leave{}))
	p.again = k.button("once-more", "", dk.Quiet, k.sends(stage.Again{}))
	p.top = ui.NewColumn(12, p.paper, p.saved, newTwofold(k, 0.5, 0.45, listed(k, p.facts), listed(k, p.rows)))
	return p
}

func (p *report) body() fyne.CanvasObject { return p.top }

func (p *report) buttons() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.again, p.print, p.save, p.finish}
}

func (p *report) first() fyne.Focusable { return p.finish }

func (p *report) show(s stage.State) {
	k := p.kit
	tone, words := ui.Good, ""
	switch s.Paper {
	case "":
	case "failed":
		tone, words = ui.Bad, k.with("paper.failed", args{"fault": k.paperFault(s)})
	case "none", "printing":
		tone, words = ui.Calm, k.t("paper."+s.Paper)
	default:
		words = k.t("paper." + s.Paper)
	}
	p.paper.Set(tone, words)
	switch {
	case s.SaveFailed:
		p.saved.Set(ui.Bad, k.t("label.save-failed"))
	case s.Saved != "":
		p.saved.Set(ui.Good, k.with("label.saved", args{"where": text.Shown(s.Saved)}))
	default:
		p.saved.Set(ui.Good, "")
	}
	p.print.Hidden = s.Paper == "none"
	for _, b := range []*dk.Button{p.print, p.again, p.finish} {
		b.SetEnabled(s.Paper != "printing")
	}
	if s.Report == nil || p.shown == s.Report {
		return
	}
	p.shown = s.Report
	p.facts.Set(p.factsOf(*s.Report, s.Number)...)
	p.rows.Set(k.rowsOf(*s.Report)...)
}

// paperFault says why the report is not on paper; the role is that of whichever printer there is.
func (k *kit) paperFault(s stage.State) string {
	for _, t := range s.Report.Tests {
		if t.Role == "document" {
			return k.fault("document", s.PaperFault)
		}
	}
	return k.fault("printer", s.PaperFault)
}

func (p *report) factsOf(r lines.Report, number string) []fyne.CanvasObject {
	k := p.kit
	who := text.Shown(r.Technician.Name) + " " + r.Technician.ID
	if r.Technician.ID == "" {
		who = k.t("fact.nobody")
	}
	tone, verdict := ui.Good, "passed"
	if !r.Passed {
		tone, verdict = ui.Bad, "not-passed"
	}
	rows := []fyne.CanvasObject{ui.NewRow(12, ui.NewShare(1, k.title(r.Terminal)), dk.NewBadge(k.Kit, tone, k.catalog.T(k.lang, "provision.acceptance."+verdict, nil))), ui.NewRule(k.Look)}
	for _, f := range [][2]string{
		{"point", text.Shown(r.Point)},
		{"role", k.role(r.Role)},
		{"technician", who},
		{"finished", r.Finished.In(casefile.Zone).Format("2006-01-02 15:04")},
		{"version", r.Version},
		{"machine", text.Shown(r.Machine)},
		{"configuration", r.Configuration},
		{"number", number},
	} {
		if f[1] != "" {
			rows = append(rows, k.fact(k.t("fact."+f[0]), f[1]))
		}
	}
	return rows
}

// about says of each device what it is and what it has left.
func (k *kit) about(r lines.Report) []told {
	var all []told
	for _, t := range r.Tests {
		if slices.ContainsFunc(all, func(o told) bool { return o.role == t.Role }) {
			continue
		}
		words := []string{text.Shown(t.Model), text.Shown(t.Serial)}
		for _, s := range r.Supplies {
			if s.Role != t.Role {
				continue
			}
			words = append(words, text.Shown(s.Firmware))
			for _, supply := range [][2]string{{"paper", s.Paper}, {"toner", s.Toner}} {
				if supply[1] != "" {
					words = append(words, k.word("report."+supply[0])+" "+k.word("supply."+supply[1]))
				}
			}
		}
		words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
		all = append(all, told{t.Role, strings.Join(words, " · ")})
	}
	return all
}

func (k *kit) word(key string) string { return k.catalog.T(k.lang, "selftest."+key, nil) }

// rowsOf are the tests, and of the checks those that are not well.
func (k *kit) rowsOf(r lines.Report) []fyne.CanvasObject {
	rows := append([]fyne.CanvasObject{k.title(k.t("head.devices"))}, k.testRows(r.Tests, k.about(r)...)...)
	rows = append(rows, ui.NewSpace(0, 8), k.title(k.t("head.checks")))
	good := 0
	for _, c := range r.Checks.Checks {
		if c.State == "ok" {
			good++
			continue
		}
		rows = append(rows, k.check(c))
	}
	return append(rows, k.body(k.with("label.checks-good", args{"n": good})))
}
