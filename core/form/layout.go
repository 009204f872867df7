package form

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"bianmin/core/text"
)

// kinds tells for each kind the JSON types its value may have.
var kinds = map[Kind][]string{
	KindText: {"string"}, KindNumber: {"number", "integer"}, KindDate: {"string"},
	KindChoice: {"string"}, KindManyChoice: {"array"}, KindYesNo: {"boolean"},
	KindPhone: {"string"}, KindIDNumber: {"string"}, KindCreditCode: {"string"},
	KindRegion: {"string"}, KindAddress: {"object"}, KindTable: {"array"},
}

// maxTextLength is the most characters a text field may allow: more cannot be typed on a screen's keyboard, or printed.
const maxTextLength = 1000

// Kinds returns all field kinds in alphabetical order.
func Kinds() []Kind {
	all := make([]Kind, 0, len(kinds))
	for k := range kinds {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func (c *Checked) addPage(i int, faults *Faults) {
	page := &c.form.Pages[i]
	at := fmt.Sprintf("/pages/%d", i)
	needText(page.Title, at+"/title", faults)
	if len(page.Fields) == 0 {
		faults.add(at+"/fields", "is empty: a page needs at least one field")
	}
	for j := range page.Fields {
		field := &page.Fields[j]
		below := fmt.Sprintf("%s/fields/%d", at, j)
		if _, twice := c.byName[field.Name]; twice {
			faults.add(below+"/name", "%q is there twice", field.Name)
			continue
		}
		e := &entry{field: field, page: page}
		if c.schema != nil {
			e.schema = followed(c.schema.Properties[field.Name])
			if e.schema == nil {
				faults.add(below+"/name", "%q is not a property of the schema", field.Name)
			}
		}
		checkField(e, below, false, faults)
		if field.Kind == KindDate {
			e.bounds = readBounds(c.form.Schema, field.Name)
		}
		addColumns(c.form.Schema, e, below, faults)
		c.order = append(c.order, e)
		c.byName[field.Name] = e
	}
}

func addColumns(schema json.RawMessage, e *entry, at string, faults *Faults) {
	if e.field.Kind != KindTable {
		return
	}
	var items *jsonschema.Schema
	if e.schema != nil {
		items = followed(e.schema.Items2020)
		if items == nil {
			faults.add(at, "the schema of a table needs items")
		}
	}
	seen := map[string]bool{}
	for i := range e.field.Columns {
		column := &e.field.Columns[i]
		below := fmt.Sprintf("%s/columns/%d", at, i)
		if seen[column.Name] {
			faults.add(below+"/name", "%q is there twice", column.Name)
			continue
		}
		seen[column.Name] = true
		inner := &entry{field: column}
		if items != nil {
			inner.schema = followed(items.Properties[column.Name])
			if inner.schema == nil {
				faults.add(below+"/name", "%q is not a property of the table's items in the schema", column.Name)
			}
		}
		checkField(inner, below, true, faults)
		if column.Kind == KindDate {
			inner.bounds = readBounds(schema, e.field.Name, column.Name)
		}
		e.columns = append(e.columns, inner)
	}
}

func checkField(e *entry, at string, column bool, faults *Faults) {
	f := e.field
	switch {
	case f.Name == "":
		faults.add(at+"/name", "is empty")
	case strings.ContainsAny(f.Name, "./~ \t"):
		faults.add(at+"/name", "%q: a name has no dots, slashes, tildes or blanks", f.Name)
	}
	types, ok := kinds[f.Kind]
	if !ok {
		faults.add(at+"/kind", "%q is no kind of field; kinds are %s", f.Kind, listed(Kinds()))
		return
	}
	if column && f.Kind == KindTable {
		faults.add(at+"/kind", "a table's column cannot be a table")
	}
	if column && (f.Prefill != "" || f.Locked) {
		faults.add(at+"/prefill", "a table's column cannot be prefilled or locked")
	}
	needText(f.Label, at+"/label", faults)
	if e.schema != nil {
		checkType(e.schema, f, types, at, faults)
	}
	checkOptions(e, at, faults)
	checkExtras(f, at, faults)
	checkPrefill(f, at, faults)
}

func checkType(s *jsonschema.Schema, f *Field, types []string, at string, faults *Faults) {
	if s.Types == nil {
		faults.add(at+"/name", "the schema of %q must say its type: %s", f.Name, strings.Join(types, " or "))
		return
	}
	for _, t := range s.Types.ToStrings() {
		if !slices.Contains(types, t) {
			faults.add(at+"/kind", "%q needs type %s in the schema, which says %s", f.Kind, strings.Join(types, " or "), t)
		}
	}
	if isDate := s.Format != nil && s.Format.Name == "date"; isDate != (f.Kind == KindDate) {
		faults.add(at+"/kind", "a date field needs \"format\": \"date\" in the schema, and no other kind has it")
	}
	if f.Kind == KindText && (s.MaxLength == nil || *s.MaxLength > maxTextLength) {
		faults.add(at+"/kind", "the schema of a text needs a maxLength of at most %d", maxTextLength)
	}
	if f.Kind == KindAddress {
		for _, part := range []string{AddressRegion, AddressDetail} {
			if s.Properties[part] == nil || !slices.Contains(s.Required, part) {
				faults.add(at+"/kind", "the schema of an address needs the required property %q", part)
			}
		}
	}
}

func checkOptions(e *entry, at string, faults *Faults) {
	f := e.field
	choice := f.Kind == KindChoice || f.Kind == KindManyChoice
	if !choice {
		if len(f.Options) > 0 {
			faults.add(at+"/options", "only choice and many-choice fields have options")
		}
		return
	}
	if len(f.Options) == 0 {
		faults.add(at+"/options", "is empty: a choice needs options")
		return
	}
	codes := map[string]bool{}
	for i, option := range f.Options {
		below := fmt.Sprintf("%s/options/%d", at, i)
		if option.Code == "" {
			faults.add(below+"/code", "is empty")
		}
		if codes[option.Code] {
			faults.add(below+"/code", "%q is there twice", option.Code)
		}
		codes[option.Code] = true
		if option.Alone && f.Kind != KindManyChoice {
			faults.add(below+"/alone", "only options of many-choice fields can go with no other")
		}
		needText(option.Label, below+"/label", faults)
	}
	checkEnum(e, codes, at, faults)
}

// checkEnum compares the options with the schema's enum, so that platform and terminal offer the same.
func checkEnum(e *entry, codes map[string]bool, at string, faults *Faults) {
	s := e.schema
	if s != nil && e.field.Kind == KindManyChoice {
		s = followed(s.Items2020)
	}
	if s == nil || s.Enum == nil {
		if e.schema != nil {
			faults.add(at+"/options", "the schema must list the same codes as enum")
		}
		return
	}
	listedCodes := map[string]bool{}
	for _, value := range s.Enum.Values {
		code, _ := value.(string)
		listedCodes[code] = true
		if !codes[code] {
			faults.add(at+"/options", "code %q of the schema's enum has no option", code)
		}
	}
	for code := range codes {
		if !listedCodes[code] {
			faults.add(at+"/options", "code %q is not in the schema's enum", code)
		}
	}
}

func checkExtras(f *Field, at string, faults *Faults) {
	if f.Kind == KindTable {
		if len(f.Columns) == 0 {
			faults.add(at+"/columns", "is empty: a table needs columns")
		}
		if f.MaxRows < 1 || f.MaxRows > 100 {
			faults.add(at+"/maxRows", "%d is not between 1 and 100", f.MaxRows)
		}
	} else if len(f.Columns) > 0 || f.MaxRows != 0 {
		faults.add(at+"/columns", "only a table has columns and maxRows")
	}
	checkOnly(f, at, faults)
	for _, t := range []struct {
		text text.Local
		name string
	}{{f.Ask, "/ask"}, {f.Hint, "/hint"}, {f.Unit, "/unit"}} {
		if len(t.text) > 0 {
			needText(t.text, at+t.name, faults)
		}
	}
}

// checkOnly refuses what belongs to other kinds.
func checkOnly(f *Field, at string, faults *Faults) {
	if f.Root != "" && f.Kind != KindRegion && f.Kind != KindAddress {
		faults.add(at+"/root", "only region and address fields have a root")
	}
	if f.Person && f.Kind != KindText {
		faults.add(at+"/person", "only text fields take a person's name")
	}
	if len(f.Unit) > 0 && f.Kind != KindNumber {
		faults.add(at+"/unit", "only number fields have a unit")
	}
}

// checkProperties wants every property of the schema to have a field, and the
// schema's required list to say what the layout says.
func (c *Checked) checkProperties(faults *Faults) {
	if c.schema == nil {
		return
	}
	if c.schema.Types == nil || c.schema.Types.String() != "[object]" {
		faults.add("/schema/type", "must be \"object\"")
	}
	if allowed, ok := c.schema.AdditionalProperties.(bool); !ok || allowed {
		faults.add("/schema/additionalProperties", "must be false")
	}
	for _, name := range sortedNames(c.schema.Properties) {
		if c.byName[name] == nil {
			faults.add("/schema/properties"+pointer([]string{name}), "has no field in the layout: nobody could fill it")
		}
	}
	checkRequired(c.order, c.schema.Required, "/schema/required", faults)
	for _, e := range c.order {
		if e.field.Kind == KindTable && e.schema != nil {
			e.checkItems(faults)
		}
	}
}

// checkItems is the same for the rows of a table.
func (e *entry) checkItems(faults *Faults) {
	items := followed(e.schema.Items2020)
	if items == nil {
		return
	}
	at := "/schema/properties" + pointer([]string{e.field.Name}) + "/items"
	if allowed, ok := items.AdditionalProperties.(bool); !ok || allowed {
		faults.add(at+"/additionalProperties", "must be false")
	}
	for _, name := range sortedNames(items.Properties) {
		if !slices.ContainsFunc(e.columns, func(column *entry) bool { return column.field.Name == name }) {
			faults.add(at+"/properties"+pointer([]string{name}), "has no column in the layout: nobody could fill it")
		}
	}
	checkRequired(e.columns, items.Required, at+"/required", faults)
}

func checkRequired(entries []*entry, required []string, at string, faults *Faults) {
	for _, name := range required {
		if !slices.ContainsFunc(entries, func(e *entry) bool { return e.field.Name == name }) {
			faults.add(at, "names %q, which is no field", name)
		}
	}
	for _, e := range entries {
		conditional := e.field.When != nil || (e.page != nil && e.page.When != nil)
		listed := slices.Contains(required, e.field.Name)
		switch {
		case listed && conditional:
			faults.add(at, "names %q, but that field is shown only on a condition", e.field.Name)
		case listed && e.field.Optional:
			faults.add(at, "names %q, but that field is optional", e.field.Name)
		case !listed && !conditional && !e.field.Optional:
			faults.add(at, "must name %q: the field is always asked and not optional", e.field.Name)
		}
	}
}

func needText(t text.Local, at string, faults *Faults) {
	if strings.TrimSpace(t[text.Chinese]) == "" {
		faults.add(at, "needs words in Chinese (\"zh\")")
	}
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func listed[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = string(one)
	}
	return strings.Join(words, ", ")
}
