package channel

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestQueueFollowsTheLine: while round trips stay short there is room for what TCP dares, up to the most; when a queue on the
// way fills, only what the line carries in a round trip and half a second is left, never less than the least; small news are none.
func TestQueueFollowsTheLine(t *testing.T) {
	q := queue{told: firstBuffer}
	const base = 300_000 // µs
	for i, step := range []struct {
		info unix.TCPInfo
		low  int
		high int
	}{
		{unix.TCPInfo{}, firstBuffer, firstBuffer}, // nothing is known yet
		{unix.TCPInfo{Rtt: base, Min_rtt: base, Delivery_rate: 16_000, Snd_cwnd: 10, Snd_mss: 1348}, firstBuffer, 18 << 10},
		{unix.TCPInfo{Rtt: base, Min_rtt: base, Delivery_rate: 16_000, Snd_cwnd: 40, Snd_mss: 1348}, 60 << 10, 70 << 10},
		{unix.TCPInfo{Rtt: base, Min_rtt: base, Delivery_rate: 16_000, Snd_cwnd: 4000, Snd_mss: 1348}, sendBuffer, sendBuffer},
		{unix.TCPInfo{Rtt: 2 * base, Min_rtt: base, Delivery_rate: 16_000, Snd_cwnd: 40, Snd_mss: 1348}, sendBuffer, sendBuffer}, // in between it stays
		{unix.TCPInfo{Rtt: 5 * base, Min_rtt: base, Delivery_rate: 16_000, Snd_cwnd: 40, Snd_mss: 1348}, 7 << 10, 9 << 10},
		{unix.TCPInfo{Rtt: 5 * base, Min_rtt: base, Delivery_rate: 15_500, Snd_cwnd: 40, Snd_mss: 1348}, 7 << 10, 9 << 10},
	} {
		before := q.told
		next, news := q.fit(&step.info)
		if next < step.low || next > step.high || next != q.told || news != (next != before) {
			t.Errorf("step %d: %d bytes, news %v; want %d to %d", i, next, news, step.low, step.high)
		}
	}
	slow := queue{told: firstBuffer}
	if next, _ := slow.fit(&unix.TCPInfo{Rtt: 9_000_000, Min_rtt: 600_000, Delivery_rate: 100}); next != leastQueue {
		t.Errorf("on a very slow line %d bytes are left", next)
	}
}
