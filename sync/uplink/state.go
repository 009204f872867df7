package uplink

import (
	"time"

	"bianmin/sync/channel"
)

// ProblemStore says that the outbox cannot be read or written: nothing is wrong with the link.
const ProblemStore channel.Reason = "store"

// State is how the uplink stands; it lives in memory only.
type State struct {
	Online  bool           // the platform was reached at the last try
	Problem channel.Reason // why not
	Next    time.Time      // wall time of the next try while everything waits
	Contact time.Time      // wall time of the last proven answer of the platform, zero for none yet
	Hold    string         // why attachments wait although the platform can be reached, "" when they do not
	Sending string         // case number whose packet is on its way, "" for none
	Waiting int            // packets that may be sent now
}

func (u *Uplink) show(change func(*State)) {
	before := u.state
	change(&u.state)
	if u.state != before {
		u.Changed(u.state)
	}
}
