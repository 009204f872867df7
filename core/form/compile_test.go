package form

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"bianmin/core/text"
)

func errorsIs(err, want error) bool { return errors.Is(err, want) }

// broken lists changes to a sound form, with where and why it must be refused.
var broken = []struct {
	name    string
	change  func(*Form)
	pointer string
	reason  string
}{
	{"no version", func(f *Form) { f.Version = "" }, "/version", "is empty"},
	{"no pages", func(f *Form) { f.Pages = nil }, "/pages", "is empty"},
	{"no schema", func(f *Form) { f.Schema = nil }, "/schema", "is missing"},
	{"schema of another draft", schema(`"type": "object",`, `"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",`), "/schema/$schema", "must be https"},
	{"schema with a wrong type", schema(`"type": "boolean"`, `"type": "bool"`), "/schema/properties/alone/type", "does not compile"},
	{"schema with a wrong pattern", schema(`^[^<>]*$`, `^[`), "/schema/properties/remark/pattern", "does not compile"},
	{"schema from elsewhere", schema(`"number": {"type": "string"}`, `"number": {"$ref": "https://example.org/x.json"}`), "/schema", "must hold everything itself"},
	{"schema from a file", schema(`"number": {"type": "string"}`, `"number": {"$ref": "file:///etc/passwd"}`), "/schema", "must hold everything itself"},
	{"schema pointing nowhere", schema(`"number": {"type": "string"}`, `"number": {"$ref": "#/$defs/none"}`), "/schema", "does not compile"},
	{"typing error in a keyword", schema(`"minLength": 2`, `"minLenght": 2`), "/schema/properties/partner/minLenght", "no keyword"},
	{"schema open to anything", schema(`"additionalProperties": false,`, ``), "/schema/additionalProperties", "must be false"},
	{"property without a field", schema(`"phone": {`, `"fax": {"type": "string"}, "phone": {`), "/schema/properties/fax", "no field in the layout"},
	{"always asked but not required", schema(`"phone", "kind"`, `"kind"`), "/schema/required", `must name "phone"`},
	{"required but not there", schema(`"phone", "kind"`, `"phone", "fax", "kind"`), "/schema/required", `names "fax", which is no field`},
	{"conditional but required", schema(`"phone", "kind"`, `"phone", "partner", "kind"`), "/schema/required", `names "partner"`},
	{"bound that is no date", schema(`today-18y`, `yesterday`), "/schema/properties/born/formatMaximum", "neither a date"},
	{"bound where nobody looks", schema(`"type": "string", "minLength": 2`, `"type": "string", "minLength": 2, "anyOf": [{"formatMinimum": "today"}]`), "/schema/properties/partner/anyOf/0/formatMinimum", "works only directly"},
	{"bound of a text field", schema(`"type": "string", "minLength": 2`, `"type": "string", "formatMinimum": "today", "minLength": 2`), "/schema/properties/partner/formatMinimum", "works only directly"},
	{"text without end", schema(`"minLength": 2, "maxLength": 10`, `"minLength": 2`), "/pages/0/fields/6/kind", "needs a maxLength"},
	{"date that is none to the schema", schema(`"format": "date", "formatMinimum": "1900-01-01", "formatMaximum": "today-18y"`, `"pattern": "^2"`), "/pages/0/fields/7/kind", "a date field needs"},
	{"number of a person", func(f *Form) { f.Pages[0].Fields[2].Person = true }, "/pages/0/fields/2/person", "only text fields"},
	{"unknown kind", func(f *Form) { f.Pages[0].Fields[2].Kind = "telephone" }, "/pages/0/fields/2/kind", "no kind of field"},
	{"kind against the schema", func(f *Form) { f.Pages[0].Fields[2].Kind = KindNumber }, "/pages/0/fields/2/kind", "needs type"},
	{"field without a property", func(f *Form) { f.Pages[0].Fields[2].Name = "telephone" }, "/pages/0/fields/2/name", "not a property"},
	{"name twice", func(f *Form) { f.Pages[0].Fields[2].Name = "name" }, "/pages/0/fields/2/name", "there twice"},
	{"name with a dot", func(f *Form) { f.Pages[0].Fields[2].Name = "a.b" }, "/pages/0/fields/2/name", "no dots"},
	{"no label", func(f *Form) { f.Pages[0].Fields[2].Label = text.Local{text.English: "Phone"} }, "/pages/0/fields/2/label", "Chinese"},
	{"choice without options", func(f *Form) { f.Pages[0].Fields[3].Options = nil }, "/pages/0/fields/3/options", "is empty"},
	{"options against the enum", func(f *Form) { f.Pages[0].Fields[3].Options = options("a", "c") }, "/pages/0/fields/3/options", `code "c" is not in`},
	{"option twice", func(f *Form) { f.Pages[0].Fields[3].Options = options("a", "b", "b") }, "/pages/0/fields/3/options/2/code", "twice"},
	{"choice that is alone anyway", func(f *Form) { f.Pages[0].Fields[3].Options[0].Alone = true }, "/pages/0/fields/3/options/0/alone", "only options of many-choice"},
	{"prefill nobody has", func(f *Form) { f.Pages[0].Fields[2].Prefill = "card.shoe" }, "/pages/0/fields/2/prefill", "no source"},
	{"prefill on the wrong kind", func(f *Form) { f.Pages[0].Fields[2].Prefill = FromCardName }, "/pages/0/fields/2/prefill", "cannot fill a phone field"},
	{"locked without a card", func(f *Form) { f.Pages[0].Fields[2].Locked = true }, "/pages/0/fields/2/locked", "needs a prefill"},
	{"condition on an unknown field", func(f *Form) { f.Pages[0].Fields[6].When = &Condition{Field: "shoe", Equals: true} }, "/pages/0/fields/6/when/field", "no field of the form"},
	{"condition with a wrong option", func(f *Form) { f.Pages[1].Fields[3].When = &Condition{Field: "kind", Equals: "c"} }, "/pages/1/fields/3/when/equals", "no option"},
	{"condition with a wrong type", func(f *Form) { f.Pages[0].Fields[6].When = &Condition{Field: "alone", Equals: "no"} }, "/pages/0/fields/6/when/equals", "true or false"},
	{"condition with two tests", func(f *Form) {
		f.Pages[0].Fields[6].When = &Condition{Field: "alone", Equals: true, Filled: yes(true)}
	}, "/pages/0/fields/6/when", "exactly one"},
	{"empty condition", func(f *Form) { f.Pages[0].Fields[6].When = &Condition{} }, "/pages/0/fields/6/when", "exactly one"},
	{"condition on itself", func(f *Form) { f.Pages[0].Fields[6].When = &Condition{Field: "partner", Filled: yes(true)} }, "/pages/0/fields/6/when", "circle: partner → partner"},
	{"conditions in a circle", func(f *Form) {
		f.Pages[0].Fields[6].When = &Condition{Field: "firm", Filled: yes(true)}
		f.Pages[1].Fields[3].When = &Condition{Field: "partner", Filled: yes(true)}
	}, "/pages/0/fields/6/when", "circle: partner → firm → partner"},
	{"condition on a later field", func(f *Form) { f.Pages[0].Fields[6].When = &Condition{Field: "born", Filled: yes(true)} }, "/pages/0/fields/6/when", "not asked before"},
	{"table in a table", func(f *Form) { f.Pages[1].Fields[4].Columns[0].Kind = KindTable }, "/pages/1/fields/4/columns/0/kind", "cannot be a table"},
	{"table without end", func(f *Form) { f.Pages[1].Fields[4].MaxRows = 0 }, "/pages/1/fields/4/maxRows", "between"},
	{"columns on a text", func(f *Form) { f.Pages[0].Fields[0].Columns = []Field{field("x", KindText)} }, "/pages/0/fields/0/columns", "only a table"},
}

