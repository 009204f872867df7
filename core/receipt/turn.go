package receipt

import (
	"strconv"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// TurnPaper is what a form about a case's course says: 中止单, 续办委托书, 终止单, 办结单 of DB14/T 2233-2020.
type TurnPaper struct {
	Case   agency.CaseFile
	Kind   casefile.EventKind // Suspended, Resumed, Ended or Closed
	Reason string             // "" is left to the hand where the form asks for one
	Since  string             // Resumed: YYYY-MM-DD of the suspension, "" when not known
}

// turns maps the kinds to the names of their words.
var turns = map[casefile.EventKind]string{
	casefile.Suspended: "suspension", casefile.Resumed: "resumption", casefile.Ended: "ending", casefile.Closed: "completion",
}

// Turn lays out the form of one of the four turns, to be signed by principal (or delegate) and
// agent. Any other kind gives a document without parts.
func Turn(d Desk, t TurnPaper) Pages {
	name := turns[t.Kind]
	if name == "" {
		return Pages{}
	}
	m := newPages(d, name, string(t.Case.Number))
	m.caseFields(t.Case)
	m.paragraph(m.own("body", args{"item": t.Case.Submission.Item.Name, "since": m.dateOf(t.Since)}))
	switch t.Kind {
	case casefile.Closed:
		m.outcome(t.Case)
	case casefile.Resumed:
		m.fields(m.wide("suspended-since", m.dateOf(t.Since)), m.wide("reason", t.Reason))
	default:
		m.fields(m.wide("reason", t.Reason))
	}
	m.custody(t.Case.Custody)
	m.points(m.own("point-1", nil), m.own("point-2", nil), m.own("point-3", nil))
	m.sign(signer(t.Case.Submission), "sign-agent")
	m.put(Part{Kind: PartParagraph, Text: m.common("two-copies", nil)})
	return m.Pages
}

// caseFields is what identifies a case on a form.
func (m *pagesMaker) caseFields(c agency.CaseFile) {
	s := c.Submission
	fields := []Field{
		m.field("number", string(c.Number)), m.field("official", c.Official),
		m.wide("item", s.Item.Name), m.field("department", s.Item.DepartmentName), m.field("filed", m.filedDay(c)),
		m.field(applicant(s), s.Applicant.Name), m.field("id-number", s.Applicant.Number),
	}
	if s.Delegation != nil {
		fields = append(fields, m.field("delegate", s.Delegation.Delegate.Name), m.field("id-number", s.Delegation.Delegate.Number))
	}
	m.fields(append(fields, m.field("agent", m.agent()), m.field("point", m.desk.Point))...)
}

// applicant is what the person is called: the principal where somebody else came.
func applicant(s casefile.Submission) string {
	if s.Delegation == nil {
		return "applicant"
	}
	return "principal"
}

// signer is who signs for the person's side.
func signer(s casefile.Submission) string {
	if s.Delegation == nil {
		return "sign-applicant"
	}
	return "sign-principal-or-delegate"
}

func (m *pagesMaker) filedDay(c agency.CaseFile) string {
	if c.Filed.IsZero() {
		return ""
	}
	return m.date(c.Filed)
}

// outcome says how a case ended, for the completion form.
func (m *pagesMaker) outcome(c agency.CaseFile) {
	result := m.common("rejected", args{"reason": c.Reason})
	if c.Outcome != nil {
		result = c.Outcome.Result
	}
	var fen int64
	for _, fee := range c.Fees {
		fen += fee.Fen
	}
	m.fields(m.wide("result", result), m.field("fees", m.say("receipt.guide.yuan", args{"yuan": Yuan(fen)})), m.field("closed", m.date(m.desk.Day)))
}

// custody lists the originals with where they are; without any nothing stands.
func (m *pagesMaker) custody(c agency.Custody) {
	if len(c.Held) == 0 {
		return
	}
	m.heading(m.common("papers", nil))
	table := Part{Kind: PartTable, Columns: []Column{m.column("serial", 7, Center), m.column("paper", 44, Left), m.column("sheets", 10, Center), m.column("where", 40, Left)}}
	for i, h := range c.Held {
		table.Rows = append(table.Rows, []string{strconv.Itoa(i + 1), h.Name, strconv.Itoa(h.Count), m.where(h)})
	}
	m.put(table)
}

func (m *pagesMaker) where(h agency.Held) string {
	return m.say("receipt.step."+string(h.Step), args{"place": h.Place, "party": h.Party, "sheet": string(h.Sheet)})
}

func (m *pagesMaker) column(key string, share int, align Align) Column {
	return Column{Label: m.common("column."+key, nil), Share: share, Align: align}
}
