package casefile

import "time"

// What a program at the screen may ask to have done with a stick (离线摆渡).
const (
	CarryOut  = "export" // what waits goes onto the stick
	CarryHome = "import" // the platform's answers come from it
)

// States of such an errand.
const (
	CarryAsked   = "asked"   // the machine's service has not begun
	CarryWorking = "working" // the stick must not be pulled
	CarryClosing = "closing" // all is written, the stick is being let go
	CarryDone    = "done"
	CarryFailed  = "failed"
)

// Carried is how an errand stands or ended. Nothing in it is about a person.
type Carried struct {
	Errand    string    `json:"errand,omitempty"` // "" for none yet
	State     string    `json:"state,omitempty"`
	Code      string    `json:"code,omitempty"` // why it failed
	Packets   int       `json:"packets,omitempty"`
	Left      int       `json:"left,omitempty"` // packets that had no room
	Lost      int       `json:"lost,omitempty"` // packets that cannot be read on this machine
	Delivered int       `json:"delivered,omitempty"`
	Refused   int       `json:"refused,omitempty"`
	Updates   int       `json:"updates,omitempty"`
	Damaged   int       `json:"damaged,omitempty"` // packets to be carried again
	Amiss     bool      `json:"amiss,omitempty"`   // a part of what came could not be taken, the others were
	At        time.Time `json:"at,omitzero"`
}

// unserved is how long an errand may wait for the machine's service.
const unserved = 15 * time.Second

// Busy tells whether the stick must not be pulled, or the service is waited for.
func (c Carried) Busy(now time.Time) bool {
	switch c.State {
	case CarryAsked:
		return now.Sub(c.At) < unserved
	case CarryWorking, CarryClosing:
		return true
	}
	return false
}

// Key is the key of the words that say how it stands, "" for nothing; its placeholders are the counts.
func (c Carried) Key(now time.Time) string {
	switch {
	case c.State == CarryAsked && !c.Busy(now):
		return "courier.error.no-service"
	case c.Busy(now):
		return "stick.working"
	case c.State == CarryFailed:
		return "courier.error." + c.Code
	case c.State != CarryDone:
		return ""
	case c.Errand == CarryHome && c.Amiss:
		return "stick.imported-part"
	case c.Errand == CarryHome && c.Damaged > 0:
		return "stick.imported-again"
	case c.Errand == CarryHome:
		return "stick.imported"
	case c.Lost > 0:
		return "stick.exported-lost"
	case c.Packets == 0 && c.Left > 0:
		return "stick.no-room"
	case c.Left > 0:
		return "stick.exported-part"
	case c.Packets == 0:
		return "stick.exported-none"
	}
	return "stick.exported"
}

// Good tells whether it ended as it should.
func (c Carried) Good() bool {
	return c.State == CarryDone && (c.Packets > 0 || c.Left == 0) && c.Lost == 0 && !c.Amiss
}

// Counts fill the placeholders of the words.
func (c Carried) Counts() map[string]any {
	return map[string]any{"packets": c.Packets, "left": c.Left, "lost": c.Lost, "delivered": c.Delivered, "refused": c.Refused, "updates": c.Updates, "damaged": c.Damaged}
}
