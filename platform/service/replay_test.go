package service_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"bianmin/platform/platformtest"
	"bianmin/sync/wire"
)

// TestReplay: a platform takes only its own acknowledgements back, wants what it does not hold, and asks only when it was put back.
func TestReplay(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	if said := m.tells(plainBeat); said.answer.Replay != nil {
		t.Error("a platform that was never put back asks")
	}
	s := m.build(m.event(), 100)
	accepted := m.sendAll(s)
	refusedEvent := m.event()
	refusedEvent.Submission = nil
	refusal := m.sendAll(m.build(refusedEvent, 0))
	bring := func(kept ...[]byte) heard {
		body, err := json.Marshal(wire.ReplayRequest{Nonce: strings.Repeat("0a", 16), Kept: kept})
		if err != nil {
			t.Fatal(err)
		}
		r := m.request(http.MethodPost, "/v1/replays", bytes.NewReader(body))
		r.Header.Set("Content-Type", wire.TypeJSON)
		return m.do(r)
	}
	evidence := func(h heard) []byte {
		kept, err := h.answer.Evidence()
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	held := bring(evidence(accepted))
	want(t, "what it holds", held, "200 replay  @")
	if len(held.answer.Wanted) != 0 {
		t.Errorf("it wants %v, which it holds", held.answer.Wanted)
	}
	want(t, "a refusal", bring(evidence(refusal)), "400  request @")
	other := newPeer(t, platformtest.Start(t, platformtest.Options{}), "QH0301")
	foreign := other.sendAll(other.build(other.event(), 100))
	want(t, "another platform's", bring(evidence(foreign)), "400  request @")
	want(t, "nothing", bring(), "400  request @")
	p.Run("restored", "--copy-of", "2026-11-25T02:00")
	if said := m.tells(plainBeat); said.answer.Replay == nil || said.answer.Replay.Number == 0 || said.answer.Replay.Since.IsZero() {
		t.Errorf("it was put back and asks %+v", said.answer.Replay)
	}
}
