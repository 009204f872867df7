package desk

import (
	"context"
	"slices"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
)

const slotVisits slot = "visits"

// visits is a day's list of visits and appointments.
type visits struct {
	date    string
	lines   []agency.VisitLine
	chosen  string
	byRoute bool
}

func (m *machine) visitsEvent(w *shift, event Event) bool {
	v := &w.visits
	switch event := event.(type) {
	case VisitDate:
		v.date, v.chosen = event.Date, ""
		m.loadVisits()
	case VisitPick:
		v.chosen = event.ID
	case VisitDone:
		m.visited(event.Outcome, "")
	case VisitTo:
		m.visited("moved", event.Date)
	case VisitApply:
		if _, ok := v.line(); ok {
			m.newCase(nil, v.chosen)
		}
	case RouteOrder:
		v.byRoute = event.On
	default:
		return false
	}
	return true
}

func (m *machine) loadVisits() {
	v := &m.shift.visits
	if v.date == "" {
		v.date, v.byRoute = m.date(), true
	}
	date := v.date
	m.look(slotVisits, func(ctx context.Context, book Book) then {
		lines, err := book.Visits(ctx, date)
		return func(m *machine) {
			switch {
			case err != nil:
				m.fail("list visits", err)
			case m.shift.visits.date == date:
				m.shift.visits.lines = lines
			}
		}
	})
}

func (v *visits) line() (agency.VisitLine, bool) {
	at := slices.IndexFunc(v.lines, func(l agency.VisitLine) bool { return l.ID == v.chosen })
	if at < 0 {
		return agency.VisitLine{}, false
	}
	return v.lines[at], true
}

// visited records what became of the chosen visit: an event of its case, or a record of its own without one.
func (m *machine) visited(outcome, to string) {
	line, ok := m.shift.visits.line()
	if !ok || !m.mayWrite() {
		return
	}
	visit := casefile.Visit{Appointment: line.ID, Outcome: outcome}
	switch {
	case !slices.Contains([]string{"done", "no-show", "moved"}, outcome):
		return
	case outcome == "moved" && to == "":
		m.reason("desk.ask.visit-to", false, func(m *machine, typed string) { m.visited("moved", typed) })
		return
	case outcome == "moved":
		date, problem := readDate(to, m.today)
		if problem != "" {
			m.say(Bad, "desk.problem."+problem, nil)
			return
		}
		if date < m.date() {
			m.say(Bad, "desk.problem.past", nil)
			return
		}
		visit.To = date
	}
	m.add(line.Case, casefile.Visited, casefile.Event{Visit: &visit}, nil, nil)
}

// villageOrder is each village's place in the catalogue's tree: neighbours there lie on one way.
func villageOrder(set *catalogue.Catalogue) map[string]int {
	order := map[string]int{}
	var walk func(r catalogue.Region)
	walk = func(r catalogue.Region) {
		for _, key := range []string{r.Code, r.Name[text.Chinese]} {
			if _, twice := order[key]; !twice {
				order[key] = len(order) + 1
			}
		}
		for _, child := range r.Children {
			walk(child)
		}
	}
	walk(set.Region)
	return order
}

func (m *machine) drawVisits(w *shift) *VisitsView {
	v := &w.visits
	lines := slices.Clone(v.lines)
	if v.byRoute {
		order := villageOrder(m.options.Catalogue())
		at := func(l agency.VisitLine) int {
			if n, ok := order[l.Village]; ok {
				return n
			}
			return len(order) + 1 // unknown ones last
		}
		slices.SortStableFunc(lines, func(a, b agency.VisitLine) int {
			if d := at(a) - at(b); d != 0 {
				return d
			}
			return strings.Compare(a.Time, b.Time)
		})
	}
	return &VisitsView{Date: v.date, Lines: lines, Chosen: v.chosen, ByRoute: v.byRoute, Download: m.health.LastContact}
}
