// Package states is every state of every page of the desk with canned data:
// invented people, numbers with valid check digits, items of the demo region.
// It feeds the gallery and the goldens. It must not draw, and no shipped program may link it.
package states

import (
	"fmt"
	"time"

	"bianmin/agent/desk"
	"bianmin/assets"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers"
)

// Named is one state with the name its picture and golden carry.
type Named struct {
	Name  string
	State desk.State
}

// now is the moment in all pictures.
var now = time.Date(2026, 11, 21, 9, 42, 0, 0, casefile.Zone)

// All returns every state, in the order an agent meets them.
func All() ([]Named, error) {
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		return nil, fmt.Errorf("load the demo catalogue: %w", err)
	}
	c := canned{set}
	var all []Named
	for _, group := range [][]Named{
		signing(), c.today(), c.cases(), c.choosing(), c.accepting(), c.filming(), c.accepted(), c.correcting(), papers(), fees(), c.visits(), c.reports(), queue(), c.evaluating(), overlays(c), bands(c), c.practising(),
	} {
		all = append(all, group...)
	}
	for i := range all {
		all[i].State.Serial = i + 1
	}
	return all, nil
}

// canned makes states from the demo catalogue.
type canned struct{ set *catalogue.Catalogue }

// item finds an item by a part of its Chinese name.
func (c canned) item(part string) *catalogue.Item {
	for _, item := range c.set.Items {
		if contains(item.Name[text.Chinese], part) {
			return item
		}
	}
	return c.set.Items[0]
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

// base is what all pages with a sidebar share.
func base(page desk.PageName) desk.State {
	s := bare(page)
	s.Account, s.Role, s.Standing = "李会计", agency.RoleAgent, agency.StandingFull
	s.Status = desk.StatusBar{Online: true, Devices: devices()}
	counts := map[desk.PageName]int{desk.Today: 12, desk.Cases: 38, desk.Corrections: 3, desk.Sync: 7}
	for _, name := range desk.SideBar() {
		s.Side = append(s.Side, desk.SideLine{Page: name, Count: counts[name], Alarm: name == desk.Corrections})
	}
	return s
}

func bare(page desk.PageName) desk.State {
	return desk.State{Page: page, Lang: text.Chinese, Point: "柳树沟村便民服务点", Phone: "0531-5550 1234", Now: now}
}

func devices() []drivers.Status {
	var all []drivers.Status
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleScanner} {
		all = append(all, drivers.Status{Role: role, Condition: drivers.Online})
	}
	return all
}

func offline(s desk.State) desk.State {
	s.Status.Online, s.Status.Waiting, s.Status.Oldest = false, 7, now.Add(-2*time.Hour)
	return s
}

func say(key string, args map[string]any) desk.Message { return desk.Message{Key: key, Args: args} }

// both is a text in both languages.
func both(zh, en string) text.Local { return text.Local{text.Chinese: zh, text.English: en} }

func signing() []Named {
	accounts := []agency.AccountLine{
		{Account: agency.Account{ID: "300101", Name: "李会计", Role: agency.RoleAgent}, Active: true, Standing: agency.StandingFull},
		{Account: agency.Account{ID: "300102", Name: "赵长河", Role: agency.RoleLead}, Active: true, PIN: true, Standing: agency.StandingReading},
		{Account: agency.Account{ID: "300103", Name: "陈玉珍", Role: agency.RoleTrainee}, Active: true, Standing: agency.StandingPractice},
		{Account: agency.Account{ID: "300104", Name: "阿卜杜热合曼·吐尔逊", Role: agency.RoleAgent}},
	}
	sign := func(view desk.SignOnView) desk.State {
		s := bare(desk.SignOn)
		view.Accounts = accounts
		s.SignOn = &view
		return s
	}
	empty := bare(desk.SignOn)
	empty.SignOn = &desk.SignOnView{Problem: say("service.reason.not-enrolled", nil), Practise: true}
	activate := bare(desk.Activate)
	activate.Activate = &desk.ActivateView{Account: accounts[3]}
	again := bare(desk.Activate)
	again.Activate = &desk.ActivateView{Account: accounts[0], Recover: true, Problem: say("form.problem.required", nil)}
	lock := func(view desk.LockedView) desk.State {
		s := bare(desk.Locked)
		view.Account = "李会计"
		s.Locked = &view
		return s
	}
	out := func(reason string) desk.State {
		s := bare(desk.OutOfService)
		s.OutOfService = &desk.OutOfServiceView{Reason: reason, Phone: s.Phone, Practise: reason != "role"}
		return s
	}
	return []Named{
		{"sign-on", sign(desk.SignOnView{Reader: true, Practise: true})},
		{"sign-on-chosen", sign(desk.SignOnView{Chosen: "300101"})},
		{"sign-on-pin", sign(desk.SignOnView{Chosen: "300102"})},
		{"sign-on-busy", sign(desk.SignOnView{Chosen: "300101", Busy: true})},
		{"sign-on-locked", sign(desk.SignOnView{Chosen: "300101", Locked: 9 * time.Minute})},
		{"sign-on-inactive", sign(desk.SignOnView{Chosen: "300104"})},
		{"sign-on-empty", empty},
		{"activate", activate},
		{"activate-recover", again},
		{"locked", lock(desk.LockedView{})},
		{"locked-card", lock(desk.LockedView{ByCard: true, Until: now.Add(8 * time.Minute)})},
		{"locked-busy", lock(desk.LockedView{Busy: true})},
		{"out-of-service", out("not-enrolled")},
		{"out-of-service-role", out("role")},
	}
}
