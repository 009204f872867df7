package agency_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
)

func TestStanding(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, casefile.Zone)
	agent := agency.Account{ID: "301001", Role: agency.RoleAgent}
	for _, c := range []struct {
		name string
		a    agency.Account
		seen time.Time
		want agency.Standing
	}{
		{"just seen", agent, now, agency.StandingFull},
		{"45 days", agent, now.Add(-agency.DefaultAbsence), agency.StandingFull},
		{"longer", agent, now.Add(-agency.DefaultAbsence - time.Minute), agency.StandingReading},
		{"own limit", agency.Account{Role: agency.RoleLead, Absence: time.Hour}, now.Add(-2 * time.Hour), agency.StandingReading},
		{"trainee", agency.Account{Role: agency.RoleTrainee}, now, agency.StandingPractice},
	} {
		if got := c.a.Standing(now, c.seen); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDelegation(t *testing.T) {
	principal := identity.Card{Number: "620000194803150001"}
	good := casefile.Delegation{
		Delegate: casefile.Applicant{Number: "11010519491231002X"}, Scope: []string{agency.ScopeApply}, Item: "I1", From: "2026-11-20", Until: "2026-12-20",
	}
	on := identity.Date{Year: 2026, Month: 11, Day: 25}
	change := func(f func(*casefile.Delegation)) casefile.Delegation { d := good; f(&d); return d }
	for _, c := range []struct {
		name  string
		d     casefile.Delegation
		scope string
		want  agency.Code
	}{
		{"good", good, agency.ScopeApply, ""},
		{"oneself", change(func(d *casefile.Delegation) { d.Delegate.Number = principal.Number }), agency.ScopeApply, agency.SamePerson},
		{"another item", change(func(d *casefile.Delegation) { d.Item = "I2" }), agency.ScopeApply, agency.DelegationOther},
		{"past", change(func(d *casefile.Delegation) { d.Until = "2026-11-24" }), agency.ScopeApply, agency.DelegationEnded},
		{"last day", change(func(d *casefile.Delegation) { d.Until = "2026-11-25" }), agency.ScopeApply, ""},
		{"not yet", change(func(d *casefile.Delegation) { d.From = "2026-11-26" }), agency.ScopeApply, agency.DelegationEnded},
		{"order", change(func(d *casefile.Delegation) { d.From = "2027-01-01" }), agency.ScopeApply, agency.DelegationPeriod},
		{"no date", change(func(d *casefile.Delegation) { d.Until = "冬月初五" }), agency.ScopeApply, agency.DelegationPeriod},
		{"scope", good, agency.ScopeCollect, agency.DelegationScope},
	} {
		if got := agency.Refused(agency.CheckDelegation(c.d, principal, "I1", c.scope, on)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCustody: whatever the moves, a paper is returned at most once and never out of nothing.
func TestCustody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var custody agency.Custody
		received, returned := map[string]int{}, map[string]int{}
		for range rapid.IntRange(1, 40).Draw(t, "moves") {
			move := casefile.PaperMove{
				Step:   rapid.SampledFrom([]casefile.PaperStep{casefile.PaperReceived, casefile.PaperHandedOn, casefile.PaperReturned, "other"}).Draw(t, "step"),
				Papers: []casefile.Paper{},
			}
			for range rapid.IntRange(1, 3).Draw(t, "papers") {
				move.Papers = append(move.Papers, casefile.Paper{ID: rapid.SampledFrom([]string{"a", "b", "c", ""}).Draw(t, "id")})
			}
			next, err := custody.Apply(move)
			if err != nil {
				if agency.Refused(err) == "" || len(next.Held) != len(custody.Held) {
					t.Fatalf("refused as %v, custody changed", err)
				}
				continue
			}
			custody = next
			for _, p := range move.Papers {
				switch move.Step {
				case casefile.PaperReceived:
					received[p.ID]++
				case casefile.PaperReturned:
					returned[p.ID]++
				}
			}
		}
		for id, n := range returned {
			if n > 1 || received[id] != 1 {
				t.Fatalf("paper %q: received %d times, returned %d times", id, received[id], n)
			}
		}
	})
}

func TestFees(t *testing.T) {
	guide := func(name string) (int64, bool) { return 2000, name == "工本费" }
	taken := casefile.FeeEntry{Receipt: "QH0301A-000001", Name: "工本费", Fen: 1500}
	for _, c := range []struct {
		name    string
		entry   casefile.FeeEntry
		earlier []casefile.FeeEntry
		want    agency.Code
	}{
		{"all of it", casefile.FeeEntry{Name: "工本费", Fen: 2000}, nil, ""},
		{"above", casefile.FeeEntry{Name: "工本费", Fen: 2001}, nil, agency.FeeAbove},
		{"above together", casefile.FeeEntry{Name: "工本费", Fen: 501}, []casefile.FeeEntry{taken}, agency.FeeAbove},
		{"unknown", casefile.FeeEntry{Name: "好处费", Fen: 1}, nil, agency.FeeUnknown},
		{"nothing", casefile.FeeEntry{Name: "工本费"}, nil, agency.FeeUnknown},
		{"refund", casefile.FeeEntry{Name: "工本费", Fen: -1500, Counter: taken.Receipt}, []casefile.FeeEntry{taken}, ""},
		{"refund above", casefile.FeeEntry{Name: "工本费", Fen: -1501, Counter: taken.Receipt}, []casefile.FeeEntry{taken}, agency.RefundAbove},
		{"refund twice", casefile.FeeEntry{Name: "工本费", Fen: -1000, Counter: taken.Receipt}, []casefile.FeeEntry{taken, {Fen: -1000, Counter: taken.Receipt}}, agency.RefundAbove},
		{"refund of nothing", casefile.FeeEntry{Name: "工本费", Fen: -1, Counter: "QH0301A-000009"}, []casefile.FeeEntry{taken}, agency.RefundUnknown},
		{"refund without counter", casefile.FeeEntry{Name: "工本费", Fen: -1}, []casefile.FeeEntry{taken}, agency.RefundUnknown},
		{"positive counter", casefile.FeeEntry{Name: "工本费", Fen: 1, Counter: taken.Receipt}, []casefile.FeeEntry{taken}, agency.RefundUnknown},
	} {
		if got := agency.Refused(agency.CheckFee(c.entry, guide, c.earlier)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestClosing(t *testing.T) {
	entries := []casefile.FeeEntry{{Receipt: "QH0301A-000001", Fen: 1500}, {Receipt: "QH0301A-000002", Fen: -500, Counter: "QH0301A-000001"}}
	day, err := agency.Closing("2026-11-25", "301001", entries, 1000, "")
	if err != nil || day.LedgerFen != 1000 || day.First != "QH0301A-000001" || day.Last != "QH0301A-000002" {
		t.Errorf("%+v, %v", day, err)
	}
	if _, err := agency.Closing("2026-11-25", "301001", entries, 990, ""); agency.Refused(err) != agency.DayReason {
		t.Errorf("a difference without a reason: %v", err)
	}
	if _, err := agency.Closing("2026-11-25", "301001", entries, 990, "找零少收"); err != nil {
		t.Errorf("a difference with a reason: %v", err)
	}
}

func TestSecret(t *testing.T) {
	account := agency.Account{ID: "301001", Name: "李会计"}
	for secret, good := range map[string]bool{
		"春天 柳树 水井 石桥": true, "correct horse battery staple": true, "柳树沟的水井在村东头": true, "x7-Qm2vt9e": true,
		"": false, "123456": false, "1234567890": false, "0987654321": false, "aaaaaaaaaaaa": false, "abababababab": false,
		"水 水 水 水": false, "李会计301001": false, "一 二 三": false, "abcdefghijkl": false,
		"7 2 9 4": false, "71 28 94 46": false, "水 井 桥 柳": false, "ab cd ef gh": false, "sun map hen log": true, "8203719465": true,
	} {
		if err := agency.CheckSecret(secret, account); (err == nil) != good {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

// TestNextPapers: serials go on after the highest, per terminal and generation.
func TestNextPapers(t *testing.T) {
	const number = "QH0301A-261122-0042-X"
	var custody agency.Custody
	for _, c := range []struct{ terminal, first, second string }{
		{"QH0301A", number + "/1", number + "/2"},
		{"QH0302A", number + "/QH0302A-1", number + "/QH0302A-2"},
		{"QH0301B", number + "/QH0301B-1", number + "/QH0301B-2"},
		{"QH0301A", number + "/3", number + "/4"},
		{"QH0302A", number + "/QH0302A-3", number + "/QH0302A-4"},
	} {
		ids := custody.NextPapers(number, c.terminal, 2)
		if len(ids) != 2 || ids[0] != c.first || ids[1] != c.second {
			t.Fatalf("%s: %v, want %s and %s", c.terminal, ids, c.first, c.second)
		}
		next, err := custody.Apply(casefile.PaperMove{Step: casefile.PaperReceived, Papers: []casefile.Paper{{ID: ids[0]}, {ID: ids[1]}}})
		if err != nil {
			t.Fatal(err)
		}
		custody = next
	}
}
