package uplink

import "time"

// Problem says why nothing goes out, for people to be told in words.
type Problem string

// Problems.
const (
	ProblemNone     Problem = ""
	ProblemLink     Problem = "no-link"      // the platform cannot be reached
	ProblemPortal   Problem = "portal"       // somebody else answers: captive portal, proxy, wrong server
	ProblemClock    Problem = "clock"        // the platform's certificate fits no time this terminal believes in
	ProblemAdmitted Problem = "not-admitted" // the platform does not admit this terminal
	ProblemPlatform Problem = "platform"     // the platform is in trouble or asks to wait
	ProblemNewer    Problem = "newer"        // the platform's answers are of a newer contract than this program's
	ProblemStore    Problem = "store"        // the outbox cannot be read or written
)

// State is how the uplink stands; it lives in memory only.
type State struct {
	Online  bool      // the platform was reached at the last try
	Problem Problem   // why not
	Contact time.Time // wall time of the last proven answer of the platform, zero for none yet
	Sending string    // case number whose packet is on its way, "" for none
	Waiting int       // packets that may be sent now
}

func (u *Uplink) show(change func(*State)) {
	before := u.state
	change(&u.state)
	if u.state != before {
		u.Changed(u.state)
	}
}
