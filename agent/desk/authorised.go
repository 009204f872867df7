package desk

import (
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/core/text"
)

// mandate is an authorisation somebody brought for a case begun elsewhere, with its scanned page.
type mandate struct {
	authorisation casefile.Authorisation
	file          casefile.Attachment
}

// askMandate takes in an authorisation: the delegate's card, what its paper says, and the signed paper itself.
func (m *machine) askMandate(code receipt.Code) {
	m.takeValidCard(func(m *machine, card identity.Card) {
		d := casefile.Delegation{
			Agent: m.shift.account.ID, AgentName: m.shift.account.Name, Delegate: casefile.ApplicantOf(card), Item: code.Item, From: m.date(),
		}
		m.askNumber("desk.ask.delegate-number", func(m *machine, number string) {
			if number != card.Number {
				m.say(Bad, "desk.refusal."+string(agency.DelegateOther), nil)
				return
			}
			m.askNumber("desk.ask.principal-number", func(m *machine, number string) {
				if number == card.Number {
					m.say(Bad, "desk.refusal."+string(agency.SamePerson), nil)
					return
				}
				m.askUntil(code, casefile.Authorisation{Principal: number, Delegation: d})
			})
		})
	})
}

// askTyped asks for one thing until read takes it; what is wrong is said below the field.
func (m *machine) askTyped(title string, read func(m *machine, typed string) (problem string)) {
	o := Overlay{
		Kind: overlayReason, Title: Message{Key: title}, Label: Message{Key: "desk.ask.as-on-paper"},
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}
	var answer func(m *machine, a Answer)
	answer = func(m *machine, a Answer) {
		if !a.Yes {
			return
		}
		if problem := read(m, a.Text); problem != "" {
			o.Problem = Message{Key: problem}
			m.ask(o, answer)
		}
	}
	m.ask(o, answer)
}

func (m *machine) askNumber(title string, use func(m *machine, number string)) {
	m.askTyped(title, func(m *machine, typed string) string {
		number := strings.ToUpper(halfWidth(strings.TrimSpace(typed)))
		if identity.CheckNumber(number) != nil {
			return "desk.problem.id-number"
		}
		use(m, number)
		return ""
	})
}

func (m *machine) askUntil(code receipt.Code, a casefile.Authorisation) {
	m.askTyped("desk.ask.authorised-until", func(m *machine, typed string) string {
		date, problem := readDate(typed, m.today)
		switch {
		case problem != "":
			return "desk.problem." + problem
		case date < a.Delegation.From:
			return "desk.refusal." + string(agency.DelegationEnded)
		}
		a.Delegation.Until = date
		m.askScope(code, a)
		return ""
	})
}

// scopesOffered are what an authorisation for a case that is under way may say.
var scopesOffered = [][]string{
	{agency.ScopeCorrect},
	{agency.ScopeCollect},
	{agency.ScopePay},
	{agency.ScopeCorrect, agency.ScopeCollect},
	{agency.ScopeCorrect, agency.ScopePay},
	{agency.ScopePay, agency.ScopeCollect},
	{agency.ScopeCorrect, agency.ScopePay, agency.ScopeCollect},
}

func (m *machine) askScope(code receipt.Code, a casefile.Authorisation) {
	var choices []Choice
	for _, scopes := range scopesOffered {
		choice := Choice{Code: strings.Join(scopes, "+"), Label: text.Local{}}
		for lang, comma := range map[text.Lang]string{text.Chinese: "、", text.English: ", "} {
			var names []string
			for _, scope := range scopes {
				names = append(names, m.options.Words.T(lang, "desk.scope."+scope, nil))
			}
			choice.Label[lang] = strings.Join(names, comma)
		}
		choices = append(choices, choice)
	}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.authorised-scope"}, Choices: choices, Chosen: choices[0].Code,
		Yes: Message{Key: "desk.ask.scan-signed"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, answer Answer) {
		if !answer.Yes {
			return
		}
		for i, scopes := range scopesOffered {
			if choices[i].Code == answer.Chosen {
				a.Delegation.Scope = scopes
			}
		}
		m.scanMandate(code, a)
	})
}

func (m *machine) scanMandate(code receipt.Code, a casefile.Authorisation) {
	if len(a.Delegation.Scope) == 0 {
		m.say(Bad, "desk.refusal."+string(agency.DelegationScope), nil)
		return
	}
	m.shift.list.busy = "scan"
	m.scanOne(shot{left: (*machine).atRest, use: func(m *machine, p page, err error) {
		m.atRest()
		if err != nil {
			m.fail("scan the authorisation", err)
			return
		}
		a.Delegation.Pages = []casefile.Page{p.Record}
		if m.shift.mandates == nil {
			m.shift.mandates = map[casefile.Number]mandate{}
		}
		m.shift.mandates[code.Case] = mandate{authorisation: a, file: p.attachment}
		m.openForeign(code, casefile.Applicant{Number: a.Principal, Name: identity.Mask(a.Principal)}, &a.Delegation)
	}})
}

// authorise adds the authorisation to an event of a case begun elsewhere, unless the principal's own card was read.
func (m *machine) authorise(number casefile.Number, body *casefile.Event, files []casefile.Attachment) []casefile.Attachment {
	brought, ok := m.shift.mandates[number]
	if !ok || m.shift.cards[brought.authorisation.Principal] {
		return files
	}
	body.Authorisation = &brought.authorisation
	return append(files[:len(files):len(files)], brought.file)
}
