package desk

import (
	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// enter loads what a page shows.
func (m *machine) enter(page PageName) {
	if m.shift == nil || m.locked != nil {
		return
	}
	m.loadCounts()
	switch page {
	case Today:
		m.loadHome()
	case Cases, Corrections, Results:
		m.openList(page)
	case Papers:
		m.loadPapers()
	case Fees:
		m.loadFees()
	case Visits:
		m.loadVisits()
	case Reports:
		m.loadReport()
	case Sync:
		m.loadQueue()
	}
}

// refresh loads the page that is shown again: something changed.
func (m *machine) refresh() {
	switch m.page {
	case Cases, Corrections, Results:
		m.loadCounts()
		m.loadList()
		m.loadDetail()
	default:
		m.enter(m.page)
	}
}

// draw sets the one view of the page.
func (m *machine) draw(s *State) {
	switch m.page {
	case SignOn:
		m.drawSignOn(s)
		return
	case Activate:
		m.drawActivate(s)
		return
	case Locked:
		m.drawLocked(s)
		return
	case OutOfService:
		s.OutOfService = &OutOfServiceView{Reason: string(m.stopped), Phone: m.options.Place.Phone, Practise: m.options.CanPractise}
		return
	}
	m.drawShift(m.shift, s)
}

func (m *machine) drawShift(w *shift, s *State) {
	switch m.page {
	case Today:
		s.Today = w.home.draw()
		s.Today.Drafts = w.withUnsaved(s.Today.Drafts)
	case Cases, Corrections, Results:
		s.Cases = m.drawList(w)
	case ChooseItem:
		s.ChooseItem = w.choose.draw()
	case Accept:
		s.Accept = m.drawAccept(w.accept)
	case Correct:
		s.Correct = m.drawCorrect(w.fixing)
	case Papers:
		s.Papers = w.papers.draw()
	case Fees:
		s.Fees = w.money.draw()
	case Visits:
		s.Visits = m.drawVisits(w)
	case Reports:
		s.Reports = w.report.draw()
	case Sync:
		s.Sync = m.drawSync(w)
	case Evaluate:
		s.Evaluate = w.rating.draw()
	}
}

// openVisits is how many of a day's visits nothing became of yet.
func openVisits(lines []agency.VisitLine) (n int) {
	for _, line := range lines {
		if line.Outcome == "" {
			n++
		}
	}
	return n
}

// sideBar counts what waits on each page.
func (m *machine) sideBar(w *shift) []SideLine {
	counts := map[PageName]int{
		Today: len(w.home.drafts), Corrections: w.list.counts[casefile.StateCorrection], Results: w.list.counts[casefile.StateDone],
		Papers: w.home.papers, Visits: openVisits(w.home.visits), Sync: m.health.Waiting + m.health.Refused,
	}
	var lines []SideLine
	for _, page := range SideBar() {
		alarm := page == Corrections && counts[page] > 0 || page == Sync && m.health.Refused > 0
		lines = append(lines, SideLine{Page: page, Count: counts[page], Alarm: alarm})
	}
	return lines
}
