package casefile

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"bianmin/core/identity"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNumbers(t *testing.T) {
	number, err := NewNumber(NumberParts{Terminal: "QH0301", Generation: "A", Date: "2026-11-22", Sequence: 42})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(number), "QH0301A-261122-0042-") || len(number) != 21 {
		t.Errorf("number is %q", number)
	}
	for _, bad := range []NumberParts{
		{"QH301", "A", "2026-11-22", 1},
		{"qh0301", "A", "2026-11-22", 1},
		{"QH0301", "AB", "2026-11-22", 1},
		{"QH0301", "1", "2026-11-22", 1},
		{"QH0301", "A", "1970-01-01", 1},
		{"QH0301", "A", "2026-13-22", 1},
		{"QH0301", "A", "2026-11-22", 0},
		{"QH0301", "A", "2026-11-22", 1_000_000},
	} {
		if got, err := NewNumber(bad); !errors.Is(err, ErrNumber) {
			t.Errorf("%v gave %q, %v", bad, got, err)
		}
	}
	for _, bad := range []string{"", "QH0301A", "QH0301A-261122-0042", "QH0301A-261122-42-0", "QH0301A-261122-00042-0", strings.ToLower(string(number)), string(number) + " "} {
		if _, err := ParseNumber(bad); !errors.Is(err, ErrNumber) {
			t.Errorf("%q was read: %v", bad, err)
		}
	}
}

func TestNumbersComeBackAndSeeErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := NumberParts{
			Terminal:   rapid.StringMatching(`[0-9A-Z]{6}`).Draw(t, "terminal"),
			Generation: rapid.StringMatching(`[A-Z]`).Draw(t, "generation"),
			Date:       time.Date(2020, 1, rapid.IntRange(1, 20_000).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
			Sequence:   rapid.IntRange(1, maxSequence).Draw(t, "sequence"),
		}
		number, err := NewNumber(parts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseNumber(string(number))
		if err != nil || got != parts {
			t.Fatalf("%q came back as %v, %v", number, got, err)
		}
		i := rapid.IntRange(0, len(number)-1).Draw(t, "place")
		wrong := []byte(number)
		wrong[i] = rapid.SampledFrom([]byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")).Draw(t, "character")
		if string(wrong) == string(number) {
			return
		}
		if _, err := ParseNumber(string(wrong)); err == nil {
			t.Fatalf("%q for %q was read", wrong, number)
		}
	})
}

func TestCanonical(t *testing.T) {
	submission := Submission{Values: json.RawMessage(` { "b" : 1.50, "a":[true,null, 1e3, -0.0, 100000000000000000000.0, 1e-7, 12], "\u20ac":"\u0001\n<&>\u00e9\ud842\udfb7","\uff41":1,"\ud83d\ude00":2 } `)}
	content, err := SignedContent(submission)
	if err != nil {
		t.Fatal(err)
	}
	// Names by UTF-16: U+20AC, then the surrogates of U+1F600, then U+FF41.
	want := `"values":{"a":[true,null,1000,0,100000000000000000000,1e-7,12],"b":1.5,"€":"\u0001\n<&>é𠮷","😀":2,"ａ":1}`
	if !strings.Contains(string(content), want) {
		t.Errorf("canonical form is %s\nwant it to hold %s", content, want)
	}
	submission.Signature = &Signature{Content: "x"}
	if again, err := SignedContent(submission); err != nil || string(again) != string(content) {
		t.Errorf("the signature changes the signed content: %v", err)
	}
	for _, bad := range []string{`{"n":12345678901234567890}`, `{"n":9007199254740993}`, `{"n":1e999}`, `{"n":1}{}`, `{`} {
		if _, err := SignedContent(Submission{Values: json.RawMessage(bad)}); err == nil {
			t.Errorf("%s has a canonical form", bad)
		}
	}
}

func TestCanonicalIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.MapOf(rapid.String(), rapid.OneOf(
			rapid.Map(rapid.String(), func(s string) any { return s }),
			rapid.Map(rapid.Float64Range(-1e15, 1e15), func(f float64) any { return f }),
			rapid.Map(rapid.IntRange(-maxSafe, maxSafe), func(i int) any { return i }),
		)).Draw(t, "values")
		raw, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		event := Event{Version: EventVersion, Submission: &Submission{Values: raw}, At: Stamp{Wall: time.Unix(1_700_000_000, 0).UTC()}}
		first, err := Canonical(event)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseEvent(first)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Canonical(parsed)
		if err != nil || string(again) != string(first) {
			t.Fatalf("after reading it again: %v\n%s\n%s", err, first, again)
		}
	})
}

