package casefile

import (
	"errors"
	"fmt"
	"time"
)

// States of a case as a terminal shows them.
const (
	StateQueued     = "queued"     // committed here, the platform has not acknowledged it
	StateAccepted   = "accepted"   // the platform holds it under its official number
	StateRefused    = "refused"    // the platform refused it with a reason
	StateProcessing = "processing" // a department works on it
	StateCorrection = "correction" // something must be corrected
	StateSuspended  = "suspended"
	StateDone       = "done"      // decided, the result can be handed over
	StateRejected   = "rejected"  // decided against the applicant
	StateDelivered  = "delivered" // the result was handed over
	StateWithdrawn  = "withdrawn"
	StateEnded      = "ended"
	StateClosed     = "closed"
)

// Entry is one event of a case's log with what the platform added to it.
type Entry struct {
	Kind     EventKind
	At       time.Time // the platform's time for platform events
	Official string    // accepted: the platform's number
	Reason   string    // refused, rejected: the reason for people
	Times    int       // evaluated: which evaluation of the case
	Points   int       // returned: how many points must be corrected
}

// Status is what a case's log comes to.
type Status struct {
	State       string
	Official    string
	Reason      string
	Filed       time.Time
	Accepted    time.Time // the platform's time; deadlines count from it
	Evaluations int
	Points      int    // to correct, 0 when nothing is
	Before      string // suspended: the state it goes on in
}

// ErrTransition says that an event cannot follow the ones before it.
var ErrTransition = errors.New("impossible transition")

// Fold reads a case's log in order. Applying the same platform answer twice
// changes nothing; an event that cannot follow gives ErrTransition and the
// status before it.
func Fold(entries []Entry) (Status, error) {
	var status Status
	for i, entry := range entries {
		next, err := status.Apply(entry)
		if err != nil {
			return status, fmt.Errorf("event %d: %w", i+1, err)
		}
		status = next
	}
	return status, nil
}

// Apply gives the status after one more event, or ErrTransition.
func (s Status) Apply(entry Entry) (Status, error) {
	switch entry.Kind {
	case Submitted:
		if s.State == "" {
			s.State, s.Filed = StateQueued, entry.At
			return s, nil
		}
	case Evaluated:
		return s.evaluate(entry)
	case PlatformAccepted, PlatformRefused:
		return s.answer(entry)
	case Confirmed, Papers, FeeTaken, Visited, Unevaluated, Urged, PlatformAppointed, PlatformPayment:
		if s.State != "" { // noted beside the case's course
			return s, nil
		}
	default:
		for _, step := range steps {
			if step.kind == entry.Kind && step.from[s.State] {
				return s.turn(step, entry), nil
			}
		}
	}
	return s, fmt.Errorf("%w: %q while %q", ErrTransition, entry.Kind, s.State)
}

func (s Status) evaluate(entry Entry) (Status, error) {
	if s.State == "" {
		return s, fmt.Errorf("%w: %q while %q", ErrTransition, entry.Kind, s.State)
	}
	if entry.Times != s.Evaluations+1 {
		return s, fmt.Errorf("%w: evaluation %d after %d", ErrTransition, entry.Times, s.Evaluations)
	}
	s.Evaluations = entry.Times
	return s, nil
}

// answer takes the platform's word on the packet. A case that has moved on since
// it was queued is only given its number.
func (s Status) answer(entry Entry) (Status, error) {
	undecided := s.State == StateQueued || s.State == StateRefused
	switch {
	case entry.Kind == PlatformAccepted && undecided:
		s.State, s.Official, s.Reason, s.Accepted = StateAccepted, entry.Official, "", entry.At
		return s, nil
	case entry.Kind == PlatformAccepted && s.State != "" && s.Official == entry.Official:
		return s, nil
	case entry.Kind == PlatformAccepted && s.State != "" && s.Official == "":
		s.Official, s.Accepted = entry.Official, entry.At
		if s.State == StateSuspended && (s.Before == StateQueued || s.Before == StateRefused) {
			s.Before = StateAccepted
		}
		return s, nil
	case entry.Kind == PlatformRefused && undecided:
		s.State, s.Reason = StateRefused, entry.Reason
		return s, nil
	}
	return s, fmt.Errorf("%w: %q while %q", ErrTransition, entry.Kind, s.State)
}

// step is one move of a case's course.
type step struct {
	kind EventKind
	from map[string]bool
	to   string
}

func states(names ...string) map[string]bool {
	set := map[string]bool{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

var (
	open    = states(StateQueued, StateAccepted, StateProcessing, StateCorrection)
	atWork  = states(StateAccepted, StateProcessing, StateCorrection)
	stopped = states(StateQueued, StateRefused, StateAccepted, StateProcessing, StateCorrection, StateSuspended)
	decided = states(StateDone, StateRejected, StateDelivered)
)

// steps are the moves that are possible; what is not listed is not. The
// department's word reaches a suspended case too: the agent's rest binds only the agent.
var steps = []step{
	{Corrected, states(StateCorrection), StateProcessing},
	{Suspended, open, StateSuspended},
	{Resumed, states(StateSuspended), ""}, // where it was
	{Withdrawn, stopped, StateWithdrawn},
	{Ended, stopped, StateEnded},
	{Delivered, states(StateDone), StateDelivered},
	{Closed, decided, StateClosed},
	{PlatformReturned, atWork, StateCorrection},
	{PlatformProgress, atWork, StateProcessing},
	{PlatformReturned, states(StateSuspended), StateSuspended},
	{PlatformProgress, states(StateSuspended), StateSuspended},
	{PlatformFinished, stopped, StateDone},
	{PlatformRejected, stopped, StateRejected},
}

func (s Status) turn(step step, entry Entry) Status {
	was := s.State
	s.State = step.to
	switch entry.Kind {
	case Suspended:
		s.Before = was
	case Resumed:
		s.State, s.Before = s.Before, ""
	case Corrected:
		s.Points, s.Reason = 0, "" // of the notice that is answered
	case PlatformReturned:
		s.Points, s.Reason = entry.Points, entry.Reason
	case PlatformProgress:
		if was == StateCorrection { // a branch moves on while another waits
			s.State = StateCorrection
		}
	case PlatformFinished, PlatformRejected:
		s.Points, s.Reason = 0, entry.Reason
	}
	if s.State == StateSuspended {
		switch entry.Kind {
		case PlatformReturned:
			s.Before = StateCorrection
		case PlatformProgress:
			if s.Before != StateCorrection {
				s.Before = StateProcessing
			}
		}
	}
	return s
}

// Over tells whether a state ends a case's course: nothing is awaited any more.
func Over(state string) bool {
	return state == StateDelivered || state == StateWithdrawn || state == StateEnded || state == StateClosed || state == StateRejected
}
