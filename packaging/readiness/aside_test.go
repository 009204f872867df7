package readiness_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/packaging/readiness"
	"bianmin/store/filing"
	"bianmin/sync/seal"
)

// TestPutAsideIsNotForgotten: a case that somebody has put aside, and that nobody sends meanwhile, is said, with what to do.
func TestPutAsideIsNotForgotten(t *testing.T) {
	m := newMachine(t)
	m.enrol()
	m.platform.Stop() // nothing is sent, and nothing has to be
	f, err := filing.Open(t.Context(), filing.Options{Folder: m.settings.Data, Software: "test", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: "990102194500000017", Issuer: "望河县公安局", LongTerm: true}
	filed, err := f.Submit(t.Context(), casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{}`),
	}, nil, who)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Store().HoldCase(t.Context(), filed.Number, "provision", "县里要求先查"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r := m.look()
	i := slices.IndexFunc(r.Checks, func(c readiness.Check) bool { return c.ID == "queue" })
	if i < 0 {
		t.Fatalf("%q", codes(r))
	}
	if c := r.Checks[i]; c.Code != "held" || c.State != readiness.Warn || !strings.Contains(c.Do, "release") || !strings.Contains(c.English.Do, "release") {
		t.Errorf("%+v", c)
	}
	if missing := m.words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}
