package fleet_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/usage"
	"bianmin/platform/registry"
)

// used lets a terminal tell counts of a day.
func (w *world) used(t registry.Terminal, day string, counts ...usage.Count) {
	w.t.Helper()
	for i := range counts {
		counts[i].Day = day
	}
	if err := w.reg.KeepUsage(w.t.Context(), t, counts); err != nil {
		w.t.Fatal(err)
	}
}

// table reads the file for spreadsheets, by the first column.
func (w *world) table(query string) (head []string, rows map[string][]string) {
	w.t.Helper()
	a := w.get("/work.csv" + query)
	if a.status != http.StatusOK || !strings.HasPrefix(a.body, "\ufeff") || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		w.t.Fatalf("the file: %d %q", a.status, a.body)
	}
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	rows = map[string][]string{}
	for _, row := range all[1:] {
		rows[row[0]] = row
	}
	return all[0], rows
}

// TestUsageOnTheWorkPage: what terminals counted is added up by item, point and town, within the days asked for.
func TestUsageOnTheWorkPage(t *testing.T) {
	w := newWorld(t)
	first, second := w.enrol("QH0301", "柳树沟村便民服务点", "kiosk"), w.enrol("QH0302", "=HYPERLINK(\"x\")", "kiosk")
	w.signOn()
	w.used(first, "2026-11-24", usage.Count{Kind: usage.Visit, N: 9}, usage.Count{Kind: usage.Guide, Item: "pension-check", N: 5}, usage.Count{Kind: usage.Left, Item: "pension-check", N: 1})
	w.used(first, "2026-11-24", usage.Count{Kind: usage.Visit, N: 9}) // told twice
	w.used(first, "2026-11-24", usage.Count{Kind: usage.Visit, N: 7}) // an older word
	w.used(second, "2026-11-24", usage.Count{Kind: usage.Visit, N: 2}, usage.Count{Kind: usage.Guide, Item: "pension-check", N: 1})
	w.used(second, "2026-10-01", usage.Count{Kind: usage.Visit, N: 100})

	head, rows := w.table("?by=point&period=days30")
	visits := slices.Index(head, "来用人次")
	if rows["柳树沟村便民服务点"][visits] != "9" || rows["合计"][visits] != "11" || len(rows) != 3 {
		t.Errorf("by point: %v", rows)
	}
	if rows["'=HYPERLINK(\"x\")"] == nil {
		t.Errorf("a point's name is taken for a formula: %v", rows)
	}
	head, rows = w.table("?by=item&period=days30")
	if row := rows["pension-check"]; row[slices.Index(head, "看指南")] != "6" || row[slices.Index(head, "没办完")] != "1" || len(rows) != 2 {
		t.Errorf("by item: %v", rows)
	}
	if _, rows = w.table("?by=division&from=2026-10-01&until=2026-10-01"); len(rows) != 2 || rows["合计"][visits] != "100" {
		t.Errorf("by town, on one day: %v", rows)
	}
	if _, rows = w.table("?by=point&period=days30&q=柳树沟"); rows["合计"][visits] != "9" {
		t.Errorf("of one point: %v", rows)
	}
	page := w.get("/work?by=point&period=days30").body
	if !strings.Contains(page, "柳树沟村便民服务点") || strings.Contains(page, "style=") || strings.Contains(page, "<script") {
		t.Errorf("the page:\n%s", page)
	}
	for _, query := range []string{"?from=yesterday&until=x", "?by=nonsense&period=never", "?from=2026-11-20&until=2026-11-01"} {
		if a := w.get("/work" + query); a.status != http.StatusOK || !strings.Contains(a.body, "近 30 天") {
			t.Errorf("%s: %d", query, a.status)
		}
	}
	if a := w.get("/work?period=today"); !strings.Contains(a.body, "这段时间没有办件") {
		t.Errorf("a day without anything:\n%s", a.body)
	}
}

// TestStrangersSeeNoFigures: figures are for operators.
func TestStrangersSeeNoFigures(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/work", "/work.csv"} {
		if a := w.get(path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/login" {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// TestPeriodsEndToday: the days are China's.
func TestPeriodsEndToday(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, 11, 30, 16, 30, 0, 0, time.UTC) // the first of December in China
	w.signOn()
	for period, want := range map[string]string{
		"today": "bianmin-item-2026-12-01-2026-12-01", "week": "bianmin-item-2026-11-25-2026-12-01", "month": "bianmin-item-2026-12-01-2026-12-01",
		"before": "bianmin-item-2026-11-01-2026-11-30", "year": "bianmin-item-2026-01-01-2026-12-01",
	} {
		if a := w.get("/work.csv?period=" + period); !strings.Contains(a.header.Get("Content-Disposition"), want+".csv") {
			t.Errorf("%s: %s", period, a.header.Get("Content-Disposition"))
		}
	}
}
