package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// feesPage is the ledger of one day with its closing beside it.
type feesPage struct {
	kit     *kit
	top     *split
	days    *dk.Table
	table   *dk.Table
	title   *ui.Text
	sum     *facts
	counted *dk.Input
	count   *dk.Labelled
	reason  *dk.Input
	why     *dk.Labelled
	problem *dk.Notice
	closed  *dk.Notice
	close   *dk.Button
}

func newFees(k *kit) page {
	p := &feesPage{kit: k}
	p.days = dk.NewTable(k.Kit, "days", k.t("empty.days"), []dk.Column{
		{Title: k.t("column.day"), Weight: 1.5}, {Title: k.t("column.count"), Weight: 0.8, Right: true}, {Title: k.t("column.amount"), Weight: 1.3, Right: true}, {Title: k.t("column.state"), Weight: 1.3},
	}, func(key string) { k.emit(desk.FeeDate{Date: key}) }, nil)
	p.table = dk.NewTable(k.Kit, "fees", k.t("empty.fees"), []dk.Column{
		{Title: k.t("column.receipt"), Weight: 1.9},
		{Title: k.t("column.time"), Weight: 0.9},
		{Title: k.t("column.payer"), Weight: 1.3},
		{Title: k.t("column.fee"), Weight: 2},
		{Title: k.t("column.amount"), Weight: 1.2, Right: true},
	}, nil, nil)
	p.title = k.title("")
	p.sum = newFacts(k, 110)
	p.counted = dk.NewInput(k.Kit, "counted", k.t("label.yuan-hint"), func(text string) { k.emit(desk.CountCash{Text: text}) }, nil)
	p.count = dk.NewLabelled(k.Kit, k.t("label.counted"), 0, p.counted)
	p.reason = dk.NewInput(k.Kit, "reason", k.t("label.reason-hint"), func(text string) { k.emit(desk.DayReason{Text: text}) }, nil)
	p.why = dk.NewLabelled(k.Kit, k.t("label.difference-reason"), 0, p.reason)
	p.problem = dk.NewNotice(k.Kit, ui.Bad, "", "", nil)
	p.closed = dk.NewNotice(k.Kit, ui.Good, "", "", nil)
	p.close = k.button("close-day", "Ctrl+Return", dk.Filled, k.sends(desk.CloseDay{}))
	closing := dk.NewPanel(k.Kit, 24, ui.NewColumn(14, k.title(k.t("title.closing")), p.sum.Column, p.count, p.why, p.problem, p.closed, k.row(p.close, ui.NewSpring())))
	right := ui.NewColumn(16, closing, newGrown(k, ui.NewColumn(theme.DeskSmallGap, k.title(k.t("title.days")), listed(k, p.days))))
	p.top = newSplit(k, 0.36, 400, ui.NewColumn(theme.DeskGap, p.title, listed(k, p.table)), right)
	return p
}

func (p *feesPage) root() fyne.CanvasObject { return p.top }

func (p *feesPage) first() fyne.Focusable { return p.table }

func (p *feesPage) show(s desk.State) {
	view, k := s.Fees, p.kit
	p.title.SetText(k.with("title.fees", args{"date": view.Date}))
	var lines, days []dk.Line
	for _, line := range view.Lines {
		lines = append(lines, dk.Line{Key: line.Receipt, Cells: []dk.Cell{
			{Text: line.Receipt}, {Text: k.clock(line)}, {Text: text.Shown(line.Payer), Bold: true}, {Text: feeName(k, line)}, {Text: yuan(line.Fen)},
		}})
	}
	for _, day := range view.Days {
		tone, words := ui.Warn, k.t("label.day-open")
		if day.Closing != nil {
			tone, words = ui.Good, k.t("label.day-closed")
		}
		days = append(days, dk.Line{Key: day.Date, Cells: []dk.Cell{
			{Text: k.day(day.Date, s.Now)}, {Text: strconv.Itoa(day.Entries)}, {Text: yuan(day.Fen)}, {Text: words, Badge: true, Tone: tone},
		}})
	}
	p.table.Set(lines, p.table.Chosen())
	p.days.Set(days, view.Date)
	p.showClosing(view)
}

func feeName(k *kit, line agency.FeeLine) string {
	if line.Counter != "" {
		return k.with("label.refund-of", args{"name": line.Name, "receipt": line.Counter})
	}
	return line.Name
}

func (k *kit) clock(line agency.FeeLine) string { return line.At.In(zone).Format("15:04") }

func (p *feesPage) showClosing(view *desk.FeesView) {
	k := p.kit
	facts := []fact{{k.t("label.ledger-sum"), k.money(view.SumFen)}, {k.t("label.ledger-count"), k.count("label.entries", len(view.Lines))}}
	p.closed.Set(ui.Good, "")
	if c := view.Closing; c != nil {
		facts = append(facts, fact{k.t("label.counted"), k.money(c.CountedFen)}, fact{k.t("label.difference"), k.money(c.CountedFen - c.LedgerFen)},
			fact{k.t("label.difference-reason"), c.Reason}, fact{k.t("label.receipts"), k.with("label.from-to", args{"from": c.First, "to": c.Last})})
		p.closed.Set(ui.Good, k.t("label.closed-forever"))
	}
	p.sum.set(facts...)
	open := view.Closing == nil
	p.count.Hidden, p.why.Hidden, p.close.Hidden = !open, !open, !open
	p.counted.Set(view.Counted)
	p.reason.Set(view.Reason)
	p.close.SetEnabled(view.Open && view.Busy == "")
	p.problem.Set(ui.Bad, k.message(view.Problem))
	if view.Busy != "" {
		p.problem.Set(ui.Calm, busyWords(k, view.Busy))
	}
}
