package fleet_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"bianmin/platform/fleet"
	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

func TestFilters(t *testing.T) {
	w := newWorld(t)
	w.town()
	w.signOn()
	for show, want := range map[string]string{
		"silent": "QH0301 QH0311", "paper": "QH0302 QH0308", "device": "QH0303", "program": "QH0304", "late": "QH0305", "clock": "QH0306",
		"disk": "QH0307", "audit": "QH0307", "version": "QH0308", "refused": "QH0309", "news": "QH0309", "out": "QH0310", "well": "QH0300", "nonsense": "",
		"problem": "QH0301 QH0302 QH0303 QH0304 QH0307 QH0309 QH0311 QH0305 QH0306 QH0308",
	} {
		if got := strings.Join(numbers(w.get("/fleet?show="+show).body), " "); got != want {
			t.Errorf("show=%s: %s, want %s", show, got, want)
		}
	}
	if got := numbers(w.get("/fleet?q=" + url.QueryEscape("石桥")).body); !slices.Equal(got, []string{"QH0301"}) {
		t.Errorf("search: %v", got)
	}
	if page := w.get("/fleet?show=silent&lang=en").body; !strings.Contains(page, "Silent for 3 h") || !strings.Contains(page, "Enrolled 2 days ago, never heard") {
		t.Errorf("English page:\n%s", page)
	}
	if page := w.get("/fleet/QH0310?lang=zh").body; !strings.Contains(page, "主机被盗") || !strings.Contains(page, "证书已作废") {
		t.Errorf("the page of a revoked terminal:\n%s", page)
	}
	if page := w.get("/fleet/QH0309?lang=zh").body; !strings.Contains(page, "平台的 1 条消息读不出") || !strings.Contains(page, "平台的 3 条消息要新版本") || !strings.Contains(page, "收不到平台的消息") {
		t.Errorf("the page of a terminal that does not understand:\n%s", page)
	}
	if a := w.get("/fleet/QH9999"); a.status != http.StatusNotFound {
		t.Errorf("a terminal that is not there: %d", a.status)
	}
}

// TestCertificatesEnd: a terminal that has not renewed its certificates is seen half a year before they end, and after it; one that has is not.
func TestCertificatesEnd(t *testing.T) {
	w := newWorld(t)
	for i, left := range []time.Duration{200, 100, 10, -3, 20} {
		w.now = noon.Add(left*24*time.Hour).AddDate(-registry.EnrolledYears, 0, 0)
		one := w.enrol("QH030"+string(rune('0'+i)), "点", "kiosk")
		if i == 4 {
			renewed := []registry.Certificate{{Serial: "a4", Use: "sign", Ends: noon.AddDate(4, 0, 0)}, {Serial: "b4", Use: "encrypt"}, {Serial: "c4", Use: "tls"}}
			for j := range renewed {
				renewed[j].DER = []byte{1}
			}
			if _, err := w.reg.Renew(t.Context(), one, "k", func() ([]registry.Certificate, []byte, error) { return renewed, []byte("{}"), nil }); err != nil {
				t.Fatal(err)
			}
		}
		w.now = noon
		w.beat(one, time.Minute, func(*wire.Heartbeat) {})
	}
	w.signOn()
	if got := strings.Join(numbers(w.get("/fleet?show=keys").body), " "); got != "QH0302 QH0303 QH0304 QH0301" {
		t.Errorf("shown: %s", got)
	}
	if _, err := w.reg.Connected(t.Context(), "c4"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(numbers(w.get("/fleet?show=keys").body), " "); got != "QH0302 QH0303 QH0301" {
		t.Errorf("once it came with the renewed ones: %s", got)
	}
	if page := w.get("/fleet/QH0301?lang=zh").body; !strings.Contains(page, "证书 100 天后到期，还没有换新") {
		t.Errorf("the page:\n%s", page)
	}
	if page := w.get("/fleet/QH0303?lang=en").body; !strings.Contains(page, "The certificates ended 3 days ago") || !strings.Contains(page, "enrol it again") {
		t.Errorf("the page:\n%s", page)
	}
}

func TestSorting(t *testing.T) {
	w := newWorld(t)
	w.town()
	w.signOn()
	for query, first := range map[string]string{
		"": "QH0301", "?sort=terminal": "QH0300", "?sort=terminal&desc=1": "QH0311", "?sort=seen": "QH0311", "?sort=waiting&desc=1": "QH0305", "?sort=nonsense": "QH0301",
	} {
		got := numbers(w.get("/fleet" + query).body)
		if len(got) != 12 || got[0] != first {
			t.Errorf("%q: %v, want %s first", query, got, first)
		}
	}
}

func TestStrangersSeeNothing(t *testing.T) {
	w := newWorld(t)
	w.town()
	for _, path := range []string{"/fleet", "/fleet/QH0301"} {
		if a := w.get(path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/login" || strings.Contains(a.body, "QH03") {
			t.Errorf("%s without signing on: %d %s", path, a.status, a.body)
		}
	}
	for _, header := range []map[string]string{nil, {"Authorization": "Bearer wrong"}, {"Authorization": token}} {
		if a := w.do(http.MethodGet, "/metrics", nil, header); a.status != http.StatusUnauthorized || strings.Contains(a.body, "bianmin") {
			t.Errorf("metrics with %v: %d", header, a.status)
		}
	}
	a := w.get("/login")
	policy := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q lacks %s", policy, part)
		}
	}
	if strings.Contains(policy, "script") || strings.Contains(policy, "unsafe") || strings.Contains(a.body, "<script") || strings.Contains(a.body, "style=") {
		t.Error("the page needs more than the policy should allow")
	}
}

