package uplink

import (
	"context"
	"errors"
	"net/http"
	"time"

	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

// settle takes what a try came to into the outbox and into the waits.
func (u *Uplink) settle(ctx context.Context, r result) {
	if u.busy == [lanes]string{} {
		u.show(func(s *State) { s.Sending = "" })
	}
	u.remember(r)
	if r.progress {
		u.link.reset(u.Timing.LinkMost)
		delete(u.broken, r.item.Packet)
		if w := u.trouble[r.item.Packet]; w != nil {
			w.backoff.Reset()
		}
	}
	switch {
	case r.signed != nil:
		u.failing = 0
		u.contact()
		u.record(ctx, r)
	case r.err != nil && ctx.Err() == nil:
		u.fail(ctx, r)
	}
}

// remember keeps where to go on.
func (u *Uplink) remember(r result) {
	if r.held >= 0 {
		u.held[r.item.Packet] = r.held
		u.heard[r.item.Packet] = max(r.held, u.heard[r.item.Packet])
		return
	}
	delete(u.held, r.item.Packet)
}

func (u *Uplink) contact() {
	u.Proven()
	u.show(func(s *State) {
		s.Online, s.Problem, s.Next, s.Contact = true, channel.None, time.Time{}, u.Now().Truncate(time.Second)
	})
}

// refused quarantines the case. A number that the platform has seen before means
// that this store comes from a copy of a whole disk: its generation gives no more numbers.
func (u *Uplink) refused(ctx context.Context, r result, evidence []byte) error {
	if r.signed.Code == wire.RefusedSequence {
		if err := u.Queue.MarkRestored(ctx, r.item.Generation); err != nil {
			return err
		}
		u.Log.Error("a number of this generation was given twice: the store comes from a copy", "generation", r.item.Generation)
	}
	return u.Queue.RecordRefusal(ctx, r.item.Packet, evidence, r.signed.Reason, r.signed.Time)
}

// record puts the platform's word into the outbox. When that fails, the packet
// stays queued and the platform says the same again.
func (u *Uplink) record(ctx context.Context, r result) {
	id, signed := r.item.Packet, r.signed
	evidence, err := signed.Evidence()
	news := signed.Kind != wire.Registration || !r.item.Registered
	if err == nil && news {
		err = u.write(ctx, r, evidence)
	}
	switch {
	case err != nil && ctx.Err() == nil:
		u.notKept(id, "answer not recorded", err)
	case err == nil && news:
		u.kept(id)
	}
	if err == nil && r.waiting {
		u.packetWaits(ctx, r, "earlier-event")
	}
}

// write keeps a signed answer, and forgets a packet that is decided.
func (u *Uplink) write(ctx context.Context, r result, evidence []byte) error {
	id, signed := r.item.Packet, r.signed
	switch signed.Kind {
	case wire.Registration:
		return u.Queue.RecordRegistration(ctx, id, evidence)
	case wire.Acknowledgement:
		if err := u.Queue.RecordAcknowledgement(ctx, id, evidence, signed.Official, signed.Time); err != nil {
			return err
		}
		u.forget(id)
		u.Acknowledged()
		return nil
	}
	if err := u.refused(ctx, r, evidence); err != nil {
		return err
	}
	u.forget(id)
	return nil
}

func (u *Uplink) forget(id string) {
	delete(u.held, id)
	delete(u.heard, id)
	delete(u.asked, id)
	delete(u.trouble, id)
	delete(u.broken, id)
	delete(u.disk.packets, id)
}

// fail sorts trouble: the packet's own, the platform's, or the link's.
func (u *Uplink) fail(ctx context.Context, r result) {
	var (
		local   *localError
		problem *channel.Problem
	)
	switch {
	case errors.Is(r.err, errHeld):
	case errors.As(r.err, &local):
		u.Log.Error("packet not readable", "packet", r.item.Packet, "error", r.err)
		u.packetWaits(ctx, r, "local-file")
	case errors.As(r.err, &problem):
		u.failByProblem(ctx, r, problem)
	case errors.Is(r.err, errStuck):
		u.contact()
		u.packetWaits(ctx, r, "stuck")
	case errors.Is(r.err, channel.ErrNewer):
		u.stumbled(ctx, r, "newer", 0)
	case errors.Is(r.err, channel.ErrClock):
		u.linkWaits(0, r.err)
	default:
		u.broke(ctx, r)
	}
}

// stumbled lets one packet wait that the platform may be unable to deal with. When nothing gets through, all wait.
func (u *Uplink) stumbled(ctx context.Context, r result, why string, atLeast time.Duration) {
	u.failing++
	u.packetWaits(ctx, r, why)
	if u.failing >= 3 {
		u.linkWaits(atLeast, r.err)
	}
}

// failByProblem obeys the platform's unsigned word, which changes nothing in the outbox.
func (u *Uplink) failByProblem(ctx context.Context, r result, p *channel.Problem) {
	switch {
	case channel.Name(p) == channel.NotAdmitted || channel.Name(p) == channel.Busy:
		u.linkWaits(p.Wait, p)
	case p.Status >= 500:
		u.stumbled(ctx, r, "platform", p.Wait)
	case p.Status == http.StatusConflict && p.Code == wire.ProblemSuperseded:
		// An earlier request of ours was still at work; it has ended now.
	default:
		u.contact()
		u.packetWaits(ctx, r, "request")
	}
}

// linkWaits lets everything wait. Two lanes that fail of the same cut count once.
func (u *Uplink) linkWaits(atLeast time.Duration, err error) {
	why := channel.Name(err)
	if time.Now().Before(u.link.until) && atLeast == 0 {
		return
	}
	d := u.link.more(atLeast)
	if u.state.Problem != why {
		u.Log.Warn("packets wait for the link", "why", string(why), "error", err)
	}
	u.Log.Debug("waiting for the link", "why", string(why), "wait", d)
	u.show(func(s *State) { s.Online, s.Problem, s.Next = false, why, u.Now().Add(d).Truncate(time.Second) })
}

// packetWaits lets one packet wait, and no other.
func (u *Uplink) packetWaits(ctx context.Context, r result, why string) {
	id := r.item.Packet
	w := u.trouble[id]
	if w == nil {
		w = newWait(u.Timing.First, u.Timing.PacketMost)
		u.trouble[id] = w
	}
	var problem *channel.Problem
	atLeast := time.Duration(0)
	if errors.As(r.err, &problem) {
		atLeast = problem.Wait
	}
	next := u.Now().Add(min(w.more(atLeast), store.MaxWait)) // beyond that the outbox takes it for a clock that was wrong
	if err := u.Queue.RecordAttempt(ctx, id, next, why); err != nil && ctx.Err() == nil {
		u.notKept(id, "attempt not recorded", err)
	}
}
