package uplink_test

import (
	"context"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/uplink"
)

// TestProbe: a cut, a black hole and a mended line are each noticed by asking, and a proven link is not asked.
func TestProbe(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	ctx, cancel := context.WithCancel(t.Context())
	probed, done := make(chan error), make(chan struct{})
	proven := make(chan time.Time, 1)
	proven <- time.Time{}
	last := func() time.Time { at := <-proven; proven <- at; return at }
	client := m.client()
	go func() {
		defer close(done)
		uplink.Probe{
			Client: client, URL: m.url, Key: m.identity.Believed(), Every: 10 * time.Millisecond, Timeout: time.Second, Proven: last,
			Probed: func(ctx context.Context, err error) {
				select {
				case probed <- err:
				case <-ctx.Done():
				}
			},
		}.Run(ctx)
	}()
	defer func() { cancel(); <-done }()
	until := func(what string, well bool) {
		t.Helper()
		for limit := time.After(time.Minute); ; {
			select {
			case err := <-probed:
				if (err == nil) == well {
					return
				}
			case <-limit:
				t.Fatalf("%s was not noticed", what)
			}
		}
	}
	until("the line", true)
	proxy.Cut()
	until("the cut", false)
	proxy.Restore()
	until("the mended line", true)
	proxy.BlackHole()
	until("the black hole", false)
	proxy.Restore()
	until("the mended line", true)
	<-proven
	proven <- time.Now().Add(time.Hour)
	asked := false
	for limit := time.After(300 * time.Millisecond); ; {
		select {
		case <-probed: // one was on its way
			if asked {
				t.Fatal("a proven link was asked")
			}
			asked = true
			continue
		case <-limit:
		}
		return
	}
}
