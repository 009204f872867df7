package main

import (
	"time"

	"bianmin/store"
	"bianmin/sync/linkstate"
	"bianmin/sync/wire"
)

// wayEvery is how often people are told how far a packet is.
const wayEvery = 2 * time.Second

// way is how far the packet under way is.
type way struct {
	packet    string
	at, total int64
	seen      int64 // at when it was last told
	told      time.Time
	moved     time.Time // when at last grew
}

// stillMoving is how long after its last bytes a packet counts as under way, whatever else is known of the line.
const stillMoving = 10 * time.Second

// moved takes how far a packet is. Of two that are under way the one with more bytes is shown.
func (r *reporter) moved(item store.Item, at int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.way.packet != item.Packet {
		if r.way.total > item.Total && r.way.at < r.way.total {
			return
		}
		r.way = way{packet: item.Packet, total: item.Total, seen: at, told: time.Now()}
	}
	r.way.at, r.way.moved = at, time.Now()
}

// because notes why nothing goes out, since now when it is another reason; "" when things go out. The mutex is held.
func (r *reporter) because(why string, next time.Time) {
	if before := r.link; before.Why != "" && before.Why != why {
		r.trouble = &wire.Trouble{Why: before.Why, Since: before.Since.UTC(), Until: time.Now().UTC()}
	}
	if r.link.Why != why {
		r.link.Why, r.link.Since = why, time.Now()
	}
	r.link.Next = next
	if why == "" {
		r.link.Since = time.Time{}
	}
}

// onTheWay tells how far the packet under way is, when that has changed, and anew what may have aged. The mutex is held.
func (r *reporter) onTheWay() {
	moved := r.way.at - r.way.seen
	if r.sending.Sending == "" {
		r.way, moved = way{}, 0
	}
	span := time.Since(r.way.told)
	r.link.Packet, r.link.Held, r.link.Total, r.link.Rate = r.way.packet, r.way.at, r.way.total, 0
	if moved > 0 && span > 0 {
		r.link.Rate = int64(float64(moved) / span.Seconds())
	}
	r.way.seen, r.way.told = r.way.at, time.Now()
	r.tell()
}

// tell writes what the screens show, when it is news or has aged. The mutex is held.
func (r *reporter) tell() {
	if r.folder == "" {
		return
	}
	same := r.link
	same.At = r.told.At
	if same == r.told && time.Since(r.told.At) < linkstate.Every {
		return
	}
	r.link.At = time.Now().UTC()
	if err := linkstate.Save(r.folder, r.link); err != nil && !r.untold {
		r.untold = true
		r.log.Warn("how the link stands is not written", "error", err)
	}
	r.told = r.link
}

// line is what the platform's people are told of the line.
func (r *reporter) line() wire.Outbox {
	r.mu.Lock()
	defer r.mu.Unlock()
	return wire.Outbox{Hold: r.link.Hold, Trouble: r.trouble}
}
