package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers/sim/rig/plan"
	"bianmin/drivers/sim/stand"
)

// robot is an agent who knows what to do on every page.
type robot struct {
	bench, account, code, secret, item string
	card                               string // the agent's own, for the first time; "" for none
	answers                            map[string]any
	cases                              int
	closing                            bool

	// of the case in hand
	principal, delegate       string // cards; no delegate: the principal is here
	later                     []string
	promise, originals, draft bool

	plan    []plan.Step // nil: cases of one kind, see finish
	resumed bool        // the case on the page comes from a draft
	desk    *desk.Desk
	states  <-chan desk.State
	state   desk.State
}

// patience is how long anything may take.
const patience = 20 * time.Second

// say tells what happened, one line on standard output.
func say(format string, args ...any) { fmt.Fprintf(os.Stdout, format+"\n", args...) }

// until takes states until it is so, and answers what printers leave open.
func (r *robot) until(ctx context.Context, what string, so func(s desk.State) bool) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for !so(r.state) {
		select {
		case next, more := <-r.states:
			if !more {
				return errors.New(what + ": the desk ended")
			}
			r.state = next
			if o := next.Overlay; o != nil && o.Kind == "print-unknown" {
				r.desk.Send(desk.PrintAnswer{CameOut: true})
			}
		case <-timer.C:
			return fmt.Errorf("%s: it did not happen; page %s, notice %+v, overlay %+v", what, r.state.Page, r.state.Notice, r.state.Overlay)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// within is until for what need not happen.
func (r *robot) within(ctx context.Context, d time.Duration, so func(s desk.State) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return r.until(ctx, "", so) == nil
}

// do sends an event and waits until it shows.
func (r *robot) do(ctx context.Context, event desk.Event, what string, so func(s desk.State) bool) error {
	r.desk.Send(event)
	return r.until(ctx, what, so)
}

// answer answers the next question.
func (r *robot) answer(ctx context.Context, what string, a desk.Answer) error {
	err := r.until(ctx, "a question about "+what, func(s desk.State) bool { return s.Overlay != nil && s.Overlay.Kind != "print-unknown" })
	if err != nil {
		return err
	}
	asked := r.state.Overlay.Title.Key
	return r.do(ctx, a, "an answer about "+what, func(s desk.State) bool {
		return s.Overlay == nil || s.Overlay.Title.Key != asked
	})
}

// tell gives the bench an order.
func (r *robot) tell(ctx context.Context, line string) error {
	_, err := stand.Tell(ctx, r.bench, line)
	return err
}

// day is everything the robot does.
func (r *robot) day(ctx context.Context) error {
	if err := r.signOn(ctx); err != nil {
		return err
	}
	if r.plan != nil {
		r.cases = 0
		if err := r.planned(ctx); err != nil {
			return err
		}
	}
	r.principal, r.delegate, r.originals = principalCard, delegateCard, true
	for i := range r.cases {
		var number casefile.Number
		var err error
		if i == 0 { // what the last start left
			number, err = r.begun(ctx)
		}
		if err == nil && number == "" {
			number, err = r.accept(ctx)
		}
		if err != nil {
			return err
		}
		if err := r.finish(ctx, number); err != nil {
			return fmt.Errorf("case %s: %w", number, err)
		}
		say("finished %s", number)
	}
	if r.closing {
		if err := r.closeDay(ctx); err != nil {
			return err
		}
	}
	return r.do(ctx, desk.SignOff{}, "signing off", func(s desk.State) bool { return s.Page == desk.SignOn })
}

func (r *robot) line(s desk.State) agency.AccountLine {
	if s.SignOn != nil {
		if i := slices.IndexFunc(s.SignOn.Accounts, func(a agency.AccountLine) bool { return a.ID == r.account }); i >= 0 {
			return s.SignOn.Accounts[i]
		}
	}
	return agency.AccountLine{}
}

// signOn signs on, and gets the account its keys the first time.
func (r *robot) signOn(ctx context.Context) error {
	if err := r.until(ctx, "accounts", func(s desk.State) bool { return s.Page == desk.SignOn && r.line(s).ID != "" }); err != nil {
		return err
	}
	if !r.line(r.state).Active {
		if err := r.do(ctx, desk.OpenActivate{ID: r.account}, "activation", func(s desk.State) bool { return s.Page == desk.Activate }); err != nil {
			return err
		}
		if r.card != "" {
			if err := r.tell(ctx, "card place "+r.card); err != nil {
				return err
			}
		}
		err := r.do(ctx, desk.Activation{Code: r.code, Secret: r.secret, Again: r.secret}, "keys", func(s desk.State) bool { return r.line(s).Active })
		if err != nil {
			return err
		}
		if err := r.tell(ctx, "card remove"); err != nil {
			return err
		}
		say("activated")
	}
	err := r.do(ctx, desk.PickAccount{ID: r.account}, "the account", func(s desk.State) bool { return s.SignOn != nil && s.SignOn.Chosen == r.account })
	if err != nil {
		return err
	}
	return r.do(ctx, desk.Secret{Secret: r.secret}, "signing on", func(s desk.State) bool { return s.Page == desk.Today })
}

// begun finds a case that is not at its end; a draft is gone on with.
func (r *robot) begun(ctx context.Context) (casefile.Number, error) {
	if err := r.do(ctx, desk.Go{Page: desk.Today}, "the first page", func(s desk.State) bool { return s.Today != nil }); err != nil {
		return "", err
	}
	if r.within(ctx, 150*time.Millisecond, func(s desk.State) bool { return s.Today != nil && len(s.Today.Drafts) > 0 }) {
		if err := r.resume(ctx, r.state.Today.Drafts[0].ID); err != nil {
			return "", err
		}
		return r.accept(ctx)
	}
	if err := r.do(ctx, desk.Go{Page: desk.Cases}, "the list", func(s desk.State) bool { return s.Cases != nil }); err != nil {
		return "", err
	}
	r.within(ctx, 150*time.Millisecond, func(s desk.State) bool { return s.Cases != nil && len(s.Cases.Lines) > 0 })
	for _, line := range r.state.Cases.Lines {
		if line.State != casefile.StateClosed {
			return line.Number, nil
		}
	}
	return "", nil
}
