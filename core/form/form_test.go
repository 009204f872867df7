package form

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bianmin/core/identity"
	"bianmin/core/text"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// villages is a tree of one county, one town and two villages.
type villages map[string]bool

func (v villages) Division(code, root string) (leaf, known bool) {
	leaf, known = v[code]
	return leaf, known
}

var region = villages{"990301000000": false, "990301100000": false, "990301100201": true, "990301100202": true}

func yes(b bool) *bool { return &b }

func field(name string, kind Kind) Field {
	return Field{Name: name, Kind: kind, Label: text.Zh(name)}
}

func options(codes ...string) []Option {
	all := make([]Option, len(codes))
	for i, code := range codes {
		all[i] = Option{Code: code, Label: text.Zh(code)}
	}
	return all
}

const fullSchema = `{
  "type": "object", "additionalProperties": false,
  "required": ["name", "number", "phone", "kind", "wants", "alone", "born", "income", "home", "address"],
  "properties": {
    "name": {"type": "string", "maxLength": 30},
    "number": {"type": "string"},
    "phone": {"type": "string"},
    "kind": {"type": "string", "enum": ["a", "b"]},
    "wants": {"type": "array", "items": {"enum": ["x", "y", "z"]}, "minItems": 1, "maxItems": 2},
    "alone": {"type": "boolean"},
    "partner": {"type": "string", "minLength": 2, "maxLength": 10},
    "born": {"type": "string", "format": "date", "formatMinimum": "1900-01-01", "formatMaximum": "today-18y"},
    "income": {"type": "integer", "minimum": 0, "maximum": 5000},
    "home": {"type": "string"},
    "address": {"type": "object", "required": ["region", "detail"], "properties": {"region": {"type": "string"}, "detail": {"type": "string", "maxLength": 20}}},
    "firm": {"type": "string"},
    "rows": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "object", "additionalProperties": false, "required": ["name", "works"],
      "properties": {"name": {"type": "string", "maxLength": 5}, "works": {"type": "boolean"}, "pay": {"type": "number", "minimum": 0, "multipleOf": 0.01}}}},
    "remark": {"type": "string", "maxLength": 20, "pattern": "^[^<>]*$"}
  }
}`

// full is a form with every kind of field.
func full() Form {
	name := field("name", KindText)
	name.Prefill, name.Locked = FromCardName, true
	number := field("number", KindIDNumber)
	number.Prefill, number.Locked = FromCardNumber, true
	kind := field("kind", KindChoice)
	kind.Options = options("a", "b")
	wants := field("wants", KindManyChoice)
	wants.Options = options("x", "y", "z")
	partner := field("partner", KindText)
	partner.When = &Condition{Field: "alone", Equals: false}
	home := field("home", KindRegion)
	home.Prefill = FromPointRegion
	firm := field("firm", KindCreditCode)
	firm.When = &Condition{All: []Condition{{Field: "kind", Equals: "b"}, {Not: &Condition{Field: "wants", Equals: "z"}}}}
	rows := field("rows", KindTable)
	rows.MaxRows = 3
	rows.When = &Condition{Any: []Condition{{Field: "partner", Filled: yes(true)}, {Field: "wants", In: []any{"y"}}}}
	pay := field("pay", KindNumber)
	pay.When = &Condition{Field: "works", Equals: true}
	rows.Columns = []Field{field("name", KindText), field("works", KindYesNo), pay}
	remark := field("remark", KindText)
	remark.Optional = true
	return Form{Version: "1", Schema: json.RawMessage(fullSchema), Pages: []Page{
		{Title: text.Zh("人"), Fields: []Field{name, number, field("phone", KindPhone), kind, wants, field("alone", KindYesNo), partner, field("born", KindDate)}},
		{Title: text.Zh("家"), Fields: []Field{field("income", KindNumber), home, field("address", KindAddress), firm, rows, remark}},
	}}
}

