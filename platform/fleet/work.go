package fleet

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bianmin/core/report"
	"bianmin/core/text"
)

// workView is which figures a reader asked for, as it stands in the address.
type workView struct {
	period
	By, Q string
}

func readWorkView(q url.Values, now time.Time) workView {
	v := workView{period: readPeriod(q.Get("period"), q.Get("from"), q.Get("until"), now), By: q.Get("by"), Q: strings.TrimSpace(q.Get("q"))}
	if !slices.Contains(groupings, v.By) {
		v.By = byItem
	}
	if len(v.Q) > 100 {
		v.Q = ""
	}
	return v
}

// Link gives the address of the same figures with one thing changed: "period", "by", "lang", or "csv" for the file.
func (v workView) Link(name, value string) string {
	q, path := url.Values{}, "/work"
	if v.Name != "" {
		q.Set("period", v.Name)
	} else {
		q.Set("from", v.Day(v.From))
		q.Set("until", v.Day(v.Until))
	}
	q.Set("by", v.By)
	if v.Q != "" {
		q.Set("q", v.Q)
	}
	switch name {
	case "csv":
		path = "/work.csv"
	case "period":
		q.Del("from")
		q.Del("until")
		q.Set(name, value)
	default:
		q.Set(name, value)
	}
	return path + "?" + q.Encode()
}

// Day writes a date as browsers' date fields want it.
func (workView) Day(t time.Time) string { return t.Format(time.DateOnly) }

// OfItems tells whether the rows are items, which have no visits and no ratings.
func (v workView) OfItems() bool { return v.By == byItem }

func (f *Fleet) figures(r *http.Request, s session) (workView, []Row, Row, error) {
	v := readWorkView(r.URL.Query(), f.Now())
	figures, err := f.Registry.Work(r.Context(), v.From, v.Until)
	if err != nil {
		return v, nil, Row{}, err
	}
	ratings, err := f.Registry.Ratings(r.Context())
	if err != nil {
		return v, nil, Row{}, err
	}
	rows, total := tally(figures, ratings, v.By, v.Q, names{f.Catalogue, text.Lang(s.lang)})
	return v, rows, total, nil
}

// work shows what was done: how many cases of what, where, and how they went.
func (f *Fleet) work(w http.ResponseWriter, r *http.Request, s session) {
	v, rows, total, err := f.figures(r, s)
	if err != nil {
		f.fail(w, r, err)
		return
	}
	data := f.base(s)
	data["V"], data["Rows"], data["Total"], data["Periods"], data["Groupings"] = v, rows, total, periods, groupings
	data["Part"] = "work"
	data["Other"] = v.Link("lang", otherLang(s.lang))
	f.draw(w, r, http.StatusOK, "work.html", data)
}

// workFile hands out the same figures for a spreadsheet.
func (f *Fleet) workFile(w http.ResponseWriter, r *http.Request, s session) {
	v, rows, total, err := f.figures(r, s)
	if err != nil {
		f.fail(w, r, err)
		return
	}
	say := f.words[s.lang]
	total.Name = say.T("work.total")
	table := [][]string{head(say, v)}
	for _, row := range append(rows, total) {
		table = append(table, cells(row, v))
	}
	var file bytes.Buffer
	if err := report.WriteCSV(&file, table); err != nil {
		f.fail(w, r, err)
		return
	}
	name := fmt.Sprintf("bianmin-%s-%s-%s.csv", v.By, v.Day(v.From), v.Day(v.Until))
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = w.Write(file.Bytes()) // a broken connection is the browser's to notice
}

func head(say words, v workView) []string {
	row := []string{say.T("work.by." + v.By), say.T("work.code")}
	for _, key := range []string{
		"visits", "guides", "printed", "begun", "left", "filed", "open", "waiting", "granted", "rejected", "givenup", "returned", "days", "ratings", "good",
	} {
		row = append(row, say.T("work."+key))
	}
	return row
}

func cells(r Row, v workView) []string {
	number := func(n int, known bool) string {
		if !known {
			return ""
		}
		return strconv.Itoa(n)
	}
	places, days := !v.OfItems() || r.Code == "", ""
	if r.Decided > 0 {
		days = strconv.FormatFloat(r.Days(), 'f', 1, 64)
	}
	row := []string{r.Name, r.Code, number(r.Visits(), places)}
	for _, n := range []int{r.Guides(), r.Printed(), r.Begun(), r.Left(), r.Filed, r.Open, r.Waiting, r.Granted, r.Rejected, r.GivenUp, r.Returned} {
		row = append(row, strconv.Itoa(n))
	}
	return append(row, days, number(r.Given, places), number(Share(r.Good, r.Rated), places && r.Rated > 0))
}
