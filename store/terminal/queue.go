package terminal

import (
	"context"
	"time"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/linkstate"
	"bianmin/sync/wire"
)

// LinkOf is what the sender of a data folder says of the link.
func LinkOf(folder string, now time.Time) casefile.Link {
	said, err := linkstate.Load(folder, now)
	if err != nil || said.At.IsZero() { // without it people are told less
		return casefile.Link{Silent: true}
	}
	return casefile.Link{
		Why: said.Why, Since: said.Since, Next: said.Next, Hold: said.Hold, Packet: said.Packet, Held: said.Held, Total: said.Total, Rate: said.Rate,
	}
}

// Link is what the sender says of this terminal's link.
func (t *Terminal) Link() casefile.Link {
	link := LinkOf(t.options.Folder, time.Now())
	link.Silent = link.Silent && !t.practises()
	return link
}

// Queue lists what is not delivered of a case, "" for all: what was refused, what is held, what waits; and why.
func (t *Terminal) Queue(ctx context.Context, number casefile.Number, limit int) ([]casefile.QueueLine, error) {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := Lines(ctx, opened, t.Link(), number, limit)
	return lines, Coded(err)
}

// Lines does so for a store that is open.
func Lines(ctx context.Context, s *store.Store, link casefile.Link, number casefile.Number, limit int) ([]casefile.QueueLine, error) {
	found, err := s.Undecided(ctx, number, limit)
	if err != nil {
		return nil, err
	}
	return LinesOf(ctx, s, link, found), nil
}

// LinesOf says of each packet why it is not delivered, and what of it is.
func LinesOf(ctx context.Context, s *store.Store, link casefile.Link, found []store.Undecided) []casefile.QueueLine {
	type record struct {
		number     casefile.Number
		generation string
	}
	first := map[record]int{} // the first undecided event of each
	for _, u := range found {
		of := record{u.Case, u.Generation}
		if n, known := first[of]; u.State != store.QueueRefused && (!known || u.Sequence < n) {
			first[of] = u.Sequence
		}
	}
	lines := make([]casefile.QueueLine, 0, len(found))
	for _, u := range found {
		line := casefile.QueueLine{
			Packet: u.Packet, Case: u.Case, Sequence: u.Sequence, Kind: u.Kind, Item: u.Code, State: u.State, Since: u.Committed,
			Attempts: u.Attempts, Next: u.Next, Total: u.Total,
		}
		if u.Registered {
			line.Held = u.HeadLength
		}
		code := ""
		if u.State == store.QueueRefused {
			code = refusalOf(ctx, s, u.Packet)
		}
		lines = append(lines, line.Explain(link, u.Why, code, first[record{u.Case, u.Generation}] < u.Sequence, u.Registered))
	}
	return lines
}

// refusalOf is why the platform refused a packet, by a word; its words for people are sealed to the case.
func refusalOf(ctx context.Context, s *store.Store, id string) string {
	code, err := s.RefusalCode(ctx, id)
	if err != nil {
		return wire.RefusedOther
	}
	return code
}

// practises tells whether nothing is ever sent from here, so that nobody misses the sender.
func (t *Terminal) practises() bool {
	identity := t.Identity()
	return identity == nil || identity.Environment == practice.Environment
}
