package form

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"bianmin/core/identity"
)

// Limits of values, whatever the schema says.
const (
	maxValueBytes = 64 << 10  // of one answer
	maxTotalBytes = 256 << 10 // of all answers together
)

// Validate tells everything that is wrong with the values, in the order of the
// fields; none means they may be filed. Values of fields that are not shown are
// not looked at, because Final leaves them out.
func (c *Checked) Validate(values Values, env Env) []Problem {
	if problems := oversized(values); len(problems) > 0 {
		return problems
	}
	var problems []Problem
	for _, name := range sortedNames(values) {
		if c.byName[name] == nil {
			problems = append(problems, Problem{Field: name, Code: ProblemUnknown})
		}
	}
	final := c.Final(values)
	for _, e := range c.order {
		if c.shown(e, values, 0) {
			problems = append(problems, e.check(e.field.Name, final[e.field.Name], env)...)
			problems = append(problems, c.checkLocked(e, final, env)...)
		}
	}
	problems = append(problems, c.bySchema(final, problems)...)
	slices.SortStableFunc(problems, func(a, b Problem) int { return c.rank(a.Field) - c.rank(b.Field) })
	return problems
}

// ProblemsOf tells what is wrong with one field ("phone"), one row ("rows.2") or one cell ("rows.2.name").
func (c *Checked) ProblemsOf(name string, values Values, env Env) []Problem {
	var own []Problem
	for _, p := range c.Validate(values, env) {
		if p.Field == name || strings.HasPrefix(p.Field, name+".") {
			own = append(own, p)
		}
	}
	return own
}

// Warnings tells what a person should look at again, although it may be filed as it is.
func (c *Checked) Warnings(values Values) []Problem {
	var warnings []Problem
	warn := func(e *entry, name string, value any) {
		code, _ := value.(string)
		if e.field.Kind == KindCreditCode && errors.Is(identity.CheckCreditCode(strings.ToUpper(code)), identity.ErrEarlyCode) {
			warnings = append(warnings, Problem{Field: name, Code: WarningCreditCode})
		}
	}
	final := c.Final(values)
	for _, e := range c.order {
		warn(e, e.field.Name, final[e.field.Name])
		rows, _ := final[e.field.Name].([]any)
		for i, row := range rows {
			cells, _ := row.(map[string]any)
			for _, column := range e.columns {
				warn(column, fmt.Sprintf("%s.%d.%s", e.field.Name, i+1, column.field.Name), cells[column.field.Name])
			}
		}
	}
	return warnings
}

// rank orders problems as the fields are asked.
func (c *Checked) rank(name string) int {
	first, _, _ := strings.Cut(name, ".")
	i := slices.IndexFunc(c.order, func(e *entry) bool { return e.field.Name == first })
	if i < 0 {
		return len(c.order)
	}
	return i
}

func (c *Checked) checkLocked(e *entry, final Values, env Env) []Problem {
	if !e.field.Locked {
		return nil
	}
	want := normal(prefilled(e.field, env))
	if empty(want) || same(final[e.field.Name], want) {
		return nil
	}
	return []Problem{{Field: e.field.Name, Code: ProblemLocked}}
}

// oversized refuses values that are larger than any answer, before anything else looks at them.
func oversized(values Values) []Problem {
	var problems []Problem
	total := 0
	for _, name := range sortedNames(values) {
		size := sizeOf(values[name], 0)
		total += size
		if size > maxValueBytes {
			problems = append(problems, Problem{Field: name, Code: ProblemTooLarge, Details: map[string]any{"limit": maxValueBytes >> 10}})
		}
	}
	if len(problems) == 0 && total > maxTotalBytes {
		problems = append(problems, Problem{Code: ProblemTooLarge, Details: map[string]any{"limit": maxTotalBytes >> 10}})
	}
	return problems
}

// sizeOf estimates a value's bytes; deep nesting counts as too large.
func sizeOf(value any, depth int) int {
	if depth > 8 {
		return maxTotalBytes + 1
	}
	switch v := value.(type) {
	case string:
		return len(v)
	case []any:
		n := 0
		for _, inner := range v {
			n += 8 + sizeOf(inner, depth+1)
		}
		return n
	case map[string]any:
		n := 0
		for name, inner := range v {
			n += len(name) + sizeOf(inner, depth+1)
		}
		return n
	}
	return 8
}

// check is the field's own check: answered at all, and right for its kind.
func (e *entry) check(name string, value any, env Env) []Problem {
	if empty(value) {
		if e.field.Optional {
			return nil
		}
		return []Problem{{Field: name, Code: ProblemRequired}}
	}
	if e.field.Kind == KindTable {
		return e.checkRows(name, value, env)
	}
	if code, details := e.checkKind(value, env); code != "" {
		return []Problem{{Field: name, Code: code, Details: details}}
	}
	return nil
}

func (e *entry) checkRows(name string, value any, env Env) []Problem {
	rows, ok := value.([]any)
	if !ok {
		return []Problem{{Field: name, Code: ProblemType}}
	}
	if over := len(rows) - e.field.MaxRows; over > 0 {
		return []Problem{{Field: name, Code: ProblemMaxRows, Details: map[string]any{"max": e.field.MaxRows, "over": over}}}
	}
	var problems []Problem
	for i, row := range rows {
		at := fmt.Sprintf("%s.%d", name, i+1)
		cells, ok := row.(map[string]any)
		if !ok {
			problems = append(problems, Problem{Field: at, Code: ProblemType})
			continue
		}
		for _, column := range e.columns {
			if e.columnShown(column, cells) {
				problems = append(problems, column.check(at+"."+column.field.Name, cells[column.field.Name], env)...)
			}
		}
	}
	return problems
}
