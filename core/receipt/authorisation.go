package receipt

import (
	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// AuthorisationPaper is what an authorisation (代办服务委托书) says. Values that are not known
// stay blank for the hand.
type AuthorisationPaper struct {
	Number         casefile.Number // "" before the case is filed
	Principal      casefile.Applicant
	PrincipalPhone string
	Delegation     casefile.Delegation // agent, delegate, scope and days
	DelegatePhone  string
	Item           casefile.ItemRef
}

// scopes are what an authorisation may allow, in the order of the form.
var scopes = []string{agency.ScopeApply, agency.ScopeCorrect, agency.ScopePay, agency.ScopeCollect}

// Authorisation lays out the authorisation to be signed by principal, delegate and agent.
func Authorisation(d Desk, a AuthorisationPaper) Pages {
	m := newPages(d, "authorisation", string(a.Number))
	m.heading(m.own("principal", nil))
	m.fields(m.person("name", a.Principal, a.PrincipalPhone)...)
	m.heading(m.own("delegate", nil))
	m.fields(m.person("name", a.Delegation.Delegate, a.DelegatePhone)...)
	m.heading(m.own("what", nil))
	m.fields(
		m.wide("item", a.Item.Name), m.wide("item-code", a.Item.Code), m.wide("department", a.Item.DepartmentName),
		m.field("agent", m.agent()), m.field("point", d.Point),
		m.wide("scope", m.choices("receipt.scope.", scopes, a.Delegation.Scope)),
		m.wide("period", m.period(a.Delegation.From, a.Delegation.Until)),
	)
	m.paragraph(m.own("body", args{"item": a.Item.Name, "agent": d.Agent}))
	m.points(m.own("truth", nil), m.own("bounds", nil), m.own("free", nil), m.own("originals", nil), m.own("end", nil))
	m.sign("sign-principal", "sign-delegate", "sign-agent")
	m.put(Part{Kind: PartParagraph, Text: m.own("note", nil)})
	return m.Pages
}

func (m *pagesMaker) period(from, until string) string {
	if from == "" && until == "" {
		return m.common("from-until", args{"from": m.common("blank-date", nil), "until": m.common("blank-date", nil)})
	}
	return m.common("from-until", args{"from": m.dateOf(from), "until": m.dateOf(until)})
}
