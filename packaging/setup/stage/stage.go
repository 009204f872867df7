package stage

import (
	"context"
	"errors"

	"bianmin/core/text"
	"bianmin/packaging/setup/lines"
)

// Child is a setup at work.
type Child interface {
	// Lines are what it says; closed at its end.
	Lines() <-chan lines.Line
	// Answer answers it.
	Answer(lines.Answer) error
	// Close lets it go and waits for its end.
	Close() error
}

// Options of a stage. Start is required.
type Options struct {
	// Start starts a setup; a refusal is a *Refusal.
	Start func(ctx context.Context) (Child, error)
	// Save keeps the report's files under a name without ending, and tells where.
	Save func(name string, pdf, signed []byte) (where string, err error)
}

// Refusal is why a setup could not be started, with the code of its words.
type Refusal struct{ lines.Wrong }

func (r *Refusal) Error() string { return r.Code + ": " + r.Text }

// Stage is one run of the window. Make it with New.
type Stage struct {
	options Options
	child   Child
	state   State
	code    string // what was typed, to be given again after a fault of the network
	heard   bool   // the button was heard, and the devices were not shown since
	retest  bool   // the devices are to be tested once more as soon as that can be said
	signed  []byte
	pdf     []byte
	events  chan Event
	end     bool
}

// New makes a stage.
func New(o Options) *Stage {
	return &Stage{options: o, state: State{Page: Opening, Serial: 1, Lang: text.Chinese, Busy: "opening"}, events: make(chan Event, 64)}
}

// Send hands an event in; it does not wait for what comes of it.
func (s *Stage) Send(e Event) {
	select {
	case s.events <- e:
	default: // somebody who presses more than 64 keys in the time of one means none of them
	}
}

// Run leads through the setup until the window is to be closed. show gets every state, in its order.
func (s *Stage) Run(ctx context.Context, show func(State)) error {
	defer s.drop()
	show(s.state)
	s.start(ctx)
	show(s.state)
	for !s.end {
		var said <-chan lines.Line
		if s.child != nil {
			said = s.child.Lines()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, open := <-said:
			if !open {
				s.ended()
				break
			}
			s.hear(line)
		case e := <-s.events:
			s.do(ctx, e)
		}
		if !s.end {
			show(s.state)
		}
	}
	return nil
}

// start starts a setup.
func (s *Stage) start(ctx context.Context) {
	s.drop()
	child, err := s.options.Start(ctx)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		s.stop(refusal.Wrong)
	case err != nil:
		s.stop(lines.Wrong{Code: lines.Other, Text: err.Error()})
	default:
		s.child = child
	}
}

func (s *Stage) drop() {
	if s.child != nil {
		_ = s.child.Close() // what it had to say it has said
		s.child = nil
	}
}

// ended takes the end of a setup, which only ends by itself when something is wrong.
func (s *Stage) ended() {
	err := s.child.Close()
	s.child = nil
	wrong := lines.Wrong{Code: lines.Ended}
	var refusal *Refusal
	if errors.As(err, &refusal) {
		wrong = refusal.Wrong
	} else if err != nil {
		wrong.Text = err.Error()
	}
	if s.state.Page != Report {
		s.stop(wrong)
	}
}

// answer answers the setup; one that is gone says so by its lines' end.
func (s *Stage) answer(a lines.Answer) {
	if s.child != nil {
		_ = s.child.Answer(a)
	}
}

// turn opens a page.
func (s *Stage) turn(page PageName) {
	if s.state.Page != page {
		s.state.Page = page
		s.state.Serial++
	}
}

// stop shows what went wrong where it can be mended: on the page of the code, or on one of its own.
func (s *Stage) stop(w lines.Wrong) {
	s.state.Busy, s.state.Prompt, s.state.Problem, s.state.Detail, s.state.Change = "", "", w.Code, w.Text, nil
	if s.state.Terminal == "" && s.state.Page == Code && s.child != nil {
		s.state.Serial++ // the keys go to the field again
		return
	}
	s.turn(Stopped)
}
