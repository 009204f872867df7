package service_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

func TestPiecesAndRepeats(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	s := m.build(m.event(), 100_000)
	head := len(s.Head)
	id := s.Header.Packet
	want(t, "HEAD of nothing", m.do(m.request(http.MethodHead, "/v1/packets/"+id, nil)), "404   @")
	want(t, "begin in the middle", m.send(s, 5, 20), "409  offset @0")
	want(t, "five bytes", m.send(s, 0, 5), "204   @5")
	want(t, "a gap", m.send(s, 6, 20), "409  offset @5")
	want(t, "an overlap", m.send(s, 0, 20), "409  offset @5")
	want(t, "part of the head", m.send(s, 5, head-1), fmt.Sprintf("204   @%d", head-1))
	registration := m.send(s, head-1, head)
	want(t, "the manifest", registration, fmt.Sprintf("202 registration  @%d", head))
	want(t, "nothing more", m.send(s, head, head), fmt.Sprintf("202 registration  @%d", head))
	want(t, "HEAD", m.do(m.request(http.MethodHead, "/v1/packets/"+id, nil)), fmt.Sprintf("200   @%d", head))
	want(t, "half of the attachment", m.send(s, head, head+50_000), fmt.Sprintf("202 registration  @%d", head+50_000))
	final := m.send(s, head+50_000, len(s.bytes))
	want(t, "the rest", final, "200 acknowledgement  @")
	if final.answer.Case != string(s.Header.Case) || final.answer.Official == "" || final.answer.Digest != s.Digest || final.answer.Packet != id {
		t.Errorf("acknowledgement %+v", final.answer.Answer)
	}
	for _, again := range []heard{m.sendAll(s), m.send(s, len(s.bytes), len(s.bytes)), m.send(s, 7, 9)} {
		if !bytes.Equal(again.answer.Body, final.answer.Body) || !bytes.Equal(again.answer.Signature, final.answer.Signature) {
			t.Errorf("the stored answer changed: %s, then %s", final.answer.Body, again.answer.Body)
		}
	}
	want(t, "HEAD at the end", m.do(m.request(http.MethodHead, "/v1/packets/"+id, nil)), fmt.Sprintf("200   @%d", len(s.bytes)))
}

func TestRefusals(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{Rules: `
- {item: "1", require: [phone], refuse: {}, reason: 请填写电话}
- {item: "2", once: month, reason: 本月已办理}
- {item: "2", refuse: {a: x}, reason: 内容有误}
`})
	m, other := newPeer(t, p, "QH0301"), newPeer(t, p, "QH0302")
	change := func(f func(e *casefile.Event)) casefile.Event {
		e := m.event()
		e.Submission.Item.Code = "3"
		if f != nil {
			f(&e)
		}
		return e
	}
	accepted := change(nil)
	want(t, "a good one", m.sendAll(m.build(accepted, 10)), "200 acknowledgement  @")
	want(t, "first of the month", m.sendAll(m.build(change(func(e *casefile.Event) { e.Submission.Item.Code = "2"; e.Submission.Applicant.Number = "same" }), 0)), "200 acknowledgement  @")
	for _, c := range []struct {
		name  string
		event casefile.Event
		want  string
	}{
		{"value missing", change(func(e *casefile.Event) { e.Submission.Item.Code = "1" }), "422 refusal rule @"},
		{"second of the month", change(func(e *casefile.Event) { e.Submission.Item.Code = "2"; e.Submission.Applicant.Number = "same" }), "422 refusal rule @"},
		{"value refused", change(func(e *casefile.Event) {
			e.Submission.Item.Code = "2"
			e.Submission.Values = json.RawMessage(`{"a":"x"}`)
		}), "422 refusal rule @"},
		{"case submitted again", change(func(e *casefile.Event) { e.Case = accepted.Case }), "422 refusal sequence @"},
		{"case submitted again with the next sequence", change(func(e *casefile.Event) { e.Case, e.Sequence = accepted.Case, 2 }), "422 refusal transition @"},
		{"rating of nothing", change(func(e *casefile.Event) {
			e.Kind, e.Submission, e.Evaluation = casefile.Evaluated, nil, &casefile.Evaluation{Level: 5}
		}), "422 refusal transition @"},
		{"check character", change(func(e *casefile.Event) { e.Case = e.Case[:len(e.Case)-1] + "#" }), "422 refusal case @"},
		{"number of another terminal", change(func(e *casefile.Event) { e.Case = other.event().Case }), "422 refusal case @"},
		{"sequence zero", change(func(e *casefile.Event) { e.Sequence = 0 }), "422 refusal manifest @"},
		{"a payment, which only the platform writes", change(func(e *casefile.Event) { e.Kind = casefile.PlatformPayment }), "422 refusal manifest @"},
		{"submission without content", change(func(e *casefile.Event) { e.Submission = nil }), "422 refusal manifest @"},
		{"event of another terminal", change(func(e *casefile.Event) { e.Terminal = "QH0302" }), "422 refusal manifest @"},
		{"event of another generation", change(func(e *casefile.Event) { e.Generation = "B" }), "422 refusal manifest @"},
	} {
		got := m.sendAll(m.build(c.event, 10))
		want(t, c.name, got, c.want)
		if got.answer.Reason == "" {
			t.Errorf("%s: no reason for people", c.name)
		}
	}
	// After a refusal of its first event, what follows in that case is refused too.
	refused := change(func(e *casefile.Event) { e.Submission.Item.Code = "1" })
	want(t, "the first event", m.sendAll(m.build(refused, 0)), "422 refusal rule @")
	follow := change(func(e *casefile.Event) {
		e.Case, e.Sequence, e.Kind, e.Submission, e.Evaluation = refused.Case, 2, casefile.Evaluated, nil, &casefile.Evaluation{Level: 1}
	})
	want(t, "its second event", m.sendAll(m.build(follow, 0)), "422 refusal transition @")
}

