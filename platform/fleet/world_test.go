package fleet_test

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/platform/fleet"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

const token = "t0ken"

// noon is the moment of the tests.
var noon = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)

// world is a real registry with a fleet page over TLS before it.
type world struct {
	t        *testing.T
	now      time.Time
	dir      string
	reg      *registry.Registry
	server   *httptest.Server
	client   *http.Client
	password string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: noon, password: "kx7qa-2", dir: t.TempDir()}
	var err error
	if w.reg, err = registry.Open(t.Context(), w.dir, func() time.Time { return w.now }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.reg.Close() })
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	page, err := fleet.New(fleet.Options{
		Registry: w.reg, People: w, Token: token, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler), Catalogue: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewTLSServer(page)
	t.Cleanup(w.server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.client = &http.Client{
		Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, // #nosec G402 -- the test's own server
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(w.client.CloseIdleConnections)
	account, err := fleet.NewOperator("lin", w.password)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.reg.AddOperator(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	return w
}

// enrol makes a terminal.
func (w *world) enrol(number, point, role string) registry.Terminal {
	w.t.Helper()
	code := registry.Code{
		Hash: number, Number: number, Point: point, Region: "990301001201", Role: role, URL: "https://p", Environment: "demo", Expires: w.now.Add(time.Hour),
	}
	if err := w.reg.AddCode(w.t.Context(), code); err != nil {
		w.t.Fatal(err)
	}
	_, err := w.reg.Enrol(w.t.Context(), number, number, func(registry.Code, string, []wire.Predecessor) ([]registry.Certificate, []byte, error) {
		return []registry.Certificate{{Serial: number, Use: "tls", DER: []byte{1}}}, []byte("{}"), nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return registry.Terminal{Number: number, Generation: "A"}
}

// beat lets a terminal say something some time before the test's moment.
func (w *world) beat(t registry.Terminal, before time.Duration, change func(*wire.Heartbeat)) {
	w.t.Helper()
	at := w.now.Add(-before)
	said := wire.Heartbeat{Time: at, Software: "bianmin 1.4.0", Condition: &wire.Condition{
		DiskFree: 40 << 30, DiskTotal: 64 << 30, DevicesAt: &at,
		Devices: []wire.Device{
			{Role: "reader", Condition: "online", Model: "INVS300"},
			{Role: "printer", Condition: "online", Paper: "full", Model: "TP-80"},
		},
	}}
	change(&said)
	body, err := json.Marshal(said)
	if err != nil {
		w.t.Fatal(err)
	}
	present := w.now
	w.now = at
	defer func() { w.now = present }()
	if err := w.reg.Heartbeat(w.t.Context(), t, body); err != nil {
		w.t.Fatal(err)
	}
}

// town fills the registry with a terminal for each thing that can be found.
func (w *world) town() {
	w.t.Helper()
	well := func(*wire.Heartbeat) {}
	device := func(i int, d wire.Device) func(*wire.Heartbeat) {
		return func(h *wire.Heartbeat) { h.Condition.Devices[i] = d }
	}
	w.now = noon.Add(-48 * time.Hour)
	names := []string{"柳树沟村便民服务点", "石桥镇便民服务中心", "青杨坪村便民服务点", "河湾村便民服务点", "云岭社区便民服务点", "马家店村便民服务点", "双泉村便民服务点", "南坡村便民服务点", "梨园村便民服务点", "金星社区便民服务点", "东关村便民服务点", "白塔村便民服务点"}
	var all []registry.Terminal
	for i, name := range names {
		role := "kiosk"
		if i%3 == 1 {
			role = "agent"
		}
		all = append(all, w.enrol("QH03"+string(rune('0'+i/10))+string(rune('0'+i%10)), name, role))
	}
	w.now = noon
	w.beat(all[0], time.Minute, well)
	w.beat(all[1], 3*time.Hour, well)
	w.beat(all[2], time.Minute, device(1, wire.Device{Role: "printer", Condition: "userError", Paper: "out", Fault: "paper-out"}))
	w.beat(all[3], time.Minute, device(0, wire.Device{Role: "reader", Condition: "noDevice", Fault: "unplugged"}))
	w.beat(all[4], time.Minute, func(h *wire.Heartbeat) { at := h.Time.Add(-time.Hour); h.Condition.DevicesAt = &at })
	w.beat(all[5], time.Minute, func(h *wire.Heartbeat) {
		at := h.Time.Add(-9 * time.Hour)
		h.Oldest, h.Waiting, h.Catalogue = &at, 14, 7
		h.Outbox = &wire.Outbox{Bytes: 3 << 20, Held: 1, Hold: "metered", Trouble: &wire.Trouble{Why: "portal", Since: at, Until: at.Add(90 * time.Minute)}}
	})
	w.beat(all[6], time.Minute, func(h *wire.Heartbeat) { h.Time = h.Time.Add(7 * time.Minute); h.Condition = nil })
	w.beat(all[7], 3*time.Minute, func(h *wire.Heartbeat) { h.Audit = &wire.AuditHead{Entries: 41, Head: strings.Repeat("a", 64)} })
	w.beat(all[7], time.Minute, func(h *wire.Heartbeat) {
		h.Condition.DiskFree = 1 << 30
		h.Audit = &wire.AuditHead{Entries: 40, Head: strings.Repeat("b", 64)}
	})
	w.beat(all[8], time.Minute, func(h *wire.Heartbeat) { h.Software = "bianmin 1.3.9"; h.Condition.Devices[1].Paper = "low" })
	w.beat(all[9], time.Minute, func(h *wire.Heartbeat) {
		h.Refused, h.Unread = 2, &wire.Unread{Newer: 3, Broken: 1, Stuck: wire.StuckAnswer}
	})
	w.beat(all[10], 24*time.Hour, well)
	if _, err := w.reg.Revoke(w.t.Context(), all[10].Number, "", "主机被盗"); err != nil {
		w.t.Fatal(err)
	}
	for i := range 12 {
		w.beat(all[0], time.Duration(12-i)*11*time.Minute, func(h *wire.Heartbeat) { h.Waiting = i % 4 })
	}
	w.beat(all[0], time.Minute, well)
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) get(path string) answer {
	w.t.Helper()
	return w.do(http.MethodGet, path, nil, nil)
}

func (w *world) post(path string, form url.Values) answer {
	w.t.Helper()
	return w.do(http.MethodPost, path, form, nil)
}

func (w *world) do(method, path string, form url.Values, header map[string]string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: string(body)}
}

func (w *world) signOn() {
	w.t.Helper()
	if a := w.post("/login", url.Values{"name": {"lin"}, "password": {w.password}}); a.status != http.StatusSeeOther || a.header.Get("Location") != "/fleet" {
		w.t.Fatalf("signing on: %d %s", a.status, a.body)
	}
}

var numberLink = regexp.MustCompile(`class="number" href="/fleet/(\w+)"`)

// numbers are the terminals a page shows, in its order.
func numbers(page string) (all []string) {
	for _, found := range numberLink.FindAllStringSubmatch(page, -1) {
		all = append(all, found[1])
	}
	return all
}