// schema makes a change that replaces words in the schema.
func schema(old, with string) func(*Form) {
	return func(f *Form) {
		changed := strings.Replace(string(f.Schema), old, with, 1)
		if changed == string(f.Schema) {
			panic("nothing to replace: " + old)
		}
		f.Schema = json.RawMessage(changed)
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, tc := range broken {
		t.Run(tc.name, func(t *testing.T) {
			f := full()
			tc.change(&f)
			_, err := Compile(f)
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("not refused: %v", err)
			}
			for _, fault := range faults {
				if fault.Pointer == tc.pointer && strings.Contains(fault.Reason, tc.reason) {
					return
				}
			}
			t.Errorf("want %s: …%s…, got\n%v", tc.pointer, tc.reason, err)
		})
	}
}

func TestSchemaRefusals(t *testing.T) {
	for _, s := range []string{``, `[]`, `"x"`, `{`, `{} {}`, `true`, `{"type":"object","allOf":[` + strings.Repeat(`{"not":`, 100) + `{}` + strings.Repeat(`}`, 100) + `]}`} {
		f := full()
		f.Schema = json.RawMessage(s)
		if _, err := Compile(f); err == nil {
			t.Errorf("schema %.20q is accepted", s)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add([]byte(fullSchema), []byte(`{"field":"alone","equals":true}`))
	f.Add([]byte(`{"$ref":"#"}`), []byte(`{"not":{"all":[]}}`))
	f.Fuzz(func(t *testing.T, schema, when []byte) {
		form := full()
		form.Schema = schema
		if json.Unmarshal(when, &form.Pages[0].Fields[6].When) != nil {
			return
		}
		c, err := Compile(form)
		if err != nil {
			return
		}
		c.Validate(good(), env())
		c.Visible(good())
	})
}