func TestOrder(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	first := m.event()
	second := first
	second.ID, second.Sequence, second.Kind, second.Submission = randomID(t), 2, casefile.Evaluated, nil
	second.Evaluation = &casefile.Evaluation{Level: 4, Times: 1}
	s1, s2 := m.build(first, 1000), m.build(second, 500)
	want(t, "the second event first", m.sendAll(s2), fmt.Sprintf("202 registration  @%d", len(s2.bytes)))
	want(t, "the first event", m.sendAll(s1), "200 acknowledgement  @")
	again := m.send(s2, len(s2.bytes), len(s2.bytes))
	want(t, "the second event again", again, "200 acknowledgement  @")
	third := second
	third.ID = randomID(t)
	want(t, "another second event", m.sendAll(m.build(third, 0)), "422 refusal sequence @")
}

func TestConflictsAndForeigners(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m, other := newPeer(t, p, "QH0301"), newPeer(t, p, "QH0302")
	s := m.build(m.event(), 1000)
	id := s.Header.Packet
	want(t, "begun", m.send(s, 0, 50), "204   @50")
	again := m.build(func() casefile.Event { e := m.event(); e.ID = id; return e }(), 1000)
	want(t, "same id, other content", m.sendAll(again), "409 conflict digest @")
	want(t, "same id, other length", m.patch(id, s.Digest, 0, len(s.bytes)+1, s.bytes), "409 conflict digest @")
	want(t, "another terminal", other.sendAll(s), "409 conflict digest @")
	want(t, "another terminal asks", other.do(other.request(http.MethodHead, "/v1/packets/"+id, nil)), "404   @")
	want(t, "the owner goes on", m.send(s, 50, len(s.bytes)), "200 acknowledgement  @")
	want(t, "same id, other content, after the end", m.sendAll(again), "409 conflict digest @")
	// A packet of one terminal sent by another under a fresh id of its own.
	stolen := m.build(m.event(), 10)
	want(t, "a stolen packet", other.sendAll(stolen), "422 refusal manifest @")
}

func TestDamage(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	flip := func(s sealed, at int) sealed {
		s.bytes = bytes.Clone(s.bytes)
		s.bytes[at] ^= 1
		return s
	}
	s := m.build(m.event(), 5000)
	head := len(s.Head)
	want(t, "head damaged once", m.sendAll(flip(s, head-10)), "409  offset @0")
	want(t, "then whole", m.sendAll(s), "200 acknowledgement  @")

	s = m.build(m.event(), 5000)
	head = len(s.Head)
	want(t, "attachment damaged once", m.sendAll(flip(s, head+2000)), fmt.Sprintf("409  offset @%d", head))
	want(t, "then whole from there", m.send(s, head, len(s.bytes)), "200 acknowledgement  @")

	s = m.build(m.event(), 5000)
	head = len(s.Head)
	bad := flip(s, len(s.bytes)-1)
	want(t, "attachment damaged", m.sendAll(bad), fmt.Sprintf("409  offset @%d", head))
	want(t, "and again", m.send(bad, head, len(bad.bytes)), "422 refusal attachment @")

	s = m.build(m.event(), 0)
	want(t, "not a packet", m.patch(s.Header.Packet, s.Digest, 0, len(s.bytes), bytes.Repeat([]byte{'x'}, len(s.bytes))), "409  offset @0")
	want(t, "again not a packet", m.patch(s.Header.Packet, s.Digest, 0, len(s.bytes), bytes.Repeat([]byte{'x'}, len(s.bytes))), "422 refusal packet @")

	s = m.build(m.event(), 0)
	garbage := append([]byte("BMP1\x00\x00\x00\x02\x00\x00\x00\x04{}"), 1, 2, 3, 4)
	want(t, "a manifest nobody sealed", m.patch(s.Header.Packet, seal.Digest(garbage), 0, len(garbage), garbage), "422 refusal manifest @")
}

