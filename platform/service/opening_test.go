package service_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// reheaded is a packet under another header, as another version of the terminal may write it.
func (m *peer) reheaded(s sealed, change func(*packet.Header)) sealed {
	m.t.Helper()
	header := s.Header
	change(&header)
	text, err := json.Marshal(header)
	if err != nil {
		m.t.Fatal(err)
	}
	old := int(binary.BigEndian.Uint32(s.Head[4:]))
	head := append([]byte(packet.Magic), 0, 0, 0, 0)
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	head = append(append(append(head, s.Head[8:12]...), text...), s.Head[12+old:]...)
	tail := s.bytes[len(s.Head):]
	s.Head, s.Digest, s.Header = head, seal.Digest(head), header
	s.bytes = append(bytes.Clone(head), tail...)
	return s
}

// TestNotUnderstoodIsNotRefused: what a newer terminal wrote waits at an older platform, and nothing about it is decided.
func TestNotUnderstoodIsNotRefused(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	for name, change := range map[string]func(*packet.Header){
		"version":     func(h *packet.Header) { h.Version = 2 },
		"compression": func(h *packet.Header) { h.Compression = "zstd-1" },
	} {
		s := m.reheaded(m.build(m.event(), 1000), change)
		for range 2 { // however often
			got := m.send(s, 0, len(s.bytes))
			if got.offset != "" && got.status == http.StatusConflict {
				got = m.send(s, len(s.bytes), len(s.bytes))
			}
			want(t, name, got, fmt.Sprintf("415  version @%d", len(s.bytes)))
		}
	}
}

// TestExpiredSignerIsHeard: a case filed in time and delivered after its terminal's certificate ended is taken; one filed after that is not.
func TestExpiredSignerIsHeard(t *testing.T) {
	var ahead atomic.Int64
	p := platformtest.Start(t, platformtest.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	old := newPeer(t, p, "QH0301")
	today := time.Now().In(time.FixedZone("CST", 8*3600)).Format(time.DateOnly)
	event := old.event()
	event.At.BusinessDate = today
	filed := old.build(event, 1000)
	event = old.event()
	event.At.BusinessDate = time.Now().AddDate(5, 6, 0).Format(time.DateOnly)
	late := old.build(event, 1000)
	ahead.Store(int64(time.Duration(6*365*24) * time.Hour))
	next := newPeer(t, p, "QH0301")
	want(t, "filed in time", next.sendAll(filed), "200 acknowledgement  @")
	want(t, "filed after the certificate's end", next.sendAll(late), "422 refusal manifest @")
}

// TestNewerKindWaits: a kind of event that only a newer terminal knows waits; the platform's own kinds are no terminal's to write.
func TestNewerKindWaits(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	for kind, line := range map[casefile.EventKind]string{"promised-anew": "415  version @%d", casefile.PlatformAccepted: "422 refusal manifest @"} {
		event := m.event()
		event.Kind = kind
		s := m.build(event, 0)
		if kind == "promised-anew" {
			line = fmt.Sprintf(line, len(s.bytes))
		}
		want(t, string(kind), m.sendAll(s), line)
	}
}

// TestRefusedEventDoesNotEndItsCase: what follows a refused event in an accepted case is judged by itself; a refused opening ends its case.
func TestRefusedEventDoesNotEndItsCase(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	opening := m.event()
	want(t, "the opening", m.sendAll(m.build(opening, 10)), "200 acknowledgement  @")
	next := func(sequence int, kind casefile.EventKind) sealed {
		event := opening
		event.ID, event.Sequence, event.Kind, event.Submission, event.Turn = randomID(t), sequence, kind, nil, &casefile.Turn{Reason: "r"}
		return m.build(event, 0)
	}
	third := next(3, casefile.Urged)
	want(t, "the third before the second", m.sendAll(third), fmt.Sprintf("202 registration  @%d", len(third.bytes)))
	want(t, "resumed what was not suspended", m.sendAll(next(2, casefile.Resumed)), "422 refusal transition @")
	want(t, "the third", m.send(third, len(third.bytes), len(third.bytes)), "200 acknowledgement  @")
	fifth := next(5, casefile.Urged)
	want(t, "the fifth before the fourth", m.sendAll(fifth), fmt.Sprintf("202 registration  @%d", len(fifth.bytes)))
}