func TestSigningOnAndOff(t *testing.T) {
	w := newWorld(t)
	right, wrong := url.Values{"name": {"lin"}, "password": {w.password}}, url.Values{"name": {"lin"}, "password": {"guess"}}
	if a := w.post("/login", wrong); a.status != http.StatusForbidden || !strings.Contains(a.body, "账号或密码不对") {
		t.Errorf("a wrong password: %d", a.status)
	}
	if a := w.post("/login", url.Values{"name": {"nobody"}, "password": {"guess"}}); a.status != http.StatusForbidden {
		t.Errorf("an unknown name: %d", a.status)
	}
	if a := w.do(http.MethodPost, "/login", right, map[string]string{"Origin": "https://elsewhere", "Sec-Fetch-Site": "cross-site"}); a.status != http.StatusForbidden {
		t.Errorf("signed on from another site: %d", a.status)
	}
	a := w.post("/login", right)
	cookie := a.header.Get("Set-Cookie")
	for _, part := range []string{"__Host-fleet=", "Path=/", "HttpOnly", "Secure", "SameSite=Strict"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %q lacks %s", cookie, part)
		}
	}
	page := w.get("/fleet")
	if page.status != http.StatusOK {
		t.Fatalf("signed on: %d", page.status)
	}
	if a := w.post("/logout", url.Values{"csrf": {"guess"}}); a.status != http.StatusForbidden || w.get("/fleet").status != http.StatusOK {
		t.Error("signed off without the form's token")
	}
	csrf := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page.body)
	if csrf == nil {
		t.Fatal("the page has no token")
	}
	if a := w.post("/logout", url.Values{"csrf": {csrf[1]}}); a.status != http.StatusSeeOther || w.get("/fleet").status != http.StatusSeeOther {
		t.Error("not signed off")
	}
	w.signOn()
	w.now = w.now.Add(8*time.Hour + time.Second)
	if w.get("/fleet").status != http.StatusSeeOther {
		t.Error("a session lasts longer than a working day")
	}
	w.signOn()
	if err := w.reg.BarOperator(t.Context(), "lin", true); err != nil {
		t.Fatal(err)
	}
	if w.get("/fleet").status != http.StatusSeeOther || w.post("/login", right).status != http.StatusForbidden {
		t.Error("a barred operator is let in")
	}
}