func TestRequestsThatDoNotFit(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	s := m.build(m.event(), 0)
	id := s.Header.Packet
	send := func(method, path, body string, header ...string) heard {
		r := m.request(method, path, strings.NewReader(body))
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return m.do(r)
	}
	length := fmt.Sprint(len(s.bytes))
	want(t, "no headers", send(http.MethodPatch, "/v1/packets/"+id, "x"), "400  request @")
	want(t, "a negative offset", m.patch(id, s.Digest, -1, 20, nil), "400  request @")
	want(t, "a crooked digest", m.patch(id, "ABC", 0, 20, nil), "400  request @")
	want(t, "a crooked id", m.patch("0123", s.Digest, 0, 20, nil), "400  request @")
	want(t, "an id with letters", m.patch(strings.Repeat("Z", 32), s.Digest, 0, 20, nil), "400  request @")
	want(t, "far too long", m.patch(id, s.Digest, 0, 1<<31, nil), "413  request @")
	want(t, "offset past the end", m.patch(id, s.Digest, 21, 20, nil), "413  request @")
	long := append(bytes.Clone(s.bytes), 'x')
	want(t, "body past the end", m.patch(id, s.Digest, 0, len(s.bytes), long), "400  request @"+length)
	want(t, "time without nonce", send(http.MethodGet, "/v1/time", ""), "400  request @")
	want(t, "an empty heartbeat", send(http.MethodPost, "/v1/heartbeats", "{}", "Content-Type", wire.TypeJSON), "400  request @")
	want(t, "an endless heartbeat", send(http.MethodPost, "/v1/heartbeats", `{"nonce":"`+strings.Repeat("0", 2<<20)+`"}`, "Content-Type", wire.TypeJSON), "400  request @")
	want(t, "an enrolment of nonsense", send(http.MethodPost, "/v1/enrolments", `{"code":"1"}`, "Content-Type", wire.TypeJSON), "400  request @")
	stranger := *m
	stranger.client = channel.New(channel.Options{Root: m.id.Trust.TLSRoot, Times: func() []time.Time { return []time.Time{time.Now()} }})
	defer stranger.client.CloseIdleConnections()
	want(t, "no certificate", stranger.sendAll(s), "401  certificate @")
	want(t, "no such path", stranger.do(m.request(http.MethodGet, "/v2/time", nil)), "404  request @")
	want(t, "no such method", stranger.do(m.request(http.MethodDelete, "/v1/time", nil)), "404  request @")
}

// TestNewestRequestWins: a request that hangs in the middle of its body is ended by the next one, and what it brought counts.
func TestNewestRequestWins(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	s := m.build(m.event(), 200_000)
	read, write := io.Pipe()
	defer write.Close()
	r := m.request(http.MethodPatch, "/v1/packets/"+s.Header.Packet, read)
	r.ContentLength = int64(len(s.bytes))
	r.Header.Set(wire.HeaderOffset, "0")
	r.Header.Set(wire.HeaderLength, fmt.Sprint(len(s.bytes)))
	r.Header.Set(wire.HeaderDigest, s.Digest)
	r.Header.Set("Content-Type", wire.TypeBytes)
	first := make(chan string, 1)
	go func() {
		response, err := m.client.Do(r)
		if err != nil {
			first <- "error"
			return
		}
		_ = response.Body.Close()
		first <- fmt.Sprint(response.StatusCode)
	}()
	if _, err := write.Write(s.bytes[:150_000]); err != nil {
		t.Fatal(err)
	}
	arrived := filepath.Join(p.Dir, "incoming", s.Header.Packet)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if info, err := os.Stat(arrived); err == nil && info.Size() > 100_000 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the bytes did not arrive")
		}
	}
	// The first request now hangs. The next one asks, which ends it, and goes on from what arrived.
	probe := m.do(m.request(http.MethodHead, "/v1/packets/"+s.Header.Packet, nil))
	var held int
	if _, err := fmt.Sscan(probe.offset, &held); err != nil || held <= 100_000 || held > 150_000 {
		t.Fatalf("held after the hanging request: %q", probe)
	}
	want(t, "the newest request", m.send(s, held, len(s.bytes)), "200 acknowledgement  @")
	_ = write.CloseWithError(io.ErrUnexpectedEOF)
	if got := <-first; got != "409" && got != "error" {
		t.Errorf("the hanging request ended with %s", got)
	}
}
