package catalogue_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
)

func formatPage(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../../docs/catalogue-format.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestExamplesOfThePage checks what docs/catalogue-format.md shows as it stands there.
func TestExamplesOfThePage(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(formatPage(t), -1)
	if len(blocks) != 2 {
		t.Fatalf("the page has %d examples, not a catalogue and an item", len(blocks))
	}
	folder := fstest.MapFS{"catalogue.json": {Data: []byte(blocks[0][1])}, "items/machine.json": {Data: []byte(blocks[1][1])}}
	for _, m := range catalogue.Check(folder) {
		t.Error(m)
	}
}

// TestPageNamesEverything wants every name of the format, every kind and every source on the page.
func TestPageNamesEverything(t *testing.T) {
	page := formatPage(t)
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			if !strings.Contains(page, "`"+name+"`") && !strings.Contains(page, `"`+name+`"`) {
				t.Errorf("%s of %s is not on the page", name, of)
			}
			walk(of.Field(i).Type)
		}
	}
	walk(reflect.TypeFor[catalogue.Catalogue]())
	walk(reflect.TypeFor[catalogue.Item]())
	if len(seen) < 15 || seen[reflect.TypeFor[text.Local]()] || !seen[reflect.TypeFor[form.Condition]()] {
		t.Errorf("only %d types were looked at", len(seen))
	}
	for _, kind := range form.Kinds() {
		if !strings.Contains(page, "| `"+string(kind)+"` |") {
			t.Errorf("kind %s is not on the page", kind)
		}
	}
	for _, source := range form.Sources() {
		if !strings.Contains(page, "| `"+string(source)+"` |") {
			t.Errorf("prefill %s is not on the page", source)
		}
	}
}

// TestPageQuotesRealMessages wants the words of common mistakes to be the program's own.
func TestPageQuotesRealMessages(t *testing.T) {
	item := string(small(t)[pension].Data)
	var tree map[string]any
	if err := json.Unmarshal([]byte(item), &tree); err != nil {
		t.Fatal(err)
	}
	page := formatPage(t)
	for _, broken := range []struct{ old, with, quoted string }{
		{`"keywords"`, `"keyword"`, `is unknown here; did you mean "keywords"?`},
		{`"shortName": {"zh": "养老待遇资格认证", "en": "Pension certification"}`, `"shortName": null`, "is null: leave it out instead"},
		{`"instant": false`, `"instant": true`, "is true, but the promised limit is 3 working days"},
		{`"phone", `, ``, `must name "phone": the field is always asked and not optional`},
	} {
		changed := strings.Replace(item, broken.old, broken.with, 1)
		if changed == item {
			t.Fatalf("the item does not hold %s", broken.old)
		}
		got := catalogue.CheckItem("x.json", []byte(changed)).Error()
		if !strings.Contains(got, broken.quoted) || !strings.Contains(page, broken.quoted) {
			t.Errorf("%s: the page says %q, the program\n%s", broken.old, broken.quoted, got)
		}
	}
}