func TestParseEventRefusesNewerVersion(t *testing.T) {
	for _, bad := range []string{`{"version":2}`, `{"version":0}`, `{}`, `[]`, ``} {
		if _, err := ParseEvent([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestFold(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, Zone)
	submitted := Entry{Kind: Submitted, At: at}
	accepted := Entry{Kind: PlatformAccepted, At: at.Add(time.Hour), Official: "O1"}
	refused := Entry{Kind: PlatformRefused, Reason: "材料不清"}
	rated := Entry{Kind: Evaluated, Times: 1}
	for _, c := range []struct {
		name    string
		entries []Entry
		want    Status
		fails   bool
	}{
		{"nothing", nil, Status{}, false},
		{"queued", []Entry{submitted}, Status{State: StateQueued, Filed: at}, false},
		{"accepted", []Entry{submitted, accepted}, Status{State: StateAccepted, Official: "O1", Filed: at, Accepted: at.Add(time.Hour)}, false},
		{"accepted twice", []Entry{submitted, accepted, accepted}, Status{State: StateAccepted, Official: "O1", Filed: at, Accepted: at.Add(time.Hour)}, false},
		{"refused", []Entry{submitted, refused}, Status{State: StateRefused, Reason: "材料不清", Filed: at}, false},
		{"repaired", []Entry{submitted, refused, accepted}, Status{State: StateAccepted, Official: "O1", Filed: at, Accepted: at.Add(time.Hour)}, false},
		{"rated before it is accepted", []Entry{submitted, rated, accepted}, Status{State: StateAccepted, Official: "O1", Filed: at, Accepted: at.Add(time.Hour), Evaluations: 1}, false},
		{"rated twice", []Entry{submitted, rated, rated}, Status{State: StateQueued, Filed: at, Evaluations: 1}, true},
		{"filed twice", []Entry{submitted, submitted}, Status{State: StateQueued, Filed: at}, true},
		{"rated before filed", []Entry{rated}, Status{}, true},
		{"accepted before filed", []Entry{accepted}, Status{}, true},
		{"refused after acceptance", []Entry{submitted, accepted, refused}, Status{State: StateAccepted, Official: "O1", Filed: at, Accepted: at.Add(time.Hour)}, true},
		{"another number", []Entry{submitted, accepted, {Kind: PlatformAccepted, Official: "O2"}}, Status{State: StateAccepted, Official: "O1", Filed: at, Accepted: at.Add(time.Hour)}, true},
		{"unknown", []Entry{submitted, {Kind: "other"}}, Status{State: StateQueued, Filed: at}, true},
	} {
		got, err := Fold(c.entries)
		if diff := cmp.Diff(c.want, got); diff != "" || errors.Is(err, ErrTransition) != c.fails {
			t.Errorf("%s: err %v, %s", c.name, err, diff)
		}
	}
}

func TestDeadlines(t *testing.T) {
	date := func(m time.Month, d int) identity.Date { return identity.Date{Year: 2026, Month: m, Day: d} }
	calendar := Calendar{
		Off: map[identity.Date]bool{date(10, 1): true, date(10, 2): true, date(10, 5): true, date(10, 6): true, date(10, 7): true},
		On:  map[identity.Date]bool{date(10, 10): true},
	}
	for _, c := range []struct {
		name     string
		accepted time.Time
		days     int
		want     identity.Date
	}{
		{"the day itself does not count", time.Date(2026, 9, 28, 23, 59, 0, 0, Zone), 1, date(9, 29)},
		{"over a weekend", time.Date(2026, 9, 25, 9, 0, 0, 0, Zone), 1, date(9, 28)},
		{"over holidays", time.Date(2026, 9, 30, 9, 0, 0, 0, Zone), 2, date(10, 9)},
		{"worked Saturday", time.Date(2026, 9, 30, 9, 0, 0, 0, Zone), 3, date(10, 10)},
		{"at once", time.Date(2026, 9, 30, 9, 0, 0, 0, Zone), 0, date(9, 30)},
		{"date in China, not in Greenwich", time.Date(2026, 9, 28, 17, 0, 0, 0, time.UTC), 1, date(9, 30)},
	} {
		got := calendar.Deadline(c.accepted, c.days)
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if left := calendar.Left(identity.DateOf(c.accepted.In(Zone)), got); left != c.days {
			t.Errorf("%s: %d days left on the first day, want %d", c.name, left, c.days)
		}
	}
	if left := calendar.Left(date(9, 30), date(9, 28)); left != -2 {
		t.Errorf("%d days after the deadline", left)
	}
}
