package service_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// newer is a terminal that says more in every body than this platform knows.
type newer struct{ next http.RoundTripper }

func (n newer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Content-Type") != wire.TypeJSON {
		return n.next.RoundTrip(r)
	}
	var all map[string]any
	if err := errors.Join(json.NewDecoder(r.Body).Decode(&all), r.Body.Close()); err != nil {
		return nil, err
	}
	all["tomorrow"] = map[string]any{"a": []int{1}}
	body, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	again, err := http.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	again.Header = r.Header
	return n.next.RoundTrip(again)
}

// TestNewerTerminal: a terminal that says more than the platform knows is enrolled, heard, and may bring and take back what it has.
func TestNewerTerminal(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	acknowledged := m.sendAll(m.build(m.event(), 0))
	evidence, err := acknowledged.answer.Evidence()
	if err != nil {
		t.Fatal(err)
	}
	statement := []byte(`{"terminal":"QH0301","generation":"A"}`)
	signature, err := seal.Sign(m.id.Keys.Sign, statement)
	if err != nil {
		t.Fatal(err)
	}
	const csr = "-----BEGIN CERTIFICATE REQUEST-----\n"
	m.client.Transport = newer{m.client.Transport}
	for _, c := range []struct {
		path string
		body any
		want string
	}{
		{"/v1/enrolments", wire.EnrolmentRequest{Code: "0000-0000-0000-0000", Nonce: randomID(t), Software: "t", Sign: csr, Encrypt: csr, TLS: csr}, "403  request @"}, // it was read
		{"/v1/heartbeats", wire.Heartbeat{Nonce: randomID(t), Time: time.Now(), Software: "t"}, "200 time  @"},
		{"/v1/replays", wire.ReplayRequest{Nonce: randomID(t), Kept: [][]byte{evidence}}, "200 replay  @"},
		{"/v1/retirements", wire.Retirement{Nonce: randomID(t), Statement: statement, Signature: signature}, "200 retired  @"},
	} {
		content, err := json.Marshal(c.body)
		if err != nil {
			t.Fatal(err)
		}
		r := m.request(http.MethodPost, c.path, bytes.NewReader(content))
		r.Header.Set("Content-Type", wire.TypeJSON)
		if got := m.do(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}