func compiled(t testing.TB) *Checked {
	t.Helper()
	c, err := Compile(full())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var card = identity.Card{Name: "柳青", Number: "990301194803077822", Sex: "2", Nation: "01", Birth: identity.Date{Year: 1948, Month: 3, Day: 7}, Address: "青禾县柳树沟村1号"}

func env() Env {
	digit, err := identity.NumberCheckDigit(card.Number[:17])
	if err != nil {
		panic(err)
	}
	person := card
	person.Number = card.Number[:17] + string(digit)
	return Env{Card: &person, Region: "990301100201", Today: today, Regions: region}
}

// good are values without any problem.
func good() Values {
	return Values{
		"name": env().Card.Name, "number": env().Card.Number, "phone": "13800000000", "kind": "a", "wants": []any{"x"}, "alone": true,
		"born": "1948-03-07", "income": 0.0, "home": "990301100201", "address": map[string]any{"region": "990301100202", "detail": "水渠边3号"},
	}
}

func TestGoodValues(t *testing.T) {
	if got := compiled(t).Validate(good(), env()); len(got) != 0 {
		t.Errorf("problems with good values: %v", got)
	}
}

func TestValidate(t *testing.T) {
	rows := func(rows ...any) any { return rows }
	row := func(name any, works any, pay any) map[string]any {
		return map[string]any{"name": name, "works": works, "pay": pay}
	}
	big := string(make([]byte, 5<<20))
	cases := []struct {
		name  string
		set   Values // nil values empty a field
		wants []Problem
	}{
		{"nothing typed", Values{"phone": nil}, []Problem{{Field: "phone", Code: "required"}}},
		{"blanks only", Values{"phone": "  "}, []Problem{{Field: "phone", Code: "required"}}},
		{"two digits missing", Values{"phone": "138053127"}, []Problem{{Field: "phone", Code: "incomplete", Details: map[string]any{"missing": 2}}}},
		{"grouped", Values{"phone": "138 0531 2764"}, nil},
		{"land line", Values{"phone": "0989-5310001"}, nil},
		{"land line of a big town", Values{"phone": "01087654321"}, nil},
		{"land line of eight digits", Values{"phone": "098987654321"}, nil},
		{"one too many", Values{"phone": "138000000001"}, []Problem{{Field: "phone", Code: "too-long", Details: map[string]any{"over": 1, "max": 11}}}},
		{"no mobile prefix", Values{"phone": "12800000000"}, []Problem{{Field: "phone", Code: "phone"}}},
		{"letters", Values{"phone": "1380000000a"}, []Problem{{Field: "phone", Code: "phone"}}},
		{"not a choice", Values{"kind": "c"}, []Problem{{Field: "kind", Code: "choice"}}},
		{"choice of another type", Values{"kind": 3}, []Problem{{Field: "kind", Code: "type"}}},
		{"too many choices", Values{"wants": []any{"x", "y", "z"}, "rows": rows(row("甲", false, nil))}, []Problem{{Field: "wants", Code: "max-choices", Details: map[string]any{"max": 2, "over": 1}}}},
		{"no choice", Values{"wants": []any{}}, []Problem{{Field: "wants", Code: "required"}}},
		{"a choice twice", Values{"wants": []any{"x", "x"}}, []Problem{{Field: "wants", Code: "duplicate"}}},
		{"no such date", Values{"born": "2001-02-29"}, []Problem{{Field: "born", Code: "date"}}},
		{"too early", Values{"born": "1899-12-31"}, []Problem{{Field: "born", Code: "earliest", Details: map[string]any{"min": "1900-01-01"}}}},
		{"not yet eighteen", Values{"born": "2008-11-23"}, []Problem{{Field: "born", Code: "latest", Details: map[string]any{"max": "2008-11-22"}}}},
		{"eighteen today", Values{"born": "2008-11-22"}, nil},
		{"below the least", Values{"income": -1.0}, []Problem{{Field: "income", Code: "minimum", Details: map[string]any{"min": 0.0}}}},
		{"above the most", Values{"income": 5000.5}, []Problem{{Field: "income", Code: "integer"}}},
		{"over the most", Values{"income": 5001}, []Problem{{Field: "income", Code: "maximum", Details: map[string]any{"max": 5000.0}}}},
		{"number as text", Values{"income": "12"}, []Problem{{Field: "income", Code: "number"}}},
		{"unknown division", Values{"home": "110000000000"}, []Problem{{Field: "home", Code: "region"}}},
		{"division not chosen to the end", Values{"home": "990301100000"}, []Problem{{Field: "home", Code: "region-incomplete"}}},
		{"no house number", Values{"address": map[string]any{"region": "990301100202"}}, []Problem{{Field: "address", Code: "address-detail"}}},
		{"address too long", Values{"address": map[string]any{"region": "990301100202", "detail": "一二三四五六七八九十一二三四五六七八九十一"}}, []Problem{{Field: "address", Code: "too-long", Details: map[string]any{"over": 1, "max": 20}}}},
		{"shown by its condition", Values{"alone": false}, []Problem{{Field: "partner", Code: "required"}}},
		{"too short, and the table it opens", Values{"alone": false, "partner": "王"}, []Problem{{Field: "partner", Code: "too-short", Details: map[string]any{"missing": 1, "min": 2}}, {Field: "rows", Code: "required"}}},
		{"hidden values do not matter", Values{"alone": true, "partner": "王", "rows": "rubbish"}, nil},
		{"credit code incomplete", Values{"kind": "b", "firm": "9299"}, []Problem{{Field: "firm", Code: "incomplete", Details: map[string]any{"missing": 14}}}},
		{"credit code with a letter that is never used", Values{"kind": "b", "firm": "92990301MA0000001I"}, []Problem{{Field: "firm", Code: "credit-code"}}},
		{"row without its parts", Values{"wants": []any{"y"}, "rows": rows(row("甲", false, nil), row("乙乙乙乙乙乙", true, nil))}, []Problem{{Field: "rows.2.pay", Code: "required"}, {Field: "rows.2.name", Code: "too-long", Details: map[string]any{"over": 1, "max": 5}}}},
		{"pay finer than a fen", Values{"wants": []any{"y"}, "rows": rows(row("甲", true, 10.001))}, []Problem{{Field: "rows.1.pay", Code: "multiple", Details: map[string]any{"of": 0.01}}}},
		{"too many rows", Values{"wants": []any{"y"}, "rows": rows(row("甲", false, nil), row("乙", false, nil), row("丙", false, nil), row("丁", false, nil))}, []Problem{{Field: "rows", Code: "max-rows", Details: map[string]any{"max": 3, "over": 1}}}},
		{"pattern", Values{"remark": "<b>"}, []Problem{{Field: "remark", Code: "pattern"}}},
		{"control bytes", Values{"remark": "a\x1b@b"}, []Problem{{Field: "remark", Code: "control"}}},
		{"text turned round", Values{"remark": "\u202eabc"}, []Problem{{Field: "remark", Code: "control"}}},
		{"no text at all", Values{"remark": "\xff\xfe"}, []Problem{{Field: "remark", Code: "control"}}},
		{"characters of four bytes", Values{"remark": "𫖯䶮𠮷"}, nil},
		{"five megabytes", Values{"remark": big}, []Problem{{Field: "remark", Code: "too-large", Details: map[string]any{"limit": 64}}}},
		{"another person than the card's", Values{"name": "别人"}, []Problem{{Field: "name", Code: "locked"}}},
		{"no such field", Values{"shoe": "43"}, []Problem{{Field: "shoe", Code: "unknown"}}},
	}
	c := compiled(t)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			values := good()
			for name, value := range tc.set {
				if value == nil {
					delete(values, name)
				} else {
					values[name] = value
				}
			}
			if diff := cmp.Diff(tc.wants, c.Validate(values, env())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIDNumberProblems(t *testing.T) {
	f := Form{
		Version: "1", Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["id"],"properties":{"id":{"type":"string"}}}`),
		Pages: []Page{{Title: text.Zh("页"), Fields: []Field{field("id", KindIDNumber)}}},
	}
	c, err := Compile(f)
	if err != nil {
		t.Fatal(err)
	}
	whole := env().Card.Number
	wrong := whole[:17] + "0"
	if whole[17] == '0' {
		wrong = whole[:17] + "1"
	}
	for value, code := range map[string]string{whole: "", wrong: "id-number", whole[:15]: "incomplete", whole + "1": "too-long", "99030119480307782Y": "id-number"} {
		got := ""
		for _, p := range c.Validate(Values{"id": value}, env()) {
			got = p.Code
		}
		if got != code {
			t.Errorf("number of %d characters: %q, want %q", len(value), got, code)
		}
	}
}

func TestWarnings(t *testing.T) {
	c := compiled(t)
	values := good()
	values["kind"] = "b"
	first := "92990301MA0000001"
	digit, err := identity.CreditCheckCharacter(first)
	if err != nil {
		t.Fatal(err)
	}
	values["firm"] = first + string(digit)
	if got := c.Warnings(values); len(got) != 0 {
		t.Errorf("warnings for a right code: %v", got)
	}
	other := byte('0')
	if digit == other {
		other = '1'
	}
	values["firm"] = first + string(other)
	want := []Problem{{Field: "firm", Code: WarningCreditCode}}
	if diff := cmp.Diff(want, c.Warnings(values)); diff != "" {
		t.Error(diff)
	}
	if got := c.Validate(values, env()); len(got) != 0 {
		t.Errorf("an early code must not stop anybody: %v", got)
	}
}

func TestPrefill(t *testing.T) {
	c := compiled(t)
	want := Values{"name": "柳青", "number": env().Card.Number, "home": "990301100201"}
	if diff := cmp.Diff(want, c.Prefill(env())); diff != "" {
		t.Error(diff)
	}
	without := env()
	without.Card, without.Region = nil, "110000000000"
	if got := c.Prefill(without); len(got) != 0 {
		t.Errorf("nothing is known, but prefilled are %v", got)
	}
}

func TestSetLeavesOldValuesAndRefusesLockedOnes(t *testing.T) {
	c := compiled(t)
	old := Values{"rows": []any{map[string]any{"name": "甲"}}}
	changed, err := c.Set(old, "rows.1.name", "乙", env())
	if err != nil {
		t.Fatal(err)
	}
	changed, err = c.Set(changed, "rows.2.works", true, env())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Values{"rows": []any{map[string]any{"name": "乙"}, map[string]any{"works": true}}}, changed); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Values{"rows": []any{map[string]any{"name": "甲"}}}, old); diff != "" {
		t.Errorf("the old values changed: %s", diff)
	}
	for name, want := range map[string]error{"name": ErrLocked, "number": ErrLocked, "shoe": ErrUnknown, "rows.4.name": ErrUnknown, "rows.9.name": ErrUnknown, "rows.0.name": ErrUnknown, "rows.x.name": ErrUnknown, "rows.1.shoe": ErrUnknown, "rows.1": ErrUnknown, "phone": nil} {
		if _, err := c.Set(changed, name, "z", env()); !errorsIs(err, want) {
			t.Errorf("set %s: %v, want %v", name, err, want)
		}
	}
	if _, err := c.Set(changed, "name", "z", Env{}); err != nil {
		t.Errorf("without a card the name is open: %v", err)
	}
}

// TestBetween: a date field's bounds, with today in them resolved; none for what has none.
func TestBetween(t *testing.T) {
	f := Form{Version: "1", Pages: []Page{{Title: text.Zh("页"), Fields: []Field{field("born", KindDate), field("any", KindDate)}}}}
	f.Schema = []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"required":["born","any"],"properties":{
		"born":{"type":"string","format":"date","formatMinimum":"1900-01-01","formatMaximum":"today-18y"},"any":{"type":"string","format":"date"}}}`)
	c, err := Compile(f)
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	if low, high := c.Between("born", today); low != "1900-01-01" || high != "2008-11-22" {
		t.Errorf("born between %q and %q", low, high)
	}
	for _, name := range []string{"any", "nobody", "born.column"} {
		if low, high := c.Between(name, today); low != "" || high != "" {
			t.Errorf("%s between %q and %q", name, low, high)
		}
	}
}
