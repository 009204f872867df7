package receipt

import (
	"strconv"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// FeePaper is what a fee receipt (收费收据) says.
type FeePaper struct {
	Entry casefile.FeeEntry
	Case  casefile.Number
	Item  string
}

// FeeReceipt lays out a fee receipt on one page: the payer's part above, the file's below the cut. A refund
// names the receipt it counters and its reason.
func FeeReceipt(d Desk, f FeePaper) Pages {
	m := newPages(d, f.words(), f.Entry.Receipt)
	title := m.Parts[0]
	for i, copied := range []string{"copy-payer", "copy-file"} {
		if i > 0 {
			m.put(Part{Kind: PartCut, Text: m.common("cut", nil)}, title)
		}
		m.put(Part{Kind: PartParagraph, Align: Right, Text: m.common(copied, nil)})
		m.fields(f.fields(m)...)
		m.signed("sign-payer", "sign-collector")
		m.put(Part{Kind: PartParagraph, Align: Right, Text: m.common("made", args{"point": d.Point, "agent": m.agent(), "date": m.date(d.Day)})})
	}
	return m.Pages
}

func (f FeePaper) words() string {
	if f.Entry.Fen < 0 {
		return "refund"
	}
	return "fee"
}

func (f FeePaper) amount() int64 {
	if f.Entry.Fen < 0 {
		return -f.Entry.Fen
	}
	return f.Entry.Fen
}

func (f FeePaper) fields(m *pagesMaker) []Field {
	out := []Field{
		m.field("receipt-number", f.Entry.Receipt), m.field("number", string(f.Case)), m.wide("item", f.Item),
		m.field("fee-name", f.Entry.Name), m.field("payer", f.Entry.Payer),
		m.wide("amount-capital", m.common("renminbi", args{"amount": Capital(f.amount())})),
		m.field("amount", "￥"+Yuan(f.amount())), m.field("method", m.known("receipt.method.", f.Entry.Method)),
	}
	if f.Entry.Counter != "" {
		out = append(out, m.field("counters", f.Entry.Counter), m.field("reason", f.Entry.Reason))
	}
	return append(out, m.field("collector", m.agent()), m.field("date", m.date(m.desk.Day)))
}

// FeeStrip is the same for the receipt printer; the payer's name is masked.
func FeeStrip(d Desk, f FeePaper) Document {
	m := pagesMaker{speaker: d.speaker(), desk: d, prefix: "receipt." + f.words() + "."}
	doc := strip(d, m.own("title", nil))
	for _, field := range f.fields(&m) {
		if field.Label == m.common("payer", nil) {
			field.Text = Mask(field.Text)
		}
		doc.pair(field.Label, field.Text)
	}
	doc.add(Block{Kind: Rule})
	doc.text(m.common("keep-receipt", nil), Center)
	doc.pair(m.common("point-phone", nil), d.Phone)
	return doc
}

// DailyPaper is what a daily closing (日结单) says.
type DailyPaper struct {
	Day   casefile.DayClosing
	Lines []agency.FeeLine // the day's entries in the order of their receipts
}

// Daily lays out the daily closing: every entry, what the ledger says, what was counted, the difference.
func Daily(d Desk, p DailyPaper) Pages {
	m := newPages(d, "daily", m8(p.Day.Date))
	m.fields(
		m.field("business-date", m.dateOf(p.Day.Date)), m.field("collector", m.agent()),
		m.field("first-receipt", p.Day.First), m.field("last-receipt", p.Day.Last),
	)
	table := Part{
		Kind: PartTable, Total: true, Columns: []Column{
			m.column("serial", 7, Center), m.column("receipt", 19, Left), m.column("case", 25, Left), m.column("fee", 22, Left), m.column("payer", 14, Left), m.column("yuan", 14, Right),
		},
	}
	var rows [][]string
	for _, line := range p.Lines {
		name := line.Name
		if line.Counter != "" {
			name = m.own("refund-of", args{"receipt": line.Counter})
		}
		rows = append(rows, []string{line.Receipt, string(line.Case), name, line.Payer, Yuan(line.Fen)})
	}
	table.Rows = append(m.serials(rows), []string{"", m.own("sum", args{"entries": p.Day.Entries}), "", "", "", Yuan(p.Day.LedgerFen)})
	m.put(table)
	difference := p.Day.CountedFen - p.Day.LedgerFen
	m.fields(
		m.field("ledger", "￥"+Yuan(p.Day.LedgerFen)), m.field("counted", "￥"+Yuan(p.Day.CountedFen)),
		m.wide("counted-capital", m.common("renminbi", args{"amount": Capital(p.Day.CountedFen)})),
		m.field("difference", "￥"+Yuan(difference)), m.field("entries", strconv.Itoa(p.Day.Entries)),
		m.wide("difference-reason", p.Day.Reason),
	)
	m.paragraph(m.own("body", nil))
	m.sign("sign-collector", "sign-checker")
	return m.Pages
}

// m8 is a date as a number on a form's foot: 20261122.
func m8(day string) string {
	out := make([]byte, 0, len(day))
	for i := range len(day) {
		if day[i] != '-' {
			out = append(out, day[i])
		}
	}
	return string(out)
}
