package fleet

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bianmin/core/text"
	"bianmin/platform/casebook"
	"bianmin/platform/registry"
)

// People opens whom to call about an application. What it tells is shown once, to who asked for it, and is written nowhere.
type People interface {
	Applicant(ctx context.Context, packet string) (casebook.Applicant, error)
}

// States of a refused application on the page; one that waits is "" in the address.
const (
	refusedWaits = ""
	refusedAgain = "again" // waits, and what was to mend it was refused too
	refusedAll   = "all"
)

// refusedShows are the buttons above the list, in order.
var refusedShows = []string{refusedWaits, refusedAgain, registry.RefusalReplaced, registry.RefusalWithdrawn, registry.RefusalClosed, refusedAll}

const longestNote = 200 // characters

// refusal is a refused application as the page shows it.
type refusal struct {
	registry.Refusal
	Name string // of the item
}

// Number is what people call it by.
func (r refusal) Number() string { return cmp.Or(r.Case, r.Packet) }

// Standing is how it stands: again, waits, or how it ended.
func (r refusal) Standing() string {
	switch {
	case !r.Ended.IsZero():
		return r.How
	case r.Again != "":
		return refusedAgain
	}
	return "waits"
}

// Waits tells whether somebody has to deal with it.
func (r refusal) Waits() bool { return r.Ended.IsZero() }

// Waited is how long it has waited, or did until it ended.
func (r refusal) Waited(now time.Time) time.Duration {
	if !r.Ended.IsZero() {
		now = r.Ended
	}
	return now.Sub(r.At)
}

func (r refusal) shown(show string) bool {
	switch show {
	case refusedAll:
		return true
	case refusedWaits:
		return r.Waits()
	}
	return r.Standing() == show
}

func (r refusal) has(q string) bool {
	for _, part := range []string{r.Case, r.Packet, r.Terminal, r.Point, r.Region, r.Name, r.Item, r.Reason} {
		if strings.Contains(strings.ToLower(part), strings.ToLower(q)) {
			return true
		}
	}
	return false
}

var refusedOrders = map[string]func(a, b refusal) int{
	"":      func(a, b refusal) int { return a.At.Compare(b.At) },
	"point": func(a, b refusal) int { return cmp.Compare(a.Point+a.Terminal, b.Point+b.Terminal) },
	"item":  func(a, b refusal) int { return cmp.Compare(a.Name, b.Name) },
}

// refusals are all refused applications, the oldest first.
func (f *Fleet) refusals(ctx context.Context, s session) ([]refusal, error) {
	all, err := f.Registry.Refusals(ctx, true)
	if err != nil {
		return nil, err
	}
	called, found := names{f.Catalogue, text.Lang(s.lang)}, make([]refusal, 0, len(all))
	for _, r := range all {
		found = append(found, refusal{Refusal: r, Name: called.item(r.Item)})
	}
	return found, nil
}

func refusedFilters(lines []refusal) []filter {
	var all []filter
	for _, show := range refusedShows {
		one := filter{Show: show, Key: "refused.show." + cmp.Or(show, "waits")}
		for _, l := range lines {
			if l.shown(show) {
				one.N++
			}
		}
		all = append(all, one)
	}
	return all
}

// refused lists refused applications: people who went home with a receipt. Nobody's name stands there.
func (f *Fleet) refused(w http.ResponseWriter, r *http.Request, s session) {
	lines, err := f.refusals(r.Context(), s)
	if err != nil {
		f.fail(w, r, err)
		return
	}
	v := readView(r.URL.Query())
	v.Path = "/refused"
	chips := refusedFilters(lines)
	lines = slices.DeleteFunc(lines, func(l refusal) bool { return !l.shown(v.Show) || !l.has(v.Q) })
	order := refusedOrders[v.Sort]
	if order == nil {
		order = refusedOrders[""]
	}
	slices.SortStableFunc(lines, order)
	if v.Desc {
		slices.Reverse(lines)
	}
	found, pages := len(lines), max((len(lines)+perPage-1)/perPage, 1)
	v.Page = min(v.Page, pages)
	lines = lines[(v.Page-1)*perPage : min(v.Page*perPage, len(lines))]
	data := f.base(s)
	data["Part"], data["V"], data["Filters"], data["Lines"], data["Found"], data["Pages"] = "refused", v, chips, lines, found, pages
	data["Other"] = v.Link("lang", otherLang(s.lang))
	if v.Page > 1 {
		data["Before"] = v.Link("page", strconv.Itoa(v.Page-1))
	}
	if v.Page < pages {
		data["Next"] = v.Link("page", strconv.Itoa(v.Page+1))
	}
	w.Header().Set("Refresh", "60")
	f.draw(w, r, http.StatusOK, "refused.html", data)
}

