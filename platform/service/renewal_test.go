package service_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/authority"
	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/sync/enrol"
	"bianmin/sync/renew"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// rest is a peer with its keys on a disk, that can renew them.
type rest struct {
	*peer
	keys string
}

func newRest(t *testing.T, p *platformtest.Platform, number string) rest {
	t.Helper()
	data := t.TempDir()
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket(number, p.URL), Data: data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	r := rest{keys: data + "/keys"}
	r.peer = r.load(t, p)
	return r
}

// load is a peer with the identity that is in force on the disk.
func (r rest) load(t *testing.T, p *platformtest.Platform) *peer {
	t.Helper()
	id, err := seal.LoadIdentity(r.keys)
	if err != nil {
		t.Fatal(err)
	}
	return peerOf(t, p, id)
}

func (r rest) asks() wire.RenewalRequest {
	r.t.Helper()
	asked, err := renew.Request(r.keys, r.id)
	if err != nil {
		r.t.Fatal(err)
	}
	return asked
}

// nth is the submission of a case with a number of its own.
func (m *peer) nth(n int) casefile.Event { m.serial = n; return m.event() }

func (m *peer) renews(asked wire.RenewalRequest) heard {
	m.t.Helper()
	body, err := json.Marshal(asked)
	if err != nil {
		m.t.Fatal(err)
	}
	r := m.request(http.MethodPost, "/v1/renewals", bytes.NewReader(body))
	r.Header.Set("Content-Type", wire.TypeJSON)
	return m.do(r)
}

// TestRenewal: only the terminal itself, with both its present keys, is given further certificates; the same again for the same keys. What the keys
// before signed is taken for good, they themselves for a month.
func TestRenewal(t *testing.T) {
	var ahead atomic.Int64
	p := platformtest.Start(t, platformtest.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	if registry.EnrolledYears != authority.TerminalYears {
		t.Error("people are told another end than the certificates have")
	}
	m, other := newRest(t, p, "QH0301"), newRest(t, p, "QH0302")
	asked := m.asks()
	changed := func(change func(*wire.RenewalRequest)) wire.RenewalRequest { a := asked; change(&a); return a }
	foreign := other.asks()
	want(t, "asked by another terminal", other.renews(asked), "409  request @")
	want(t, "for keys of another request", m.renews(changed(func(a *wire.RenewalRequest) { a.Encrypt = foreign.Encrypt })), "409  request @")
	want(t, "another nonce than was signed", m.renews(changed(func(a *wire.RenewalRequest) { a.Nonce = strings.Repeat("0", 32) })), "409  request @")
	want(t, "no proof of a key", m.renews(changed(func(a *wire.RenewalRequest) { a.TLS = a.Sign })), "409  request @")
	want(t, "signed by nobody", m.renews(changed(func(a *wire.RenewalRequest) { a.Signature = make([]byte, 64) })), "409  request @")
	waiting := m.build(m.event(), 100) // signed by the key that is left behind
	first, again := m.renews(asked), m.renews(m.asks())
	want(t, "asked", first, "200 renewal  @")
	want(t, "asked again with the same keys", again, "200 renewal  @")
	if *first.answer.Certificates != *again.answer.Certificates || !bytes.Equal(first.answer.Compact, again.answer.Compact) || first.answer.Nonce == again.answer.Nonce {
		t.Error("the same keys were certified twice")
	}
	if err := renew.Take(other.keys, other.id, first.answer.Answer); err == nil {
		t.Error("another terminal takes it")
	}
	if err := renew.Take(m.keys, m.id, first.answer.Answer); err != nil {
		t.Fatal(err)
	}
	want(t, "not taken over yet", m.tells(plainBeat), "200 time  @")
	now := m.load(t, p)
	want(t, "with the new certificate", now.tells(plainBeat), "200 time  @")
	want(t, "filed before", now.sendAll(waiting), "200 acknowledgement  @")
	ahead.Store(int64(registry.Overlap + time.Hour))
	want(t, "the earlier certificate after a month", m.tells(plainBeat), "403  terminal @")
	want(t, "filed with the earlier key, sent after a month", now.sendAll(m.build(m.event(), 0)), "200 acknowledgement  @")
	stolen := m.asks()
	stolen.Signature, _ = seal.Sign(m.id.Keys.Sign, stolen.Signed("QH0301", "A"))
	want(t, "signed by the earlier key after a month", now.renews(stolen), "409  request @")
	next := newRest(t, p, "QH0301") // another machine in its place
	want(t, "what the old machine had not sent, by the new one", next.sendAll(m.build(m.event(), 10)), "200 acknowledgement  @")
	want(t, "signed by its renewed key", next.sendAll(now.build(now.nth(50), 10)), "200 acknowledgement  @")
	want(t, "a replaced terminal renews nothing", now.renews(stolen), "403  terminal @")
	order, err := enrol.LoadOrder(next.keys)
	if err != nil {
		t.Fatal(err)
	}
	if order, err := enrol.ReadOrder(*order, next.id.Believed()); err != nil || len(order.Predecessors) != 2 {
		t.Errorf("the order: %+v, %v", order, err)
	}
}
