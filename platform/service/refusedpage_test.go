package service_test

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bianmin/platform/authority"
	"bianmin/platform/casebook"
	"bianmin/platform/fleet"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
)

// TestRefusedPageOpensWhoItIs: the county's page shows a refused application that a terminal really sent, and opens its sealed packet when asked whom to call.
func TestRefusedPageOpensWhoItIs(t *testing.T) {
	l := newLineage(t)
	first := l.file("7", "x", "")
	l.sent("refused", first, byRule)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	reg, err := registry.Open(t.Context(), l.p.Dir, time.Now)
	must(err)
	t.Cleanup(func() { _ = reg.Close() })
	a, err := authority.Load(authority.Options{Dir: filepath.Join(l.p.Dir, "authority"), Now: time.Now})
	must(err)
	account, err := fleet.NewOperator("lin", "kx7qa-2")
	must(err)
	must(reg.AddOperator(t.Context(), account))
	page, err := fleet.New(fleet.Options{
		Registry: reg, Token: "t", Now: time.Now, Log: slog.New(slog.DiscardHandler),
		People: casebook.Book{Registry: reg, Authority: a, Path: (&intake.Intake{Options: intake.Options{Dir: l.p.Dir}}).Path},
	})
	must(err)
	server := httptest.NewTLSServer(page)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	must(err)
	client := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // #nosec G402 -- the test's own server
	t.Cleanup(client.CloseIdleConnections)
	post := func(path string, form url.Values) string {
		t.Helper()
		answer, err := client.PostForm(server.URL+path, form)
		must(err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		must(err)
		return string(body)
	}
	post("/login", url.Values{"name": {"lin"}, "password": {"kx7qa-2"}})
	answer, err := client.Get(server.URL + "/refused/" + first.ID)
	must(err)
	body, err := io.ReadAll(answer.Body)
	must(err)
	must(answer.Body.Close())
	csrf := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindSubmatch(body)
	if csrf == nil || !strings.Contains(string(body), string(first.Case)) || !strings.Contains(string(body), "内容有误") || strings.Contains(string(body), "王7") {
		t.Fatalf("the page says %s", body)
	}
	if shown := post("/refused/"+first.ID+"/people", url.Values{"csrf": {string(csrf[1])}}); !strings.Contains(shown, "王7") || !strings.Contains(shown, "1397") {
		t.Errorf("whom to call: %s", shown)
	}
	if text := string(l.p.Run("audit", "--data", l.p.Dir)); !strings.Contains(text, "lin  people-shown  "+first.ID) {
		t.Errorf("the audit trail says %s", text)
	}
}
