package form_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"bianmin/core/form"
	"bianmin/core/text"
)

func label(s string) text.Local { return text.Local{text.Chinese: s, text.English: s} }

// parent asks for a birth only when the child is born; child always does.
func parent() form.Form {
	return form.Form{
		Version: "1",
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["stage"],
			"properties":{"stage":{"type":"string","enum":["soon","born"]},"born":{"type":"string","format":"date"},"phone":{"type":"string"}}}`),
		Pages: []form.Page{{Title: label("一"), Fields: []form.Field{
			{Name: "stage", Kind: form.KindChoice, Label: label("现在"), Options: []form.Option{{Code: "soon", Label: label("快了")}, {Code: "born", Label: label("生了")}}},
			{Name: "born", Kind: form.KindDate, Label: label("生日"), When: &form.Condition{Field: "stage", Equals: "born"}},
			{Name: "phone", Kind: form.KindPhone, Label: label("电话"), Optional: true},
		}}},
	}
}

func child() form.Form {
	return form.Form{
		Version: "2",
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["born","phone","name"],"minProperties":3,
			"properties":{"born":{"type":"string","format":"date"},"phone":{"type":"string"},"name":{"type":"string","maxLength":20}}}`),
		Pages: []form.Page{{Title: label("二"), Fields: []form.Field{
			{Name: "born", Kind: form.KindDate, Label: label("孩子生日")},
			{Name: "phone", Kind: form.KindPhone, Label: label("电话")},
			{Name: "name", Kind: form.KindText, Label: label("孩子姓名")},
		}}},
	}
}

func TestMergeAsksOnceWhatBothNeed(t *testing.T) {
	merged, err := form.Merge(parent(), child())
	if err != nil {
		t.Fatal(err)
	}
	checked, err := form.Compile(merged)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range checked.Visible(form.Values{"stage": "soon"}) {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "stage born phone name" {
		t.Errorf("asked: %s", got)
	}
	problems := checked.Validate(form.Values{"stage": "soon"}, form.Env{})
	var missing []string
	for _, p := range problems {
		missing = append(missing, p.Field+" "+p.Code)
	}
	if got := strings.Join(missing, ", "); !strings.Contains(got, "born required") || !strings.Contains(got, "phone required") || !strings.Contains(got, "name required") {
		t.Errorf("problems: %s", got)
	}
	whole := form.Values{"stage": "soon", "born": "2026-11-01", "phone": "13800000000", "name": "柳新"}
	if problems := checked.Validate(whole, form.Env{}); len(problems) > 0 {
		t.Errorf("a whole form: %+v", problems)
	}
	// Each form still takes only what it asks for.
	own, err := form.Compile(parent())
	if err != nil {
		t.Fatal(err)
	}
	if final := own.Final(whole); final["born"] != nil || final["stage"] != "soon" {
		t.Errorf("the parent's part: %v", final)
	}
	if merged.Version != "1+2" {
		t.Errorf("version %q", merged.Version)
	}
}

func TestMergeOfConditionsIsEither(t *testing.T) {
	other := child()
	other.Schema = json.RawMessage(strings.Replace(string(other.Schema), `["born","phone","name"],"minProperties":3`, `["phone","name"]`, 1))
	other.Pages[0].Fields = []form.Field{other.Pages[0].Fields[1], other.Pages[0].Fields[2], other.Pages[0].Fields[0]}
	yes := true
	other.Pages[0].Fields[2].When = &form.Condition{Field: "phone", Filled: &yes}
	merged, err := form.Merge(other, parent())
	if err != nil {
		t.Fatal(err)
	}
	if when := merged.Pages[0].Fields[2].When; when == nil || len(when.Any) != 2 {
		t.Errorf("condition %+v", when)
	}
	if _, err := form.Compile(merged); err == nil { // it looks at a field that is asked later
		t.Error("a condition on a later field was taken")
	}
}

func TestMergeRefuses(t *testing.T) {
	kind, options, defs, table := child(), parent(), child(), child()
	kind.Pages[0].Fields[0].Kind = form.KindText
	options.Pages[0].Fields[0].Options = options.Pages[0].Fields[0].Options[:1]
	defs.Schema = json.RawMessage(`{"$defs":{"a":{"type":"string"}}}`)
	table.Pages[0].Fields[0].Kind = form.KindTable
	broken := child()
	broken.Schema = json.RawMessage(`[`)
	withDefs := parent()
	withDefs.Schema = json.RawMessage(`{"$defs":{"a":{"type":"number"}}}`)
	for name, forms := range map[string][2]form.Form{
		"another kind": {parent(), kind}, "other options": {parent(), options}, "other definitions": {withDefs, defs}, "a table": {table, table}, "no schema": {parent(), broken},
	} {
		if _, err := form.Merge(forms[0], forms[1]); !errors.Is(err, form.ErrMerge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
