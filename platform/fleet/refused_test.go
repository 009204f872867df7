package fleet_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/platform/casebook"
	"bianmin/platform/registry"
)

// Applicant is whom the world's applications are of; one does not open. platform/service opens real ones.
func (w *world) Applicant(_ context.Context, packet string) (casebook.Applicant, error) {
	if trail, err := w.reg.Trail(w.t.Context()); err != nil || len(trail) == 0 || trail[len(trail)-1].Subject != packet {
		w.t.Errorf("%s was opened before that was written down: %v", packet, err)
	}
	if packet == "p4" {
		return casebook.Applicant{}, errors.New("does not open")
	}
	return casebook.Applicant{Name: "王小丫", Phone: "13900000001"}, nil
}

const allowance = "11990301MB3010749J4992030002001"

// refuse fills the registry with refused applications of every kind; terminals are the town's.
func (w *world) refuse() {
	w.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "platform.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	row := func(packet, number, terminal, who, previous, code, reason string, before time.Duration, how string) {
		ended := int64(0)
		if how != "" {
			ended = noon.Add(-before / 2).UnixMilli()
		}
		_, err := db.ExecContext(w.t.Context(), `INSERT INTO refusals (packet, case_number, terminal, item, who, previous, code, reason, at, ended, how) VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
			packet, number, terminal, map[bool]string{true: allowance}[who != ""], who, previous, code, reason, noon.Add(-before).UnixMilli(), ended, how)
		if err != nil {
			w.t.Fatal(err)
		}
	}
	row("p0", "QH0300A-261120-0007-A", "QH0300", "a", "", "rule", "户口簿首页没有扫描，请补扫首页和本人页", 5*24*time.Hour, "")
	row("p1", "QH0301A-261122-0003-B", "QH0301", "b", "", "actor", "代办员没有这项委托", 3*24*time.Hour, "")
	row("p2", "QH0301A-261123-0009-C", "QH0301", "b", "QH0301A-261122-0003-B", "rule", "请填写开户银行", 26*time.Hour, "")
	row("p3", "QH0302A-261124-0001-D", "QH0302", "c", "", "attachment", "第 2 页扫描件对不上", 20*time.Hour, registry.RefusalReplaced)
	row("p4", "", "QH0303", "", "", "manifest", "清单打不开", 3*time.Hour, "")
	row("p5", "QH0304A-261124-0005-E", "QH0304", "d", "", "rule", "年龄不到 80 周岁", 50*time.Hour, registry.RefusalWithdrawn)
	row("p6", "QH0304A-261125-0001-F", "QH0304", "e", "QH0300A-261120-0007-A", "rule", "<b>", time.Hour, "") // another person's, that names the first
	_, err = db.ExecContext(w.t.Context(), `INSERT INTO replaced (case_number, who, successor, at) VALUES ('QH0302A-261124-0001-D', 'c', 'QH0302A-261125-0002-G', 1)`)
	if err != nil {
		w.t.Fatal(err)
	}
}

var refusedLink = regexp.MustCompile(`class="number" href="/refused/(\w+)"`)

func listed(page string) string {
	var all []string
	for _, found := range refusedLink.FindAllStringSubmatch(page, -1) {
		all = append(all, found[1])
	}
	return strings.Join(all, " ")
}

var token64 = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (w *world) csrf(path string) string {
	w.t.Helper()
	found := token64.FindStringSubmatch(w.get(path).body)
	if found == nil {
		w.t.Fatalf("%s has no token", path)
	}
	return found[1]
}

// TestRefusedList: what waits, the oldest first, where, since when, why, and what stands for it; filtered, sorted and found; no name.
func TestRefusedList(t *testing.T) {
	w := newWorld(t)
	w.town()
	w.refuse()
	if a := w.get("/refused"); a.status != http.StatusSeeOther || strings.Contains(a.body, "QH0300") {
		t.Errorf("without signing on: %d", a.status)
	}
	w.signOn()
	for query, want := range map[string]string{
		"":                     "p0 p1 p2 p4 p6",
		"?desc=1":              "p6 p4 p2 p1 p0",
		"?show=again":          "p1",
		"?show=replaced":       "p3",
		"?show=withdrawn":      "p5",
		"?show=closed":         "",
		"?show=all":            "p0 p1 p5 p2 p3 p4 p6",
		"?q=石桥":                "p1 p2",
		"?q=qh0303":            "p4",
		"?q=高龄津贴&show=all":     "p0 p1 p5 p2 p3 p6",
		"?q=开户":                "p2",
		"?sort=point&show=all": "p5 p6 p0 p4 p1 p2 p3",
		"?page=99":             "p0 p1 p2 p4 p6",
	} {
		if got := listed(w.get("/refused" + query).body); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	page := w.get("/refused?show=all").body
	for _, words := range []string{"柳树沟村便民服务点", "自助机", "代办桌", "高龄津贴", "已等 5 天", "户口簿首页没有扫描", "QH0302A-261125-0002-G", "重办已受理", "读不出编号", "&lt;b&gt;"} {
		if !strings.Contains(page, words) {
			t.Errorf("the list lacks %q", words)
		}
	}
	if strings.Contains(page, "王小丫") || strings.Contains(page, "139") {
		t.Error("the list shows somebody")
	}
}

// TestRefusedOne: what to do; who it is only when asked for, once, and written down before; a note ends it.
func TestRefusedOne(t *testing.T) {
	w := newWorld(t)
	w.town()
	w.refuse()
	w.signOn()
	page := w.get("/refused/p1").body
	for _, words := range []string{"代办员没有这项委托", "查经办人的账号和委托", "代办员桌上有这一件", "QH0301A-261123-0009-C", "显示姓名和电话"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if a := w.get("/refused/nobody"); a.status != http.StatusNotFound || !strings.Contains(a.body, "没有这件被退回的申请") {
		t.Errorf("one that is not there: %d", a.status)
	}
	csrf := w.csrf("/refused/p1")
	for _, form := range []url.Values{{}, {"csrf": {"guess"}}} {
		for _, act := range []string{"people", "close"} {
			if a := w.post("/refused/p1/"+act, form); a.status != http.StatusForbidden || strings.Contains(a.body, "王小丫") {
				t.Errorf("%s without the form's token: %d", act, a.status)
			}
		}
	}
	if trail, err := w.reg.Trail(t.Context()); err != nil || len(trail) != 0 {
		t.Fatalf("%+v, %v", trail, err)
	}
	if a := w.post("/refused/p1/people", url.Values{"csrf": {csrf}}); a.status != http.StatusOK || !strings.Contains(a.body, "王小丫") || !strings.Contains(a.body, "13900000001") || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("asked for: %d %v", a.status, a.header)
	}
	if strings.Contains(w.get("/refused/p1").body, "王小丫") {
		t.Error("the name stays on the page")
	}
	if a := w.post("/refused/p4/people", url.Values{"csrf": {csrf}}); a.status != http.StatusOK || !strings.Contains(a.body, "打不开，请问服务点") {
		t.Errorf("one that does not open: %d", a.status)
	}
	for _, note := range []string{"", "  ", strings.Repeat("长", 201)} {
		if a := w.post("/refused/p1/close", url.Values{"csrf": {csrf}, "note": {note}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "请写清怎么处理的") {
			t.Errorf("closed with %.9q: %d", note, a.status)
		}
	}
	if a := w.post("/refused/p1/close", url.Values{"csrf": {csrf}, "note": {"改到窗口办了"}}); a.status != http.StatusSeeOther {
		t.Errorf("closing: %d", a.status)
	}
	if page := w.get("/refused/p1").body; !strings.Contains(page, "改到窗口办了（lin）") || strings.Contains(page, "显示姓名和电话") {
		t.Error("it does not say that it is over")
	}
	if a := w.post("/refused/p1/close", url.Values{"csrf": {csrf}, "note": {"又一次"}}); a.status != http.StatusSeeOther || strings.Contains(w.get("/refused/p1").body, "又一次") {
		t.Errorf("closed twice: %d", a.status)
	}
	trail, err := w.reg.Trail(t.Context())
	var said []string
	for _, e := range trail {
		said = append(said, e.Actor+" "+e.Action+" "+e.Subject)
	}
	want := []string{"lin people-shown p1", "lin people-shown p4", "lin refusal-closed p1"}
	if err != nil || !slices.Equal(said, want) {
		t.Errorf("the audit trail says %q, %v", said, err)
	}
}

// TestTrailIsChained: an entry that is changed or taken away is found, and no statement of ours does so.
func TestTrailIsChained(t *testing.T) {
	for _, change := range []string{"UPDATE trail SET actor = 'other' WHERE id = 2", "DELETE FROM trail WHERE id = 1", "DELETE FROM trail WHERE id = 2", "UPDATE trail SET at = at + 1 WHERE id = 3"} {
		w := newWorld(t)
		for _, packet := range []string{"p1", "p2", "p3"} {
			if err := w.reg.Trace(t.Context(), registry.Trace{Actor: "lin", Action: registry.TrailPeople, Subject: packet}); err != nil {
				t.Fatal(err)
			}
		}
		if trail, err := w.reg.Trail(t.Context()); err != nil || len(trail) != 3 || !trail[0].At.Equal(noon) {
			t.Fatalf("%+v, %v", trail, err)
		}
		db, err := sql.Open("sqlite", filepath.Join(w.dir, "platform.db"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), change); err == nil {
			t.Errorf("%s: nothing stops it", change)
		}
		if _, err := db.ExecContext(t.Context(), "DROP TRIGGER trail_keeps_rows; DROP TRIGGER trail_keeps_words; "+change); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := w.reg.Trail(t.Context()); !errors.Is(err, registry.ErrTrail) {
			t.Errorf("%s is not found: %v", change, err)
		}
	}
}
