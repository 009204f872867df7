package forms

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bianmin/core/casefile"
)

// schema is the part of a form's JSON Schema that says what a value looks like.
type schema struct {
	Type       string            `json:"type"`
	Format     string            `json:"format"`
	Pattern    string            `json:"pattern"`
	Enum       []string          `json:"enum"`
	Const      any               `json:"const"`
	Maximum    float64           `json:"maximum"`
	Required   []string          `json:"required"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
}

// value fills in what a field asks for.
func (m maker) value(name string, of schema, person casefile.Applicant, at home) any {
	switch of.Type {
	case "object":
		filled := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(of.Properties)) {
			if slices.Contains(of.Required, key) || m.IntN(2) == 0 {
				filled[key] = m.value(key, of.Properties[key], person, at)
			}
		}
		return filled
	case "array":
		var filled []any
		for range 1 + m.IntN(4) {
			stranger := m.applicant(at)
			filled = append(filled, m.value(name, *of.Items, stranger, at))
		}
		return filled
	case "boolean":
		return m.IntN(3) > 0
	case "integer", "number":
		return m.IntN(int(min(max(of.Maximum, 10), 100_000)))
	}
	return m.text(name, of, person, at)
}

func (m maker) text(name string, of schema, person casefile.Applicant, at home) string {
	lower := strings.ToLower(name)
	switch {
	case len(of.Enum) > 0:
		return pick(m, of.Enum)
	case of.Format == "date":
		d := m.date(2000, 27)
		return d[:4] + "-" + d[4:6] + "-" + d[6:]
	case strings.Contains(of.Pattern, "{12}"):
		return at.region
	case lower == "name":
		return person.Name
	case lower == "number":
		return person.Number
	case strings.HasSuffix(lower, "number"):
		return m.number(at, m.date(1950, 70))
	case strings.Contains(lower, "phone"):
		return m.phone()
	case lower == "detail":
		return fmt.Sprintf("%s%d组%d号", at.village, 1+m.IntN(12), 1+m.IntN(300))
	case strings.Contains(lower, "address"):
		return person.Address
	case strings.HasPrefix(of.Pattern, "^[0-9"):
		return fmt.Sprintf("6217%015d", m.Int64N(1e15))
	case lower == "code" || lower == "employer":
		return "92" + strings.ToUpper(m.hex(8))
	case lower == "story" || lower == "other":
		return pick(m, notes[m.share])
	case lower == "shop" || lower == "builder":
		return m.name() + "商店"
	}
	return m.name()
}
