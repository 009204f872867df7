package uplink_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/uplink"
)

// stands is how packets stand at the platform.
func stands(t testing.TB, p *platformtest.Platform) (registered, accepted int) {
	t.Helper()
	var hit, arriving int
	if _, err := fmt.Sscanf(p.Control("state"), "hits=%d arriving=%d registered=%d accepted=%d", &hit, &arriving, &registered, &accepted); err != nil {
		t.Fatal(err)
	}
	return registered, accepted
}

// TestPagesWaitTheirHours: while pages have to wait, cases are made known and forms go; pages that are under way stop, and go on
// later from where they were.
func TestPagesWaitTheirHours(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	var hold atomic.Bool
	m.rules = func() uplink.Rules {
		if hold.Load() {
			return uplink.Rules{Hold: uplink.HoldQuiet}
		}
		return uplink.Rules{}
	}
	const size = 1_500_000
	large := m.file(size)
	proxy.Slow(500_000)
	m.send(nil)
	await(t, "the pages to be under way", func() bool { return proxy.Sent() > 300_000 })
	hold.Store(true)
	form, pages := m.file(), m.file(60_000)
	await(t, "the cases to be known and the form to be there", func() bool {
		registered, accepted := stands(t, p)
		return registered == 2 && accepted == 1
	})
	await(t, "the pages to stand still", func() bool { // what had left already goes on
		before := proxy.Sent()
		time.Sleep(500 * time.Millisecond)
		return proxy.Sent()-before <= 20_000
	})
	if waiting := m.counts().Waiting; waiting != 2 {
		t.Errorf("%d packets wait, the pages went to their end while they had to wait", waiting)
	}
	if m.states.had("no-link") {
		t.Error("a wait of pages is shown as a dead line")
	}
	proxy.Restore()
	hold.Store(false)
	m.await(0)
	mustHold(t, p, large, form, pages)
	if sent := proxy.Sent(); sent > (size+60_000)*13/10 {
		t.Errorf("%d bytes were sent for %d: the pages began anew", sent, size)
	}
}

// TestOnlyCaseMadeKnown: a case that waits alone is made known too, and no more than that.
func TestOnlyCaseMadeKnown(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	m.rules = func() uplink.Rules { return uplink.Rules{Hold: uplink.HoldForms} }
	m.file(60_000)
	m.send(nil)
	await(t, "the case to be known", func() bool { registered, _ := stands(t, p); return registered == 1 })
	time.Sleep(200 * time.Millisecond)
	if registered, accepted := stands(t, p); registered != 1 || accepted != 0 {
		t.Errorf("%d registered, %d accepted", registered, accepted)
	}
}

// TestCap: pages keep to their rate.
func TestCap(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	const size, rate = 400_000, 200_000
	m.rules = func() uplink.Rules { return uplink.Rules{Cap: rate} }
	filed := m.file(size)
	begun := time.Now()
	m.send(nil)
	m.await(0)
	mustHold(t, p, filed)
	if took, least := time.Since(begun), time.Duration(size)*time.Second/rate*9/10; took < least {
		t.Errorf("%d bytes took %v, at their rate they need %v", size, took, least)
	}
}
