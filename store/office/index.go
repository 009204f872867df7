package office

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/store"
)

// index is the account's list, opened into memory at sign-on and brought up to
// date before each look by what the store says has changed.
type index struct {
	loaded  bool
	last    int64 // revision up to which it was read
	removed int64
	fresh   int                      // rows that changed since the kept list
	today   identity.Date            // the day its order and days left were made for
	rows    map[casefile.Number]*row // nil until a row must be found by its number
	order   []*row                   // overdue and soon due first, then newest
	words   map[string]string
	abouts  map[[2]string]*about
	cal     casefile.Calendar
	dates   map[dueKey]string
	left    map[string]int
}

type dueKey struct {
	accepted int64 // day since 1970
	days     int
}

// about is what a search looks into of an item, in lower case: one copy for all its cases.
type about struct{ text string }

// row is one case in the list.
type row struct {
	agency.CaseLine
	days   int
	from   time.Time // accepted by the platform, zero while it is not
	tag    [32]byte  // of the ID number
	date   string    // filed on
	text   string    // what a search looks into besides about: person, number, official number, in lower case
	about  *about
	handed bool // by another account, and not taken in yet
	class  uint8
}

// Classes of the list's order.
const (
	classOverdue = iota
	classSoon
	classRest
)

// soonDays is how many working days before its deadline a case is due soon.
const soonDays = 2

// many is how many changed rows are rather sorted in at once than put one by one.
const many = 64

// refresh brings the index up to date; b.mu is held.
func (b *Book) refresh(ctx context.Context) error {
	if b.keys == nil {
		return errClosed
	}
	opened, _, err := b.office.Opened(ctx)
	if err != nil {
		return err
	}
	clock, err := opened.Clock(ctx)
	if err != nil {
		return err
	}
	last, removed, err := opened.Revision(ctx)
	if err != nil {
		return err
	}
	x := &b.index
	if !x.loaded || removed != x.removed {
		*x = newIndex(removed)
	}
	today := identity.DateOf(clock.Judgement.Now.In(casefile.Zone))
	if today != x.today {
		x.cal, x.today = b.office.options.Calendar(), today
		clear(x.dates)
		clear(x.left)
		for _, r := range x.order {
			x.judge(r)
		}
		x.sort()
	}
	if x.loaded && last == x.last {
		return nil
	}
	changed, err := b.changed(ctx, opened)
	if err != nil {
		x.loaded = false
		return err
	}
	x.put(changed)
	x.loaded, x.last = true, last
	x.fresh += len(changed)
	b.keepSoon(opened)
	return nil
}

func newIndex(removed int64) index {
	return index{removed: removed, words: map[string]string{}, abouts: map[[2]string]*about{}, dates: map[dueKey]string{}, left: map[string]int{}}
}

func (x *index) newRow(l store.Line, kept line, tag [32]byte) *row {
	r := &row{days: l.Days, from: l.Accepted, date: x.word(l.Filed.Format(time.DateOnly)), tag: tag, handed: l.Handed}
	r.CaseLine = agency.CaseLine{
		Number: l.Number, Person: kept.Person, Item: x.word(kept.Item), ItemName: x.word(kept.ItemName), Filed: l.Filed, State: x.word(l.State),
		Points: l.Points, Done: l.Done, Branches: l.Branches, Refused: l.Refused, Waiting: l.Waiting, Official: l.Official,
	}
	r.text = strings.ToLower(strings.Join([]string{kept.Person, string(l.Number), l.Official}, "\n"))
	r.about = x.aboutOf(r.Item, r.ItemName)
	return r
}

func (x *index) aboutOf(code, name string) *about {
	known := x.abouts[[2]string{code, name}]
	if known == nil {
		known = &about{text: strings.ToLower(code + "\n" + name)}
		x.abouts[[2]string{code, name}] = known
	}
	return known
}

// word keeps one copy of a text that many rows share.
func (x *index) word(text string) string {
	if known, ok := x.words[text]; ok {
		return known
	}
	x.words[text] = text
	return text
}

func (x *index) deadline(accepted time.Time, days int) string {
	_, east := accepted.In(casefile.Zone).Zone()
	key := dueKey{(accepted.Unix() + int64(east)) / (24 * 60 * 60), days}
	due, known := x.dates[key]
	if !known {
		due = x.cal.Deadline(accepted, days).In(time.UTC).Format(time.DateOnly)
		x.dates[key] = due
	}
	return due
}

// judge finds a row's deadline, working days left and place in the order.
func (x *index) judge(r *row) {
	r.class, r.Left, r.Due = classRest, 0, ""
	if r.from.IsZero() || r.days < 1 {
		return
	}
	r.Due = x.deadline(r.from, r.days)
	left, known := x.left[r.Due]
	if !known {
		if due, err := time.Parse(time.DateOnly, r.Due); err == nil {
			left = x.cal.Left(x.today, identity.DateOf(due))
		}
		x.left[r.Due] = left
	}
	r.Left = left
	switch {
	case r.State == casefile.StateDone || casefile.Over(r.State): // nothing is awaited from the department
	case left < 0:
		r.class = classOverdue
	case left <= soonDays:
		r.class = classSoon
	}
}

func compareRows(a, b *row) int {
	if c := cmp.Compare(a.class, b.class); c != 0 {
		return c
	}
	if a.class != classRest {
		if c := cmp.Compare(a.Due, b.Due); c != 0 {
			return c
		}
	}
	if c := b.Filed.Compare(a.Filed); c != 0 {
		return c
	}
	return cmp.Compare(b.Number, a.Number)
}

func (x *index) byNumber() map[casefile.Number]*row {
	if x.rows == nil {
		x.rows = make(map[casefile.Number]*row, len(x.order)+many)
		for _, r := range x.order {
			x.rows[r.Number] = r
		}
	}
	return x.rows
}

func (x *index) sort() {
	if !slices.IsSortedFunc(x.order, compareRows) {
		slices.SortFunc(x.order, compareRows)
	}
}

// put brings changed rows into the order.
func (x *index) put(changed []*row) {
	for _, r := range changed {
		x.judge(r)
	}
	if len(x.order) == 0 { // all are new
		x.order = changed
		x.sort()
		return
	}
	x.byNumber()
	if len(changed) > many {
		for _, r := range changed {
			x.rows[r.Number] = r
		}
		x.order = x.order[:0]
		for _, r := range x.rows {
			x.order = append(x.order, r)
		}
		slices.SortFunc(x.order, compareRows)
		return
	}
	for _, r := range changed {
		if before := x.rows[r.Number]; before != nil {
			if i, found := slices.BinarySearchFunc(x.order, before, compareRows); found {
				x.order = slices.Delete(x.order, i, i+1)
			}
		}
		x.rows[r.Number] = r
		i, _ := slices.BinarySearchFunc(x.order, r, compareRows)
		x.order = slices.Insert(x.order, i, r)
	}
}
