package commission

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"
	"bianmin/sync/wire"
)

// askLimitOnline bounds the look whether there is a network after all, while an answer is awaited on a stick.
const askLimitOnline = 20 * time.Second

// WaitingError says that the machine is set up as far as it can be without certificates: its devices are tried, and it
// serves nobody until the county's answer is on the stick.
type WaitingError struct {
	Terminal string
	Request  string // the request's file name
}

func (e *WaitingError) Error() string {
	return fmt.Sprintf("not in service yet: take the stick with %s to the county, have it answered (platform enrol answer), and run provision setup again with the stick", e.Request)
}

// errNoBundle says that no stick with a bundle is there.
var errNoBundle = errors.New("no pre-issued bundle was found on a stick: plug and mount it, or name its folder with --stick")

// Understood tells whether a technician's words can be an enrolment string, or its code alone.
func Understood(said string) bool {
	_, isCode := wire.ParseCode(said)
	_, err := wire.ParseTicket(said)
	return isCode || err == nil
}

// enrol makes the machine a terminal, unless it is one. What was begun is ended: an answer that was lost is asked for
// with the same code, one that comes on a stick is looked for there.
func (r *run) enrol(ctx context.Context) error {
	err := r.mine(func() (err error) {
		r.identity, err = seal.LoadIdentity(filepath.Join(r.settings.Data, "keys"))
		if errors.Is(err, seal.ErrNotEnrolled) {
			r.identity, err = enrol.Resume(r.settings.Data)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("look at the enrolment: %w", err)
	}
	if r.identity == nil {
		if err := r.join(ctx); err != nil {
			return err
		}
	}
	if role := r.roleName(); r.Answers.Role != "" && r.Answers.Role != role {
		return fmt.Errorf("the county made this code for the role %q, and %q was to be set up: ask for another code", role, r.Answers.Role)
	}
	if r.waiting == nil {
		i := r.identity
		r.Technician.Say("enrolled", map[string]any{"terminal": i.Number + i.Generation, "point": i.Point, "role": r.role()})
	}
	return nil
}

// join exchanges a code for an identity: over the network, or by way of a stick; then waiting is set until the answer is there.
func (r *run) join(ctx context.Context) error {
	var begun *enrol.Waiting
	err := r.mine(func() (err error) { begun, err = enrol.LoadWaiting(r.settings.Data); return err })
	if err != nil {
		return err
	}
	if begun != nil {
		if done, err := r.goOn(ctx, begun); done || err != nil {
			return err
		}
	}
	said, err := r.Technician.Enrolment()
	if err != nil {
		return err
	}
	if code, alone := wire.ParseCode(said); alone {
		return r.byStick(code, "", nil)
	}
	ticket, err := wire.ParseTicket(said)
	if err != nil {
		return err
	}
	err = r.online(ctx, ticket)
	if err == nil || enrol.Refused(err) || ctx.Err() != nil {
		return err
	}
	return r.byStick(ticket.Code, ticket.Fingerprint, err)
}

func (r *run) online(ctx context.Context, ticket wire.Ticket) error {
	r.Technician.Say("enrolling", map[string]any{"url": ticket.URL})
	return r.mine(func() (err error) {
		r.guard()
		r.identity, err = enrol.Enrol(ctx, enrol.Options{Ticket: ticket, Data: r.settings.Data, Software: r.Software, Now: r.Now, Step: r.Step})
		return err
	})
}

// guard gives the keys to come to the machine's security chip, where there is one that works.
func (r *run) guard() {
	if err := enrol.Guard(r.settings.Data, filepath.Join(r.Root, chip.DefaultPath)); err != nil {
		r.Log.Warn("the security chip cannot keep the keys: they lie in files", "error", err)
	}
}

// byStick takes a pre-issued bundle and lays the request beside it. unreached is why the network would not do, where it was tried.
func (r *run) byStick(code, fingerprint string, unreached error) error {
	on, bundle, err := r.findBundle(code, fingerprint)
	if errors.Is(err, errNoBundle) && unreached != nil {
		return fmt.Errorf("%w; without network: %w", unreached, err)
	}
	if err != nil {
		return err
	}
	if now := r.Now(); now.After(bundle.Expires) {
		return fmt.Errorf("the code of this bundle has expired on %s, and this machine's clock says %s: set the clock if that is wrong, or ask the county for a new one",
			day(bundle.Expires), day(now))
	}
	r.Technician.Say("by-stick", map[string]any{"terminal": bundle.Terminal, "point": bundle.Point, "role": bundle.Role})
	var w *enrol.Waiting
	err = r.mine(func() (err error) {
		r.guard()
		w, err = enrol.Begin(r.settings.Data, bundle, code, on.Path)
		return err
	})
	if err != nil {
		return err
	}
	r.Step(StepTaken)
	if err := r.layRequest(w, on); err != nil {
		return err
	}
	r.Step(StepRequested)
	r.waiting = w
	return nil
}

func day(t time.Time) string { return t.In(casefile.Zone).Format("2006-01-02 15:04") }

// goOn goes on with an enrolment that waits for its answer; done is false when a code must be asked for.
func (r *run) goOn(ctx context.Context, w *enrol.Waiting) (done bool, err error) {
	if r.Anew || r.otherSaid(w) {
		return false, r.mine(func() error { return enrol.Forget(r.settings.Data) })
	}
	if done, err := r.takeAnswer(w); done || err != nil {
		return done, err
	}
	limited, cancel := context.WithTimeout(ctx, askLimitOnline)
	defer cancel()
	err = r.online(limited, w.Ticket())
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	case enrol.Refused(err):
		return false, errors.Join(err, r.mine(func() error { return enrol.Forget(r.settings.Data) }))
	case r.Now().After(w.Expires): // the county may have answered before, so waiting goes on
		r.Technician.Say("expired", map[string]any{"terminal": w.Terminal, "day": day(w.Expires)})
	}
	r.waiting = w
	if on, found := r.stickFor(w); found {
		return true, r.layRequest(w, on)
	}
	return true, nil
}

// otherSaid tells whether the answers hold another code than the one that waits.
func (r *run) otherSaid(w *enrol.Waiting) bool {
	said := r.Answers.Said()
	code, alone := wire.ParseCode(said)
	if ticket, err := wire.ParseTicket(said); !alone && err == nil {
		code = ticket.Code
	}
	return said != "" && code != w.Code
}
