package desk

import (
	"context"
	"slices"
	"time"

	"bianmin/drivers"
)

// printing is a job that is under way, which the agent may take back.
type printing struct {
	role    drivers.Role
	life    context.Context // ends when the agent takes it back
	stop    context.CancelFunc
	stopped bool
	fault   drivers.Fault // what the agent was asked about
	asked   time.Time
	shown   *overlay // the question, while it is shown
}

// askEvery is how long an agent who said "wait" is left alone.
const askEvery = time.Minute

// waitsFor are the faults that a person mends while the printer holds on to the job.
var waitsFor = []drivers.Fault{drivers.FaultPaperOut, drivers.FaultCoverOpen, drivers.FaultJam, drivers.FaultTonerEmpty}

func (m *machine) underWay(role drivers.Role) *printing {
	r := &printing{role: role}
	r.life, r.stop = context.WithCancel(m.fx.kept)
	m.printing = append(m.printing, r)
	return r
}

func (m *machine) overWith(r *printing) {
	m.printing = slices.DeleteFunc(m.printing, func(o *printing) bool { return o == r })
	m.unask(r)
}

// takeBackWaiting takes back what the printer holds on to when the agent leaves: it must not come out when nobody is there.
func (m *machine) takeBackWaiting() {
	for _, r := range m.printing {
		if r.fault != "" {
			r.stop()
		}
	}
}

// lookAtPrints asks about a page that the A4 printer holds on to because of something a person mends: wait, or take it back. Where
// it goes on meanwhile the question goes too.
func (m *machine) lookAtPrints() {
	at := slices.IndexFunc(m.printing, func(r *printing) bool { return r.role == drivers.RoleDocument })
	if at < 0 {
		return
	}
	r, fault := m.printing[at], m.statuses[drivers.RoleDocument].Fault // the first: the others wait for it
	if !slices.Contains(waitsFor, fault) {
		m.unask(r)
		r.fault = ""
		return
	}
	if r.shown != nil && r.fault != fault {
		m.unask(r)
	}
	if m.overlay != nil || m.shift == nil || m.locked != nil || r.stopped || r.fault == fault && time.Since(r.asked) < askEvery {
		return
	}
	r.fault, r.asked = fault, time.Now()
	m.askWaiting(r)
}

func (m *machine) askWaiting(r *printing) {
	m.ask(Overlay{
		Kind: overlayAsk, Title: fault(r.role, r.fault), Text: []Message{{Key: "desk.ask.print-waits"}},
		Yes: Message{Key: "desk.ask.print-stop"}, No: Message{Key: "desk.ask.print-wait"}, Danger: true,
	}, func(_ *machine, a Answer) {
		r.shown = nil
		if a.Yes {
			r.stopped = true
			r.stop()
		}
	})
	r.shown = m.overlay
}

// unask takes the question away that nobody needs to answer any more.
func (m *machine) unask(r *printing) {
	if r.shown == nil {
		return
	}
	for at := &m.overlay; *at != nil; at = &(*at).under {
		if *at == r.shown {
			*at = r.shown.under
			break
		}
	}
	r.shown = nil
}
