package main

import (
	"errors"
	"sync"
	"time"

	"bianmin/sync/channel"
	"bianmin/sync/downlink"
	"bianmin/sync/wire"
)

// stuckAfter is how long updates may not come, although the platform answers, before the county is told.
const stuckAfter = time.Hour

// news remembers since when, and why, no updates come.
type news struct {
	now func() time.Time // with a monotonic reading: the wall clock may jump

	mu    sync.Mutex
	why   string
	since time.Time
}

// asked notes what a question for updates came to. A link that is not there, and a platform without updates, say nothing about them.
func (n *news) asked(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	why := ""
	switch {
	case errors.Is(err, channel.ErrNewer):
		why = wire.StuckNewer
	case errors.Is(err, downlink.ErrAnswer):
		why = wire.StuckAnswer
	}
	if why == "" && err != nil {
		return
	}
	if (why == "") != (n.why == "") {
		n.since = n.now()
	}
	n.why = why
}

// stuck tells why no updates came for so long; "" when they do.
func (n *news) stuck() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.why == "" || n.now().Sub(n.since) < stuckAfter {
		return ""
	}
	return n.why
}
