package desk

import (
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
)

// ReportsView is a report on the screen.
type ReportsView struct {
	Period string // "day", "week", "month"
	Date   string // a day in it
	Report Report
	Saved  string // name of the file just written
	Busy   string
}

// Report is counts for a period.
type Report struct {
	From, To    string
	ByItem      []Count
	ByState     []Count
	FeesFen     int64
	FeeCount    int
	PapersIn    int
	PapersHere  int
	Visits      int
	NoShows     int
	Evaluations agency.EvaluationCounts
	Register    []RegisterLine // 办件登记簿
	Unlisted    int            // cases of the span it leaves out
}

// Count is one bar.
type Count struct {
	Key   string
	Name  text.Local
	Value int
}

// RegisterLine is one line of the office's register of cases.
type RegisterLine struct {
	Serial   int
	Number   casefile.Number
	Official string
	Date     string
	Person   string
	IDNumber string // masked
	Item     string
	Delegate string
	Papers   int
	State    string
	Due      string
	Ended    string
	Agent    string
}
