package service_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestSuccessorSendsUnchanged: the next generation sends on what the one before
// began and what it never sent; a number that moved to another point inherits nothing.
func TestSuccessorSendsUnchanged(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	old := newPeer(t, p, "QH0301")
	begun, waiting, lost := old.build(old.event(), 1000), old.build(old.event(), 0), old.build(old.event(), 0)
	want(t, "begun by the old one", old.send(begun, 0, 100), "204   @100")
	next := newPeer(t, p, "QH0301")
	want(t, "replaced", old.sendAll(waiting), "403  terminal @")
	want(t, "gone on with", next.send(begun, 100, len(begun.bytes)), "200 acknowledgement  @")
	want(t, "sent by the successor", next.sendAll(waiting), "200 acknowledgement  @")
	want(t, "and again", next.sendAll(waiting), "200 acknowledgement  @")
	moved := newPeer(t, p, "QH0301", "--point", "石桥村便民服务点")
	want(t, "of another point", moved.sendAll(lost), "422 refusal manifest @")
}

// TestSuccessionOrder: a successor is given an order that names whom it succeeds; the first of a number is given none.
func TestSuccessionOrder(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	var last *wire.SignedOrder
	var id *seal.Identity
	for range 3 {
		data := t.TempDir()
		var err error
		if id, err = enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: data, Software: "test", Now: time.Now}); err != nil {
			t.Fatal(err)
		}
		before := last
		if last, err = enrol.LoadOrder(filepath.Join(data, "keys")); err != nil || (id.Generation == "A") != (last == nil) {
			t.Fatalf("generation %s after %v: %v, %v", id.Generation, before, last, err)
		}
	}
	order, err := enrol.ReadOrder(*last, id.Believed())
	if err != nil || order.Generation != "C" || len(order.Predecessors) != 2 || order.Predecessors[1].Generation != "B" {
		t.Errorf("%+v, %v", order, err)
	}
	last.Order = bytes.Replace(last.Order, []byte(`"B"`), []byte(`"A"`), 1)
	if _, err := enrol.ReadOrder(*last, id.Believed()); err == nil {
		t.Error("a changed order is believed")
	}
}

// TestReplacedAndRetired: a replaced terminal is told so in signed words, and may still say that it erases itself; a barred one is told nothing.
func TestReplacedAndRetired(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	old := newPeer(t, p, "QH0301")
	p.Run("terminal", "bar", "QH0301")
	want(t, "barred", old.tells(plainBeat), "403  terminal @")
	next := newPeer(t, p, "QH0301")
	said := old.tells(plainBeat)
	want(t, "replaced", said, "403 replaced  @")
	if a := said.answer.Answer; a.Terminal != "QH0301" || a.Generation != "A" || a.Successor != "B" || a.Nonce == "" {
		t.Errorf("%+v", a)
	}
	retire := func(m *peer, key *seal.Identity) heard {
		statement := []byte(`{"kind":"erasure"}`)
		signature, err := seal.Sign(key.Keys.Sign, statement)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(wire.Retirement{Nonce: strings.Repeat("0a", 16), Statement: statement, Signature: signature})
		if err != nil {
			t.Fatal(err)
		}
		r := m.request(http.MethodPost, "/v1/retirements", bytes.NewReader(body))
		r.Header.Set("Content-Type", wire.TypeJSON)
		return m.do(r)
	}
	want(t, "signed by another", retire(next, old.id), "400  request @")
	want(t, "the replaced one", retire(old, old.id), "200 retired  @")
	want(t, "once more", retire(old, old.id), "200 retired  @")
	want(t, "the newest works on", next.tells(plainBeat), "200 time  @")
	want(t, "the newest goes", retire(next, next.id), "200 retired  @")
	p.Run("terminal", "allow", "QH0301")
	want(t, "what has gone stays away", next.tells(plainBeat), "403  terminal @")
	if kept := p.Run("terminal", "retired"); bytes.Count(kept, []byte("erasure")) != 2 {
		t.Errorf("kept: %s", kept)
	}
}
