package form

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// formatMinimum and formatMaximum bound dates; plain validators ignore them.
const (
	keywordEarliest = "formatMinimum"
	keywordLatest   = "formatMaximum"
)

// known are the keywords of a form's schema. Others are refused, because a
// typing error in a keyword would otherwise be a rule that never applies.
var known = map[string]place{
	"$schema": nothing, "$id": nothing, "$ref": nothing, "$defs": named, "$comment": nothing, "$anchor": nothing,
	"type": nothing, "enum": nothing, "const": nothing, "format": nothing,
	keywordEarliest: nothing, keywordLatest: nothing,
	"title": nothing, "description": nothing, "default": nothing, "examples": nothing, "deprecated": nothing, "readOnly": nothing, "writeOnly": nothing,
	"minLength": nothing, "maxLength": nothing, "pattern": nothing,
	"minimum": nothing, "maximum": nothing, "multipleOf": nothing,
	"required": nothing, "minProperties": nothing, "maxProperties": nothing, "dependentRequired": nothing,
	"minItems": nothing, "maxItems": nothing, "uniqueItems": nothing, "minContains": nothing, "maxContains": nothing,
	"properties": named, "patternProperties": named, "dependentSchemas": named,
	"additionalProperties": one, "propertyNames": one, "unevaluatedProperties": one,
	"items": one, "contains": one, "unevaluatedItems": one, "not": one, "if": one, "then": one, "else": one,
	"prefixItems": many, "allOf": many, "anyOf": many, "oneOf": many,
}

// place tells where schemas stand below a keyword.
type place int

const (
	nothing place = iota // no schema below
	one                  // a schema
	many                 // a list of schemas
	named                // an object of schemas
)

const maxSchemaDepth = 32

// checkKeywords walks a schema and refuses keywords that mean nothing.
func checkKeywords(schema any, at string, depth int, faults *Faults) {
	object, ok := schema.(map[string]any)
	if !ok {
		return
	}
	if depth > maxSchemaDepth {
		faults.add(at, "is nested more than %d deep", maxSchemaDepth)
		return
	}
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		below := at + pointer([]string{name})
		where, ok := known[name]
		if !ok {
			faults.add(below, "is no keyword of a form's schema")
			continue
		}
		if name == keywordEarliest || name == keywordLatest {
			checkBoundPlace(object, name, at, faults)
		}
		switch inner := object[name].(type) {
		case map[string]any:
			if where == one {
				checkKeywords(inner, below, depth+1, faults)
			}
			if where == named {
				for key, schema := range inner {
					checkKeywords(schema, below+pointer([]string{key}), depth+1, faults)
				}
			}
		case []any:
			if where == many {
				for i, schema := range inner {
					checkKeywords(schema, below+"/"+strconv.Itoa(i), depth+1, faults)
				}
			}
		}
	}
}

// ofField is where a field's own schema stands: a property, or a column of a table.
var ofField = regexp.MustCompile(`^/schema/properties/[^/]+(/items/properties/[^/]+)?$`)

// checkBoundPlace refuses bounds where nobody reads them.
func checkBoundPlace(schema map[string]any, name, at string, faults *Faults) {
	below := at + "/" + name
	if !ofField.MatchString(at) || schema["format"] != "date" {
		faults.add(below, "works only directly in the schema of a date field, beside \"format\": \"date\"")
		return
	}
	bound, _ := schema[name].(string)
	if _, err := resolve(bound, time.Time{}); err != nil {
		faults.add(below, "%v", err)
	}
}

var english = message.NewPrinter(language.English)

// words are the library's words for one error.
func words(e *jsonschema.ValidationError) string { return e.ErrorKind.LocalizedString(english) }
