package receipt

import (
	"strconv"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// NoticePaper is what a correction notice (一次性告知补正通知书) says.
type NoticePaper struct {
	Case agency.CaseFile // with Notice and NoticeDue
	// Names gives the words for a point's material or field; nil leaves the point's own text alone.
	Names func(point casefile.NoticePoint) string
}

// points gives every point of the notice in the platform's order.
func (n NoticePaper) points(w speaker) []string {
	if n.Case.Notice == nil {
		return nil
	}
	var out []string
	for _, p := range n.Case.Notice.Points {
		line := p.Text
		if n.Names != nil {
			if name := n.Names(p); name != "" {
				line = w.say("receipt.notice.named", args{"name": name, "text": p.Text})
			}
		}
		if p.Page > 0 {
			line += w.say("receipt.notice.page", args{"page": p.Page})
		}
		out = append(out, line)
	}
	return out
}

// Notice lays out the correction notice: all points in one list, until when and where.
func Notice(d Desk, n NoticePaper) Pages {
	m := newPages(d, "notice", string(n.Case.Number))
	s := n.Case.Submission
	m.put(Part{Kind: PartParagraph, Text: m.own("to", args{"name": s.Applicant.Name})})
	points := n.points(m.speaker)
	m.paragraph(m.own("body", args{"item": s.Item.Name, "number": string(n.Case.Number), "department": s.Item.DepartmentName, "count": len(points)}))
	m.points(points...)
	m.paragraph(m.deadline(n))
	m.paragraph(m.own("place", args{"point": d.Point, "phone": d.Phone}))
	m.paragraph(m.own("once", nil))
	m.fields(m.field("official", n.Case.Official), m.field("department", s.Item.DepartmentName), m.field("agent", m.agent()), m.field("point-phone", d.Phone))
	m.code(n.Case.QR, m.common("bring-code", nil))
	m.sign("sign-received", "sign-agent")
	m.made()
	return m.Pages
}

func (m *pagesMaker) deadline(n NoticePaper) string {
	if n.Case.NoticeDue != "" {
		return m.own("until", args{"date": m.dateOf(n.Case.NoticeDue)})
	}
	if n.Case.Notice == nil || n.Case.Notice.Days == 0 {
		return ""
	}
	return m.own("within", args{"days": n.Case.Notice.Days})
}

// NoticeStrip is the same list for the receipt printer; the person's name is masked.
func NoticeStrip(d Desk, n NoticePaper) Document {
	m := pagesMaker{speaker: d.speaker(), desk: d, prefix: "receipt.notice."}
	doc := strip(d, m.own("title", nil))
	doc.pair(m.common("number", nil), string(n.Case.Number))
	doc.pair(m.common("item", nil), n.Case.Submission.Item.Name)
	doc.pair(m.common(applicant(n.Case.Submission), nil), Mask(n.Case.Submission.Applicant.Name))
	doc.add(Block{Kind: Rule})
	points := n.points(m.speaker)
	doc.section(m.own("list", args{"count": len(points)}))
	doc.numbered(points)
	doc.add(Block{Kind: Rule})
	doc.text(m.deadline(n), Left)
	doc.text(m.own("place", args{"point": d.Point, "phone": d.Phone}), Left)
	if n.Case.QR != "" {
		doc.add(Block{Kind: QR, Data: n.Case.QR})
	}
	return doc
}

// strip begins a strip of the desk.
func strip(d Desk, title string) Document {
	w := d.speaker()
	doc := Document{Title: title}
	doc.head(title, d.Point)
	if d.Reprint {
		doc.add(Block{Kind: Text, Text: "【" + w.say("receipt.reprint", nil) + "】", Align: Center, Size: 2, Bold: true})
	}
	if d.Practice {
		doc.add(Block{Kind: Text, Text: w.say("receipt.paper.practice", nil), Align: Center, Bold: true})
	}
	if d.Demo {
		doc.add(Block{Kind: Text, Text: w.say("receipt.demo", nil), Align: Center, Bold: true})
	}
	doc.add(Block{Kind: Rule})
	return doc
}

func (m *pagesMaker) serials(rows [][]string) [][]string {
	for i := range rows {
		rows[i] = append([]string{strconv.Itoa(i + 1)}, rows[i]...)
	}
	return rows
}
