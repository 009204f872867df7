package channel

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"go.uber.org/goleak"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	end   = time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	now   = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
)

// root makes a TLS root and a server certificate under it for 127.0.0.1.
func root(t testing.TB) (*x509.Certificate, tls.Certificate) {
	t.Helper()
	issue := func(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if parent == nil {
			parent, parentKey = template, key
		}
		template.NotBefore, template.NotAfter = begin, end
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return certificate, key
	}
	ca, caKey := issue(&x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	leaf, leafKey := issue(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca, caKey)
	return ca, tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: leafKey, Leaf: leaf}
}

func serve(t testing.TB, certificate tls.Certificate, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func at(times ...time.Time) func() []time.Time { return func() []time.Time { return times } }

// TestTimes: the certificate need only be valid at one of the times the terminal
// believes in; else the clock is named, and never a stranger.
func TestTimes(t *testing.T) {
	ca, certificate := root(t)
	server := serve(t, certificate, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	early, late := time.Unix(0, 0), time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		times []time.Time
		want  error
	}{
		{"right clock", []time.Time{now}, nil},
		{"clock of 1970, mark known", []time.Time{early, now}, nil},
		{"clock of 2036, mark known", []time.Time{late, now}, nil},
		{"clock of 1970, nothing known", []time.Time{early}, ErrClock},
		{"clock of 2036, nothing known", []time.Time{late, {}}, ErrClock},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := New(Options{Root: ca, Times: at(c.times...)})
			defer client.CloseIdleConnections()
			for range 2 { // the second connection resumes the first one's session
				response, err := client.Get(server.URL)
				if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Fatalf("got %v, want %v", err, c.want)
				}
				if err == nil {
					_ = response.Body.Close()
				} else if Stranger(err) {
					t.Errorf("a wrong clock is taken for a stranger: %v", err)
				}
				client.CloseIdleConnections()
			}
		})
	}
}

// TestSessionsAreResumed: the second handshake costs no certificates.
func TestSessionsAreResumed(t *testing.T) {
	ca, certificate := root(t)
	resumed := make(chan bool, 2)
	server := serve(t, certificate, func(_ http.ResponseWriter, r *http.Request) { resumed <- r.TLS.DidResume })
	client := New(Options{Root: ca, Times: at(now)})
	defer client.CloseIdleConnections()
	for _, want := range []bool{false, true} {
		response, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		client.CloseIdleConnections()
		if got := <-resumed; got != want {
			t.Errorf("resumed %v, want %v", got, want)
		}
	}
}

// TestReadSigned goes through everything that may stand in an answer.
func TestReadSigned(t *testing.T) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(k *sm2.PrivateKey, body string) string {
		raw, err := seal.Sign(k, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(raw)
	}
	good := `{"version":1,"kind":"time","time":"2027-01-01T00:00:00Z"}`
	for _, c := range []struct {
		name, kind, body, signature string
		status                      int
		retry                       string
		stranger                    bool
		problem                     string
		wait                        time.Duration
		ok                          bool
	}{
		{name: "signed", status: 200, kind: wire.TypeJSON, body: good, signature: sign(key, good), ok: true},
		{name: "signed refusal", status: 422, kind: wire.TypeJSON, body: good, signature: sign(key, good), ok: true},
		{name: "one byte changed", status: 200, kind: wire.TypeJSON, body: strings.Replace(good, "2027", "2028", 1), signature: sign(key, good), stranger: true},
		{name: "another's key", status: 200, kind: wire.TypeJSON, body: good, signature: sign(other, good), stranger: true},
		{name: "half a signature", status: 200, kind: wire.TypeJSON, body: good, signature: "AAAA", stranger: true},
		{name: "not signed", status: 200, kind: wire.TypeJSON, body: good, stranger: true},
		{name: "page", status: 200, kind: "text/html; charset=utf-8", body: "<html>", stranger: true},
		{name: "page with an error status", status: 503, kind: "text/html", body: "<html>", stranger: true},
		{name: "redirect", status: 302, stranger: true},
		{name: "endless", status: 200, kind: wire.TypeJSON, body: strings.Repeat("x", maxAnswer+1), stranger: true},
		{name: "problem", status: 403, kind: wire.TypeProblem, body: `{"code":"terminal","reason":"r"}`, problem: "terminal"},
		{name: "problem cut short", status: 403, kind: wire.TypeProblem, body: `{"code"`, stranger: true},
		{name: "busy", status: 429, kind: wire.TypeProblem, body: `{"code":"busy","reason":"r"}`, retry: "7", problem: "busy", wait: 7 * time.Second},
		{name: "asleep for ever", status: 503, kind: wire.TypeProblem, body: `{"code":"busy","reason":"r"}`, retry: "99999999999", problem: "busy", wait: time.Hour},
		{name: "asleep for days", status: 503, kind: wire.TypeProblem, body: `{"code":"busy","reason":"r"}`, retry: "999999", problem: "busy", wait: time.Hour},
		{name: "crooked wait", status: 503, kind: wire.TypeProblem, body: `{"code":"busy","reason":"r"}`, retry: "-3", problem: "busy"},
		{name: "bare gateway", status: 502, kind: "text/plain", body: "bad gateway", problem: ""},
		{name: "signed nonsense", status: 200, kind: wire.TypeJSON, body: "[]", signature: sign(key, "[]")},
		{name: "signed by a newer contract", status: 200, kind: wire.TypeJSON, body: `{"version":2}`, signature: sign(key, `{"version":2}`)},
	} {
		recorder := httptest.NewRecorder()
		for name, value := range map[string]string{"Content-Type": c.kind, wire.HeaderSignature: c.signature, "Retry-After": c.retry} {
			if value != "" {
				recorder.Header().Set(name, value)
			}
		}
		recorder.WriteHeader(c.status)
		_, _ = recorder.WriteString(c.body)
		response := recorder.Result()
		signed, err := ReadSigned(response, seal.Signers{&key.PublicKey})
		_ = response.Body.Close()
		var problem *Problem
		isProblem := errors.As(err, &problem)
		if (err == nil) != c.ok || Stranger(err) != c.stranger {
			t.Errorf("%s: %+v, %v", c.name, signed.Answer, err)
		}
		if isProblem && (problem.Code != c.problem || problem.Wait != c.wait || problem.Status != c.status) {
			t.Errorf("%s: problem %+v", c.name, problem)
		}
		if c.ok {
			checkEvidence(t, c.name, signed, key, other)
		}
	}
}

