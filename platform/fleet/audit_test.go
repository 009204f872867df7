package fleet_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// TestAuditLookedInto: who has looked into a changed audit trail says what was found, which ends the finding and is kept; not without a word, not from another page, not
// what came after the page was drawn. Another break is said again.
func TestAuditLookedInto(t *testing.T) {
	w := newWorld(t)
	w.town()
	w.signOn()
	page := w.get("/fleet/QH0307?lang=zh")
	field := func(name string) string {
		found := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(page.body)
		if found == nil {
			t.Fatalf("the page has no %s:\n%s", name, page.body)
		}
		return found[1]
	}
	if page.header.Get("Refresh") != "" {
		t.Error("the page renews itself while somebody writes into it")
	}
	csrf, until := field("csrf"), field("until")
	const found = "硬盘从旧备份恢复过，李四经手"
	shown := func() string { return strings.Join(numbers(w.get("/fleet?show=audit").body), " ") }
	for name, form := range map[string]url.Values{
		"without the token": {"csrf": {"guess"}, "until": {until}, "note": {found}}, "without a word": {"csrf": {csrf}, "until": {until}, "note": {"  "}},
		"without a moment": {"csrf": {csrf}, "note": {found}}, "too long": {"csrf": {csrf}, "until": {until}, "note": {strings.Repeat("长", 201)}},
		"of an earlier moment": {"csrf": {csrf}, "until": {fmt.Sprint(noon.Add(-time.Hour).UnixMilli())}, "note": {found}},
	} {
		a := w.post("/fleet/QH0307/audit", form)
		if a.status == http.StatusOK || shown() != "QH0307" {
			t.Errorf("%s: %d, shown %q", name, a.status, shown())
		}
		if name == "too long" && (a.status != http.StatusBadRequest || !strings.Contains(a.body, "200 字以内") || !strings.Contains(a.body, "长长长")) {
			t.Errorf("%s: %d\n%s", name, a.status, a.body)
		}
	}
	if trail, err := w.reg.Trail(t.Context()); err != nil || len(trail) != 0 {
		t.Errorf("kept already: %+v, %v", trail, err)
	}
	if a := w.post("/fleet/QH0307/audit", url.Values{"csrf": {csrf}, "until": {until}, "note": {found}}); a.status != http.StatusSeeOther || shown() != "" {
		t.Errorf("looked into: %d, shown %q", a.status, shown())
	}
	trail, err := w.reg.Trail(t.Context())
	if err != nil || len(trail) != 1 || trail[0].Actor != "lin" || trail[0].Action != registry.TrailSeen || trail[0].Subject != "QH0307A" || trail[0].Detail != found {
		t.Errorf("kept: %+v, %v", trail, err)
	}
	if a := w.post("/fleet/QH0307/audit", url.Values{"csrf": {csrf}, "until": {until}, "note": {"again"}}); a.status != http.StatusSeeOther {
		t.Errorf("a second time: %d", a.status)
	}
	w.now = noon.Add(time.Hour)
	w.beat(registry.Terminal{Number: "QH0307", Generation: "A"}, 0, func(h *wire.Heartbeat) { h.Audit = &wire.AuditHead{Entries: 12, Head: strings.Repeat("c", 64)} })
	if shown() != "QH0307" {
		t.Error("another break is not said")
	}
	if trail, err := w.reg.Trail(t.Context()); err != nil || len(trail) != 1 {
		t.Errorf("kept: %+v, %v", trail, err)
	}
}
