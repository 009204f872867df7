package report

import (
	"fmt"
	"strconv"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
)

// Speech gives the words of tables: those below "receipt." in the word catalogue.
type Speech struct {
	Lang  text.Lang
	Words *text.Catalog
}

func (s Speech) say(key string) string { return s.Words.T(s.Lang, "receipt."+key, nil) }

// State names a state of a case, or gives the code where it is new.
func (s Speech) State(code string) string {
	if !s.Words.Has(s.Lang, "receipt.state."+code) {
		return code
	}
	return s.say("state." + code)
}

// RegisterRow is one line of the register (办件登记簿): a case with what the register asks beside a list's line.
type RegisterRow struct {
	agency.CaseLine
	IDNumber   string
	Phone      string
	Department string
	Agent      string
	Delegate   string // who came for an absent principal
	Papers     int    // originals taken into custody
	Done       string // YYYY-MM-DD, "" while it is open
}

// registerColumns are the keys of the register's columns in order.
var registerColumns = []string{"serial", "filed", "case", "official", "person", "id-number", "phone", "delegate", "item", "papers", "department", "state", "due", "done", "agent"}

// Register gives the register as a table with its header; unlisted is how many cases of the span it leaves out, said in a last row.
func Register(s Speech, rows []RegisterRow, unlisted int) [][]string {
	out := [][]string{s.header(registerColumns...)}
	for i, r := range rows {
		filed := ""
		if !r.Filed.IsZero() {
			filed = r.Filed.In(casefile.Zone).Format("2006-01-02 15:04")
		}
		out = append(out, []string{
			strconv.Itoa(i + 1), filed, string(r.Number), r.Official, r.Person, r.IDNumber, r.Phone, r.Delegate, r.ItemName, strconv.Itoa(r.Papers),
			r.Department, s.State(r.State), r.Due, r.Done, r.Agent,
		})
	}
	if unlisted > 0 {
		out = append(out, []string{Unlisted(s, unlisted)})
	}
	return out
}

// Unlisted says that the register leaves cases out.
func Unlisted(s Speech, n int) string {
	return s.Words.T(s.Lang, "receipt.register.unlisted", map[string]any{"n": n})
}

func (s Speech) header(keys ...string) []string {
	var out []string
	for _, key := range keys {
		out = append(out, s.say("paper.column."+key))
	}
	return out
}

// Tables gives a report as tables below each other, each with a heading row and an empty row after it.
func (r Report) Tables(s Speech) [][]string {
	out := [][]string{{s.say("report.title"), r.From, r.To}, {}}
	for _, t := range []struct {
		key  string
		rows [][]string
	}{
		{"cases", r.CaseTable(s)},
		{"fees", r.FeeTable(s)},
		{"papers", r.PaperCounts(s)},
		{"visits", r.VisitCounts(s)},
		{"evaluations", r.EvaluationTable(s)},
	} {
		out = append(out, []string{s.say("report." + t.key)})
		out = append(out, t.rows...)
		out = append(out, []string{})
	}
	return out
}

// CaseTable counts cases by item and state, with header and sum.
func (r Report) CaseTable(s Speech) [][]string {
	states := r.StatesSeen()
	header := s.header("item")
	for _, state := range states {
		header = append(header, s.State(state))
	}
	out := [][]string{append(header, s.say("paper.column.sum"))}
	total := 0
	for _, item := range r.Cases {
		row := []string{item.Name}
		for _, state := range states {
			row = append(row, strconv.Itoa(item.States[state]))
		}
		total += item.Total
		out = append(out, append(row, strconv.Itoa(item.Total)))
	}
	sum := []string{s.say("paper.column.sum")}
	for _, state := range states {
		sum = append(sum, strconv.Itoa(r.States[state]))
	}
	return append(out, append(sum, strconv.Itoa(total)))
}

// FeeTable sums the money by kind of fee, with header and sum.
func (r Report) FeeTable(s Speech) [][]string {
	out := [][]string{s.header("fee", "taken-count", "taken-yuan", "refund-count", "refund-yuan", "net-yuan")}
	taken, refunds := 0, 0
	for _, f := range r.Fees {
		out = append(out, []string{f.Name, strconv.Itoa(f.Taken), yuan(f.TakenFen), strconv.Itoa(f.Refunds), yuan(f.RefundFen), yuan(f.TakenFen - f.RefundFen)})
		taken, refunds = taken+f.Taken, refunds+f.Refunds
	}
	return append(out, []string{s.say("paper.column.sum"), strconv.Itoa(taken), yuan(r.TakenFen), strconv.Itoa(refunds), yuan(r.RefundFen), yuan(r.TakenFen - r.RefundFen)})
}

// PaperCounts gives name and count of originals by where they are.
func (r Report) PaperCounts(s Speech) [][]string {
	var out [][]string
	for _, step := range []casefile.PaperStep{casefile.PaperReceived, casefile.PaperHandedOn, casefile.PaperReturned} {
		out = append(out, []string{s.say("report.paper." + string(step)), strconv.Itoa(r.Papers[step])})
	}
	return out
}

// VisitCounts gives name and count of visits by what became of them.
func (r Report) VisitCounts(s Speech) [][]string {
	var out [][]string
	for _, v := range []struct{ outcome, key string }{{"done", "done"}, {"no-show", "no-show"}, {"moved", "moved"}, {"", "open"}} {
		out = append(out, []string{s.say("report.visit." + v.key), strconv.Itoa(r.Visits[v.outcome])})
	}
	return out
}

// EvaluationTable gives name and count of evaluations; levels only where the platform gave them.
func (r Report) EvaluationTable(s Speech) [][]string {
	e := r.Evaluations
	out := [][]string{
		{s.say("report.evaluation.given"), strconv.Itoa(e.Given)},
		{s.say("report.evaluation.declined"), strconv.Itoa(e.Declined)},
		{s.say("report.evaluation.not-offered"), strconv.Itoa(e.NotOffered)},
	}
	for level := 5; level >= 1 && e.Levels != nil; level-- {
		out = append(out, []string{s.say("report.level." + strconv.Itoa(level)), strconv.Itoa(e.Levels[level])})
	}
	return out
}

func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}