func TestGuessingIsSlow(t *testing.T) {
	w := newWorld(t)
	wrong := url.Values{"name": {"lin"}, "password": {"guess"}}
	for range 10 {
		if a := w.post("/login", wrong); a.status != http.StatusForbidden {
			t.Fatalf("a wrong password: %d", a.status)
		}
	}
	right := url.Values{"name": {"lin"}, "password": {w.password}}
	if a := w.post("/login", right); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("the eleventh try: %d", a.status)
	}
	w.now = w.now.Add(11 * time.Minute)
	w.signOn()
}

func TestMetrics(t *testing.T) {
	w := newWorld(t)
	w.town()
	a := w.do(http.MethodGet, "/metrics", nil, map[string]string{"Authorization": "Bearer " + token})
	if a.status != http.StatusOK {
		t.Fatalf("metrics: %d %s", a.status, a.body)
	}
	for _, line := range []string{
		"bianmin_registry_up 1",
		`bianmin_terminal_finding{kind="paper",terminal="QH0302"} 1`,
		`bianmin_terminal_finding{kind="silent",terminal="QH0301"} 1`,
		`bianmin_terminal_waiting_packets{terminal="QH0305"} 14`,
		`bianmin_terminal_oldest_waiting_seconds{terminal="QH0305"} 32400`,
		`bianmin_terminal_waiting_bytes{terminal="QH0305"} 3.145728e+06`,
		`bianmin_terminal_held_packets{terminal="QH0305"} 1`,
		`bianmin_terminal_catalogue_edition{terminal="QH0305"} 7`,
		`bianmin_terminal_trouble_seconds{terminal="QH0305",why="portal"} 5400`,
		`bianmin_terminal_clock_offset_seconds{terminal="QH0306"} 420`,
		`bianmin_terminal_disk_free_bytes{terminal="QH0307"} 1.073741824e+09`,
		`bianmin_terminal_device{condition="noDevice",device="reader",fault="unplugged",paper="",terminal="QH0303"} 1`,
		`bianmin_terminal_out{terminal="QH0310"} 1`,
		`software="1.3.9",terminal="QH0308"} 1`,
	} {
		if !strings.Contains(a.body, line+"\n") {
			t.Errorf("metrics lack %s", line)
		}
	}
	if strings.Contains(a.body, `bianmin_terminal_finding{kind="silent",terminal="QH0310"}`) {
		t.Error("a revoked terminal is said to be silent")
	}
}

// TestWords: both languages say everything the pages ask for.
func TestWords(t *testing.T) {
	zh, en := keys(t, "page/zh.json"), keys(t, "page/en.json")
	if !slices.Equal(zh, en) {
		t.Errorf("the two languages differ in keys:\n%v\n%v", zh, en)
	}
	w := newWorld(t)
	w.town()
	w.refuse()
	w.signOn()
	key := regexp.MustCompile(`>\s*([a-z]+\.[a-zA-Z.-]+)\s*<`)
	for _, lang := range []string{"zh", "en"} {
		pages := []string{"/fleet?lang=" + lang}
		for _, number := range numbers(w.get("/fleet").body) {
			pages = append(pages, "/fleet/"+number+"?lang="+lang)
		}
		pages = append(pages, "/refused?show=all&lang="+lang)
		for _, packet := range strings.Fields(listed(w.get("/refused?show=all").body)) {
			pages = append(pages, "/refused/"+packet+"?lang="+lang)
		}
		for _, path := range pages {
			if bare := key.FindStringSubmatch(w.get(path).body); bare != nil {
				t.Errorf("%s shows the key %s", path, bare[1])
			}
		}
	}
}

func keys(t *testing.T, name string) []string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, found := range regexp.MustCompile(`(?m)^ "([^"]+)":`).FindAllSubmatch(content, -1) {
		all = append(all, string(found[1]))
	}
	return all
}

