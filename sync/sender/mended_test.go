package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/platform/casebook"
)

// TestMendedReachesThePlatform: with the real programs a refused application is county's work, and ends when the mended one arrives,
// on both sides.
func TestMendedReachesThePlatform(t *testing.T) {
	w := newWorld(t)
	rules := `[{item: "*", require: [phone], reason: 请填写电话}]`
	if err := os.WriteFile(filepath.Join(w.platform, "rules.yaml"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	w.startPlatform("")
	w.enrol()
	w.startSender("")
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: "990102194500000017", Issuer: "望河县公安局", LongTerm: true}
	file := func(values string, previous casefile.Number) casefile.Filed {
		t.Helper()
		filed, err := w.desk.Submit(t.Context(), casefile.Submission{
			Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
			Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(values), Previous: previous,
		}, nil, who)
		if err != nil {
			t.Fatal(err)
		}
		return filed
	}
	first := file(`{}`, "")
	await(t, "the refusal", func() bool { return w.counts().Refused == 1 })
	if list := string(w.run("refused", "--people")); !strings.Contains(list, string(first.Number)) || !strings.Contains(list, "请填写电话") || !strings.Contains(list, "王小丫") {
		t.Errorf("the county's work is %q", list)
	}
	second := file(`{"phone":"13800000000"}`, first.Number)
	await(t, "the mended one", w.drained)
	if list := string(w.run("refused")); list != "" {
		t.Errorf("work is left: %s", list)
	}
	var cases []casebook.Case
	if err := json.Unmarshal(w.run("cases", "--json"), &cases); err != nil || len(cases) != 2 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		if c.Case == string(first.Number) && (c.State != "refused" || c.Successor != string(second.Number)) {
			t.Errorf("the refused one: %s, replaced by %q", c.State, c.Successor)
		}
		if c.Case == string(second.Number) && (c.State != casefile.StateAccepted || c.Previous != string(first.Number)) {
			t.Errorf("the mended one: %s, mends %q", c.State, c.Previous)
		}
	}
}
