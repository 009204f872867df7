package main

import (
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/sim/network"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/uplink"
)

// TestCutIsNoticedBeforeTheNextHeartbeat: with nothing to send, the store says
// within half the distance of two heartbeats that the line is cut, and as soon that it is back.
// The log says each change once.
func TestCutIsNoticedBeforeTheNextHeartbeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	line, err := network.Listen(t.Context(), "127.0.0.1:0", w.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	sender := w.start("", "sender", "-data", w.terminal, "-platform", "https://"+line.Addr())
	is := func(online bool) func() bool {
		return func() bool {
			link, err := w.desk.Store().Link(t.Context())
			return err == nil && link.Online == online
		}
	}
	await(t, "the first contact", is(true))
	for _, change := range []struct {
		do     func()
		online bool
	}{{line.Cut, false}, {line.Restore, true}} {
		change.do()
		begun := time.Now()
		await(t, "the change of the line to be noticed", is(change.online))
		if took := time.Since(begun); took > time.Minute/2 {
			t.Errorf("online %v was noticed after %v, heartbeats come every minute", change.online, took)
		}
	}
	sender.kill()
	for words, want := range map[string]int{`msg="platform not reached"`: 1, `msg="platform reached"`: 2} {
		if n := strings.Count(sender.err.String(), words); n != want {
			t.Errorf("%s stands %d times in the log, want %d\n%s", words, n, want, sender.err.String())
		}
	}
}

// TestReporter: an old "online" of the uplink proves nothing, and a platform
// that tells its time but does not admit the terminal is no working link.
func TestReporter(t *testing.T) {
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	ctx, again := t.Context(), 0
	r := &reporter{outbox: w.desk.Store(), log: slog.New(slog.DiscardHandler), again: func() { again++ }}
	dead := errors.New("cut")
	barred := &channel.Problem{Status: http.StatusForbidden}
	contact := uplink.State{Online: true, Contact: time.Unix(1, 0)}
	waiting := contact
	waiting.Waiting = 1
	for i, step := range []struct {
		do     func()
		online bool
		again  int
	}{
		{func() { r.uplink(ctx, contact) }, true, 0},
		{func() { r.probed(ctx, dead) }, false, 0},
		{func() { r.uplink(ctx, waiting) }, false, 0},
		{func() { r.probed(ctx, nil) }, true, 1},
		{func() { r.beaten(ctx, barred) }, false, 1},
		{func() { r.probed(ctx, nil) }, false, 1},
		{func() { r.beaten(ctx, nil) }, true, 1},
		{func() { r.uplink(ctx, uplink.State{Problem: channel.NoLink, Contact: contact.Contact}) }, false, 1},
		{func() { r.beaten(ctx, nil) }, true, 1},
	} {
		step.do()
		link, err := w.desk.Store().Link(ctx)
		if err != nil || link.Online != step.online || again != step.again {
			t.Errorf("step %d: %+v, %v, called again %d; want online %v, again %d", i, link, err, again, step.online, step.again)
		}
	}
}

// TestSettingsOfTheEnrolment: what the platform gave at enrolment is what the store purges by.
func TestSettingsOfTheEnrolment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	platform := w.startPlatform("")
	w.run("settings", "set", store.SettingRetention, "30", "--all")
	w.run("settings", "set", store.SettingCases, "90", "--terminal", "QH0301")
	w.enrol()
	platform.kill() // what came along needs no further contact
	w.startSender("")
	want := map[string]string{store.SettingRetention: "30", store.SettingCases: "90"}
	await(t, "the settings", func() bool {
		got, err := w.desk.Store().Settings(t.Context())
		return err == nil && maps.Equal(got, want)
	})
}