// TestContractNamesTheRoutes: openapi.yaml has exactly the fleet's routes under its tag.
func TestContractNamesTheRoutes(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromData(platformtest.Contract(t))
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			if slices.Contains(operation.Tags, "fleet") {
				named = append(named, method+" "+path)
			}
		}
	}
	want := slices.Sorted(slices.Values(fleet.Routes))
	slices.Sort(named)
	if !slices.Equal(named, want) {
		t.Errorf("the contract names %v, the handler answers %v", named, want)
	}
}

// TestSettingsOnThePage: which terminal holds which number, which refused, which has not got it, which is ahead of a platform put back.
func TestSettingsOnThePage(t *testing.T) {
	w := newWorld(t)
	held := func(s *wire.SettingsHeld) func(*wire.Heartbeat) { return func(h *wire.Heartbeat) { h.Settings = s } }
	terminals := map[string]registry.Terminal{}
	for _, number := range []string{"QH0300", "QH0301", "QH0302", "QH0303", "QH0304"} {
		terminals[number] = w.enrol(number, "柳树沟村便民服务点", "kiosk")
	}
	set := func(before time.Duration, s registry.Setting) {
		t.Helper()
		w.now = noon.Add(-before)
		if _, err := w.reg.Set(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		w.now = noon
	}
	set(2*time.Hour, registry.Setting{Target: registry.Target{Scope: registry.ForAll}, Key: "phone", Value: "110"})
	set(time.Minute, registry.Setting{Target: registry.Target{Scope: registry.ForTerminal, Name: "QH0304"}, Key: "phone", Value: "119"})
	w.beat(terminals["QH0300"], time.Minute, held(&wire.SettingsHeld{Number: 1}))
	w.beat(terminals["QH0301"], time.Minute, held(&wire.SettingsHeld{Number: 0}))
	w.beat(terminals["QH0302"], time.Minute, held(&wire.SettingsHeld{Number: 0, Refused: 1, Reason: "phone: <b>"}))
	w.beat(terminals["QH0303"], time.Minute, held(&wire.SettingsHeld{Number: 9, Unknown: []string{"colour"}}))
	w.beat(terminals["QH0304"], time.Second, held(&wire.SettingsHeld{Number: 1})) // the second has only just been set
	w.signOn()
	if got := strings.Join(numbers(w.get("/fleet?show=settings&lang=en").body), " "); got != "QH0301 QH0302 QH0303" {
		t.Errorf("shown: %s", got)
	}
	for path, words := range map[string][]string{
		"/fleet":        {"settings 1", "Settings 1 not there after 119 min", "Settings 1 refused", "Holds settings 9"},
		"/fleet/QH0302": {"0 / 1", "1 refused: phone: &lt;b&gt;"},
		"/fleet/QH0303": {"9 / 1", "colour?", "platform settings raise"},
		"/fleet/QH0304": {"1 / 2"},
	} {
		page := w.get(path + "?lang=en").body
		for _, want := range words {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	metrics := w.do(http.MethodGet, "/metrics", nil, map[string]string{"Authorization": "Bearer " + token}).body
	for _, want := range []string{
		`bianmin_terminal_settings_number{terminal="QH0303"} 9`, `bianmin_terminal_settings_wanted_number{terminal="QH0304"} 2`,
		`bianmin_terminal_finding{kind="settings",terminal="QH0302"} 1`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

// TestQueueOnThePage: the county sees how much waits, what keeps it, and when the terminal last did not get through, in words; of a terminal
// that does not say so nothing is shown.
func TestQueueOnThePage(t *testing.T) {
	w := newWorld(t)
	w.town()
	w.signOn()
	for number, want := range map[string][]string{
		"QH0305": {"3.0 MB", "按流量计费，扫描件夜里送", "上次送不出去", "网络要先登录", "指南第几版</dt><dd>7<"},
		"QH0302": nil,
	} {
		body := w.get("/fleet/" + number + "?lang=zh").body
		for _, words := range want {
			if !strings.Contains(body, words) {
				t.Errorf("%s lacks %q", number, words)
			}
		}
		if want == nil && (strings.Contains(body, "上次送不出去") || strings.Contains(body, "指南第几版")) {
			t.Errorf("%s says what its terminal did not", number)
		}
	}
}