func checkEvidence(t *testing.T, name string, signed Signed, key, other *sm2.PrivateKey) {
	t.Helper()
	kept, err := signed.Evidence()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ReadEvidence(kept, seal.Signers{&key.PublicKey}); err != nil || string(again.Body) != string(signed.Body) || again.Kind != signed.Kind {
		t.Errorf("%s: evidence reads %+v, %v", name, again, err)
	}
	if _, err := ReadEvidence(kept, seal.Signers{&other.PublicKey}); err == nil {
		t.Errorf("%s: evidence fits another key", name)
	}
	if !json.Valid(kept) {
		t.Errorf("%s: evidence is not JSON", name)
	}
}

func TestRetryAfterAsDate(t *testing.T) {
	for _, c := range []struct {
		date, retry string
		want        time.Duration
	}{
		{"Sun, 22 Nov 2026 05:00:00 GMT", "Sun, 22 Nov 2026 05:01:30 GMT", 90 * time.Second},
		{"Sun, 22 Nov 2026 05:00:00 GMT", "Sun, 22 Nov 2026 04:00:00 GMT", 0},
		{"Sun, 22 Nov 2026 05:00:00 GMT", "Mon, 22 Nov 2027 05:00:00 GMT", time.Hour},
		{"", "Sun, 22 Nov 2026 05:01:30 GMT", 0},
		{"Sun, 22 Nov 2026 05:00:00 GMT", "soon", 0},
	} {
		if got := retryAfter(http.Header{"Date": {c.date}, "Retry-After": {c.retry}}); got != c.want {
			t.Errorf("%q at %q: %v, want %v", c.retry, c.date, got, c.want)
		}
	}
}

// TestDialTimeout follows the round trip and grows with loss, within its bounds.
func TestDialTimeout(t *testing.T) {
	var d dialer
	if got := d.timeout(); got != firstDial {
		t.Errorf("unknown link: %v", got)
	}
	d.failed()
	if got := d.timeout(); got != 2*firstDial {
		t.Errorf("after a lost dial: %v", got)
	}
	for range 10 {
		d.failed()
	}
	if got := d.timeout(); got != maxDial {
		t.Errorf("after many lost dials: %v", got)
	}
	d.measured(time.Millisecond)
	if got := d.timeout(); got != minDial {
		t.Errorf("fast link: %v", got)
	}
	for range 50 {
		d.measured(time.Second)
	}
	if got := d.timeout(); got < 7*time.Second || got > 8*time.Second {
		t.Errorf("round trip of a second: %v", got)
	}
	for range 50 {
		d.measured(time.Minute)
	}
	if got := d.timeout(); got != maxDial {
		t.Errorf("absurd round trip: %v", got)
	}
}

// TestDialIsBounded: a line that swallows the first packet ends the dial by our own limit, and the next waits longer.
func TestDialIsBounded(t *testing.T) {
	d := &dialer{rtt: time.Nanosecond, dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		deadline, ok := ctx.Deadline()
		if left := time.Until(deadline); !ok || left > minDial {
			t.Errorf("no limit on dialling: %v", left)
		}
		return nil, errors.New("unreachable")
	}}
	if _, err := d.connect(t.Context(), "tcp", "192.0.2.1:1"); err == nil {
		t.Error("connected to nothing")
	}
}
