package fleet

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/core/usage"
	"bianmin/platform/registry"
)

// Ways of grouping figures.
const (
	byItem     = "item"
	byPoint    = "point"
	byDivision = "division"
)

var groupings = []string{byItem, byPoint, byDivision}

// Row is a line of the county's figures; the fields add up over rows.
type Row struct {
	Name, Code string
	registry.Figures
	Rated, Good int // ratings of the first full tens, and of these "satisfied" and better
	Given       int // all ratings
}

// Visits counts the people who began at a terminal.
func (r Row) Visits() int { return r.Counted[usage.Visit] }

// Guides counts the guides that were opened.
func (r Row) Guides() int { return r.Counted[usage.Guide] }

// Printed counts the guides that were printed.
func (r Row) Printed() int { return r.Counted[usage.Printed] }

// Begun counts the applications that were begun at a terminal.
func (r Row) Begun() int { return r.Counted[usage.Begun] }

// Left counts those that were left without filing.
func (r Row) Left() int { return r.Counted[usage.Left] }

// Days is how many days a decision took on average; -1 where there was none.
func (r Row) Days() float64 {
	if r.Decided == 0 {
		return -1
	}
	return r.Took.Hours() / 24 / float64(r.Decided)
}

// Share is part of whole in per cent, -1 of nothing.
func Share(part, whole int) int {
	if whole == 0 {
		return -1
	}
	return (part*200 + whole) / (2 * whole)
}

func (r *Row) add(f registry.Figures) {
	r.Filed += f.Filed
	r.Open += f.Open
	r.Waiting += f.Waiting
	r.Returned += f.Returned
	r.Granted += f.Granted
	r.Rejected += f.Rejected
	r.GivenUp += f.GivenUp
	r.Decided += f.Decided
	r.Took += f.Took
	for kind, n := range f.Counted {
		if r.Counted == nil {
			r.Counted = map[usage.Kind]int{}
		}
		r.Counted[kind] += n
	}
}

// names gives items and divisions their names; without a catalogue they keep their codes.
type names struct {
	set  *catalogue.Catalogue
	lang text.Lang
}

func (n names) item(code string) string {
	if n.set == nil {
		return code
	}
	item, ok := n.set.Item(code)
	if !ok {
		return code
	}
	if short := item.ShortName.In(n.lang); short != "" {
		return short
	}
	return item.Name.In(n.lang)
}

// town is the code of the town or street a village lies in, and what it is called.
func (n names) town(region string) (code, name string) {
	if len(region) == 12 {
		code = region[:9] + "000"
	}
	if n.set != nil {
		if found, ok := n.set.Find(code); ok {
			return code, found.Name.In(n.lang)
		}
	}
	return code, code
}

// tally groups figures; those of terminals or items that q does not name are left out. Ratings are of points, so rows of items have none.
func tally(figures []registry.Figures, ratings []registry.Ratings, by, q string, n names) (rows []Row, total Row) {
	found := map[string]*Row{}
	row := func(code, name string) *Row {
		if found[code] == nil {
			found[code] = &Row{Code: code, Name: name}
		}
		return found[code]
	}
	place := func(region, point string) *Row {
		if by == byPoint {
			return row(region+" "+point, point)
		}
		return row(n.town(region))
	}
	named := func(words ...string) bool {
		return q == "" || strings.Contains(strings.ToLower(strings.Join(words, " ")), strings.ToLower(q))
	}
	for _, f := range figures {
		_, town := n.town(f.Region)
		if !named(f.Terminal, f.Point, f.Region, town, f.Item, n.item(f.Item)) {
			continue
		}
		total.add(f)
		switch {
		case by != byItem:
			place(f.Region, f.Point).add(f)
		case f.Item != "":
			row(f.Item, n.item(f.Item)).add(f)
		}
	}
	for _, r := range ratings {
		if _, town := n.town(r.Region); !named(r.Point, r.Region, town) {
			continue
		}
		total.rate(r)
		if by != byItem {
			place(r.Region, r.Point).rate(r)
		}
	}
	for _, r := range found {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Filed, a.Filed), cmp.Compare(b.Guides(), a.Guides()), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code))
	})
	return rows, total
}

func (r *Row) rate(ratings registry.Ratings) {
	r.Given += ratings.Given
	for level, n := range ratings.Levels {
		r.Rated += n
		if level >= satisfied {
			r.Good += n
		}
	}
}

// satisfied is the least of the five levels that counts as satisfied.
const satisfied = 4

// period is a stretch of days, both included, in China's time.
type period struct {
	Name        string // of periods, "" for one that was typed
	From, Until time.Time
}

// periods are offered on the page.
var periods = []string{"today", "week", "days30", "month", "before", "year"}

func readPeriod(name, from, until string, now time.Time) period {
	now = now.In(casefile.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, casefile.Zone)
	first := today.AddDate(0, 0, 1-today.Day())
	switch name {
	case "today":
		return period{name, today, today}
	case "week":
		return period{name, today.AddDate(0, 0, -6), today}
	case "month":
		return period{name, first, today}
	case "before":
		return period{name, first.AddDate(0, -1, 0), first.AddDate(0, 0, -1)}
	case "year":
		return period{name, time.Date(today.Year(), 1, 1, 0, 0, 0, 0, casefile.Zone), today}
	}
	begin, err1 := time.ParseInLocation(time.DateOnly, from, casefile.Zone)
	end, err2 := time.ParseInLocation(time.DateOnly, until, casefile.Zone)
	if err1 == nil && err2 == nil && !end.Before(begin) {
		return period{"", begin, end}
	}
	return period{"days30", today.AddDate(0, 0, -29), today}
}
