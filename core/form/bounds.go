package form

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// bounds are the earliest and latest date of a date field, as written: a date,
// or "today" with a distance ("today-18y", "today+30d"). "" is no bound.
type bounds struct{ earliest, latest string }

const dateLayout = "2006-01-02"

var relative = regexp.MustCompile(`^today(?:([+-])(\d{1,4})([dmy]))?$`)

// readBounds reads a date field's bounds from the schema as it was written,
// because the validator drops keywords it does not know. The path is the field's
// name, or a table's and its column's.
func readBounds(schema json.RawMessage, path ...string) bounds {
	type node struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Items      json.RawMessage            `json:"items"`
		Earliest   string                     `json:"formatMinimum"`
		Latest     string                     `json:"formatMaximum"`
	}
	raw := schema
	for i, name := range path {
		var outer node
		if i > 0 {
			var table node
			if json.Unmarshal(raw, &table) != nil {
				return bounds{}
			}
			raw = table.Items
		}
		if json.Unmarshal(raw, &outer) != nil {
			return bounds{}
		}
		raw = outer.Properties[name]
	}
	var own node
	if json.Unmarshal(raw, &own) != nil {
		return bounds{}
	}
	return bounds{earliest: own.Earliest, latest: own.Latest}
}

// resolve turns a bound into a date "YYYY-MM-DD".
func resolve(bound string, today time.Time) (string, error) {
	if m := relative.FindStringSubmatch(bound); m != nil {
		n, _ := strconv.Atoi("0" + m[2])
		if m[1] == "-" {
			n = -n
		}
		switch m[3] {
		case "d":
			today = today.AddDate(0, 0, n)
		case "m":
			today = today.AddDate(0, n, 0)
		case "y":
			today = today.AddDate(n, 0, 0)
		}
		return today.Format(dateLayout), nil
	}
	if _, err := time.Parse(dateLayout, bound); err != nil {
		return "", fmt.Errorf("%q is neither a date (2026-01-31) nor today, today-18y, today+30d", bound)
	}
	return bound, nil
}

// Between gives the earliest and latest day a date field may have (YYYY-MM-DD),
// "" for no bound. Today is what "today" in a bound means. The name is a field's, or a table's with its column (rows.column).
func (c *Checked) Between(name string, today time.Time) (earliest, latest string) {
	e := c.entryOf(name)
	if e == nil {
		return "", ""
	}
	if e.bounds.earliest != "" {
		earliest, _ = resolve(e.bounds.earliest, today) // a bound that cannot be resolved bounds nothing, as when it is checked
	}
	if e.bounds.latest != "" {
		latest, _ = resolve(e.bounds.latest, today)
	}
	return earliest, latest
}
