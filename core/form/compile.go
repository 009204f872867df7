package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Checked is a form that was found sound: schema compiled, layout and schema
// in agreement, conditions without cycles. It never changes and is safe for
// concurrent use.
type Checked struct {
	form   Form
	schema *jsonschema.Schema
	order  []*entry // fields in the order they are asked
	byName map[string]*entry
}

// entry is one field with what was worked out about it once.
type entry struct {
	field   *Field
	page    *Page
	schema  *jsonschema.Schema // of the field's value, references followed
	bounds  bounds
	columns []*entry // of a table, in order
}

// Fault is one thing wrong with a form as it was written: where (JSON pointer
// below the form) and why, in words for the office that wrote it.
type Fault struct {
	Pointer string
	Reason  string
}

// Faults are all faults of one form; as an error they are one sentence each.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Pointer + ": " + fault.Reason
	}
	return strings.Join(lines, "\n")
}

func (f *Faults) add(pointer, format string, args ...any) {
	*f = append(*f, Fault{Pointer: pointer, Reason: fmt.Sprintf(format, args...)})
}

// Compile checks a form and makes it ready for use. The error is Faults and
// names everything that is wrong, not only the first thing.
func Compile(f Form) (*Checked, error) {
	var faults Faults
	c := &Checked{form: f, byName: map[string]*entry{}}
	c.schema = compileSchema(f.Schema, &faults)
	if f.Version == "" {
		faults.add("/version", "is empty: a form needs a version")
	}
	if len(f.Pages) == 0 {
		faults.add("/pages", "is empty: a form needs at least one page")
	}
	for i := range c.form.Pages {
		c.addPage(i, &faults)
	}
	c.checkProperties(&faults)
	c.checkConditions(&faults)
	if len(faults) > 0 {
		return nil, faults
	}
	return c, nil
}

// Form returns the form as it was written.
func (c *Checked) Form() Form { return c.form }

// Field returns the field of that name; the column for "table.column".
func (c *Checked) Field(name string) (Field, bool) {
	if e := c.entryOf(name); e != nil {
		return *e.field, true
	}
	return Field{}, false
}

// entryOf finds a field by its name, or a table's column by "table.column"; nil when there is none.
func (c *Checked) entryOf(name string) *entry {
	table, column, nested := strings.Cut(name, ".")
	e, ok := c.byName[table]
	if !ok || !nested {
		return e
	}
	for _, inner := range e.columns {
		if inner.field.Name == column {
			return inner
		}
	}
	return nil
}

const (
	schemaURL   = "https://form.invalid/schema.json"
	draft       = "https://json-schema.org/draft/2020-12/schema"
	maxSchemaKB = 256
)

// noLoader refuses every reference out of the form's own schema: nothing is fetched.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("refers to %s, but a form's schema must hold everything itself", url)
}

func compileSchema(raw json.RawMessage, faults *Faults) *jsonschema.Schema {
	if len(raw) == 0 {
		faults.add("/schema", "is missing")
		return nil
	}
	if len(raw) > maxSchemaKB<<10 {
		faults.add("/schema", "is larger than %d KB", maxSchemaKB)
		return nil
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		faults.add("/schema", "is not JSON: %v", err)
		return nil
	}
	object, ok := doc.(map[string]any)
	if !ok {
		faults.add("/schema", "must be a JSON object")
		return nil
	}
	if named, ok := object["$schema"]; ok && named != draft {
		faults.add("/schema/$schema", "must be %s", draft)
		return nil
	}
	checkKeywords(object, "/schema", 0, faults)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource(schemaURL, doc); err != nil {
		faults.add("/schema", "%s", plain(err))
		return nil
	}
	compiled, err := compiler.Compile(schemaURL)
	if err != nil {
		schemaFaults(err, faults)
		return nil
	}
	return compiled
}

// schemaFaults turns the library's error into faults with pointers of their own.
func schemaFaults(err error, faults *Faults) {
	var invalid *jsonschema.SchemaValidationError
	var validation *jsonschema.ValidationError
	if errors.As(err, &invalid) && errors.As(invalid.Err, &validation) {
		for _, leaf := range leaves(validation) {
			faults.add("/schema"+pointer(leaf.InstanceLocation), "does not compile: %s", words(leaf))
		}
		return
	}
	faults.add("/schema", "does not compile: %s", plain(err))
}

// plain strips the made-up address from the library's words.
func plain(err error) string {
	return strings.NewReplacer(schemaURL+"#", "#", schemaURL, "the schema").Replace(err.Error())
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer writes a path as a JSON pointer.
func pointer(path []string) string {
	var b strings.Builder
	for _, step := range path {
		b.WriteByte('/')
		b.WriteString(escapes.Replace(step))
	}
	return b.String()
}

// leaves returns the innermost causes of a validation error.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// followed is the schema that applies after references.
func followed(s *jsonschema.Schema) *jsonschema.Schema {
	for i := 0; s != nil && s.Ref != nil && s.Types == nil && i < 16; i++ {
		s = s.Ref
	}
	return s
}
