package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// ErrMerge is in the chain of every refusal to make one form of several.
var ErrMerge = errors.New("the forms do not go together")

// Merge makes one form that feeds several: a field of equal name is asked once,
// where the first form asks it, and whenever one of the forms would ask it. Rules
// between fields of each form stay. It gives ErrMerge when fields of equal name
// differ in kind or options; Compile finds the rest.
func Merge(first Form, others ...Form) (Form, error) {
	m := merger{properties: map[string]json.RawMessage{}, defs: map[string]json.RawMessage{}, at: map[string]spot{}}
	for _, f := range append([]Form{first}, others...) {
		if err := m.add(f); err != nil {
			return Form{}, fmt.Errorf("%w: %w", ErrMerge, err)
		}
	}
	return m.form()
}

// spot is where a field stands in the merged pages.
type spot struct{ page, field int }

type merger struct {
	versions   []string
	pages      []Page
	at         map[string]spot
	properties map[string]json.RawMessage
	defs       map[string]json.RawMessage
	rules      []json.RawMessage
}

// described are the schema's members that Merge makes anew or that mean nothing to values.
var described = []string{"$schema", "$id", "$comment", "title", "description", "type", "additionalProperties", "properties", "required", "$defs"}

func (m *merger) add(f Form) error {
	var schema map[string]json.RawMessage
	var properties, defs map[string]json.RawMessage
	if err := json.Unmarshal(f.Schema, &schema); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	for name, into := range map[string]*map[string]json.RawMessage{"properties": &properties, "$defs": &defs} {
		if raw := schema[name]; raw != nil {
			if err := json.Unmarshal(raw, into); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for name, def := range defs {
		if other, ok := m.defs[name]; ok && !equalJSON(other, def) {
			return fmt.Errorf("$defs/%s differs", name)
		}
		m.defs[name] = def
	}
	for name := range schema {
		if slices.Contains(described, name) {
			delete(schema, name)
		}
	}
	if len(schema) > 0 {
		rule, err := json.Marshal(schema)
		if err != nil {
			return fmt.Errorf("rules: %w", err)
		}
		m.rules = append(m.rules, rule)
	}
	m.versions = append(m.versions, f.Version)
	for _, page := range f.Pages {
		if err := m.addPage(page, properties); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) addPage(page Page, properties map[string]json.RawMessage) error {
	fresh := Page{Title: page.Title}
	for _, field := range page.Fields {
		field.When = both(page.When, field.When)
		if at, twice := m.at[field.Name]; twice {
			if err := m.pages[at.page].Fields[at.field].join(field); err != nil {
				return err
			}
			continue
		}
		m.at[field.Name] = spot{len(m.pages), len(fresh.Fields)}
		m.properties[field.Name] = properties[field.Name]
		fresh.Fields = append(fresh.Fields, field)
	}
	if len(fresh.Fields) > 0 {
		m.pages = append(m.pages, fresh)
	}
	return nil
}

// join lets a field serve another of the same name too.
func (f *Field) join(other Field) error {
	same := func(a, b Option) bool { return a.Code == b.Code }
	if f.Kind != other.Kind || !slices.EqualFunc(f.Options, other.Options, same) || f.Kind == KindTable {
		return fmt.Errorf("field %q differs in kind or options", f.Name)
	}
	f.Optional = f.Optional && other.Optional
	if f.Prefill == "" {
		f.Prefill, f.Locked = other.Prefill, other.Locked
	}
	switch {
	case f.When == nil || other.When == nil:
		f.When = nil
	default:
		f.When = &Condition{Any: []Condition{*f.When, *other.When}}
	}
	return nil
}

func both(a, b *Condition) *Condition {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return &Condition{All: []Condition{*a, *b}}
}

func (m *merger) form() (Form, error) {
	required := []string{}
	for _, page := range m.pages {
		for _, field := range page.Fields {
			if field.When == nil && !field.Optional {
				required = append(required, field.Name)
			}
		}
	}
	sort.Strings(required)
	schema := map[string]any{"$schema": draft, "type": "object", "additionalProperties": false, "properties": m.properties, "required": required}
	if len(m.defs) > 0 {
		schema["$defs"] = m.defs
	}
	if len(m.rules) > 0 {
		schema["allOf"] = m.rules
	}
	raw, err := json.Marshal(schema)
	if err != nil {
		return Form{}, fmt.Errorf("%w: %w", ErrMerge, err)
	}
	return Form{Version: strings.Join(m.versions, "+"), Schema: raw, Pages: m.pages}, nil
}

func equalJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
