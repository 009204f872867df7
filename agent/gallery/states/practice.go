package states

import (
	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/text"
)

// practising are pages of practice mode: the band stands above every one.
func (c canned) practising() []Named {
	var people []desk.Choice
	for _, p := range []struct{ code, zh, en string }{
		{"elder", "柳春妮", ""}, {"mother", "欧阳晓禾", ""}, {"son", "柳大川", ""}, {"expired", "马长福 · 过期", "马长福 · expired"}, {"agent", "林一帆 · 代办员", "林一帆 · agent"},
	} {
		label := text.Local{text.Chinese: p.zh, text.English: p.en}
		if p.en == "" {
			label[text.English] = p.zh
		}
		people = append(people, desk.Choice{Code: p.code, Label: label})
	}
	on := func(s desk.State, bench desk.Bench) desk.State {
		bench.People = people
		s.Practice, s.Bench = true, &bench
		if s.Account != "" {
			s.Account = "林一帆"
		}
		return s
	}
	accounts := []agency.AccountLine{
		{Account: agency.Account{ID: "990001", Name: "林一帆", Role: agency.RoleAgent}, Active: true, Standing: agency.StandingFull},
		{Account: agency.Account{ID: "990002", Name: "何学员", Role: agency.RoleTrainee}, Active: true, Standing: agency.StandingFull},
		{Account: agency.Account{ID: "990003", Name: "新代办员", Role: agency.RoleAgent}, Standing: agency.StandingFull},
	}
	sign, activate := bare(desk.SignOn), bare(desk.Activate)
	sign.SignOn = &desk.SignOnView{Accounts: accounts, Chosen: "990002", Reader: true}
	activate.Activate = &desk.ActivateView{Account: accounts[2]}
	locked := bare(desk.Locked)
	locked.Locked = &desk.LockedView{Account: "林一帆", ByCard: true}
	return []Named{
		{"practice-sign-on", on(sign, desk.Bench{Secret: "lianxibianmin"})},
		{"practice-activate", on(activate, desk.Bench{Code: "0BCD-EFGH-JKMN-P1RS"})},
		{"practice-locked", on(locked, desk.Bench{Placed: "elder", Secret: "lianxibianmin"})},
		{"practice", on(c.cases()[0].State, desk.Bench{Placed: "elder", Paper: "003-receipt.pdf"})},
		{"practice-accept", on(c.accepting()[0].State, desk.Bench{Placed: "elder"})},
		{"practice-evaluate", on(c.evaluating()[0].State, desk.Bench{Placed: "elder"})},
	}
}
