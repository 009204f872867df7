// Package practice is what stands round a desk in practice mode (练习): invented
// people with cards, a reader, a scanner, printers that print into files, and a
// department that answers. It must not touch real devices, the network or any
// folder but practice's own.
package practice

import (
	"fmt"
	"slices"

	"bianmin/agent/desk"
	"bianmin/core/identity"
	"bianmin/core/text"
)

// Accounts of practice.
const (
	Agent    = "990001"
	Trainee  = "990002"
	Newcomer = "990003" // has no keys yet: activating is practised with it
)

// AgentName is on the invented agent's own card.
const AgentName = "林一帆"

// person is invented. Numbers begin with 99, which no division has.
type person struct {
	code   string
	label  text.Local // beside the name, "" for nothing to say
	card   identity.Card
	first  string // of the number, without its check digit
	number string // of house
}

func invented() []person {
	from, until := identity.Date{Year: 2019, Month: 5, Day: 6}, identity.Date{Year: 2039, Month: 5, Day: 6}
	return []person{
		{code: "elder", first: "99030119480307782", card: identity.Card{Name: "柳春妮", LongTerm: true, ValidFrom: from}, number: "1"},
		{code: "mother", first: "99030119960214404", card: identity.Card{Name: "欧阳晓禾", ValidFrom: from, ValidTo: until}, number: "2"},
		{code: "son", first: "99030119750612331", card: identity.Card{Name: "柳大川", ValidFrom: from, ValidTo: until}, number: "1"},
		{
			code: "expired", first: "99030119580920517", label: text.Local{text.Chinese: "过期", text.English: "expired"}, number: "3",
			card: identity.Card{Name: "马长福", ValidFrom: identity.Date{Year: 2004, Month: 3, Day: 1}, ValidTo: identity.Date{Year: 2024, Month: 3, Day: 1}},
		},
		{
			code: "agent", first: "99030119930811262", label: text.Local{text.Chinese: "代办员", text.English: "agent"}, number: "9",
			card: identity.Card{Name: AgentName, ValidFrom: from, ValidTo: until},
		},
	}
}

// cards are the invented people in their order.
func cards() ([]person, error) {
	all := invented()
	for i := range all {
		p := &all[i]
		digit, err := identity.NumberCheckDigit(p.first)
		if err != nil {
			return nil, fmt.Errorf("invent a person: %w", err)
		}
		p.card.Kind, p.card.Nation, p.card.Number = identity.Resident, "01", p.first+string(digit)
		p.card.Sex = identity.NumberSex(p.card.Number)
		p.card.Issuer, p.card.Address = "青禾县公安局", "青禾县柳林镇柳树沟村"+p.number+"号"
		if p.card.Birth, err = identity.ParseDate(p.first[6:14]); err != nil {
			return nil, fmt.Errorf("invent a person: %w", err)
		}
	}
	return all, nil
}

// AgentCard is the invented agent's own card.
func AgentCard() (identity.Card, error) {
	all, err := cards()
	if err != nil {
		return identity.Card{}, err
	}
	return all[slices.IndexFunc(all, func(p person) bool { return p.code == "agent" })].card, nil
}

// choice shows a person by name, with what is special about the card.
func (p person) choice() desk.Choice {
	label := text.Local{}
	for _, lang := range []text.Lang{text.Chinese, text.English} {
		label[lang] = p.card.Name
		if p.label[lang] != "" {
			label[lang] += " · " + p.label[lang]
		}
	}
	return desk.Choice{Code: p.code, Label: label}
}
