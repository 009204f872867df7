package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
)

const slotHome slot = "home"

// dueLines is how many cases the first page lists.
const dueLines = 12

// home is the first page: what is due, what came in, what is begun.
type home struct {
	due    []agency.CaseLine
	news   []agency.CaseLine
	drafts []agency.Draft
	lines  []DraftLine
	visits []agency.VisitLine
	filed  int
	taken  int64
	papers int
}

func (m *machine) homeEvent(w *shift, event Event) bool {
	switch event := event.(type) {
	case SearchText:
		w.search = event.Text
	case SearchGo:
		m.search(event.Text)
	case OpenDraft:
		m.openDraft(event.ID)
	case DropDraft:
		m.askDropDraft(event.ID)
	default:
		return false
	}
	return true
}

func (m *machine) loadHome() {
	date := m.date()
	m.look(slotHome, func(ctx context.Context, book Book) then {
		h, err := readHome(ctx, book, date)
		return func(m *machine) {
			if err != nil {
				m.fail("load the first page", err)
				return
			}
			m.shift.home = h
		}
	})
}

func readHome(ctx context.Context, book Book, date string) (home, error) {
	var h home
	overdue, err := book.List(ctx, agency.Query{Filter: "overdue", Limit: dueLines})
	soon, soonErr := book.List(ctx, agency.Query{Filter: "soon", Limit: dueLines})
	h.due = append(slices.Clone(overdue.Lines), soon.Lines...)
	h.due = h.due[:min(len(h.due), dueLines)]
	news, newsErr := book.List(ctx, agency.Query{States: []string{casefile.StateCorrection, casefile.StateDone, casefile.StateRejected, casefile.StateRefused}, Limit: dueLines})
	h.news = news.Lines
	filed, filedErr := book.List(ctx, agency.Query{From: date, To: date, Limit: 1})
	h.filed = filed.Total
	var draftErr, visitErr, feeErr, paperErr error
	h.drafts, draftErr = book.Drafts(ctx)
	h.visits, visitErr = book.Visits(ctx, date)
	fees, feeErr := book.Fees(ctx, date)
	for _, fee := range fees {
		h.taken += fee.Fen
	}
	held, paperErr := book.Custody(ctx)
	for _, paper := range held {
		if paper.Here() {
			h.papers++
		}
	}
	h.lines = draftLines(h.drafts)
	return h, errors.Join(err, soonErr, newsErr, filedErr, draftErr, visitErr, feeErr, paperErr)
}

// draftLines reads what the list of drafts shows out of their contents; one that
// cannot be read is listed all the same, so that it can be dropped.
func draftLines(drafts []agency.Draft) []DraftLine {
	lines := make([]DraftLine, 0, len(drafts))
	for _, d := range drafts {
		var content struct {
			Items []struct {
				Name text.Local `json:"name"`
			} `json:"items"`
			Principal *struct{ Name string } `json:"principal"`
		}
		line := DraftLine{ID: d.ID, Saved: d.Saved}
		if json.Unmarshal(d.Content, &content) == nil {
			if len(content.Items) > 0 {
				line.ItemName = content.Items[0].Name
			}
			if content.Principal != nil {
				line.Person = content.Principal.Name
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (h *home) draw() *TodayView {
	return &TodayView{
		Due: slices.Clone(h.due), News: slices.Clone(h.news), Drafts: slices.Clone(h.lines), Visits: slices.Clone(h.visits),
		Filed: h.filed, TakenFen: h.taken, Papers: h.papers,
	}
}

// loadCounts counts the cases by state, for filters and side bar.
func (m *machine) loadCounts() {
	m.look(slotCounts, func(ctx context.Context, book Book) then {
		counts, err := book.Counts(ctx)
		return func(m *machine) {
			if err != nil {
				m.log.Warn("cases not counted", "error", err)
				return
			}
			m.shift.list.counts = counts
		}
	})
}

// dayOf reads YYYY-MM-DD at noon of the zone people live in.
func dayOf(date string) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, date, casefile.Zone)
	return t.Add(12 * time.Hour), err == nil
}
