package receipt

import (
	"strconv"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// HandOverPaper is what a hand-over sheet (交接单) says.
type HandOverPaper struct {
	Number casefile.Number
	Sheet  casefile.Sheet
	QR     string // the sheet's code, "" when it has none
	Void   bool   // it was printed and never signed, and says so
}

// HandOver lays out the hand-over sheet with every original and places to sign for who gives and who takes.
func HandOver(d Desk, h HandOverPaper) Pages {
	m := newPages(d, "sheet", string(h.Number))
	m.fields(m.field("from", h.Sheet.From), m.field("to", h.Sheet.To), m.field("agent", m.agent()), m.field("handed-day", m.date(d.Day)))
	table := Part{
		Kind: PartTable, Total: true,
		Columns: []Column{m.column("serial", 7, Center), m.column("paper", 34, Left), m.column("paper-number", 34, Left), m.column("sheets", 9, Center), m.column("remark", 17, Left)},
	}
	count := 0
	var rows [][]string
	for _, p := range h.Sheet.Papers {
		rows = append(rows, []string{p.Name, p.ID, strconv.Itoa(p.Count), ""})
		count += p.Count
	}
	table.Rows = append(m.serials(rows), []string{"", m.common("total", args{"papers": len(h.Sheet.Papers)}), "", strconv.Itoa(count), ""})
	m.put(table)
	if h.Void {
		m.paragraph(m.own("void", args{"number": string(h.Number)}))
		return m.Pages
	}
	m.paragraph(m.own("body", nil))
	m.sign("sign-giver", "sign-taker")
	m.code(h.QR, m.own("code", nil))
	m.put(Part{Kind: PartParagraph, Text: m.common("two-copies", nil)})
	return m.Pages
}

// TakenPaper is what a receipt for originals (收件凭证) says.
type TakenPaper struct {
	Case agency.CaseFile
	Move casefile.PaperMove // the receiving, with place and papers
	Back string             // YYYY-MM-DD when they are returned, "" when the case is done
}

// PapersTaken lays out the receipt for originals: what, how many, where it lies, when it comes back.
func PapersTaken(d Desk, t TakenPaper) Pages {
	m := newPages(d, "taken", string(t.Case.Number))
	m.paragraph(m.own("body", args{"party": t.Move.Party, "item": t.Case.Submission.Item.Name}))
	table := Part{Kind: PartTable, Columns: []Column{m.column("serial", 7, Center), m.column("paper", 40, Left), m.column("paper-number", 42, Left), m.column("sheets", 12, Center)}}
	var rows [][]string
	for _, p := range t.Move.Papers {
		rows = append(rows, []string{p.Name, p.ID, strconv.Itoa(p.Count)})
	}
	table.Rows = m.serials(rows)
	m.put(table)
	m.fields(m.field("place", t.Move.Place), m.field("back", m.back(t)), m.field("agent", m.agent()), m.field("point-phone", d.Phone))
	m.points(m.own("keep", nil), m.own("return", nil), m.own("lost", nil))
	m.sign("sign-giver", "sign-agent")
	m.code(t.Case.QR, m.common("bring-code", nil))
	m.made()
	return m.Pages
}

func (m *pagesMaker) back(t TakenPaper) string {
	if t.Back == "" {
		return m.common("back-when-done", nil)
	}
	return m.dateOf(t.Back)
}

// PapersTakenStrip is the same for the receipt printer.
func PapersTakenStrip(d Desk, t TakenPaper) Document {
	m := pagesMaker{speaker: d.speaker(), desk: d, prefix: "receipt.taken."}
	doc := strip(d, m.own("title", nil))
	doc.pair(m.common("number", nil), string(t.Case.Number))
	doc.pair(m.common("item", nil), t.Case.Submission.Item.Name)
	doc.pair(m.common("handed-by", nil), Mask(t.Move.Party))
	doc.add(Block{Kind: Rule})
	var lines []string
	for _, p := range t.Move.Papers {
		lines = append(lines, m.own("line", args{"name": p.Name, "count": p.Count, "serial": p.ID[strings.LastIndexByte(p.ID, '/')+1:]}))
	}
	doc.numbered(lines)
	doc.add(Block{Kind: Rule})
	doc.pair(m.common("place", nil), t.Move.Place)
	doc.pair(m.common("back", nil), m.back(t))
	doc.pair(m.common("agent", nil), m.agent())
	doc.pair(m.common("date", nil), m.date(d.Day))
	doc.pair(m.common("point-phone", nil), d.Phone)
	doc.text(m.own("keep", nil), Left)
	if t.Case.QR != "" {
		doc.add(Block{Kind: QR, Data: t.Case.QR})
	}
	return doc
}
