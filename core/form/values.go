package form

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"bianmin/core/identity"
)

// Names of the two parts of an address.
const (
	AddressRegion = "region"
	AddressDetail = "detail"
)

// Regions knows the administrative divisions, for region and address fields.
type Regions interface {
	// Division tells whether the code is a division at or below root (""
	// for the whole tree), and whether it has no divisions below it.
	Division(code, root string) (leaf, known bool)
}

// Env is what a form is filled in: the person's card, the point, the day.
type Env struct {
	Card    *identity.Card // nil when no card was read: nothing is prefilled from it or locked
	Region  string         // the point's division, 12 digits
	Today   time.Time      // the business date
	Regions Regions        // nil: codes are checked by their shape only
}

// Refusals of Set.
var (
	ErrLocked  = errors.New("the field is filled from the card and cannot be changed by hand")
	ErrUnknown = errors.New("the form has no such field")
)

// Set returns a copy of values with one value changed; nil empties it. The
// name is a field's, or "table.2.column" for a cell: rows count from 1, and the
// row after the last is made. The old values stay untouched. Errors are ErrLocked and ErrUnknown.
func (c *Checked) Set(values Values, name string, value any, env Env) (Values, error) {
	path := strings.Split(name, ".")
	e, ok := c.byName[path[0]]
	if !ok || (len(path) != 1 && len(path) != 3) {
		return nil, fmt.Errorf("set %s: %w", path[0], ErrUnknown)
	}
	if c.Locked(e.field.Name, env) {
		return nil, fmt.Errorf("set %s: %w", path[0], ErrLocked)
	}
	changed := clone(values)
	if len(path) == 1 {
		assign(changed, path[0], value)
		return changed, nil
	}
	if _, ok := c.Field(path[0] + "." + path[2]); !ok {
		return nil, fmt.Errorf("set column of %s: %w", path[0], ErrUnknown)
	}
	rows := rowsOf(changed[path[0]])
	row, err := strconv.Atoi(path[1])
	if err != nil || row < 1 || row > len(rows)+1 || row > e.field.MaxRows {
		return nil, fmt.Errorf("set row of %s: %w", path[0], ErrUnknown)
	}
	if row > len(rows) {
		rows = append(rows, map[string]any{})
	}
	cells := rows[row-1].(map[string]any)
	assign(cells, path[2], value)
	changed[path[0]] = rows
	return changed, nil
}

func assign(into map[string]any, name string, value any) {
	if value == nil {
		delete(into, name)
		return
	}
	into[name] = normal(value)
}

// Visible returns the fields that are asked with these values, in order.
func (c *Checked) Visible(values Values) []Field {
	var all []Field
	for _, e := range c.order {
		if c.shown(e, values, 0) {
			all = append(all, *e.field)
		}
	}
	return all
}

// Questions returns the visible fields a person is asked: those not locked by the card.
func (c *Checked) Questions(values Values, env Env) []Field {
	var all []Field
	for _, f := range c.Visible(values) {
		if !c.Locked(f.Name, env) {
			all = append(all, f)
		}
	}
	return all
}

// VisibleColumns returns the columns of a table that are asked in a row, in order.
func (c *Checked) VisibleColumns(table string, row map[string]any) []Field {
	e := c.byName[table]
	if e == nil {
		return nil
	}
	var all []Field
	for _, column := range e.columns {
		if e.columnShown(column, row) {
			all = append(all, *column.field)
		}
	}
	return all
}

// columnShown tells whether a column is asked in a row; a column that is not shown counts as empty.
func (e *entry) columnShown(column *entry, row map[string]any) bool {
	visible := map[string]bool{}
	for _, earlier := range e.columns {
		visible[earlier.field.Name] = holds(earlier.field.When, func(name string) any {
			if !visible[name] {
				return nil
			}
			return row[name]
		})
		if earlier == column {
			break
		}
	}
	return visible[column.field.Name]
}

// Final returns the values as they are filed: text trimmed, empty values and those of fields that are not shown left out.
func (c *Checked) Final(values Values) Values {
	final := Values{}
	for _, e := range c.order {
		if !c.shown(e, values, 0) {
			continue
		}
		value := normal(values[e.field.Name])
		if e.field.Kind == KindTable {
			value = e.finalRows(value)
		}
		if !empty(value) {
			final[e.field.Name] = value
		}
	}
	return final
}

func (e *entry) finalRows(value any) any {
	rows, ok := value.([]any)
	if !ok {
		return value
	}
	kept := make([]any, 0, len(rows))
	for _, row := range rows {
		cells, ok := row.(map[string]any)
		if !ok {
			kept = append(kept, row)
			continue
		}
		final := map[string]any{}
		for name, cell := range cells {
			if !empty(cell) {
				final[name] = cell
			}
		}
		for _, column := range e.columns {
			if !e.columnShown(column, cells) {
				delete(final, column.field.Name)
			}
		}
		kept = append(kept, final)
	}
	return kept
}

// normal brings a value into the form JSON decodes to, with texts trimmed.
func normal(value any) any {
	switch v := value.(type) {
	case string:
		if len(v) > maxValueBytes {
			return v
		}
		return strings.TrimSpace(v)
	case Values:
		return normal(map[string]any(v))
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = normal(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = normal(inner)
		}
		return out
	case []string:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = inner
		}
		return out
	case []map[string]any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = normal(inner)
		}
		return out
	}
	if n, ok := number(value); ok {
		return n
	}
	return value
}

func number(value any) (float64, bool) {
	var n float64
	switch v := value.(type) {
	case float64:
		n = v
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	case json.Number:
		parsed, err := v.Float64()
		if err != nil {
			return 0, false
		}
		n = parsed
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

// empty tells whether a value counts as not answered. false and 0 are answers.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, inner := range v {
			if !empty(inner) {
				return false
			}
		}
		return true
	}
	return false
}

// clone copies values as deep as they can be changed.
func clone(values Values) Values {
	out := make(Values, len(values)+1)
	for name, value := range values {
		out[name] = normal(value)
	}
	return out
}

func rowsOf(value any) []any {
	rows, _ := value.([]any)
	for i, row := range rows {
		if _, ok := row.(map[string]any); !ok {
			rows[i] = map[string]any{}
		}
	}
	return rows
}
