package uplink

import (
	"context"
	"errors"
	"sync"
	"time"

	"bianmin/store"
)

// Reasons for attachments to wait although the platform could be reached.
const (
	HoldQuiet   = "quiet"   // these are hours in which the line is left to others
	HoldMetered = "metered" // what goes over the line costs: attachments go at night
	HoldForms   = "forms"   // what goes over the line costs: attachments do not go over it
)

// Rules are what holds at present for attachments. What makes a case known, and forms, always go.
type Rules struct {
	Hold string // why attachments wait, "" when they go
	Cap  int64  // bytes a second at most, 0 for no limit
}

// errHeld ends a request whose attachments have to wait from now on.
var errHeld = errors.New("attachments wait now")

// heavy tells whether something of a packet is left for lane 2 alone.
func heavy(item store.Item) bool { return item.Total > item.HeadLength }

// lane chooses where a packet goes next; false when it waits.
func (u *Uplink) lane(item store.Item, alone bool) (int, bool) {
	held := u.state.Hold != "" && heavy(item)
	switch {
	case !item.Registered && (!alone || held):
		return laneHead, true
	case held:
		return 0, false
	}
	return laneRest, true
}

// pace lets bytes go at a rate, over all requests of a lane.
type pace struct {
	mu   sync.Mutex
	free time.Time // when the next byte may go
}

// wait waits until n bytes may go; an error when ctx ends first.
func (p *pace) wait(ctx context.Context, n int, rate int64) error {
	if rate <= 0 {
		return nil
	}
	p.mu.Lock()
	now := time.Now()
	if p.free.Before(now) {
		p.free = now
	}
	until := p.free
	p.free = p.free.Add(time.Duration(n) * time.Second / time.Duration(rate))
	p.mu.Unlock()
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
