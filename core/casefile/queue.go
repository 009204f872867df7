package casefile

import "time"

// States of a line of the queue.
const (
	LineWaiting = "waiting"
	LineRefused = "refused"
	LineHeld    = "held" // put aside by a person, or behind a refused opening
)

// QueueLine is one packet that is not delivered, as whoever looks after the machine may see it: nothing in it is about a person.
type QueueLine struct {
	Packet   string
	Case     Number
	Sequence int
	Kind     EventKind
	Item     string // code, "" where it is not known
	State    string
	Since    time.Time // when it was committed
	Attempts int       // that failed for reasons of its own
	Next     time.Time // next try, zero when it comes as soon as it can
	Why      string    // a key of the words that say why it is still here ("….is") and what to do ("….do")
	Held     int64     // bytes the platform surely holds
	Total    int64
	Moving   bool // on its way now
}

// ownReasons are the sender's words for trouble of a packet's own.
var ownReasons = map[string]bool{
	"connection": true, "stranger": true, "platform": true, "newer": true, "request": true, "stuck": true, "local-file": true, "earlier-event": true,
}

// Explain says why a line is still here and when it goes on: own is the reason of its last try, code that of a refusal, earlier
// whether something of its case stands in front of it, registered whether the platform knows of it.
func (l QueueLine) Explain(link Link, own, code string, earlier, registered bool) QueueLine {
	switch {
	case l.State == LineRefused:
		l.Why, l.Next = "still.refused."+code, time.Time{}
		return l
	case l.State == LineHeld:
		l.Why, l.Next = "still.held", time.Time{}
		if own == "earlier-event" {
			l.Why = "still.behind-refused"
		}
		return l
	case l.Packet == link.Packet && link.Total > 0:
		l.Why, l.Moving, l.Held, l.Next = "still.sending", true, link.Held, time.Time{}
	case earlier:
		l.Why, l.Next = "still.earlier-event", time.Time{}
	case ownReasons[own]:
		l.Why = "still." + own
	case link.Silent:
		l.Why = "still.silent"
	case link.Why != "":
		l.Why = "link." + link.Why
	case link.Hold != "" && registered:
		l.Why = "still." + link.Hold
	default:
		l.Why = "still.waiting"
	}
	if link.Why != "" && link.Next.After(l.Next) {
		l.Next = link.Next
	}
	return l
}
