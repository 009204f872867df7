package receipt

import "bianmin/core/agency"

// Result lays out a result that the platform sent to be printed at the desk (办理结果): the department's words whole, with
// the case they belong to. Without a document in the case's outcome it gives a document without parts.
func Result(d Desk, c agency.CaseFile) Pages {
	if c.Outcome == nil || c.Outcome.Document == nil {
		return Pages{}
	}
	document := c.Outcome.Document
	m := newPages(d, "result", string(c.Number))
	s := c.Submission
	m.fields(
		m.field("number", string(c.Number)), m.field("official", c.Official), m.wide("item", s.Item.Name),
		m.field(applicant(s), s.Applicant.Name), m.field("id-number", s.Applicant.Number),
		m.field("issuer", document.Issuer), m.field("issued", m.dateOf(document.Issued)), m.wide("result-number", document.Number),
	)
	m.heading(document.Title)
	for _, paragraph := range document.Text {
		m.paragraph(paragraph)
	}
	m.points(m.own("from", args{"point": d.Point}), m.own("compare", nil))
	m.code(c.QR, m.own("code", nil))
	m.made()
	return m.Pages
}
