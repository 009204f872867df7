package main

import (
	"testing"
	"time"

	"bianmin/drivers/sim/network"
	"bianmin/sync/channel"
	"bianmin/sync/linkstate"
)

// TestWhyReachesPeople: a portal stands in front of the whole sender, then the line is dead, then well, while a long packet
// goes out. What the screens read says each, since when, and how far the packet is; the health of the desk has it.
func TestWhyReachesPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	line, err := network.Listen(t.Context(), "127.0.0.1:0", w.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	line.Portal()
	w.file(1_500_000)
	w.start("", "sender", "-data", w.terminal, "-platform", "https://"+line.Addr())
	said := func() linkstate.State {
		s, err := linkstate.Load(w.terminal, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	await(t, "the portal to be named", func() bool { s := said(); return s.Why == string(channel.NotTLS) && !s.Since.IsZero() })
	if h, err := w.desk.Health(t.Context()); err != nil || h.Online || h.Link.Why != string(channel.NotTLS) {
		t.Errorf("the desk shows %+v, %v", h.Link, err)
	}
	line.Restore()
	line.Cut()
	await(t, "the dead line to be named", func() bool { return said().Why == string(channel.NoLink) })
	line.Restore()
	line.Slow(300_000)
	await(t, "the packet's way", func() bool { s := said(); return s.Total > 1_500_000 && s.Held > 0 && s.Held < s.Total && s.Rate > 0 })
	line.Restore()
	await(t, "the case to go out", w.drained)
	await(t, "the way to be over", func() bool { s := said(); return s.Total == 0 && s.Why == "" })
}
