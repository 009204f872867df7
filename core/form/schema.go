package form

import (
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// bySchema validates the values as the platform does and turns what the schema
// says into codes, leaving out fields that already have a problem.
func (c *Checked) bySchema(final Values, known []Problem) []Problem {
	err := c.schema.Validate(map[string]any(final))
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Problem{{Code: ProblemType}}
	}
	var problems []Problem
	told := func(name string) bool {
		about := func(p Problem) bool {
			return p.Field == name || strings.HasPrefix(p.Field, name+".") || strings.HasPrefix(name, p.Field+".")
		}
		return slices.ContainsFunc(known, about) || slices.ContainsFunc(problems, about)
	}
	for _, leaf := range leaves(invalid) {
		for _, p := range c.problems(leaf) {
			if !told(p.Field) {
				problems = append(problems, p)
			}
		}
	}
	return problems
}

// problems names the fields an error is about.
func (c *Checked) problems(leaf *jsonschema.ValidationError) []Problem {
	at := c.fieldName(leaf.InstanceLocation)
	below := func(name string) string {
		if at == "" {
			return name
		}
		return at + "." + name
	}
	var all []Problem
	switch k := leaf.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			all = append(all, Problem{Field: below(name), Code: ProblemRequired})
		}
		return all
	case *kind.DependentRequired:
		for _, name := range k.Missing {
			all = append(all, Problem{Field: below(name), Code: ProblemRequired})
		}
		return all
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			all = append(all, Problem{Field: below(name), Code: ProblemUnknown})
		}
		return all
	}
	code, details := c.code(at, leaf.ErrorKind)
	return []Problem{{Field: at, Code: code, Details: details}}
}

// fieldName writes a value's place as fields are named: rows count from 1; the parts of an address are the address.
func (c *Checked) fieldName(location []string) string {
	if len(location) == 0 {
		return ""
	}
	e := c.byName[location[0]]
	if e == nil || e.field.Kind != KindTable {
		return location[0]
	}
	parts := slices.Clone(location[:min(len(location), 3)])
	if len(parts) > 1 {
		if i, err := strconv.Atoi(parts[1]); err == nil {
			parts[1] = strconv.Itoa(i + 1)
		}
	}
	return strings.Join(parts, ".")
}

func (c *Checked) code(at string, k jsonschema.ErrorKind) (string, map[string]any) {
	switch k := k.(type) {
	case *kind.MinLength:
		return ProblemTooShort, map[string]any{"missing": k.Want - k.Got, "min": k.Want}
	case *kind.MaxLength:
		return ProblemTooLong, map[string]any{"over": k.Got - k.Want, "max": k.Want}
	case *kind.MinItems:
		return c.counted(at, ProblemMinRows, ProblemMinChoices), map[string]any{"min": k.Want, "missing": k.Want - k.Got}
	case *kind.MaxItems:
		return c.counted(at, ProblemMaxRows, ProblemMaxChoices), map[string]any{"max": k.Want, "over": k.Got - k.Want}
	case *kind.Minimum:
		return ProblemMinimum, map[string]any{"min": float(k.Want)}
	case *kind.Maximum:
		return ProblemMaximum, map[string]any{"max": float(k.Want)}
	case *kind.MultipleOf:
		return multiple(k)
	}
	return c.codeOfShape(at, k), nil
}

// codeOfShape is the code of what has no measure: the value is of another shape.
func (c *Checked) codeOfShape(at string, k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Pattern:
		return ProblemPattern
	case *kind.Format:
		if k.Want == "date" {
			return ProblemDate
		}
		return ProblemPattern
	case *kind.Enum, *kind.Const:
		if f, ok := c.Field(columnName(at)); ok && f.Kind == KindYesNo {
			return ProblemAgree
		}
		return ProblemChoice
	case *kind.UniqueItems:
		return ProblemDuplicate
	case *kind.Type:
		if slices.Contains(k.Want, "integer") && k.Got == "number" {
			return ProblemInteger
		}
		return ProblemType
	}
	return ProblemContradicted
}

func multiple(k *kind.MultipleOf) (string, map[string]any) {
	if of := float(k.Want); of != 1 {
		return ProblemMultiple, map[string]any{"of": of}
	}
	return ProblemInteger, nil
}

func (c *Checked) counted(at, rows, choices string) string {
	if f, ok := c.Field(columnName(at)); ok && f.Kind == KindTable {
		return rows
	}
	return choices
}

// columnName turns "rows.2.name" into "rows.name".
func columnName(at string) string {
	parts := strings.Split(at, ".")
	if len(parts) == 3 {
		return parts[0] + "." + parts[2]
	}
	return at
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}
