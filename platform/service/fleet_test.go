package service_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// tells sends one heartbeat.
func (m *peer) tells(change func(*wire.Heartbeat)) heard {
	m.t.Helper()
	said := wire.Heartbeat{Nonce: randomID(m.t), Time: time.Now(), Software: "bianmin 1.2.0"}
	change(&said)
	body, err := json.Marshal(said)
	if err != nil {
		m.t.Fatal(err)
	}
	r := m.request(http.MethodPost, "/v1/heartbeats", bytes.NewReader(body))
	r.Header.Set("Content-Type", wire.TypeJSON)
	return m.do(r)
}

func plainBeat(*wire.Heartbeat) {}

func TestBarredAndRevokedTerminalsAreRefused(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m, other := newPeer(t, p, "QH0301"), newPeer(t, p, "QH0302")
	want(t, "before", m.tells(plainBeat), "200 time  @")
	p.Run("terminal", "bar", "QH0301", "--reason", "送修")
	want(t, "barred, on the connection that stands", m.tells(plainBeat), "403  terminal @")
	want(t, "barred, a packet", m.sendAll(m.build(m.event(), 0)), "403  terminal @")
	p.Run("terminal", "allow", "QH0301")
	want(t, "allowed again", m.tells(plainBeat), "200 time  @")

	if err := p.Try("terminal", "revoke", "QH0301"); err == nil || !strings.Contains(err.Error(), "--reason") {
		t.Errorf("revoked without a reason: %v", err)
	}
	p.Run("terminal", "revoke", "QH0301", "--reason", "被盗")
	want(t, "revoked, on the connection that stands", m.tells(plainBeat), "403  terminal @")
	m.client.CloseIdleConnections()
	want(t, "revoked, on a new connection", m.tells(plainBeat), "403  terminal @")
	p.Run("terminal", "allow", "QH0301")
	want(t, "allowing does not bring it back", m.tells(plainBeat), "403  terminal @")
	if err := p.Try("terminal", "revoke", "QH0301", "--reason", "again"); err == nil {
		t.Error("revoked twice")
	}
	want(t, "another terminal", other.tells(plainBeat), "200 time  @")

	var listed []struct {
		Terminal, Generation, Reason string
		Serials                      []string
	}
	if err := json.Unmarshal(p.Run("terminal", "revoked"), &listed); err != nil {
		t.Fatal(err)
	}
	if len(listed) != 1 || listed[0].Terminal != "QH0301" || listed[0].Generation != "A" || listed[0].Reason != "被盗" || len(listed[0].Serials) != 3 {
		t.Errorf("revoked: %+v", listed)
	}
	want(t, "the next generation", newPeer(t, p, "QH0301").tells(plainBeat), "200 time  @")
}

func TestHeartbeatIsKept(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	told := time.Now().UTC().Truncate(time.Second)
	want(t, "an old terminal's", m.tells(plainBeat), "200 time  @")
	want(t, "with its condition", m.tells(func(h *wire.Heartbeat) {
		h.Time = h.Time.Add(time.Hour)
		h.Condition = &wire.Condition{DiskFree: 5, DiskTotal: 10, DevicesAt: &told, Devices: []wire.Device{{Role: "printer", Condition: "userError", Paper: "out", Fault: "paper-out"}}}
	}), "200 time  @")
	reg, err := registry.OpenReader(t.Context(), p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	member, err := reg.Member(t.Context(), "QH0301")
	if err != nil || member.Beat == nil || member.Beat.Said.Condition == nil {
		t.Fatalf("the terminal: %+v, %v", member, err)
	}
	if c := member.Beat.Said.Condition; c.DiskFree != 5 || len(c.Devices) != 1 || c.Devices[0].Fault != "paper-out" || !c.DevicesAt.Equal(told) {
		t.Errorf("condition %+v", c)
	}
	if off := member.Beat.Offset(); off < 59*time.Minute || off > 61*time.Minute {
		t.Errorf("clock offset %v", off)
	}
	beats, err := reg.Beats(t.Context(), member.Terminal, 10)
	if err != nil || len(beats) == 0 || len(beats) > 2 {
		t.Errorf("%d heartbeats kept, %v", len(beats), err)
	}
}

// TestLookedInto: the county's command takes a reason and one break, and what was said is in its trail; a terminal whose records fit has nothing to be said of.
func TestLookedInto(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	told := func(entries int64, head string) {
		want(t, "heard", m.tells(func(h *wire.Heartbeat) { h.Audit = &wire.AuditHead{Entries: entries, Head: strings.Repeat(head, 64)} }), "200 time  @")
	}
	told(41, "a")
	if err := p.Try("terminal", "looked-into", "QH0301", "--reason", "查过"); err == nil {
		t.Error("what fits was looked into")
	}
	told(40, "b")
	if err := p.Try("terminal", "looked-into", "QH0301"); err == nil {
		t.Error("without a reason")
	}
	p.Run("terminal", "looked-into", "QH0301", "--reason", "硬盘从旧备份恢复过")
	if err := p.Try("terminal", "looked-into", "QH0301", "--reason", "查过"); err == nil {
		t.Error("looked into twice")
	}
	if said := string(p.Run("audit")); strings.Count(said, "audit-seen") != 1 || !strings.Contains(said, "QH0301A  硬盘从旧备份恢复过") {
		t.Errorf("the trail: %s", said)
	}
}
