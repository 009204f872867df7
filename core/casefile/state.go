package casefile

import (
	"errors"
	"fmt"
	"time"
)

// States of a case as a terminal shows them.
const (
	StateQueued   = "queued"   // committed here, the platform has not acknowledged it
	StateAccepted = "accepted" // the platform holds it under its official number
	StateRefused  = "refused"  // the platform refused it with a reason
)

// Entry is one event of a case's log with what the platform added to it.
type Entry struct {
	Kind     EventKind
	At       time.Time // the platform's time for platform events
	Official string    // accepted: the platform's number
	Reason   string    // refused: the reason for people
	Times    int       // evaluated: which evaluation of the case
}

// Status is what a case's log comes to.
type Status struct {
	State       string
	Official    string
	Reason      string
	Filed       time.Time
	Accepted    time.Time // the platform's time; deadlines count from it
	Evaluations int
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
	switch {
	case entry.Kind == Submitted && s.State == "":
		s.State, s.Filed = StateQueued, entry.At
	case entry.Kind == Evaluated && s.State != "":
		if entry.Times != s.Evaluations+1 {
			return s, fmt.Errorf("%w: evaluation %d after %d", ErrTransition, entry.Times, s.Evaluations)
		}
		s.Evaluations = entry.Times
	case entry.Kind == PlatformAccepted && s.State == StateAccepted && s.Official == entry.Official:
	case entry.Kind == PlatformAccepted && (s.State == StateQueued || s.State == StateRefused):
		s.State, s.Official, s.Reason, s.Accepted = StateAccepted, entry.Official, "", entry.At
	case entry.Kind == PlatformRefused && (s.State == StateQueued || s.State == StateRefused):
		s.State, s.Reason = StateRefused, entry.Reason
	default:
		return s, fmt.Errorf("%w: %q while %q", ErrTransition, entry.Kind, s.State)
	}
	return s, nil
}