// one finds the refused application an address names; it answers itself when there is none.
func (f *Fleet) one(w http.ResponseWriter, r *http.Request, s session) (refusal, map[string]any, bool) {
	lines, err := f.refusals(r.Context(), s)
	if err != nil {
		f.fail(w, r, err)
		return refusal{}, nil, false
	}
	data := f.base(s)
	data["Part"], data["Other"] = "refused", "/refused/"+r.PathValue("packet")+"?lang="+otherLang(s.lang)
	i := slices.IndexFunc(lines, func(l refusal) bool { return l.Packet == r.PathValue("packet") })
	if i < 0 {
		data["Other"], data["Gone"] = "/refused?lang="+otherLang(s.lang), "refused.missing"
		f.draw(w, r, http.StatusNotFound, "missing.html", data)
		return refusal{}, nil, false
	}
	data["R"] = lines[i]
	return lines[i], data, true
}

// refusal shows one refused application and what to do about it, but nobody's name.
func (f *Fleet) refusal(w http.ResponseWriter, r *http.Request, s session) {
	if _, data, ok := f.one(w, r, s); ok {
		f.draw(w, r, http.StatusOK, "refusal.html", data)
	}
}

// meant tells whether a form was sent from one of our pages of this session; it answers itself when not.
func meant(w http.ResponseWriter, r *http.Request, s session) bool {
	if err := r.ParseForm(); err != nil || subtle.ConstantTimeCompare([]byte(r.PostForm.Get("csrf")), []byte(s.csrf)) != 1 {
		http.Error(w, "form", http.StatusForbidden)
		return false
	}
	return true
}

// people shows whom to call, once, after it was written down who asked.
func (f *Fleet) people(w http.ResponseWriter, r *http.Request, s session) {
	if !meant(w, r, s) {
		return
	}
	one, data, ok := f.one(w, r, s)
	if !ok {
		return
	}
	if err := f.Registry.Trace(r.Context(), registry.Trace{Actor: s.operator, Action: registry.TrailPeople, Subject: one.Packet}); err != nil {
		f.fail(w, r, err)
		return
	}
	who, err := f.People.Applicant(r.Context(), one.Packet)
	if err != nil { // what it holds may stand in the error
		f.Log.Warn("fleet page: an application does not open", "packet", one.Packet)
	}
	f.Log.Info("fleet page: an applicant was shown", "operator", s.operator, "packet", one.Packet)
	data["Asked"], data["Who"] = true, who
	f.draw(w, r, http.StatusOK, "refusal.html", data)
}

// closeRefusal notes that somebody dealt with it.
func (f *Fleet) closeRefusal(w http.ResponseWriter, r *http.Request, s session) {
	if !meant(w, r, s) {
		return
	}
	one, data, ok := f.one(w, r, s)
	if !ok {
		return
	}
	note := strings.TrimSpace(r.PostForm.Get("note"))
	if note == "" || utf8.RuneCountInString(note) > longestNote {
		data["Problem"], data["Note"] = "refused.note.missing", note
		f.draw(w, r, http.StatusBadRequest, "refusal.html", data)
		return
	}
	err := f.Registry.CloseRefusal(r.Context(), one.Packet, note+"（"+s.operator+"）", s.operator)
	if err != nil && !errors.Is(err, registry.ErrNoRefusal) { // ended meanwhile: the page says how
		f.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/refused/"+one.Packet, http.StatusSeeOther)
}
