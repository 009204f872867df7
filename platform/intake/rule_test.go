package intake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"bianmin/core/casefile"
)

func TestReadRules(t *testing.T) {
	dir := t.TempDir()
	read := func(text string) (Rules, error) {
		path := filepath.Join(dir, "rules.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return ReadRules(path)
	}
	if rules, err := ReadRules(filepath.Join(dir, "none.yaml")); err != nil || rules != nil {
		t.Errorf("no file: %v, %v", rules, err)
	}
	if rules, err := read(`[{item: "*", once: ever, require: [a, b], refuse: {c: d}, reason: r}]`); err != nil || len(rules) != 1 {
		t.Errorf("%v, %v", rules, err)
	}
	for _, bad := range []string{`[{item: x}]`, `[{reason: x}]`, `[{item: x, reason: y, once: weekly}]`, `[{item: x, reason: y, colour: red}]`, `{`, `hello`} {
		if rules, err := read(bad); err == nil {
			t.Errorf("%s: %v", bad, rules)
		}
	}
}

// TestClaimPeriods: once a year is once a year, whoever files on whichever day.
func TestClaimPeriods(t *testing.T) {
	event := func(date, person string) casefile.Event {
		return casefile.Event{At: casefile.Stamp{BusinessDate: date}, Submission: &casefile.Submission{
			Item: casefile.ItemRef{Code: "1"}, Applicant: casefile.Applicant{Number: person}, Values: json.RawMessage(`{}`),
		}}
	}
	for _, c := range []struct {
		once, first, second string
		same                bool
	}{
		{"year", "2026-01-01", "2026-12-31", true},
		{"year", "2026-12-31", "2027-01-01", false},
		{"month", "2026-11-01", "2026-11-30", true},
		{"month", "2026-11-30", "2026-12-01", false},
		{"ever", "2026-11-30", "2036-12-01", true},
	} {
		rules := Rules{{Item: "*", Once: c.once, Reason: "r"}}
		_, first := rules.judge(event(c.first, "p"))
		_, second := rules.judge(event(c.second, "p"))
		_, other := rules.judge(event(c.first, "q"))
		if len(first) != 1 || (first[0].Key == second[0].Key) != c.same || first[0].Key == other[0].Key {
			t.Errorf("once a %s, %s and %s: %v, %v", c.once, c.first, c.second, first, second)
		}
	}
}
