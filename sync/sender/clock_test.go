package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/drivers/sim/network"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/enrol"
)

// TestDeadClockAndNewCertificate: the machine stood three years with a dead battery, so that its clock and all it knows are
// older than the platform's certificate. The sender takes the signed time home and what waits goes out, without a technician.
func TestDeadClockAndNewCertificate(t *testing.T) {
	t.Parallel()
	const later = 3 * 365 * 24 * time.Hour
	var ahead atomic.Int64
	p := platformtest.Start(t, platformtest.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	w := newWorld(t)
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: w.terminal, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	w.open()
	filed := w.file(20_000)
	p.Stop()
	ahead.Store(int64(later))
	p.Serve(p.Addr) // with a certificate of its own time
	sender := w.startSender("")
	await(t, "the case to go out", w.drained)
	clock, err := w.desk.Store().Clock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Until(clock.Judgement.Now) - later; d < -time.Minute || d > time.Minute {
		t.Errorf("the terminal's time is %v from the platform's", d)
	}
	if cases := p.Cases(); len(cases) != 1 || cases[0].Case != string(filed.Number) {
		t.Errorf("the platform holds %+v\n%s", cases, sender.err.String())
	}
}

// TestDeadClockOnASlowLine: the same where connecting takes longer than a probe may, as on a slow line: each probe ends before it has seen the
// certificate, so that it never learns that the clock is wrong. A heartbeat has more time, and does.
func TestDeadClockOnASlowLine(t *testing.T) {
	t.Parallel()
	const later, bytesPerSecond = 3 * 365 * 24 * time.Hour, 300
	var ahead atomic.Int64
	p := platformtest.Start(t, platformtest.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	line, err := network.Listen(t.Context(), "127.0.0.1:0", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	w := newWorld(t)
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", "https://"+line.Addr()), Data: w.terminal, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	w.open()
	w.file(2_000)
	p.Stop()
	ahead.Store(int64(later))
	p.Serve(p.Addr)
	line.Slow(bytesPerSecond)
	w.startSender("")
	await(t, "the clock to be mended", func() bool {
		clock, err := w.desk.Store().Clock(t.Context())
		return err == nil && time.Until(clock.Judgement.Now) > later-time.Hour
	})
	line.Slow(0)
	await(t, "the case to go out", w.drained)
}

// TestExpiredCertificateIsNoClock: when the platform's own time does not help, its certificate is what is named.
func TestExpiredCertificateIsNoClock(t *testing.T) {
	asked := 0
	c := clock{log: slog.New(slog.DiscardHandler), ask: func(context.Context) error { asked++; return nil }}
	first := c.see(t.Context(), channel.ErrClock)
	second := c.see(t.Context(), channel.ErrClock)
	if channel.Name(first) != channel.Clock || channel.Name(second) != channel.Expired || asked != 1 {
		t.Errorf("named %q and %q, asked %d times", channel.Name(first), channel.Name(second), asked)
	}
	if c.see(t.Context(), nil) != nil || channel.Name(c.see(t.Context(), channel.ErrClock)) != channel.Clock {
		t.Error("an old certificate is remembered")
	}
}
