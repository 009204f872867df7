package channel

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What waits in a full queue on the way is seconds old when it arrives, lost when the queue overflows or the line is cut,
// and in front of a new case's first bytes. So the send buffer is made as small as the line allows: what it carries in a
// round trip and slack more.
const (
	slack      = 500 * time.Millisecond
	leastQueue = 4 << 10 // bytes, as the system is told; it takes about twice as much
	overhead   = 5 / 8.0 // of what may be under way, what the system is told
)

// queue is how much of a connection's bytes the system takes before they are acknowledged.
type queue struct {
	told int     // bytes, as the system was told last
	rate float64 // bytes a second that were delivered of late, at best
}

// fit tells what the system is to be told now, and whether that is news. While the round trip does not grow there is room
// for twice what TCP dares to have under way, so that a connection finds out how fast its line is.
func (q *queue) fit(info *unix.TCPInfo) (int, bool) {
	q.rate = max(float64(info.Delivery_rate), q.rate*0.97)
	now, base := microseconds(info.Rtt), microseconds(info.Min_rtt)
	next := q.told
	switch {
	case base == 0 || q.rate == 0:
	case now > max(2*base, base+slack*4/5):
		next = int(q.rate * (base + slack).Seconds() * overhead)
	case now < base+slack/2:
		next = max(q.told, int(float64(2*info.Snd_cwnd*info.Snd_mss)*overhead))
	}
	next = min(max(next, leastQueue), sendBuffer)
	if d := next - q.told; d < q.told/8 && -d < q.told/8 {
		return q.told, false
	}
	q.told = next
	return next, true
}

func microseconds(n uint32) time.Duration { return time.Duration(n) * time.Microsecond }

// refit tells the system when that is news. A connection that takes no such word goes on as it was.
func (w *watched) refit(info *unix.TCPInfo) {
	next, news := w.queue.fit(info)
	if !news {
		return
	}
	if raw, err := w.SyscallConn(); err == nil {
		_ = onSocket(raw, syscall.SOL_SOCKET, syscall.SO_SNDBUF, next)
	}
}
