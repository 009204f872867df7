package uplink

import (
	"context"
	"slices"
	"time"

	"bianmin/store"
	"bianmin/sync/channel"
)

// patience is how many tries of one packet may break in a row, without progress and with the link proven meanwhile, until
// the trouble counts as the packet's own.
const patience = 3

// series are tries of one packet in a row that broke without progress.
type series struct {
	tries int
	since time.Time // of the first try that a proof of the link has to be newer than
}

// broke sorts a try that ended in a broken connection, or at somebody who is not the platform. Most often the link is at
// fault, and everything waits. A packet that breaks every time while others get through waits alone.
func (u *Uplink) broke(ctx context.Context, r result) {
	u.Client.CloseIdleConnections() // what was open at the same time is likely as dead, and would cost seconds to find out
	id := r.item.Packet
	s := u.broken[id]
	if s == nil || r.progress {
		s = &series{since: time.Now()}
		u.broken[id] = s
	}
	s.tries++
	if s.tries >= patience && time.Unix(0, u.proven.Load()).After(s.since) {
		s.since = time.Now() // the next judgement needs a proof of its own
		u.packetWaits(ctx, r, breakWord(r.err))
		return
	}
	u.linkWaits(0, r.err)
}

// breakWord is the reason an outbox keeps for such a packet.
func breakWord(err error) string {
	if channel.Stranger(err) {
		return "stranger"
	}
	return "connection"
}

// fair puts packets whose tries broke, or whose answers could not be kept, behind those whose did not: while nothing is proven, each has its turn.
func (u *Uplink) fair(items []store.Item) {
	slices.SortStableFunc(items, func(a, b store.Item) int { return u.tries(a.Packet) - u.tries(b.Packet) })
}

func (u *Uplink) tries(id string) int {
	n := 0
	if s := u.broken[id]; s != nil {
		n = s.tries
	}
	if u.disk.packets[id] {
		n++
	}
	return n
}
