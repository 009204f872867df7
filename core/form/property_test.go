package form

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bianmin/core/identity"
)

// anything draws a value of any shape a screen, a file or a fault could hand in.
func anything() *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Float64().AsAny(), rapid.Int().AsAny(), rapid.String().AsAny(),
		rapid.SampledFrom([]any{"a", "x", "y", "2000-01-01", "13800000000", "990301100201", "", "  ", 0.0, json.Number("7"), json.Number("x")}),
	)
	list := rapid.SliceOfN(leaf, 0, 4).AsAny()
	object := rapid.MapOfN(rapid.SampledFrom([]string{"name", "works", "pay", "region", "detail", "z"}), leaf, 0, 4).AsAny()
	rows := rapid.Custom(func(t *rapid.T) any { return []any{object.Draw(t, "row"), leaf.Draw(t, "leaf")} })
	return rapid.OneOf(leaf, list, object, rows)
}

func anyValues() *rapid.Generator[Values] {
	return rapid.Custom(func(t *rapid.T) Values {
		values := good()
		for name := range values {
			if rapid.IntRange(0, 3).Draw(t, "change") == 0 {
				values[name] = anything().Draw(t, name)
			}
		}
		for _, name := range []string{"partner", "firm", "rows", "remark", "shoe"} {
			if rapid.Bool().Draw(t, "add") {
				values[name] = anything().Draw(t, name)
			}
		}
		return values
	})
}

// TestWhatIsSoundIsSoundForThePlatform: values without a problem satisfy the schema by itself, and stay sound when filed and read back.
func TestWhatIsSoundIsSoundForThePlatform(t *testing.T) {
	c := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		values := anyValues().Draw(t, "values")
		before, _ := json.Marshal(values)
		problems := c.Validate(values, env())
		if after, _ := json.Marshal(values); string(before) != string(after) {
			t.Fatal("validation changed the values")
		}
		for _, p := range problems {
			if !slices.Contains(ProblemCodes(), p.Code) {
				t.Fatalf("code %q is not listed", p.Code)
			}
		}
		if len(problems) > 0 {
			return
		}
		final := c.Final(values)
		if err := c.schema.Validate(map[string]any(final)); err != nil {
			t.Fatalf("the platform would refuse: %v", err)
		}
		content, err := json.Marshal(final)
		if err != nil {
			t.Fatal(err)
		}
		var back Values
		if err := json.Unmarshal(content, &back); err != nil {
			t.Fatal(err)
		}
		if problems := c.Validate(back, env()); len(problems) > 0 {
			t.Fatalf("not sound any more after filing: %v", problems)
		}
		if diff := cmp.Diff(final, c.Final(back)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestVisibleFollowsConditions compares with the conditions written out by hand.
func TestVisibleFollowsConditions(t *testing.T) {
	c := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		values := Values{}
		if rapid.Bool().Draw(t, "answered") {
			values["alone"] = rapid.Bool().Draw(t, "alone")
		}
		values["kind"] = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "kind")
		var wants []any
		for _, code := range []string{"x", "y", "z"} {
			if rapid.Bool().Draw(t, code) {
				wants = append(wants, code)
			}
		}
		values["wants"] = wants
		if rapid.Bool().Draw(t, "has partner") {
			values["partner"] = "何大川"
		}
		has := func(code string) bool { return slices.Contains(wants, any(code)) }
		partner := values["alone"] == false
		want := map[string]bool{
			"partner": partner, "firm": values["kind"] == "b" && !has("z"),
			"rows": (partner && values["partner"] != nil) || has("y"),
		}
		shown := map[string]bool{}
		last := -1
		for _, f := range c.Visible(values) {
			shown[f.Name] = true
			at := slices.IndexFunc(c.order, func(e *entry) bool { return e.field.Name == f.Name })
			if at <= last {
				t.Fatalf("%s is out of order", f.Name)
			}
			last = at
		}
		for name, visible := range want {
			if shown[name] != visible {
				t.Fatalf("%s is shown: %v, want %v with %v", name, shown[name], visible, values)
			}
		}
	})
}

// TestTypingAPhoneNumber: at every digit the person is told how many are missing, until none is.
func TestTypingAPhoneNumber(t *testing.T) {
	c := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		number := "1" + rapid.StringMatching(`[3-9][0-9]{9}`).Draw(t, "number")
		for typed := 1; typed <= len(number); typed++ {
			values := good()
			values["phone"] = number[:typed]
			problems := c.ProblemsOf("phone", values, env())
			if typed == len(number) {
				if len(problems) != 0 {
					t.Fatalf("a whole number: %v", problems)
				}
				return
			}
			want := []Problem{{Field: "phone", Code: ProblemIncomplete, Details: map[string]any{"missing": len(number) - typed}}}
			if diff := cmp.Diff(want, problems); diff != "" {
				t.Fatalf("after %d digits: %s", typed, diff)
			}
		}
	})
}

// TestWrongIDNumbersAreFound changes one digit of a valid number: the check digit tells.
func TestWrongIDNumbersAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := "990301" + rapid.SampledFrom([]string{"19480307", "20000229", "20260101"}).Draw(t, "birth") + rapid.StringMatching(`[0-9]{3}`).Draw(t, "sequence")
		digit, err := identity.NumberCheckDigit(first)
		if err != nil {
			t.Fatal(err)
		}
		number := []byte(first + string(digit))
		if code, _ := checkIDNumber(string(number)); code != "" {
			t.Fatalf("a valid number: %s", code)
		}
		if code, _ := checkIDNumber(strings.ToLower(string(number))); code != "" {
			t.Fatalf("a valid number with a small x: %s", code)
		}
		at := rapid.IntRange(0, 16).Draw(t, "at")
		number[at] = '0' + (number[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if code, _ := checkIDNumber(string(number)); code != ProblemIDNumber {
			t.Fatal("a wrong digit is not found")
		}
	})
}

func TestOversizedValues(t *testing.T) {
	c := compiled(t)
	deep := any("x")
	for range 1000 {
		deep = []any{deep}
	}
	var many []any
	for range 100000 {
		many = append(many, "x")
	}
	spread := good()
	for _, name := range []string{"name", "phone", "remark", "partner", "firm"} {
		spread[name] = strings.Repeat("长", 20000)
	}
	for name, values := range map[string]Values{
		"text": {"remark": strings.Repeat("x", 5<<20)}, "address": {"address": map[string]any{"detail": strings.Repeat("x", 5<<20)}},
		"rows": {"rows": []any{map[string]any{"name": strings.Repeat("x", 5<<20)}}}, "choices": {"wants": many}, "nesting": {"remark": deep},
		"unknown field": {"shoe": strings.Repeat("x", 5<<20)}, "all together": spread,
	} {
		problems := c.Validate(values, env())
		if len(problems) == 0 || problems[0].Code != ProblemTooLarge {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	c := compiled(b)
	for b.Loop() {
		c.Validate(good(), env())
	}
}
