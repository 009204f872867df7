package fleet

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/registry"
)

const (
	perPage   = 100
	historyOf = 144 // heartbeats on the page of one terminal: a day
)

// view is what a reader asked for, as it stands in the address.
type view struct {
	Path string // of the page
	Show string // "", a Kind, "problem", "well" or "out"
	Q    string // part of number, point or region
	Sort string
	Desc bool
	Page int
}

func readView(q url.Values) view {
	v := view{Path: "/fleet", Show: q.Get("show"), Q: strings.TrimSpace(q.Get("q")), Sort: q.Get("sort"), Desc: q.Get("desc") == "1"}
	if len(v.Q) > 100 {
		v.Q = ""
	}
	v.Page, _ = strconv.Atoi(q.Get("page")) // anything else is the first
	v.Page = max(v.Page, 1)
	return v
}

// Link gives the address of the same view with changes, as pairs of name and value.
func (v view) Link(pairs ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		q.Del(name)
		if value != "" {
			q.Set(name, value)
		}
	}
	set("show", v.Show)
	set("q", v.Q)
	set("sort", v.Sort)
	if v.Desc {
		set("desc", "1")
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return v.Path
	}
	return v.Path + "?" + q.Encode()
}

// Column gives a heading's address: the other way round when it is sorted by that already.
func (v view) Column(name string) string {
	if v.Sort == name && !v.Desc {
		return v.Link("sort", name, "desc", "1")
	}
	return v.Link("sort", name, "desc", "")
}

// Arrow and Aria show how a column is sorted.
func (v view) Arrow(name string) string {
	switch {
	case v.Sort != name:
		return ""
	case v.Desc:
		return "↓"
	}
	return "↑"
}

// Aria says the same to a reader of screens.
func (v view) Aria(name string) string {
	return map[string]string{"": "none", "↓": "descending", "↑": "ascending"}[v.Arrow(name)]
}

func (v view) takes(l Line) bool {
	if v.Q != "" && !strings.Contains(strings.ToLower(l.Number+" "+l.Point+" "+l.Region+" "+l.Software()), strings.ToLower(v.Q)) {
		return false
	}
	return shown(v.Show, l)
}

func shown(show string, l Line) bool {
	switch show {
	case "":
		return true
	case "problem":
		return len(l.Findings) > 0
	case "well":
		return len(l.Findings) == 0 && !l.Out()
	case "out":
		return l.Out()
	}
	return l.Has(Kind(show))
}

// urgency sorts the page when nothing was asked: what is bad first, what is out last.
func urgency(l Line) int {
	switch {
	case l.Out():
		return 3
	case l.Bad():
		return 0
	case len(l.Findings) > 0:
		return 1
	}
	return 2
}

var orders = map[string]func(a, b Line) int{
	"":         func(a, b Line) int { return cmp.Compare(urgency(a), urgency(b)) },
	"terminal": func(_, _ Line) int { return 0 },
	"point":    func(a, b Line) int { return cmp.Compare(a.Point, b.Point) },
	"seen":     func(a, b Line) int { return a.Seen.Compare(b.Seen) },
	"waiting":  func(a, b Line) int { return cmp.Compare(a.waiting(), b.waiting()) },
	"version":  func(a, b Line) int { return compareVersions(a.Software(), b.Software()) },
}

func (l Line) waiting() int {
	if l.Beat == nil {
		return 0
	}
	return l.Beat.Said.Waiting
}

func compareVersions(a, b string) int {
	switch {
	case older(a, b):
		return -1
	case older(b, a):
		return 1
	}
	return cmp.Compare(a, b)
}

func (v view) sort(lines []Line) {
	order := orders[v.Sort]
	if order == nil {
		order = orders[""]
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		by := cmp.Or(order(a, b), cmp.Compare(a.Number, b.Number))
		if v.Desc {
			return -by
		}
		return by
	})
}

// filter is one chip above the table.
type filter struct {
	Show, Key string
	N         int
	Tone      string
}

