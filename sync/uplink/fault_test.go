package uplink_test

import (
	"fmt"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
)

// TestFaults lets the platform and the way to it misbehave in every scripted
// manner; afterwards each case is at the platform exactly once, whole.
func TestFaults(t *testing.T) {
	patch := `{match: {method: PATCH, path: "/v1/packets/*"}, `
	for _, c := range []struct {
		name    string
		rules   []string
		problem channel.Reason // that must have been shown
		minHits int
	}{
		{"drop before", []string{patch + `action: drop-before, times: 5}`}, channel.NoLink, 5},
		{"drop after accept", []string{patch + `action: drop-after-accept, times: 6}`}, channel.NoLink, 6},
		{"drop final after accept", []string{patch + `action: drop-after-accept, skip: 3, times: 3}`}, channel.NoLink, 3},
		{"cut body early", []string{patch + `action: cut-body, bytes: 100, times: 5}`}, channel.NoLink, 5},
		{"cut body in attachments", []string{patch + `action: cut-body, bytes: 40000, skip: 3, times: 4}`}, channel.NoLink, 4},
		{"duplicate", []string{patch + `action: duplicate}`}, "", 6},
		{"storm of 500", []string{patch + `action: "500", times: 12}`}, channel.Trouble, 12},
		{"500 for one in two", []string{patch + `action: "500", skip: 1, times: 1}`, patch + `action: "500", skip: 3, times: 1}`}, "", 2},
		{"429", []string{patch + `action: "429", wait: 1s, times: 1}`}, channel.Busy, 1},
		{"wrong body", []string{patch + `action: wrong-body, times: 5}`}, channel.Unsigned, 5},
		{"bad signature", []string{patch + `action: bad-signature, times: 5}`}, channel.Unsigned, 5},
		{"forged acknowledgement", []string{patch + `action: forged, times: 5}`}, channel.Unsigned, 5},
		{"captive portal", []string{`{action: captive-portal, times: 7}`}, channel.Portal, 7},
		{"redirect", []string{`{action: redirect, times: 7}`}, channel.Portal, 7},
		{"another packet's answer", []string{patch + `action: old-answer, times: 4}`}, channel.Unsigned, 4},
		{"silence", []string{patch + `action: silent, wait: 200ms, times: 2}`}, channel.NoLink, 2},
		{"slow", []string{patch + `action: slow, wait: 100ms, rate: 400000}`}, "", 3},
		{"head lies in wait", []string{`{match: {method: HEAD}, action: captive-portal, times: 3}`, patch + `action: drop-before, times: 3}`}, channel.Portal, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := platformtest.Start(t, platformtest.Options{})
			m := newTerminal(t, p, "QH0301", p.URL)
			m.strict = false
			p.Faults(c.rules...)
			filed := []casefile.Filed{m.file(90_000), m.file(), m.file(10, 100_000)}
			m.evaluate(filed[1])
			m.send(nil)
			m.await(0)
			held := mustHold(t, p, filed...)
			if n := len(held[filed[1].Number].Events); n != 2 {
				t.Errorf("the evaluated case has %d events", n)
			}
			if c.problem != "" && !m.states.had(c.problem) {
				t.Errorf("problem %q was never shown", c.problem)
			}
			var hits, arriving, registered, accepted, refused int
			if _, err := fmt.Sscanf(p.Control("state"), "hits=%d arriving=%d registered=%d accepted=%d refused=%d", &hits, &arriving, &registered, &accepted, &refused); err != nil {
				t.Fatal(err)
			}
			if hits < c.minHits || accepted != 4 || arriving+registered+refused != 0 {
				t.Errorf("platform state: hits %d (want %d), accepted %d, arriving %d, registered %d, refused %d", hits, c.minHits, accepted, arriving, registered, refused)
			}
		})
	}
}

// TestRetryAfterIsObeyed counts that nothing is sent while the platform asked for quiet, not even for a new case.
func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	m.strict = false
	p.Faults(`{action: "429", wait: 4s}`)
	m.send(nil)
	m.file()
	await(t, "the first refusal", func() bool { return hits(t, p) == 1 })
	start := time.Now()
	m.file()
	for time.Since(start) < 1500*time.Millisecond {
		if n := hits(t, p); n != 1 {
			t.Fatalf("%d requests while the platform asked for quiet", n)
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Faults()
	m.await(0)
}

func hits(t testing.TB, p *platformtest.Platform) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(p.Control("state"), "hits=%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRefusedCaseIsQuarantined: a refusal stops its case, visibly, and no other.
func TestRefusedCaseIsQuarantined(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{Rules: `
- {item: "` + itemCode + `", once: year, reason: 本年度已办理}
- {item: "*", refuse: {phone: "000"}, reason: 电话号码有误}
`})
	m := newTerminal(t, p, "QH0301", p.URL)
	twice := m.person()
	first := m.fileFor(twice, 50_000)
	second := m.fileFor(twice, 50_000)
	m.evaluate(second) // is held behind the refusal
	other := m.file(1000)
	m.send(nil)
	await(t, "the queue to settle", func() bool { c := m.counts(); return c.Refused == 1 && c.Held == 1 && c.Waiting == 0 })
	summary, err := m.desk.Summary(t.Context(), second)
	if err != nil || summary.State != "refused" || summary.Reason != "本年度已办理" {
		t.Errorf("the refused case shows %+v, %v", summary, err)
	}
	for _, f := range []casefile.Filed{first, other} {
		if s, err := m.desk.Summary(t.Context(), f); err != nil || s.State != "accepted" {
			t.Errorf("case %s shows %+v, %v", f.Number, s, err)
		}
	}
	states := map[string]string{}
	for _, c := range p.Cases() {
		states[c.Case] = c.State
	}
	if states[string(second.Number)] != "refused" || states[string(first.Number)] != "accepted" || states[string(other.Number)] != "accepted" {
		t.Errorf("the platform shows %v", states)
	}
}

// TestBarredTerminal: the platform does not admit it, nothing is lost, and once allowed everything goes out.
func TestBarredTerminal(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	p.Run("terminal", "bar", "QH0301")
	filed := m.file(1000)
	m.send(nil)
	await(t, "the refusal of the terminal", func() bool { return m.states.had(channel.NotAdmitted) })
	if cases := p.Cases(); len(cases) != 0 {
		t.Errorf("a barred terminal filed %d cases", len(cases))
	}
	p.Run("terminal", "allow", "QH0301")
	m.await(0)
	mustHold(t, p, filed)
}

// TestTwoTerminals: each has its own cases, sent at the same time, sizes mixed.
func TestTwoTerminals(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	var filed []casefile.Filed
	var all []*terminal
	for _, number := range []string{"QH0301", "QH0302"} {
		m := newTerminal(t, p, number, p.URL)
		for i := range 8 {
			filed = append(filed, m.file(i*i*5000, 17*i))
		}
		m.send(nil)
		all = append(all, m)
	}
	for _, m := range all {
		m.await(0)
	}
	mustHold(t, p, filed...)
}

// TestReplacedTerminal: a successor with a new generation delivers what the old generation left.
func TestReplacedGeneration(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	old := m.file(2000)
	reEnrol(t, p, m)
	fresh := m.file(3000)
	m.send(nil)
	m.await(0)
	mustHold(t, p, old, fresh)
	if g := m.identity.Generation; g != "B" {
		t.Errorf("generation %q after the second enrolment", g)
	}
}
