package uplink_test

import (
	"fmt"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers/sim/network"
	"bianmin/internal/chance"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
)

// line puts a switch into the terminal's network line.
func line(t testing.TB, target string) *network.Proxy {
	t.Helper()
	proxy, err := network.Listen(t.Context(), "127.0.0.1:0", target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	return proxy
}

// TestCutsResumeFromOffset cuts the line again and again in the middle of a
// large packet and counts bytes: what had arrived is never sent again.
func TestCutsResumeFromOffset(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	const size, piece, pieces = 3_000_000, 150_000, 12
	filed := m.file(size)
	proxy.Slow(2_000_000) // so that a cut finds bytes under way
	proxy.CutAfter(piece)
	m.send(nil)
	for range pieces - 1 {
		from := proxy.Sent()
		await(t, "the next cut", func() bool { return proxy.Sent() >= from+piece || m.counts().Waiting == 0 })
		proxy.CutAfter(piece)
	}
	proxy.Restore()
	m.await(0)
	mustHold(t, p, filed)
	// Besides the packet: a handshake and the requests of each connection, and what was in flight when it broke.
	// Beginning anew each time would cost 4.8 MB.
	sent, most := proxy.Sent(), int64(size+pieces*piece/2)
	t.Logf("%d bytes sent for a packet of %d over %d cuts: %.3f", sent, size, pieces, float64(sent)/size)
	if sent > most {
		t.Errorf("%d bytes sent for %d, at most %d expected", sent, size, most)
	}
}

// TestRandomCuts cuts the line at random places all the time; every case arrives once and whole.
func TestRandomCuts(t *testing.T) {
	random := chance.Random(t)
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	m.strict = false // answers break off in the middle
	var filed []casefile.Filed
	for i := range 6 {
		f := m.file(random.IntN(400_000), random.IntN(2000))
		filed = append(filed, f)
		if i%2 == 0 {
			m.evaluate(f)
		}
	}
	m.send(nil)
	cuts := 0
	for m.counts().Waiting > 0 && cuts < 150 {
		proxy.CutAfter(int64(1 + random.IntN(20_000)))
		from := proxy.Sent()
		deadline := time.Now().Add(time.Duration(random.IntN(60)) * time.Millisecond)
		for proxy.Sent() == from && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		if random.IntN(3) == 0 {
			proxy.Cut()
			time.Sleep(time.Duration(random.IntN(30)) * time.Millisecond)
			proxy.Restore()
		}
		cuts++
	}
	proxy.Restore()
	m.await(0)
	mustHold(t, p, filed...)
	t.Logf("%d cuts, %d bytes", cuts, proxy.Sent())
}

// TestOfflineThenOnline: cases filed while the line is cut go out when it is back, and a dead line is called by its name.
func TestOfflineThenOnline(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	proxy.Cut()
	m.send(nil)
	var filed []casefile.Filed
	for range 3 {
		filed = append(filed, m.file(5000))
	}
	await(t, "the dead line to be noticed", func() bool { return m.states.had(channel.NoLink) })
	if n := len(p.Cases()); n != 0 {
		t.Fatalf("%d cases through a cut line", n)
	}
	proxy.Restore()
	m.await(0)
	mustHold(t, p, filed...)
}

// TestPlatformRestarts ends the platform in the middle of uploads and starts it again at the same address.
func TestPlatformRestarts(t *testing.T) {
	t.Parallel()
	random := chance.Random(t)
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	m.strict = false
	p.Faults(`{match: {method: PATCH}, action: slow, rate: 3000000}`)
	var filed []casefile.Filed
	for range 4 {
		filed = append(filed, m.file(300_000))
	}
	m.send(nil)
	for range 3 {
		time.Sleep(time.Duration(50+random.IntN(150)) * time.Millisecond)
		p.Stop()
		p.Serve(p.Addr)
		p.Faults(`{match: {method: PATCH}, action: slow, rate: 3000000}`)
	}
	p.Faults()
	m.await(0)
	mustHold(t, p, filed...)
}

// TestNewCaseOvertakesLargeOne: a case filed during a long upload is known to the platform before that upload ends.
func TestNewCaseOvertakesLargeOne(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	large := m.file(4_000_000)
	proxy.Slow(400_000)
	m.send(nil)
	await(t, "the upload to be under way", func() bool { return proxy.Sent() > 300_000 })
	small := m.file(50_000)
	await(t, "the second case to be registered", func() bool {
		for _, c := range p.Cases() {
			if c.Case == string(small.Number) {
				return true
			}
		}
		return false
	})
	var registered, accepted int
	var hit, arriving, refused int
	if _, err := fmt.Sscanf(p.Control("state"), "hits=%d arriving=%d registered=%d accepted=%d refused=%d", &hit, &arriving, &registered, &accepted, &refused); err != nil {
		t.Fatal(err)
	}
	if accepted != 0 || arriving+registered != 2 {
		t.Errorf("accepted %d, under way %d: the large upload was over before", accepted, arriving+registered)
	}
	proxy.Restore()
	m.await(0)
	mustHold(t, p, large, small)
}

// TestBlackHole: bytes vanish on a connection that stays open, as behind a lost
// NAT entry with a box that acknowledges. It is noticed, and afterwards everything arrives.
func TestBlackHole(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	proxy := line(t, p.Addr)
	m := enrolled(t, p, "QH0301", p.URL, "https://"+proxy.Addr())
	m.timing = quick
	m.timing.Still = 500 * time.Millisecond
	first := m.file(1000)
	m.send(nil)
	m.await(0)
	proxy.BlackHole() // the connection that is kept open goes dead as well
	second := m.file()
	await(t, "the hole to be noticed", func() bool { return m.states.had(channel.NoLink) })
	proxy.Restore()
	m.await(0)
	mustHold(t, p, first, second)
}