func filters(lines []Line) []filter {
	all := []filter{{Key: "show.all"}, {Show: "problem", Key: "show.problem"}}
	for _, kind := range Kinds {
		all = append(all, filter{Show: string(kind), Key: "show." + string(kind)})
	}
	all = append(all, filter{Show: "well", Key: "show.well"}, filter{Show: "out", Key: "show.out"})
	for i := range all {
		for _, l := range lines {
			if shown(all[i].Show, l) {
				all[i].N++
			}
		}
	}
	return all
}

// base is what every page of an operator shows.
func (f *Fleet) base(s session) map[string]any {
	return map[string]any{"W": f.words[s.lang], "Lang": s.lang, "Operator": s.operator, "CSRF": s.csrf, "Now": f.Now().In(casefile.Zone), "Part": "fleet"}
}

func (f *Fleet) list(w http.ResponseWriter, r *http.Request, s session) {
	members, err := f.Registry.Fleet(r.Context())
	if err != nil {
		f.fail(w, r, err)
		return
	}
	lines, v := Judge(members, f.Limits, f.Now()), readView(r.URL.Query())
	chips := filters(lines)
	lines = slices.DeleteFunc(lines, func(l Line) bool { return !v.takes(l) })
	v.sort(lines)
	found, pages := len(lines), max((len(lines)+perPage-1)/perPage, 1)
	v.Page = min(v.Page, pages)
	lines = lines[(v.Page-1)*perPage : min(v.Page*perPage, len(lines))]
	data := f.base(s)
	data["V"], data["Filters"], data["Lines"], data["Found"], data["Pages"] = v, chips, lines, found, pages
	data["Other"] = v.Link("lang", otherLang(s.lang))
	if v.Page > 1 {
		data["Before"] = v.Link("page", strconv.Itoa(v.Page-1))
	}
	if v.Page < pages {
		data["Next"] = v.Link("page", strconv.Itoa(v.Page+1))
	}
	w.Header().Set("Refresh", "60") // a page on the wall stays true
	f.draw(w, r, http.StatusOK, "list.html", data)
}

func otherLang(lang string) string {
	if lang == "zh" {
		return "en"
	}
	return "zh"
}

func (f *Fleet) detail(w http.ResponseWriter, r *http.Request, s session) {
	f.terminal(w, r, s, http.StatusOK, map[string]any{})
}

// terminal shows one terminal, with what else is to be said.
func (f *Fleet) terminal(w http.ResponseWriter, r *http.Request, s session, status int, also map[string]any) {
	number := r.PathValue("terminal")
	members, err := f.Registry.Fleet(r.Context())
	if err != nil {
		f.fail(w, r, err)
		return
	}
	lines := Judge(members, f.Limits, f.Now())
	i := slices.IndexFunc(lines, func(l Line) bool { return l.Number == number })
	data := f.base(s)
	data["Other"] = "?lang=" + otherLang(s.lang)
	if i < 0 {
		f.draw(w, r, http.StatusNotFound, "missing.html", data)
		return
	}
	beats, err := f.Registry.Beats(r.Context(), lines[i].Terminal, historyOf)
	if err != nil && !errors.Is(err, registry.ErrTerminal) {
		f.fail(w, r, err)
		return
	}
	data["L"], data["Beats"] = lines[i], beats
	maps.Copy(data, also)
	if lines[i].Audit == nil { // somebody may be writing into its form
		w.Header().Set("Refresh", "60")
	}
	f.draw(w, r, status, "detail.html", data)
}

// Ago is how long before the page's moment something was.
func (l Line) Ago(now time.Time) time.Duration { return now.Sub(l.Seen) }

// draw answers with a whole page, or with none.
func (f *Fleet) draw(w http.ResponseWriter, r *http.Request, status int, name string, data map[string]any) {
	data["Zone"] = casefile.Zone
	var page bytes.Buffer
	if err := f.templates.ExecuteTemplate(&page, name, data); err != nil {
		f.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a broken connection is the browser's to notice
}
