package service_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// TestPracticeIsNeverAccepted: practice mode's certificate is no terminal's,
// and over a real terminal's connection its packets are refused, under whatever name.
func TestPracticeIsNeverAccepted(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	learner, err := practice.Begin(practice.Folder(t.TempDir()), practice.Place{Point: m.id.Point, Region: m.id.Region}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	as := func(number string, id *seal.Identity) sealed {
		e := m.event()
		parts, err := casefile.ParseNumber(string(e.Case))
		if err != nil {
			t.Fatal(err)
		}
		parts.Terminal = number
		if e.Case, err = casefile.NewNumber(parts); err != nil {
			t.Fatal(err)
		}
		e.Terminal = number
		built, err := packet.Build(id, e, nil)
		if err != nil {
			t.Fatal(err)
		}
		return sealed{Packet: built, bytes: bytes.Clone(built.Head)}
	}
	for name, s := range map[string]sealed{
		"as itself":                as(practice.Terminal, learner),
		"under a real number":      as(m.id.Number, learner),
		"a real key, its number":   as(practice.Terminal, m.id),
		"an unknown real terminal": as("QH0399", learner),
	} {
		want(t, name, m.sendAll(s), "422 refusal manifest @")
	}
	own := channel.New(channel.Options{Root: m.id.Trust.TLSRoot, Certificate: &learner.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	defer own.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, p.URL+"/v1/packets/"+randomID(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := own.Do(r); err == nil { // else the handshake has ended it
		_ = response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("with practice's own certificate: %s", response.Status)
		}
	}
	for _, c := range p.Cases() { // a refusal is kept, for whoever asks why
		if c.State != "refused" || c.Official != "" {
			t.Errorf("the platform holds %s: %s, %q", c.Case, c.State, c.Official)
		}
	}
	want(t, "the terminal's own", m.sendAll(m.build(m.event(), 0)), "200 acknowledgement  @")
	err = p.Try("enrol", "new", "--url", p.URL, "--terminal", practice.Terminal, "--point", "练习点", "--region", practice.Region)
	if err == nil || !strings.Contains(err.Error(), "practice mode") {
		t.Errorf("the platform gives practice's number: %v", err)
	}
}
