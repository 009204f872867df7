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

// readBounds reads a field's bounds from the schema as it was written, because the validator drops keywords it does not know.
func readBounds(schema json.RawMessage, kind Kind, path []string, faults *Faults) bounds {
	type node struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Items      json.RawMessage            `json:"items"`
		Earliest   string                     `json:"formatMinimum"`
		Latest     string                     `json:"formatMaximum"`
	}
	at, current := "/schema", node{}
	if json.Unmarshal(schema, &current) != nil {
		return bounds{}
	}
	for i, name := range path {
		if i > 0 {
			at += "/items"
			inner := node{}
			if json.Unmarshal(current.Items, &inner) != nil {
				return bounds{}
			}
			current = inner
		}
		at += "/properties" + pointer([]string{name})
		inner := node{}
		if json.Unmarshal(current.Properties[name], &inner) != nil {
			return bounds{}
		}
		current = inner
	}
	b := bounds{earliest: current.Earliest, latest: current.Latest}
	for keyword, bound := range map[string]string{keywordEarliest: b.earliest, keywordLatest: b.latest} {
		if bound == "" {
			continue
		}
		if _, err := resolve(bound, time.Time{}); err != nil {
			faults.add(at+"/"+keyword, "%v", err)
		}
		if kind != KindDate {
			faults.add(at+"/"+keyword, "only date fields have an earliest and latest date")
		}
	}
	return b
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
