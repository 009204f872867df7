package form

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Only is the part of a form that asks the named fields and no others: what a correction asks for. Each is asked whatever
// else was answered, and must be answered; rules between fields go, because the other answers are not known. It gives
// ErrUnknown for a name the form does not have.
func (f Form) Only(names ...string) (Form, error) {
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Defs       map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(f.Schema, &schema); err != nil {
		return Form{}, fmt.Errorf("read a form's schema: %w", err)
	}
	part := Form{Version: f.Version}
	properties, required := map[string]json.RawMessage{}, []string{}
	for _, page := range f.Pages {
		kept := Page{Title: page.Title}
		for _, field := range page.Fields {
			if !slices.Contains(names, field.Name) {
				continue
			}
			field.When, field.Optional = nil, false
			kept.Fields = append(kept.Fields, field)
			properties[field.Name] = schema.Properties[field.Name]
			required = append(required, field.Name)
		}
		if len(kept.Fields) > 0 {
			part.Pages = append(part.Pages, kept)
		}
	}
	for _, name := range names {
		if properties[name] == nil {
			return Form{}, fmt.Errorf("ask %s alone: %w", name, ErrUnknown)
		}
	}
	object := map[string]any{"$schema": draft, "type": "object", "additionalProperties": false, "properties": properties, "required": required}
	if len(schema.Defs) > 0 {
		object["$defs"] = schema.Defs
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return Form{}, fmt.Errorf("write a form's schema: %w", err)
	}
	part.Schema = raw
	return part, nil
}
