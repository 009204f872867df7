// Package report counts what a point did in a span of days and writes it, and the
// register of cases, as CSV that opens rightly in spreadsheet programs. It must
// not read a store or lay out pages.
package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// Report is the counts of a span of days. Evaluations are counts only.
type Report struct {
	From, To    string // YYYY-MM-DD, both included
	Cases       []ItemCount
	States      map[string]int // of the same cases: how many stand where now
	Days        []DayCount     // every day of the span
	Fees        []FeeCount
	TakenFen    int64
	RefundFen   int64 // as a positive number
	Papers      map[casefile.PaperStep]int
	Visits      map[string]int // outcome → how many, "" is still open
	Evaluations agency.EvaluationCounts
}

// ItemCount is one item's cases by state.
type ItemCount struct {
	Code, Name string
	Total      int
	States     map[string]int
}

// DayCount is one day's cases and money, for a chart.
type DayCount struct {
	Date  string
	Cases int
	Fen   int64
}

// FeeCount is the money of one kind of fee.
type FeeCount struct {
	Name                string
	Taken, Refunds      int
	TakenFen, RefundFen int64 // RefundFen as a positive number
}

// Source is what a report is made from: everything of the span, and nothing else.
type Source struct {
	Cases       []agency.CaseLine
	Fees        []agency.FeeLine
	Papers      []agency.PaperLine
	Visits      []agency.VisitLine
	Evaluations agency.EvaluationCounts
}

// Make counts. Cases count under their day in China; a span whose days cannot be read has no Days.
func Make(from, to string, s Source) Report {
	r := Report{
		From: from, To: to, States: map[string]int{}, Papers: map[casefile.PaperStep]int{}, Visits: map[string]int{}, Evaluations: s.Evaluations,
	}
	days := r.span()
	r.cases(s.Cases, days)
	r.fees(s.Fees, days)
	for _, p := range s.Papers {
		r.Papers[p.Step] += max(p.Count, 1)
	}
	for _, v := range s.Visits {
		r.Visits[v.Outcome]++
	}
	return r
}

// longest is the longest span in days that is broken down by day: a leap year.
const longest = 366

// span makes an entry for every day and gives the index of each.
func (r *Report) span() map[string]int {
	index := map[string]int{}
	first, failed := time.Parse(time.DateOnly, r.From)
	last, failedToo := time.Parse(time.DateOnly, r.To)
	if failed != nil || failedToo != nil {
		return index
	}
	for day := first; !day.After(last) && len(r.Days) < longest; day = day.AddDate(0, 0, 1) {
		date := day.Format(time.DateOnly)
		index[date] = len(r.Days)
		r.Days = append(r.Days, DayCount{Date: date})
	}
	return index
}

func (r *Report) cases(lines []agency.CaseLine, days map[string]int) {
	items := map[string]*ItemCount{}
	for _, line := range lines {
		item := items[line.Item]
		if item == nil {
			item = &ItemCount{Code: line.Item, Name: line.ItemName, States: map[string]int{}}
			items[line.Item] = item
		}
		item.Total++
		item.States[line.State]++
		r.States[line.State]++
		if i, ok := days[line.Filed.In(casefile.Zone).Format(time.DateOnly)]; ok {
			r.Days[i].Cases++
		}
	}
	for _, code := range slices.Sorted(maps.Keys(items)) {
		r.Cases = append(r.Cases, *items[code])
	}
	slices.SortStableFunc(r.Cases, func(a, b ItemCount) int { return cmp.Compare(b.Total, a.Total) })
}

func (r *Report) fees(lines []agency.FeeLine, days map[string]int) {
	kinds := map[string]*FeeCount{}
	for _, line := range lines {
		kind := kinds[line.Name]
		if kind == nil {
			kind = &FeeCount{Name: line.Name}
			kinds[line.Name] = kind
		}
		if line.Fen < 0 {
			kind.Refunds++
			kind.RefundFen -= line.Fen
			r.RefundFen -= line.Fen
		} else {
			kind.Taken++
			kind.TakenFen += line.Fen
			r.TakenFen += line.Fen
		}
		if i, ok := days[line.Date]; ok {
			r.Days[i].Fen += line.Fen
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		r.Fees = append(r.Fees, *kinds[name])
	}
}

// StatesSeen are the states that occur, in the order of a case's course.
func (r Report) StatesSeen() []string {
	var out []string
	for _, state := range course {
		if r.States[state] > 0 {
			out = append(out, state)
		}
	}
	for _, state := range slices.Sorted(maps.Keys(r.States)) {
		if !slices.Contains(course, state) {
			out = append(out, state)
		}
	}
	return out
}

var course = []string{
	casefile.StateQueued, casefile.StateAccepted, casefile.StateRefused, casefile.StateProcessing, casefile.StateCorrection, casefile.StateSuspended,
	casefile.StateDone, casefile.StateRejected, casefile.StateDelivered, casefile.StateWithdrawn, casefile.StateEnded, casefile.StateClosed,
}
