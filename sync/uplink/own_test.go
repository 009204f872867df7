package uplink_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/store"
)

// packetOf is the packet a case was filed with.
func (m *terminal) packetOf(filed casefile.Filed) string {
	m.t.Helper()
	for _, item := range m.pending() {
		if item.Case == filed.Number {
			return item.Packet
		}
	}
	m.t.Fatalf("case %s does not wait", filed.Number)
	return ""
}

// pending are all packets that wait, those with a wait of their own too.
func (m *terminal) pending() []store.Item {
	m.t.Helper()
	items, err := m.desk.Store().Pending(m.t.Context(), time.Now().Add(store.MaxWait), 1000)
	if err != nil {
		m.t.Fatal(err)
	}
	return items
}

// TestBrokenPacketStarvesNobody: a packet that the platform, or a box on the way, breaks off every time keeps nobody waiting,
// in neither lane; once the link is proven meanwhile, the trouble is named as this packet's.
func TestBrokenPacketStarvesNobody(t *testing.T) {
	for _, c := range []struct{ name, rule string }{
		{"whole", `{match: {path: /v1/packets/%s}, action: drop-before}`},
		{"behind its registration", `{match: {method: PATCH, path: /v1/packets/%s}, skip: 1, action: cut-body}`},
		{"a box shows a page", `{match: {path: /v1/packets/%s}, action: captive-portal}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := platformtest.Start(t, platformtest.Options{})
			m := newTerminal(t, p, "QH0301", p.URL)
			m.strict = false
			broken := m.file(90_000)
			p.Faults(fmt.Sprintf(c.rule, m.packetOf(broken)))
			others := []casefile.Filed{m.file(90_000), m.file(), m.file(10, 100_000)}
			m.send(nil)
			await(t, "the others", func() bool { return m.counts().Waiting == 1 })
			others = append(others, m.file(500)) // proves the link while the broken packet is tried
			await(t, "a later one", func() bool { return m.counts().Waiting == 1 })
			p.Faults()
			m.await(0)
			mustHold(t, p, append(others, broken)...)
		})
	}
}

// TestBrokenPacketIsNamed: when heartbeats succeed and one packet's connection breaks every time, that packet waits, with
// its reason, and the link is not said to be dead.
func TestBrokenPacketIsNamed(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	m.strict = false
	filed := m.file(90_000)
	p.Faults(fmt.Sprintf(`{match: {path: /v1/packets/%s}, action: drop-before}`, m.packetOf(filed)))
	m.send(nil)
	await(t, "the packet's own wait", func() bool {
		m.up.Proven() // as a heartbeat's answer does
		items := m.pending()
		return len(items) == 1 && items[0].Attempts > 0 && items[0].Why == "connection"
	})
	p.Faults()
	m.await(0)
	mustHold(t, p, filed)
}

// TestOrderedWaitOfAPacket: what asks one packet to come back in an hour is not asked again at once, and the others go.
func TestOrderedWaitOfAPacket(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	m.strict = false
	asked := m.file(1000)
	p.Faults(fmt.Sprintf(`{match: {path: /v1/packets/%s}, action: "408", wait: 1h}`, m.packetOf(asked)))
	other := m.file(2000)
	m.send(nil)
	await(t, "the other", func() bool { return m.counts().Waiting == 1 })
	await(t, "the first refusal", func() bool { return hits(t, p) >= 1 })
	time.Sleep(500 * time.Millisecond)
	if n := hits(t, p); n != 1 {
		t.Errorf("%d requests within the hour that was asked for", n)
	}
	if cases := p.Cases(); len(cases) != 1 || cases[0].Case != string(other.Number) {
		t.Errorf("the platform holds %+v", cases)
	}
}

// forgetful is an outbox whose disk takes no final answer for a while.
type forgetful struct{ *sick }

func (f *forgetful) RecordRegistration(ctx context.Context, id string, signed []byte) error {
	return f.Store.RecordRegistration(ctx, id, signed)
}

// TestAnswerNotStoredIsAskedForAlone: the platform has everything; when its answer cannot be stored, only the answer comes again.
func TestAnswerNotStoredIsAskedForAlone(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	queue := &forgetful{&sick{Store: m.desk.Store()}}
	queue.left.Store(5)
	const size = 1_000_000
	filed := m.file(size)
	m.send(queue)
	m.await(0)
	mustHold(t, p, filed)
	if sent := proxy.Sent(); sent > size+size/4 {
		t.Errorf("%d bytes were sent for a packet of %d", sent, size)
	}
}

// spoilt is an outbox that takes no answer to one packet: its case is damaged here.
type spoilt struct {
	*store.Store
	packet string
}

func (s *spoilt) RecordRegistration(ctx context.Context, id string, signed []byte) error {
	if id == s.packet {
		return errDisk
	}
	return s.Store.RecordRegistration(ctx, id, signed)
}

func (s *spoilt) RecordAcknowledgement(ctx context.Context, id string, signed []byte, official string, at time.Time) error {
	if id == s.packet {
		return errDisk
	}
	return s.Store.RecordAcknowledgement(ctx, id, signed, official, at)
}

// TestAnswerThatIsNeverStored: one packet whose answer this machine can never keep stands first in its lane, and keeps no other.
func TestAnswerThatIsNeverStored(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	first := m.file(1000)
	others := []casefile.Filed{m.file(90_000), m.file(), m.file(10)}
	m.send(&spoilt{Store: m.desk.Store(), packet: m.packetOf(first)})
	await(t, "the others", func() bool { return m.counts().Waiting == 1 })
	others = append(others, m.file(500))
	await(t, "a later one", func() bool { return m.counts().Waiting == 1 })
	mustHold(t, p, append(others, first)...)
}
