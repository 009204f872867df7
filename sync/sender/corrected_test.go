package main

import (
	"encoding/json"
	"slices"
	"testing"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/platform/casebook"
)

// TestCorrectionReachesThePlatform: with the real programs a case that was sent back is corrected with the card and the platform has that once. One that was
// decided meanwhile is refused there, and the terminal shows what was decided and that the correction was not taken.
func TestCorrectionReachesThePlatform(t *testing.T) {
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	w.startSender("")
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: "990102194500000017", Issuer: "望河县公安局", LongTerm: true}
	file := func() casefile.Number {
		t.Helper()
		filed, err := w.desk.Submit(t.Context(), casefile.Submission{
			Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
			Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{"phone":"1"}`),
		}, nil, who)
		if err != nil {
			t.Fatal(err)
		}
		await(t, "the application", w.drained)
		w.run("act", string(filed.Number), "return", "--point", "field=phone,text=少一位", "--days", "3")
		return filed.Number
	}
	look := func(number casefile.Number) casefile.Summary {
		t.Helper()
		list, err := w.desk.Cases(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		return list[slices.IndexFunc(list, func(s casefile.Summary) bool { return s.Number == number })]
	}
	correct := func(s casefile.Summary) {
		t.Helper()
		_, err := w.desk.Correct(t.Context(), s.Number, casefile.Correction{Notice: s.Asked.ID, Points: []string{"1"}, Values: json.RawMessage(`{"phone":"13800000000"}`)}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	first := file()
	await(t, "the notice", func() bool { return look(first).Asked.Stands() })
	correct(look(first))
	await(t, "the correction", func() bool {
		s := look(first)
		return s.State == casefile.StateProcessing && s.Moments[len(s.Moments)-1].State == casefile.StateAccepted
	})

	second := file()
	await(t, "the second notice", func() bool { return look(second).Asked.Stands() })
	platform.kill()
	w.run("act", string(second), "reject", "--reason", "户口不在本县")
	correct(look(second)) // what was decided has not come down
	w.startPlatform("")
	await(t, "the decision and the refusal", func() bool { return look(second).State == casefile.StateRejected && w.counts().Refused == 1 })
	if s := look(second); s.Reason != "户口不在本县" || !slices.ContainsFunc(s.Moments, func(m casefile.Moment) bool { return m.Kind == string(casefile.Corrected) && m.Refused }) {
		t.Errorf("%+v", s)
	}
	var cases []casebook.Case
	if err := json.Unmarshal(w.run("cases", "--json"), &cases); err != nil || len(cases) != 2 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		n := 0
		for _, e := range c.Events {
			if e.Kind == string(casefile.Corrected) && e.State == "accepted" {
				n++
			}
		}
		if want := map[string]int{string(first): 1, string(second): 0}[c.Case]; n != want {
			t.Errorf("%s was corrected %d times", c.Case, n)
		}
	}
}
